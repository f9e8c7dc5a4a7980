"""What a pattern's constraints say of its own fields, as far as constants tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cybermiles.dsl import ir

_FLIP = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Said:
    """``field op value``, or ``field`` is one of several values (``op`` is ``in``)."""

    field: str
    op: str
    values: tuple[ir.Constant, ...]
    span: ir.Span

    def allows(self, value: ir.Constant) -> bool | None:
        """Whether a value of the field satisfies it; None: it cannot be told here."""
        if self.op in ("in", "=="):
            return any(same(value, other) for other in self.values)
        if self.op == "!=":
            return not same(value, self.values[0])
        order = compare(value, self.values[0])
        if order is None:
            return None if value is not None and self.values[0] is not None else False
        return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[self.op]


def said(binding: str, constraints: Sequence[ir.Expr]) -> Iterator[Said]:
    """The constraints that compare a field of the pattern's fact with constants."""
    for constraint in conjuncts(constraints):
        found = _said(binding, constraint)
        if found is not None:
            yield found


def conjuncts(constraints: Sequence[ir.Expr]) -> Iterator[ir.Expr]:
    """``a && b`` as two."""
    stack = list(reversed(constraints))
    while stack:
        node = stack.pop()
        if isinstance(node, ir.Logical) and node.op == "&&":
            stack += [node.right, node.left]
        else:
            yield node


def _said(binding: str, node: ir.Expr) -> Said | None:
    match node:
        case ir.Binary(op, left, right) if op in _FLIP:
            if isinstance(left, ir.Const):
                left, right, op = right, left, _FLIP[op]
            match left, right:
                case ir.GetField(ir.Local(name), field), ir.Const(value) if name == binding:
                    return Said(field, op, (value,), node.span)
        case ir.Logical("||", left, right):
            a, b = _said(binding, left), _said(binding, right)
            if a and b and a.field == b.field and a.op in ("==", "in") and b.op in ("==", "in"):
                return Said(a.field, "in", a.values + b.values, node.span)
    return None


def same(a: ir.Constant, b: ir.Constant) -> bool:
    """Equality of constants: values of different kinds are unequal."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    return a == b


def compare(a: ir.Constant, b: ir.Constant) -> int | None:
    """The order of two numbers or two texts."""
    for kinds in ((int, Decimal), (str,)):
        if isinstance(a, kinds) and isinstance(b, kinds) and not isinstance(a, bool) and not isinstance(b, bool):
            return (a > b) - (a < b)  # type: ignore[operator]
    return None
