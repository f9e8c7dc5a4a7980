"""The typed tree of a jPDL 3 file, each part with the XML element that it came from."""

from __future__ import annotations

from dataclasses import dataclass, field

from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax.xml import Document, Element, Text


@dataclass(slots=True)
class Action:
    """Something that runs: contract script."""

    element: Element = field(repr=False)
    code: Text


@dataclass(slots=True)
class Transition:
    """A way out of a node."""

    element: Element = field(repr=False)
    name: str
    to: str
    condition: Text | None = None
    actions: list[Action] = field(default_factory=list)


@dataclass(slots=True)
class Timer:
    """A timer of a node: it takes a transition, or runs its actions."""

    element: Element = field(repr=False)
    name: str
    due: Text
    repeat: Text | None
    transition: str
    actions: list[Action] = field(default_factory=list)


@dataclass(slots=True)
class Variable:
    """A variable of a task's form or of a sub-process."""

    element: Element = field(repr=False)
    name: str
    mapped: str
    """Its name on the other side."""
    access: frozenset[str]
    """Out of ``read``, ``write``, ``required``."""


@dataclass(slots=True)
class Task:
    """What a person does."""

    element: Element = field(repr=False)
    name: str
    swimlane: str
    variables: list[Variable] | None = None
    created: list[Action] = field(default_factory=list)
    ended: list[Action] = field(default_factory=list)


@dataclass(slots=True)
class Node:
    """A node; ``tag`` is its kind in jPDL."""

    element: Element = field(repr=False)
    tag: str
    name: str
    transitions: list[Transition] = field(default_factory=list)
    enter: list[Action] = field(default_factory=list)
    leave: list[Action] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    choice: Text | None = None
    """The expression of a decision, which gives a transition's name."""
    called: str = ""
    """The process of a process-state."""
    variables: list[Variable] = field(default_factory=list)

    @property
    def span(self) -> Span:
        """The place of the element."""
        return self.element.span


@dataclass(slots=True)
class Definition:
    """A file: one process."""

    document: Document = field(repr=False)
    element: Element = field(repr=False)
    name: str
    nodes: list[Node] = field(default_factory=list)
    swimlanes: dict[str, Element] = field(default_factory=dict, repr=False)
    started: list[Action] = field(default_factory=list)
    enter: list[Action] = field(default_factory=list)
    """Run at every node, as are ``leave``; ``moved`` at every transition."""
    leave: list[Action] = field(default_factory=list)
    moved: list[Action] = field(default_factory=list)


def shown(element: Element) -> str:
    """An element as messages name it."""
    name = " ".join((element.get("name") or "").split())
    return f"{element.local} `{name[:80]}`" if name else f"a {element.local}"
