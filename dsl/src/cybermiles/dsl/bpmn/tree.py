"""The typed tree of a BPMN 2.0 file: what matters to execution, each part with the XML element that it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from cybermiles.dsl.ir import Span
from cybermiles.dsl.passes.processes.notation import is_name
from cybermiles.dsl.syntax.xml import Document, Element, Name, Text

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
CM = "urn:cybermiles:bpmn:1"


class Bounds(NamedTuple):
    """Where a shape stands on the diagram; the numbers as the file has them."""

    x: str
    y: str
    width: str
    height: str


@dataclass(slots=True)
class Item:
    """Anything with an id."""

    element: Element = field(repr=False)
    id: str
    name: str

    @property
    def span(self) -> Span:
        """The place of the element."""
        return self.element.span

    @property
    def tag(self) -> str:
        """The element's name in BPMN."""
        return self.element.local

    def extra(self, name: str) -> Text | None:
        """What `cm:name` says: an attribute, or an element of that name among the extension elements."""
        return extra(self.element, name)


@dataclass(slots=True)
class EventDefinition:
    """What an event waits for or throws; ``kind`` as in ``ir.Trigger``, or ``link``."""

    element: Element = field(repr=False)
    kind: str
    reference: str = ""
    """The id that it refers to (message, signal, error, escalation, activity), or the link's name."""


@dataclass(slots=True)
class Lane:
    """A lane: who does the tasks in it."""

    element: Element = field(repr=False)
    role: str


@dataclass(slots=True)
class Node(Item):
    """A flow node."""

    events: list[EventDefinition] = field(default_factory=list)
    loop: Element | None = field(default=None, repr=False)
    body: Body | None = None
    """Of a sub-process."""
    lane: Lane | None = None


@dataclass(slots=True)
class Flow(Item):
    """A sequence flow."""

    source: str
    target: str
    condition: Element | None = field(default=None, repr=False)


@dataclass(slots=True)
class Association:
    """A dotted line: from a compensation event to what undoes the activity."""

    element: Element = field(repr=False)
    source: str
    target: str


@dataclass(slots=True)
class Body:
    """What is inside a process or sub-process, in document order."""

    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    data: list[Item] = field(default_factory=list)
    """Data objects and properties."""
    associations: list[Association] = field(default_factory=list)

    def walk(self) -> Iterator[tuple[Body, Node]]:
        """All nodes, those of sub-processes after the sub-process, each with the body it is in."""
        for node in self.nodes:
            yield self, node
            if node.body is not None:
                yield from node.body.walk()


@dataclass(slots=True)
class ProcessModel(Item):
    """A process."""

    executable: bool | None
    body: Body


@dataclass(slots=True)
class Model:
    """A file."""

    document: Document = field(repr=False)
    processes: list[ProcessModel] = field(default_factory=list)
    messages: dict[str, Item] = field(default_factory=dict)
    signals: dict[str, Item] = field(default_factory=dict)
    errors: dict[str, Item] = field(default_factory=dict)
    escalations: dict[str, Item] = field(default_factory=dict)
    ids: dict[str, Element] = field(default_factory=dict, repr=False)
    refused: set[str] = field(default_factory=set, repr=False)
    """Ids of elements that were reported as not supported."""
    shapes: dict[str, Bounds] = field(default_factory=dict, repr=False)

    def shown(self, item: Item | Element) -> str:
        """An element as messages name it: what it is, its id and name, and where it is on the diagram."""
        element = item.element if isinstance(item, Item) else item
        id_ = element.get("id") or ""
        name = " ".join((element.get("name") or "").split())
        said = f"{words(element.local)} `{id_}`" if id_ else f"a {words(element.local)}"
        more = [f"“{name if len(name) <= 60 else name[:57] + '...'}”"] if name and name != id_ else []
        if bounds := self.shapes.get(id_):
            more.append(f"at {bounds.x}, {bounds.y} on the diagram")
        return said + (f" ({', '.join(more)})" if more else "")


def extra(element: Element, name: str) -> Text | None:
    """What `cm:name` says on an element: its attribute, or an element of that name among its extension elements."""
    found = element.attribute(name, CM)
    if found is not None:
        return found
    extensions = element.child("extensionElements")
    if extensions is None:
        return None
    inner = next((c for c in extensions.children if c.name == Name(CM, name)), None)
    return None if inner is None else inner.text


def words(tag: str) -> str:
    """`intermediateCatchEvent` as `intermediate catch event`."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in tag).strip()


def variable_of(item: Item) -> str:
    """The variable that a data object or property stands for; empty if neither its name nor its id can be one."""
    return next((n for n in (item.name, item.id) if is_name(n)), "")
