"""Coverage of processes by scenarios."""

from __future__ import annotations

from pathlib import Path

from cybermiles.dsl.archive.build import read_unit
from cybermiles.dsl.archive.sources import read_sources
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.scenarios.load import load_scenarios
from cybermiles.dsl.scenarios.paths import measure_paths

ORDER = Path(__file__).parents[2] / "conformance" / "archives" / "order"


def test_what_no_scenario_sees_is_named() -> None:
    sources = read_sources(ORDER)
    scenarios = load_scenarios(sources, Diagnostics())
    _, unit = read_unit(sources)
    every = measure_paths(unit, scenarios, gas_limit=10**9)
    assert all(one.seen for one in every)
    declined = [s for s in scenarios if s.name == "a declined order gives the money back"]
    missing = {one.id for one in measure_paths(unit, declined, gas_limit=10**9) if not one.seen}
    assert {"settle", "yes", "confirm", "time-is-up"} <= missing
    assert not {"decide", "give-back", "no"} & missing
