"""What the steps from the tree of a process to its graph share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cybermiles.dsl import ir
from cybermiles.dsl.bpmn.tree import Body, EventDefinition, Item, Model, Node, ProcessModel
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.passes.processes.code import CodeMaker
from cybermiles.dsl.passes.processes.decisions import Decisions
from cybermiles.dsl.passes.processes.notation import is_name, merges, pairs
from cybermiles.dsl.syntax.xml import Element, Text

SCRIPTS = ("", "text/javascript", "application/javascript", "javascript", "text/ecmascript", "application/ecmascript")
"""Values of `scriptFormat` and `language` that mean contract script."""


@dataclass(slots=True)
class Work:
    """One process on its way to the graph."""

    model: Model
    process: ProcessModel
    diagnostics: Diagnostics
    code: CodeMaker
    files: Mapping[str, str]
    """Texts of the archive by path, for forms."""
    rules: Decisions
    called: Mapping[str, str] = field(default_factory=dict)
    """Processes that a call activity may name, to their keys."""
    index: dict[int, int] = field(default_factory=dict)
    """The index of each node in the graph, by the identity of its tree node."""
    associations: dict[str, str] = field(default_factory=dict)
    """Ends of associations by where they begin; some tools draw those of a sub-process outside of it."""
    ids: dict[str, tuple[Node, Body]] = field(default_factory=dict)
    """Nodes of the process by id."""

    def fail(self, code: str, item: Item | Element, message: str, hint: str | None = None) -> None:
        """A finding about an element; the message goes on after the element's name and place."""
        self.diagnostics.add(code, f"{self.model.shown(item)} {message}", item.span, hint)

    # --- values of attributes
    def name(self, item: Item | Element, text: Text | None, what: str) -> str:
        """A text that must name a variable."""
        value = "" if text is None else text.value.strip()
        if text is not None and not is_name(value):
            self.diagnostics.add("process-bad-value", f"{what} is not a variable's name: `{value[:80]}`", text.span)
            return ""
        return value

    def merge(self, item: Item) -> tuple[ir.Merge, ...]:
        """`cm:merge="total:sum items:append"`."""
        return merges(item.extra("merge"), self.diagnostics)

    def mappings(self, item: Item, which: str) -> tuple[ir.Mapping, ...] | None:
        """`cm:in` and `cm:out`: `a b=expression`; None if it is not there."""
        text = item.extra(which)
        if text is None:
            return None
        made: list[ir.Mapping] = []
        for name, value in pairs(text):
            if not is_name(name.value):
                hint = "write `name` or `name=expression`"
                self.diagnostics.add("process-bad-value", f"`{name.value[:80]}` names no variable", name.span, hint)
                continue
            code = self.code.expression(value or name, f"{item.id}.{which}.{name.value}")
            if code is not None:
                made.append(ir.Mapping(name.value, code, span=name.span))
        return tuple(made)

    def script(self, element: Element, attribute: str) -> bool:
        """Whether a script or expression is in our language; says so if not."""
        given = (element.get(attribute) or "").strip()
        if given.lower() in SCRIPTS:
            return True
        message = f"`{given[:80]}` is not a language of processes"
        span = element.attribute_span(attribute)
        self.diagnostics.add("process-unsupported", message, span, 'write contract script: `"text/javascript"`')
        return False


def events_of(node: Node, kind: str) -> list[EventDefinition]:
    """The event definitions of one kind."""
    return [e for e in node.events if e.kind == kind]
