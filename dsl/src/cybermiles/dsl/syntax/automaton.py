"""An LALR automaton that is fed token by token: lark's tables as plain dictionaries, and two stacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from lark import Lark


class Reduction(NamedTuple):
    """What replaces the last ``size`` values: the result of ``build``, a ``name``."""

    size: int
    name: str
    build: Callable[[list[Any]], Any]


@dataclass(frozen=True, slots=True)
class Tables:
    """For each state what each symbol does there: the number of the next state, or a reduction."""

    states: dict[int, dict[str, int | Reduction]]
    start: int
    end: int


def tables_of(lark: Lark, start: str) -> Tables:
    """The tables that lark made of a grammar."""
    made = lark.parse_interactive("", start).parser_state.parse_conf
    states: dict[int, dict[str, int | Reduction]] = {}
    for state, actions in made.states.items():
        states[state] = {
            str(symbol): arg
            if isinstance(arg, int)
            else Reduction(len(arg.expansion), str(arg.origin.name), made.callbacks[arg])
            for symbol, (_, arg) in actions.items()
        }
    return Tables(states, made.start_state, made.end_state)


class Unexpected(Exception):  # noqa: N818 - not an error yet: the driver may find another way on
    """No table entry for a token; reductions before it stay done."""


class Automaton:
    """One run of the tables."""

    __slots__ = ("_end", "_path", "_states", "_values")

    def __init__(self, tables: Tables) -> None:
        self._states = tables.states
        self._end = tables.end
        self._path = [tables.start]
        self._values: list[Any] = []

    def accepts(self, kind: str) -> bool:
        """Whether the tables have an entry for the kind of token here."""
        return kind in self._states[self._path[-1]]

    def symbols(self) -> Iterable[str]:
        """What has an entry here: kinds of tokens and names of rules."""
        return self._states[self._path[-1]]

    def feed(self, token: Any, kind: str) -> Any:
        """Takes a token; the value of the whole after the last one, ``$END``. Raises Unexpected."""
        path, values, states = self._path, self._values, self._states
        while True:
            action = states[path[-1]].get(kind)
            if action is None:
                raise Unexpected
            if action.__class__ is int:
                path.append(action)
                values.append(token)
                return None
            size, name, build = action  # type: ignore[misc]
            if size:
                parts = values[-size:]
                del values[-size:], path[-size:]
            else:
                parts = []
            values.append(build(parts))
            state = states[path[-1]][name]
            path.append(state)  # type: ignore[arg-type]
            if state == self._end and kind == "$END":
                return values[-1]
