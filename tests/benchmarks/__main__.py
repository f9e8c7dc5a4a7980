"""Runs every benchmark in a process of its own and prints the tables; `--write` keeps them in docs/benchmarks.md.

python -m tests.benchmarks [--write] [NAME ...]
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
BENCHMARKS = {
    "pricing": "Pricing decisions beside CLIPS 6.4 and, where a JVM has it, Drools (goal: at least 1.0 x the better at "
    "10 and 100 rules, 3 x at 1,000).",
    "classics": "Miss Manners and Waltz, the classic problems, beside CLIPS 6.4 (goal: at most its time, and "
    "at most 1.5 x its memory on Miss Manners 128).",
    "decisions": "Decision tables of 30, 300 and 3,000 rows (goal: a decision on 3,000 costs at most twice one on 30).",
    "compile": "The compiler (goals in the table).",
    "joins": "A stream of orders joined with 1,000 customers and 1,000 products, beside CLIPS 6.4 (goal: its rate).",
    "script": "Contract script beside QuickJS (goal: 10^6 additions in 50 ms, and at most 2 x QuickJS's time).",
    "processes": "Processes beside SpiffWorkflow 3.2, saved and restored after every step (goals in the table).",
    "application": "The application alone: decoding, signatures, execution, receipts, state root and durable commit "
    "(goal: 10,000 transfers and 5,000 rule calls a second).",
    "abci": "The ABCI server with a stub behind it (goal: 100,000 CheckTx echoes a second).",
    "state": "The state store.",
    "numbers": "The number type beside Python's `decimal` (libmpdec, C).",
    "gas": "What a unit of gas costs: every instruction, function, method and matching event "
    "([as a picture](images/gas.svg)). Under-priced means over 3 x the median, over-priced under a tenth of it.",
}
"""Module of this folder to what it shows."""
OPTIONS = {"gas": ["--plot", str(PAGE.parent / "images" / "gas.svg")]}
"""Arguments of those that take any."""


def run(name: str) -> str:
    """What a benchmark prints."""
    out = subprocess.run(
        [sys.executable, "-m", f"tests.benchmarks.{name}", *OPTIONS.get(name, [])],
        capture_output=True,
        text=True,
        check=False,
    )
    if out.returncode != 0:
        print(out.stderr, file=sys.stderr)
        raise SystemExit(f"the benchmark `{name}` failed")
    return out.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []])
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    options = parser.parse_args()
    parts = []
    for name in options.names or BENCHMARKS:
        text = run(name)
        shown = text if text.lstrip().startswith(("#", "|")) else f"```\n{text}\n```"
        parts.append(f"## {name}\n\n{BENCHMARKS[name]} `python -m tests.benchmarks.{name}`\n\n{shown}\n")
        print(parts[-1], flush=True)
    if options.write:
        sections = _sections() | dict(zip(options.names or BENCHMARKS, parts, strict=True))
        PAGE.write_text(
            "\n".join([HEAD.format(**facts()), *(sections[name] for name in BENCHMARKS if name in sections)])
        )


def _sections() -> dict[str, str]:
    """The page's parts by benchmark; those that are not run now stay as they are."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    found = re.split(r"^## (\w+)$", text, flags=re.MULTILINE)
    return {name: f"## {name}\n\n{body.strip()}\n" for name, body in zip(found[1::2], found[2::2], strict=True)}


HEAD = """# Benchmarks

Each figure is the median of several runs; a peer's figure is from the same run, so compare ratios: the machine is
shared and its absolute speed moves. `make bench` runs all of them,
`python -m tests.benchmarks --write` renews this page.

Measured on {cores} cores, {machine}, Python {python}, load {load:.1f} when the run began. Gas is on everywhere.
"""


def facts() -> dict[str, object]:
    """What matters of the machine."""
    return {
        "cores": os.cpu_count(),
        "machine": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
    }


if __name__ == "__main__":
    main()
