"""Code of a process: functions of the module over process variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.specification.evaluator import Evaluator
from cybermiles.dsl.specification.processes.data import DataFlow, Lookup, same, stored
from cybermiles.dsl.specification.processes.state import Data, Token
from cybermiles.dsl.specification.values import Halt, Value, truth


class Thrown(Exception):  # noqa: N818  it may be caught by the process
    """An error of the process's own on its way from a token to whatever catches it."""

    def __init__(self, token: Token, code: str, message: str, payload: Data = ir.UNDEFINED) -> None:
        super().__init__(f"{code}: {message}")
        self.token, self.code, self.message, self.payload = token, code, message, payload


class Coded(DataFlow):
    """Runs code."""

    def __init__(self, module: ir.Module, now: str, parameters: Mapping[str, Any] | None, steps: int) -> None:
        super().__init__()
        self.evaluator = Evaluator(module, now=now, parameters=parameters, steps=steps)

    @property
    def now(self) -> Any:
        """The time of the block."""
        return self.evaluator.now

    def given(self, value: Any) -> Data:
        """Data from outside as it is stored."""
        return stored(self.evaluator.types.read(value))

    def value(self, code: ir.Code, lookup: Lookup, token: Token | None = None, **extra: Data) -> Value:
        """The value of an expression."""
        names = [extra.get(name, ir.UNDEFINED) for name in code.extra]
        values = [self.evaluator.types.read(value) for value in (*map(lookup, code.reads), *names)]
        try:
            return self.evaluator.call(code.function, values)
        except Halt as halt:
            if halt.kind == "bpmn-error" and token is not None:
                raise Thrown(token, halt.code, halt.message) from None
            raise

    def at(self, token: Token) -> Lookup:
        """How a token sees variables."""
        return lambda name: self.read(token.branch, name)

    def holds(self, code: ir.Code, lookup: Lookup, token: Token | None = None) -> bool:
        """Whether a condition is true."""
        return truth(self.value(code, lookup, token))

    def execute(self, code: ir.Code | None, token: Token, element: str, **extra: Data) -> None:
        """Runs statements; variables that came back different are written."""
        if code is None:
            return
        before = {name: self.read(token.branch, name) for name in code.writes}
        result = self.value(code, self.at(token), token, **extra)
        for name, value in zip(code.writes, getattr(result, "values", ()), strict=True):
            if not same(after := stored(value), before[name]):
                self.write(token.branch, name, after, element)

    def accept(self, token: Token, element: str, trigger: ir.Trigger | None, payload: Data, event: Data) -> None:
        """What is caught becomes variables: as ``apply`` says, else each entry of the payload."""
        if trigger is not None and trigger.apply is not None:
            self.execute(trigger.apply, token, element, event=event)
        elif isinstance(payload, dict):
            for name, value in payload.items():
                self.write(token.branch, name, value, element)
