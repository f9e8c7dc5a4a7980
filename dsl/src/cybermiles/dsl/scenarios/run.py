"""Runs scenarios on the real VM, over the same host semantics as the chain's, and counts which rules fired."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.debug_map import locate
from cybermiles.dsl.diagnostics import CompileError
from cybermiles.dsl.facts import typed_facts
from cybermiles.dsl.scenarios.compare import (
    Difference,
    counts_of,
    differences,
    facts_absent,
    facts_in,
    order_of,
    show,
    unordered,
)
from cybermiles.dsl.scenarios.load import Call, Scenario
from cybermiles.platform import ContractError, Module, RuleSession, RunError, Sandbox, address_decode, address_encode

ATTO = 10**18
CREATOR = hashlib.sha256(b"scenario creator").digest()[:20]
SENDER = hashlib.sha256(b"scenario sender").digest()[:20]


@dataclass(frozen=True)
class Result:
    """What became of one scenario: no differences means that it passed."""

    scenario: Scenario
    found: tuple[Difference, ...]
    fired: tuple[str, ...]
    gas: int
    output: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return not self.found

    @property
    def differences(self) -> tuple[str, ...]:
        """What is not as expected, a line each."""
        return tuple(str(found) for found in self.found)


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


@dataclass(frozen=True)
class Failure:
    """What stopped a step."""

    code: str
    message: str
    line: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What one step did."""

    fired: tuple[str, ...] = ()
    gas: int = 0
    output: tuple[str, ...] = ()
    result: Any = None
    facts: tuple[dict[str, Any], ...] = ()
    events: tuple[dict[str, Any], ...] = ()
    transfers: tuple[dict[str, Any], ...] = ()
    failure: Failure | None = None
    process: dict[str, Any] | None = None
    """Where the process is, if the step's expectation asks for it."""


class Machine:
    """A module that scenarios run on, each on a fresh instance."""

    def __init__(
        self, module: bytes, *, gas_limit: int, types: Sequence[ir.TypeDef] = (), debug: Mapping[str, Any] | None = None
    ) -> None:
        self.gas_limit = gas_limit
        self.types = types
        self.debug = debug or {}
        sandbox = Sandbox()
        self._hash = sandbox.deploy(module)
        self._state = sandbox.export()
        self._module = Module(module)
        names = {endpoint["name"] for endpoint in self._module.endpoints}
        self.processes = {name for name in names if f"{name}.where" in names}
        """Endpoints that are processes."""

    def instance(self, scenario: Scenario) -> Instance:
        """A new one; raises ContractError if its parameters are bad."""
        sandbox = Sandbox(self._state)
        contract = b""
        if any(call.endpoint or call.verb for call in scenario.calls) or scenario.parameters:
            contract = sandbox.instantiate(self._hash, scenario.parameters, sender=CREATOR, now=scenario.now)
        return Instance(self, sandbox, contract, scenario.parameters)

    def takes(self, endpoint: str, name: str) -> bool:
        """Whether an endpoint has an argument."""
        return any(
            e["name"] == endpoint and any(arg["name"] == name for arg in e["args"]) for e in self._module.endpoints
        )

    def line(self, function: int | None, offset: int | None) -> int | None:
        """The source line of a place in the code."""
        span = locate(self.debug, function, offset)
        return span.line if span else None

    def ruleset(self, name: str) -> str:
        """The rule set that a step means: by its name, its stem, or the only one."""
        known = self._module.rulesets
        stems = [found for found in known if PurePosixPath(found).stem == name or PurePosixPath(found).name == name]
        if name in known or (name and len(stems) != 1) or (not name and len(known) != 1):
            return name
        return stems[0] if name else known[0]

    def session(self, ruleset: str, now: str, parameters: dict[str, Any]) -> RuleSession:
        return RuleSession(self._module, ruleset, gas_limit=self.gas_limit, now=now, parameters=parameters)


@dataclass(frozen=True)
class Instance:
    """A contract of its own for one scenario."""

    machine: Machine
    sandbox: Sandbox
    contract: bytes
    parameters: dict[str, Any]
    started: list[tuple[str, str]] = field(default_factory=list)
    """Endpoint and id of each process instance that was started."""

    def step(self, call: Call) -> Outcome:
        """Runs one step."""
        ticked = self._tick(call) if self.contract and self.machine.processes else Outcome()
        if ticked.failure or call.verb == "timer":
            return self._looked(call, ticked)
        if not call.endpoint and not call.verb:
            return self._rules(call)
        outcome = self._call(self._meant(call))
        return self._looked(call, _joined(ticked, outcome))

    def _tick(self, call: Call) -> Outcome:
        """What is due by the step's time happens first, as in a block."""
        found = Outcome()
        for report in self.sandbox.tick(now=call.now, gas_limit=self.machine.gas_limit):
            found = _joined(found, self._outcome(report))
        return found

    def _current(self, wanted: str) -> tuple[str, str]:
        """The endpoint and id of the process that a step is about. Raises ContractError."""
        for endpoint, id_ in reversed(self.started):
            if wanted in ("", endpoint):
                return endpoint, id_
        raise ContractError(f"no process `{wanted}` was started" if wanted else "no process was started")

    def _meant(self, call: Call) -> Call:
        """The call of an endpoint that a step means."""
        endpoint, args = call.endpoint, dict(call.args)
        if call.verb:
            base, id_ = self._current(call.process)
            endpoint = f"{base}.{call.verb}"
            if call.verb != "correlate" or "correlation" not in args:
                args["instance"] = id_
        else:
            base = endpoint.rpartition(".")[0]
            if base in self.machine.processes and "instance" not in args and "correlation" not in args:
                args["instance"] = self._current(base)[1]
        if call.verb == "signal" and self.machine.takes(endpoint, "transition"):
            args["transition"] = args.pop("name")
        return replace(call, endpoint=endpoint, args=args)

    def _looked(self, call: Call, outcome: Outcome) -> Outcome:
        """With the state of the process, if somebody may ask for it."""
        if call.endpoint in self.machine.processes and outcome.failure is None:
            self.started.append((call.endpoint, str(outcome.result)))
        if not self.started or outcome.failure is not None:
            return outcome
        endpoint, id_ = self._current(call.process if call.verb else "")
        where = self.sandbox.call(
            self.contract, f"{endpoint}.where", {"instance": id_}, sender=SENDER, now=call.now,
            gas_limit=self.machine.gas_limit,
        )  # fmt: skip
        return replace(outcome, process=where["result"])

    def _call(self, call: Call) -> Outcome:
        return self._outcome(
            self.sandbox.call(
                self.contract,
                call.endpoint,
                call.args,
                sender=address_decode(call.sender) if call.sender else SENDER,
                value=int(call.value * ATTO),
                now=call.now,
                gas_limit=self.machine.gas_limit,
                trace=True,
            )
        )

    def _outcome(self, outcome: Mapping[str, Any]) -> Outcome:
        """The kernel's report of a call."""
        failure = None
        if outcome["outcome"] != "ok":
            code = outcome["code"] or outcome["outcome"].replace("_", "-")
            line = self.machine.line(outcome["function"], outcome["offset"])
            failure = Failure(code, outcome["message"] or "", line)
        return Outcome(
            tuple(name for name, _ in outcome["fired"]),
            outcome["gas"],
            tuple(outcome["output"]),
            outcome["result"],
            tuple(outcome["facts"]),
            tuple({"name": event["name"], **event["data"]} for event in outcome["events"]),
            tuple(_transfer(transfer) for transfer in outcome["transfers"]),
            failure,
        )

    def _rules(self, call: Call) -> Outcome:
        name = self.machine.ruleset(call.rules)
        try:
            session = self.machine.session(name, call.now, self.parameters)
        except KeyError:
            message = f"there are no rules `{name}`" if name else "there are several rule sets: name one"
            return Outcome(failure=Failure("unknown-rules", message))
        except ValueError as error:
            return Outcome(failure=Failure("bad-parameter", str(error)))
        failure = None
        facts: tuple[dict[str, Any], ...] = ()
        try:
            for fact in typed_facts(call.facts, self.machine.types, "the scenario"):
                session.insert(fact)
            session.fire()
            facts = tuple(session.facts())
        except RunError as error:
            line = self.machine.line(error.function, error.offset)
            failure = Failure(error.code or error.kind.replace("_", "-"), error.message, line)
        except CompileError as error:
            failure = Failure(error.diagnostics[0].code, error.diagnostics[0].message)
        except ValueError as error:
            failure = Failure("bad-facts", str(error))
        fired = tuple(rule for rule, _ in session.fired())
        result = {"facts": list(facts), "fired": list(fired)}
        return Outcome(fired, session.gas, tuple(session.output), result, facts, failure=failure)


def run_scenarios(
    module: bytes,
    rules: Iterable[str],
    scenarios: Iterable[Scenario],
    *,
    gas_limit: int,
    types: Sequence[ir.TypeDef] = (),
    debug: Mapping[str, Any] | None = None,
    progress: Callable[[Result], None] = lambda _: None,
) -> Report:
    """Each scenario on a fresh instance; `progress` hears of each result as it comes."""
    report = Report(rules=list(dict.fromkeys(rules)))
    machine = Machine(module, gas_limit=gas_limit, types=types, debug=debug)
    for scenario in scenarios:
        result = run_scenario(machine, scenario)
        report.results.append(result)
        progress(result)
    return report


def run_scenario(machine: Machine, scenario: Scenario) -> Result:
    """Makes the scenario's steps and compares their outcomes."""
    begin = time.perf_counter()
    found: list[Difference] = []
    outcomes: list[Outcome] = []
    try:
        instance = machine.instance(scenario)
        for number, call in enumerate(scenario.calls, 1):
            last = number == len(scenario.calls)
            outcome = instance.step(call)
            outcomes.append(outcome)
            if call.then is not None:
                place = "" if len(scenario.calls) == 1 else f"step {number}, "
                found += [Difference(place + d.text, d.detail) for d in compare(call.then, outcome)]
            if outcome.failure and not (call.then and "error" in call.then):
                break
            if last:
                break
    except ContractError as refused:
        outcomes.append(Outcome(failure=Failure(refused.code, str(refused))))
    fired = tuple(name for outcome in outcomes for name in outcome.fired)
    if scenario.then:
        found += compare(scenario.then, outcomes[-1], fired)
    elif outcomes[-1].failure and not any("error" in (call.then or {}) for call in scenario.calls):
        found.append(_stopped("the scenario", outcomes[-1].failure))
    return Result(
        scenario,
        tuple(dict.fromkeys(found)),
        fired,
        sum(outcome.gas for outcome in outcomes),
        tuple(line for outcome in outcomes for line in outcome.output),
        time.perf_counter() - begin,
    )


def compare(expected: Mapping[str, Any], outcome: Outcome, fired: Sequence[str] | None = None) -> list[Difference]:
    """What of an outcome is not as expected."""
    found = _compare_error(expected, outcome.failure)
    if outcome.failure:
        return found
    fired = outcome.fired if fired is None else fired
    for key, wanted in expected.items():
        match key:
            case "fired" if isinstance(wanted, dict):
                found += counts_of(wanted, fired, key)
            case "fired":
                found += order_of(wanted, fired, key)
            case "facts":
                found += facts_in(wanted, outcome.facts)
            case "absent":
                found += facts_absent(wanted, outcome.facts)
            case "counts":
                found += counts_of(wanted, [str(fact["$type"]) for fact in outcome.facts], key)
            case "output":
                found += order_of([show(line) for line in wanted], outcome.output, key)
            case "result":
                found += differences(wanted, outcome.result, key)
            case "events":
                found += differences(wanted, list(outcome.events), key)
            case "transfers":
                found += differences(wanted, list(outcome.transfers), key)
            case "waiting" if outcome.process is not None:
                found += unordered([_waits(item) for item in wanted], outcome.process["waiting"], key)
            case "status" | "path" | "variables" if outcome.process is not None:
                found += differences(wanted, outcome.process[key], key)
            case "status" | "waiting" | "path" | "variables":
                found.append(Difference(f"{key}: no process was started"))
    return found


def _compare_error(expected: Mapping[str, Any], failure: Failure | None) -> list[Difference]:
    wanted = expected.get("error")
    if failure is None:
        return [Difference(f"error: expected {show(wanted)}, but nothing failed")] if wanted is not None else []
    if wanted is None:
        first = next((key for key in expected if key != "error"), None)
        what = f"{first}: expected {show(expected[first])}, but the call" if first else "the call"
        return [_stopped(what, failure)]
    if isinstance(wanted, str):
        wanted = {"code": wanted}
    wrong = [
        ("code", failure.code != wanted.get("code", failure.code)),
        ("message", str(wanted.get("message", "")) not in failure.message),
        ("line", failure.line != wanted.get("line", failure.line)),
    ]
    place = f", line {failure.line}" if failure.line and "line" in wanted else ""
    shown = f"found {failure.code} ({failure.message}{place})"
    return [Difference(f"error: expected {show(wanted[key])}, {shown}") for key, bad in wrong if bad]


def _stopped(what: str, failure: Failure) -> Difference:
    return Difference(f"{what} failed with {failure.code} ({failure.message})")


def _waits(item: Any) -> Any:
    """A text is the id of an element."""
    return {"element": item} if isinstance(item, str) else item


def _joined(first: Outcome, second: Outcome) -> Outcome:
    """What two runs did, one after the other; the result is the second's."""
    return replace(
        second,
        fired=first.fired + second.fired,
        gas=first.gas + second.gas,
        output=first.output + second.output,
        events=first.events + second.events,
        transfers=first.transfers + second.transfers,
    )


def _transfer(transfer: Mapping[str, Any]) -> dict[str, Any]:
    amount = (Decimal(transfer["amount"]) / ATTO).normalize()
    return {"from": address_encode(transfer["from"]), "to": address_encode(transfer["to"]), "amount": amount}
