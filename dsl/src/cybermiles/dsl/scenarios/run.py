"""Runs scenarios on the real VM, over the same host semantics as the chain's, and measures rule coverage."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from cybermiles.dsl.scenarios.compare import differences, show
from cybermiles.dsl.scenarios.load import Call, Scenario
from cybermiles.platform import ContractError, Sandbox, address_decode

ATTO = 10**18
CREATOR = hashlib.sha256(b"scenario creator").digest()[:20]
SENDER = hashlib.sha256(b"scenario sender").digest()[:20]


@dataclass(frozen=True)
class Result:
    """What became of one scenario: no differences means that it passed."""

    scenario: Scenario
    differences: tuple[str, ...]
    fired: tuple[str, ...]
    gas: int
    output: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.differences


@dataclass
class Report:
    """All results of an archive, and which of its rules fired in any scenario."""

    results: list[Result] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return all(result.passed for result in self.results)

    def coverage(self) -> dict[str, int]:
        """Rule name to the number of its firings over all scenarios, rules that never fired included."""
        fired = Counter(name for result in self.results for name in result.fired)
        return {name: fired[name] for name in self.rules}


def run_scenarios(
    module: bytes,
    rules: Iterable[str],
    scenarios: Iterable[Scenario],
    *,
    gas_limit: int,
    progress: Callable[[Result], None] = lambda _: None,
) -> Report:
    """Each scenario on a fresh instance; `progress` hears of each result as it comes."""
    report = Report(rules=list(rules))
    for scenario in scenarios:
        result = run_scenario(module, scenario, gas_limit)
        report.results.append(result)
        progress(result)
    return report


def run_scenario(module: bytes, scenario: Scenario, gas_limit: int) -> Result:
    """Instantiates the module, makes the scenario's calls, compares the last outcome."""
    fired: list[str] = []
    output: list[str] = []
    gas = 0
    expected = scenario.then
    try:
        sandbox = Sandbox()
        contract = sandbox.instantiate(sandbox.deploy(module), scenario.parameters, sender=CREATOR, now=scenario.now)
        outcome: dict[str, Any] = {}
        for call in scenario.calls:
            outcome = _call(sandbox, contract, call, scenario.now, gas_limit)
            fired += [name for name, _ in outcome["fired"]]
            output += outcome["output"]
            gas += outcome["gas"]
            if outcome["outcome"] != "ok":
                break
    except ContractError as refused:
        return Result(scenario, _compare_error(expected, refused.code, str(refused)), tuple(fired), gas)
    if outcome["outcome"] != "ok":
        code = outcome["code"] or outcome["outcome"].replace("_", "-")
        return Result(
            scenario, _compare_error(expected, code, outcome["message"] or ""), tuple(fired), gas, tuple(output)
        )
    actual = {
        "result": outcome["result"],
        "fired": fired,
        "events": [{"name": event["name"], **event["data"]} for event in outcome["events"]],
        "transfers": outcome["transfers"],
        "error": None,
    }
    found = [line for key in expected for line in differences(expected[key], actual[key], key)]
    return Result(scenario, tuple(found), tuple(fired), gas, tuple(output))


def _call(sandbox: Sandbox, contract: bytes, call: Call, now: str, gas_limit: int) -> dict[str, Any]:
    return sandbox.call(
        contract,
        call.endpoint,
        call.args,
        sender=address_decode(call.sender) if call.sender else SENDER,
        value=int(call.value * ATTO),
        now=now,
        gas_limit=gas_limit,
        trace=True,
    )


def _compare_error(expected: dict[str, Any], code: str, message: str) -> tuple[str, ...]:
    if expected.get("error") == code:
        return ()
    if "error" in expected:
        return (f"error: expected {expected['error']}, found {code} ({message})",)
    first = next(iter(expected))
    return (f"{first}: expected {show(expected[first])}, but the call failed with {code} ({message})",)
