"""How far our parser agrees with Drools' own verdict on its own test files; for development.

``python -m tests.dsl.oracles.drl_parse REPOSITORY VERDICTS`` takes a clone of `kiegroup/drools` and a table of
lines ``path<tab>ok|err``. A file that we refuse by name (code `unsupported`) counts as outside the language.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections import Counter
from pathlib import Path

from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.syntax.parser import parse_rules


def texts(repository: Path, paths: list[str]) -> dict[str, str]:
    """The files of the newest commit, by path; what is not there is left out."""
    names = "".join(f"HEAD:{path}\n" for path in paths).encode()
    found = subprocess.run(
        ["git", "-C", str(repository), "cat-file", "--batch"], input=names, capture_output=True, check=True
    ).stdout
    made: dict[str, str] = {}
    at = 0
    for path in paths:
        end = found.index(b"\n", at)
        head = found[at:end].split()
        at = end + 1
        if head[-1] == b"missing":
            continue
        size = int(head[2])
        made[path] = found[at : at + size].decode("utf-8", "replace")
        at += size + 1
    return made


def verdict(path: str, text: str) -> tuple[str, str]:
    """`ok`, `err` or `refused`, and the first reason."""
    findings = Diagnostics()
    with contextlib.suppress(CompileError):
        parse_rules(path, text, findings)
    errors = [d for d in findings if d.severity == "error"]
    refused = [d for d in errors if d.code == "unsupported"]
    if refused:
        return "refused", refused[0].message
    if errors:
        line = text.splitlines()[errors[0].line - 1 : errors[0].line]
        return (
            "err",
            f"{errors[0].message} | {path.rsplit('/', 1)[-1]}:{errors[0].line} {line[0].strip()[:70] if line else ''}",
        )
    return "ok", ""


def main(repository: Path, table: Path) -> None:
    wanted = dict(line.split("\t")[:2] for line in table.read_text(encoding="utf-8").splitlines() if "\t" in line)
    counts: Counter[tuple[str, str]] = Counter()
    reasons: list[tuple[str, str, str]] = []
    for path, text in texts(repository, list(wanted)).items():
        ours, reason = verdict(path, text)
        counts[wanted[path], ours] += 1
        if ours != wanted[path]:
            reasons.append((wanted[path], ours, reason or path))
    for (theirs, ours), count in sorted(counts.items()):
        print(f"Drools {theirs:4} ours {ours:8} {count}")
    accepted = counts["ok", "ok"] + counts["ok", "err"]
    rejected = sum(count for (theirs, _), count in counts.items() if theirs == "err")
    print(f"accepted of what Drools accepts, refusals apart: {counts['ok', 'ok'] / max(1, accepted):.1%}")
    print(f"rejected of what Drools rejects: {1 - counts['err', 'ok'] / max(1, rejected):.1%}")
    for theirs, ours, reason in sorted(reasons):
        print(f"{theirs}\t{ours}\t{reason}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
