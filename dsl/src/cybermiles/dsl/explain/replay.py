"""An endpoint's function on the specification, for the rule sessions that it opens.

Money, events and addresses are not simulated: a script that depends on them is explained as far as it gets.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.explain.recorder import MAX_FIRINGS, EnoughError, Recorder, ended
from cybermiles.dsl.explain.text import Texts
from cybermiles.dsl.specification.evaluator import Evaluator
from cybermiles.dsl.specification.values import Halt, Items, Record, Value, constant, number

_SILENT = ("emit", "transfer")
_UNKNOWN = ("caller", "this", "value", "height", "balance")


def replay(
    module: ir.Module,
    texts: Texts,
    endpoint: str,
    args: Mapping[str, Any],
    sessions: list[Recorder],
    *,
    now: str,
    parameters: Mapping[str, Any],
) -> str:
    """Runs the endpoint, adding to ``sessions``; why it ended early, if it did."""
    entry = next((e for e in module.endpoints if e.name == endpoint), None)
    if entry is None:
        return f"there is no endpoint `{endpoint}`"
    script = _Script(module, texts, sessions, now, parameters)
    try:
        script.call(entry.function, [script.argument(arg, args) for arg in entry.args])
    except EnoughError:
        return f"only the first {MAX_FIRINGS} firings are explained"
    except Halt as halt:
        return ended(halt, sum(len(session.firings) for session in sessions))
    return ""


class _Script(Evaluator):
    """The evaluator of a script, which may open sessions."""

    def __init__(
        self, module: ir.Module, texts: Texts, sessions: list[Recorder], now: str, parameters: Mapping[str, Any]
    ) -> None:
        super().__init__(module, now=now, parameters=parameters)
        self.module, self.texts, self.sessions = module, texts, sessions
        self.given: dict[str, Any] = {"now": now, "parameters": parameters}

    def argument(self, declared: ir.Field, args: Mapping[str, Any]) -> Value:
        """An argument as the endpoint's function takes it; a plain object becomes a record of the declared type."""
        if declared.name not in args:
            return None if declared.default is None else constant(declared.default.value)
        return self._typed(args[declared.name], declared.type)

    def _typed(self, given: Any, type_: ir.Type) -> Value:
        match type_:
            case ir.Optional(item):
                return self._typed(given, item)
            case ir.Ref(name) if isinstance(given, Mapping) and "$type" not in given:
                return self.types.read({"$type": name, **given})
            case ir.ListOf(item) if isinstance(given, list | tuple):
                return Items([self._typed(one, item) for one in given])
        return self.types.read(given)

    def open(self, name: str) -> Recorder:
        """A session over the rule set that a script names: its path, its file, or its stem."""
        paths = [ruleset.name for ruleset in self.module.rulesets]
        for part in ("", "name", "stem"):
            found = [path for path in paths if (getattr(PurePosixPath(path), part) if part else path) == name]
            if len(found) == 1:
                session = Recorder(self.module, found[0], self.texts, **self.given)
                session.evaluator.variables = self.variables
                self.sessions.append(session)
                return session
        raise Halt("unknown-rules", f"there is no rule file `{name}`")

    def native(self, name: str, args: list[Value]) -> Value:
        if name in _SILENT:
            return None
        if name in _UNKNOWN:
            raise Halt("not-simulated", f"`{name}` is not known to an explanation")
        if name == "load_rules":
            return self.open(args[0])
        if name == "rules_eval":
            session = self.open(args[0])
            for record in args[1].values:
                self._insert(session, record)
            session.fire()
            return Record(None, {"facts": Items(list(session.known)), "fired": Items([])})
        return super().native(name, args)

    def method(self, value: Value, name: str, args: list[Value]) -> Value:
        if not isinstance(value, Recorder):
            return super().method(value, name, args)
        match name:
            case "send":
                self._insert(value, args[0])
                return number(value.fire())
            case "insert":
                return number(self._insert(value, args[0]))
            case "fire":
                return number(value.fire(int(args[0]) if args and args[0] is not None else None))
            case "facts":
                return Items(list(value.known))
            case "fired":
                return Items([firing.rule for firing in value.firings])
        raise Halt("unknown-method", f"a session has no method `{name}`")

    def _insert(self, session: Recorder, record: Value) -> int:
        if not isinstance(record, Record):
            raise Halt("type-mismatch", "a fact is a record")
        session.insert(record)
        return session.known[record].id
