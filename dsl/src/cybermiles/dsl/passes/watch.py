"""Which fields of a pattern's fact matter to a rule, as Drools' property reactivity has it.

A modification of another field does not make the rule's match anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from cybermiles.dsl import ir


class Watched:
    """The fields of one rule's left side, by pattern."""

    def __init__(self, conditions: Sequence[ir.Condition]) -> None:
        self._fields: dict[str, set[str]] = {}
        self._whole: set[str] = set()
        for condition in conditions:
            self._read(condition)

    def of(self, pattern: ir.Pattern) -> tuple[str, ...] | None:
        """The fields, sorted; None: all of them."""
        if pattern.binding in self._whole or "*" in pattern.watch:
            return None
        read = self._fields.get(pattern.binding, set())
        more = {name for name in pattern.watch if not name.startswith("!")}
        less = {name[1:] for name in pattern.watch if name.startswith("!")}
        return tuple(sorted((read | more) - less))

    def _read(self, top: ir.Node) -> None:
        stack: list[ir.Node] = [top]
        while stack:
            node = stack.pop()
            match node:
                case ir.GetField(ir.Local(name), field):
                    self._fields.setdefault(name, set()).add(field)
                    continue
                case ir.Local(name):
                    self._whole.add(name)
                case ir.Binary("==" | "!=", left, right):
                    # which fact it is does not change with its fields
                    stack += [side for side in (left, right) if not isinstance(side, ir.Local)]
                    continue
                case ir.IsA(ir.Local()):
                    continue
            stack.extend(ir.children(node))
