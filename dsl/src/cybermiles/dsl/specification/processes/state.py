"""What an instance of a process consists of: tokens, scopes, branches, waits. Nothing here is remembered twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cybermiles.dsl import ir

Data = Any
"""A stored value: null, truth value, number, text, temporal value, list or dict; ``ir.UNDEFINED`` is an absent one."""


@dataclass(slots=True)
class Write:
    """A value that an element gave to a variable."""

    value: Data
    element: str


@dataclass(slots=True)
class Branch:
    """What the tokens between a split and its join have written.

    ``writes``: by its token, or by its children when all of them have ended. ``gathered``: by children that have ended
    while others live. ``seen``: values that it finds but did not write. ``local``: variables that live here, None
    unless the branch is the root of a scope; the root without a parent has all names. ``split``: the node that made it.
    """

    id: int
    parent: int | None
    split: int | None = None
    local: dict[str, Data] | None = None
    writes: dict[str, Write] = field(default_factory=dict)
    gathered: dict[str, Write] = field(default_factory=dict)
    seen: dict[str, Data] = field(default_factory=dict)


@dataclass(slots=True)
class Turns:
    """How far a multi-instance activity or a loop is: instances in all, begun, ended; what they gave by number."""

    total: int | None
    items: list[Data] | None = None
    begun: int = 0
    ended: int = 0
    outputs: dict[int, Data] = field(default_factory=dict)


@dataclass(slots=True)
class Record:
    """A completed activity that can be compensated: ``local`` of the scopes that are gone, ``inner`` records."""

    node: int
    local: dict[str, Data]
    inner: list[Record]


@dataclass(slots=True)
class Token:
    """``state``: ``ready`` (its work is on the stack), ``join`` (waits at a gateway), ``wait`` (for something from
    outside), ``host`` (something runs inside its activity). ``arrival`` counts when it came to where it is.

    ``instance``: it is one of the instances of its activity. ``queue``: what a throwing token has still to compensate.
    ``begin`` and ``event``: start event and payload of an event sub-process.
    """

    id: int
    node: int
    scope: int
    branch: int
    flow: int | None = None
    state: str = "ready"
    arrival: int = 0
    instance: int | None = None
    turns: Turns | None = None
    queue: list[Record] | None = None
    begin: int | None = None
    event: Data = None


@dataclass(slots=True)
class Scope:
    """Where tokens live: a process, a sub-process, an instance of an activity, a compensation. ``token`` waits outside.

    ``kind``: ``process``, ``scope``, ``instance``, ``compensation``. ``interrupted``: its event sub-processes no longer
    begin.
    """

    id: int
    kind: str
    process: ir.Process
    node: int | None
    parent: int | None
    token: int | None
    root: int
    interrupted: bool = False
    records: list[Record] = field(default_factory=list)


@dataclass(slots=True)
class Wait:
    """An event that may happen. ``node`` is the event (a catch, boundary, start, receive task), ``token`` the one that
    waits for it or, for a boundary event, is inside the activity; None for the start of an event sub-process.

    ``due`` of a timer, ``left`` its turns (None: no end), ``every`` the time between them. ``was``: whether the
    condition held when it was last looked at.
    """

    id: int
    node: int
    scope: int
    token: int | None
    trigger: ir.Trigger
    keys: tuple[Data, ...] = ()
    due: Any = None
    left: int | None = 1
    every: Any = None
    was: bool = False


class Failure(Exception):  # noqa: N818  it is an outcome
    """The process has failed: ``no-flow``, ``merge-conflict``, or the code of an error that nothing caught."""

    def __init__(self, code: str, message: str, element: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.element = code, message, element


class Tables:
    """The tables of one instance."""

    def __init__(self) -> None:
        self.tokens: dict[int, Token] = {}
        self.scopes: dict[int, Scope] = {}
        self.branches: dict[int, Branch] = {}
        self.waits: dict[int, Wait] = {}
        self.count = 0

    def number(self) -> int:
        """The next number; whatever is older has a smaller one."""
        self.count += 1
        return self.count

    def process(self, at: Token | Scope | Wait) -> ir.Process:
        """The process that something belongs to."""
        return (at if isinstance(at, Scope) else self.scopes[at.scope]).process

    def node(self, at: Token | Wait) -> ir.ProcessNode:
        """Where a token is; the event of a wait."""
        return self.process(at).nodes[at.node]

    def outgoing(self, at: Token) -> list[int]:
        """The flows that leave a token's node, in document order."""
        return [number for number, flow in enumerate(self.process(at).flows) if flow.source == at.node]

    def incoming(self, process: ir.Process, node: int) -> list[int]:
        """The flows that lead to a node."""
        return [number for number, flow in enumerate(process.flows) if flow.target == node]

    def inside(self, scope: int) -> list[Token]:
        """The tokens directly in a scope."""
        return [token for token in self.tokens.values() if token.scope == scope]

    def scopes_of(self, token: Token) -> list[Scope]:
        """The scopes for which a token waits."""
        return [scope for scope in self.scopes.values() if scope.token == token.id]
