"""`python -m tests.dsl.processes.fuzz_processes SECONDS [--seed N]`: mutated models against the readers of processes.

Whatever the text, checking and converting it ends in findings, within two seconds. A failing input is kept in
platform/fuzz/failures/.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import random
import re
import sys
import time
from pathlib import Path

from cybermiles.dsl.compiler import Source, Unit, check_whole
from cybermiles.dsl.convert.to_bpmn import jpdl_to_bpmn
from cybermiles.dsl.diagnostics import CompileError
from tests.dsl.processes.cases import all_cases

FAILURES = Path(__file__).parents[3] / "platform" / "fuzz" / "failures"
SLOW = 2.0
_PARTS = re.compile(r"<[^>]*>|[^<]+")
_LITTER = "<>&\"'=/ x0\0é${}"


def seeds() -> list[str]:
    """The models of all conformance cases."""
    return [case["model"] for _, case in all_cases()]


def mutate(r: random.Random, text: str, other: str) -> str:
    """One to four changes: characters, tags that go, come or change places, values and names of another model."""
    for _ in range(r.randint(1, 4)):
        parts = _PARTS.findall(text) or ["x"]
        at = r.randrange(len(parts))
        match r.randrange(6):
            case 0:
                place = r.randrange(len(text) + 1)
                text = text[:place] + r.choice(_LITTER) + text[place:]
            case 1:
                to = r.randrange(len(parts))
                parts[at], parts[to] = parts[to], parts[at]
                text = "".join(parts)
            case 2:
                text = "".join(parts[:at] + parts[at + 1 :])
            case 3:
                tags = re.findall(r"<[^>]*/>", other) or [""]
                text = "".join([*parts[:at], r.choice(tags), *parts[at:]])
            case 4:
                values = re.findall(r'"[^"]*"', text + other) or ['""']
                text = text.replace(r.choice(values), r.choice(values), 1)
            case _:
                names = [re.findall(r"<([a-zA-Z]+)", t) or ["a"] for t in (text, other)]
                old, new = r.choice(names[0]), r.choice(names[1])
                text = text.replace("<" + old, "<" + new).replace("</" + old, "</" + new)
    return text


def check(text: str) -> None:
    """Raises if the readers do not cope with a text, or take too long over it."""
    started = time.monotonic()
    check_whole(Unit(processes=[Source("m.bpmn", text)]))
    with contextlib.suppress(CompileError):
        jpdl_to_bpmn("m.bpm", text)
    if time.monotonic() - started > SLOW:
        raise TimeoutError(f"{time.monotonic() - started:.1f} s for {len(text)} characters")


def run(seed: int, *, seconds: float = 1e9, most: int = 10**9) -> int:
    """Checks mutated models for a time, or so many; gives how many."""
    r, models = random.Random(seed), seeds()
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end and count < most:
        text = mutate(r, r.choice(models), r.choice(models))
        count += 1
        try:
            check(text)
        except Exception:
            FAILURES.mkdir(parents=True, exist_ok=True)
            name = f"process-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"
            (FAILURES / name).write_text(text, encoding="utf-8", errors="replace")
            raise
    return count


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("seconds", type=float)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.stdout.write(f"processes: {run(given.seed, seconds=given.seconds)} models\n")


if __name__ == "__main__":
    main()
