"""``dsl bench``: times decisions on the real VM with gas on."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from cybermiles import platform as kernel
from cybermiles.dsl.commands import options
from cybermiles.dsl.commands.report import failures, print_diagnostics, print_json
from cybermiles.dsl.compiler import Compiled
from cybermiles.dsl.evaluate import GAS_LIMIT, bad_value, compile_for, load, read_source, run_failed
from cybermiles.dsl.facts import read_facts, typed_facts

_GAS_PER_FACT = 1_000_000
"""Room for large files; rules that never end still do, in seconds."""
_EPILOG = """\b
Examples:
  dsl bench pricing.drl --facts facts.jsonl --one-by-one --repeat 5
  dsl bench manners.drl --facts guests.jsonl --json
"""


@dataclass(frozen=True, slots=True)
class Timing:
    """One benchmark: seconds of each repetition, firings and gas of one."""

    facts: int
    fired: int
    gas: int
    seconds: tuple[float, ...]

    def as_json(self) -> dict[str, Any]:
        """The best and the median."""
        best, median = min(self.seconds), statistics.median(self.seconds)
        return {
            "facts": self.facts,
            "fired": self.fired,
            "seconds": best,
            "per_second": self.facts / best if best else 0.0,
            "gas": self.gas,
            "median_seconds": median,
            "median_per_second": self.facts / median if median else 0.0,
            "repeat": len(self.seconds),
        }


@click.command("bench", epilog=_EPILOG, short_help="Time decisions.")
@options.rules
@options.facts
@click.option("--one-by-one", is_flag=True, help="Each fact alone in the reused session, as a stream of decisions.")
@click.option("--repeat", type=click.IntRange(1, 1000), default=3, show_default=True, metavar="N")
@options.as_json
@failures
def command(rules: tuple[Path, ...], facts: Path, one_by_one: bool, repeat: int, as_json: bool) -> None:
    """Time the RULES on a file of facts (a JSON list, or one object a line)."""
    given = read_facts(facts)
    compiled = compile_for([read_source(path) for path in rules], given)
    print_diagnostics(compiled.diagnostics)
    given = typed_facts(given, compiled.ir.types, str(facts))
    timing = run(compiled, given, one_by_one=one_by_one, repeat=repeat)
    data = timing.as_json()
    if as_json:
        print_json(data)
        return
    click.echo(
        f"{timing.facts:,} facts, {timing.fired:,} firings, gas {timing.gas:,}\n"
        f"best   {data['seconds']:.6f} s  {data['per_second']:,.0f} facts/s\n"
        f"median {data['median_seconds']:.6f} s  {data['median_per_second']:,.0f} facts/s  ({repeat} runs)"
    )


def run(compiled: Compiled, facts: list[dict[str, Any]], *, one_by_one: bool, repeat: int) -> Timing:
    """Times the batch call of the kernel; the facts are decoded before the clock starts."""
    module = load(compiled)
    try:
        batch = kernel.FactBatch(facts)
    except ValueError as error:
        raise bad_value("a fact", error, "facts") from None
    limit = GAS_LIMIT + _GAS_PER_FACT * len(facts)
    seconds: list[float] = []
    fired = gas = 0
    session: Any = None
    try:
        for _ in range(repeat):
            session = kernel.RuleSession(module, "rules", gas_limit=limit, record=False)
            begin = time.perf_counter()
            fired, gas = session.batch(batch, one_by_one=one_by_one)
            seconds.append(time.perf_counter() - begin)
    except kernel.RunError as error:
        raise run_failed(error, compiled.debug, 0) from None
    return Timing(len(facts), fired, gas, tuple(seconds))
