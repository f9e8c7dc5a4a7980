"""Reads `tests/*.yaml` of an archive against the published JSON Schema; a table of cases becomes one scenario a row."""

from __future__ import annotations

import functools
import importlib.resources
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import jsonschema

from cybermiles.dsl.archive.sources import Sources
from cybermiles.dsl.archive.yaml_source import Document, Path, load
from cybermiles.dsl.diagnostics import Diagnostics, suggest
from cybermiles.dsl.ir import Span

DEFAULT_NOW = "2020-01-01T00:00:00Z"
MAX_CASES = 10_000
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class Call:
    """One step: a call of an endpoint, something that happens to a process, or rules that fire on facts. `value` is in
    CMT."""

    endpoint: str
    args: dict[str, Any]
    sender: str | None
    value: Decimal
    now: str = DEFAULT_NOW
    rules: str = ""
    """The rule set, for a step without an endpoint; empty: the only one."""
    verb: str = ""
    """Of a step about the process that was started last: `complete`, `correlate`, `signal` or `timer`."""
    process: str = ""
    """The endpoint of that process, if the author names it."""
    facts: tuple[dict[str, Any], ...] = ()
    then: dict[str, Any] | None = None


@dataclass(frozen=True)
class Scenario:
    """Steps on one fresh instance; `then` holds only what the author wrote, about the last step."""

    name: str
    span: Span
    now: str
    parameters: dict[str, Any]
    calls: tuple[Call, ...]
    then: dict[str, Any]


@functools.cache
def schema() -> dict[str, Any]:
    """The published JSON Schema of scenario files."""
    text = (importlib.resources.files("cybermiles.dsl") / "data" / "scenario.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def load_scenarios(sources: Sources, findings: Diagnostics) -> list[Scenario]:
    """All scenarios of an archive, in the order of file names. Raises CompileError."""
    found: list[Scenario] = []
    for name, text in sources.items():
        if name.startswith("tests/") and name.endswith((".yaml", ".yml")):
            found += _Reader(load(text, name, findings), findings).run()
    findings.check()
    return found


class _Reader:
    def __init__(self, document: Document, findings: Diagnostics) -> None:
        self.document = document
        self.findings = findings
        self.expanded = 0

    def run(self) -> list[Scenario]:
        document = self.document
        self._validate(document.data, schema(), ())
        self.findings.check()
        shared = document.data.get("given") or {}
        now = document.data.get("now", DEFAULT_NOW)
        found: list[Scenario] = []
        for index, entry in enumerate(document.data["scenarios"]):
            path: Path = ("scenarios", index)
            for made, span in self._cases(entry, path):
                scenario = self._scenario(made, shared, now, span, path)
                if scenario is not None:
                    found.append(scenario)
        self.findings.check()
        return found

    # --- the schema
    def _validate(self, data: Any, against: Mapping[str, Any], at: Path, where: Span | None = None) -> bool:
        problems = list(jsonschema.Draft202012Validator(against).iter_errors(data))
        for problem in problems:
            path = (*at, *problem.absolute_path)
            self._problem(problem, path, where)
        return not problems

    def _problem(self, problem: Any, path: Path, where: Span | None) -> None:
        """A violation in the words of a person, at its place."""
        while problem.context:  # of several shapes, the one that fits best
            deepest = max(problem.context, key=lambda p: (len(p.absolute_path), p.validator != "type"))
            problem, path = deepest, (*path, *deepest.relative_path)
        hint = None
        if problem.validator == "additionalProperties" and isinstance(problem.instance, dict):
            known = list(problem.schema.get("properties", {}))
            unknown = sorted(set(problem.instance) - set(known))
            message = f"unknown key `{unknown[0]}`" if unknown else problem.message
            hint = suggest(unknown[0], known) if unknown else None
            path = (*path, *unknown[:1])
        elif problem.validator == "required":
            missing = next(name for name in problem.validator_value if name not in problem.instance)
            message = f"the key `{missing}` is missing"
        else:
            what = ".".join(str(part) for part in path) or "the file"
            message = f"`{what}` does not fit: {problem.message[:200]}"
            hint = problem.schema.get("description") if isinstance(problem.schema, dict) else None
        self.findings.add("scenario-schema", message, where or self._place(path), hint)

    def _place(self, path: Path) -> Span:
        """The key of an entry, or the entry."""
        scalar = self.document.keys.get(path)
        if scalar is None:
            return self.document.span(path)
        end = scalar.column + scalar.end - scalar.start
        return Span(self.document.file, scalar.line, scalar.column, scalar.line, end)

    # --- cases
    def _cases(self, entry: dict[str, Any], path: Path) -> Iterator[tuple[dict[str, Any], Span]]:
        rows = entry.get("cases")
        if rows is None:
            yield entry, self.document.span(path)
            return
        template = {key: value for key, value in entry.items() if key != "cases"}
        used = {name for text in _texts(template) for name in _PLACEHOLDER.findall(text)}
        for index, row in enumerate(rows):
            where: Path = (*path, "cases", index)
            span = self.document.span(where)
            self.expanded += 1
            if self.expanded > MAX_CASES:
                raise self.findings.fail("scenario-schema", f"more than {MAX_CASES} cases", span, "split the file")
            for name in sorted(used - set(row)):
                message = f"the case gives no value to `${{{name}}}`"
                self.findings.add("scenario-schema", message, span, suggest(name, set(row) - used))
            for name in row:
                if name not in used and name != "name":
                    message = f"nothing reads `{name}` of the case"
                    hint = suggest(name, used) or f"write `${{{name}}}` where the value belongs"
                    self.findings.add("scenario-schema", message, self._place((*where, name)), hint)
            if used <= set(row):
                made: dict[str, Any] = _filled(template, row)
                label = row.get("name") or ", ".join(f"{k}: {_shown(v)}" for k, v in row.items())
                if not _PLACEHOLDER.search(entry["name"]):
                    made["name"] = f"{entry['name']} [{label}]"
                definitions = {"$defs": schema()["$defs"], "$ref": "#/$defs/scenario"}
                if self._validate(made, definitions, path, span):
                    yield made, span

    # --- scenarios
    def _scenario(
        self, entry: dict[str, Any], shared: dict[str, Any], now: str, span: Span, path: Path
    ) -> Scenario | None:
        given = {**shared, **(entry.get("given") or {})}
        steps = entry["when"] if isinstance(entry["when"], list) else [entry["when"]]
        clock = entry.get("now", now)
        calls = []
        for step in steps:
            clock = step.get("timer", step.get("now", clock))
            verb, args = _happening(step)
            calls.append(
                Call(
                    endpoint=step.get("endpoint", step.get("start", "")),
                    args=args,
                    verb=verb,
                    process=step.get("process", ""),
                    sender=step.get("sender", given.get("sender")),
                    value=Decimal(step.get("value", given.get("value", 0))),
                    now=clock,
                    rules=step.get("rules", ""),
                    facts=(*(given.get("facts") or ()), *(step.get("facts") or ())),
                    then=step.get("then"),
                )
            )
        then = entry.get("then") or {}
        if not then and not any(call.then for call in calls):
            self.findings.add("scenario-schema", "the key `then` is missing", self.document.span(path))
            return None
        return Scenario(entry["name"], span, entry.get("now", now), given.get("parameters") or {}, tuple(calls), then)


def _happening(step: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """What happens to a process, and the arguments of its endpoint for that."""
    for key, verb, named, more in (
        ("complete", "complete", "task", ("result", "transition", "turn")),
        ("message", "correlate", "message", ("payload", "correlation")),
        ("signal", "signal", "name", ("payload",)),
    ):
        if key in step:
            return verb, {named: step[key], **{name: step[name] for name in more if name in step}}
    return ("timer" if "timer" in step else ""), dict(step.get("args") or {})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _filled(value: Any, row: Mapping[str, Any]) -> Any:
    """A template with a row's values: a text that is one placeholder becomes the value itself."""
    match value:
        case str():
            if whole := _PLACEHOLDER.fullmatch(value):
                return row[whole[1]]
            return _PLACEHOLDER.sub(lambda m: _shown(row[m[1]]), value)
        case dict():
            return {_filled_key(key, row): _filled(item, row) for key, item in value.items()}
        case list():
            return [_filled(item, row) for item in value]
    return value


def _filled_key(key: str, row: Mapping[str, Any]) -> str:
    return _PLACEHOLDER.sub(lambda m: _shown(row[m[1]]), key)


def _shown(value: Any) -> str:
    match value:
        case None | bool():
            return json.dumps(value)
        case Decimal():
            return f"{value:f}"
        case str() | int():
            return str(value)
    return json.dumps(value, default=str, ensure_ascii=False)
