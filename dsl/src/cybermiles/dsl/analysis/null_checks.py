"""Arithmetic with a field that may be null (its type ends in ``?``) where nothing looks whether it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.types import TypeTable, strip

_ARITHMETIC = frozenset(("-", "*", "/", "%", "**"))
_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))
Place = tuple[str, str]
"""A type and a field of it."""


def null_checks(module: ir.Module, types: TypeTable, diagnostics: Diagnostics) -> None:
    """Reports each such operand once a function or rule."""
    for ruleset in module.rulesets:
        for rule in ruleset.rules:
            _scan((*rule.conditions, *rule.body), types, diagnostics)
    for function in module.functions:
        _scan(function.body, types, diagnostics)


def _scan(nodes: Sequence[ir.Node], types: TypeTable, diagnostics: Diagnostics) -> None:
    looked = {place for node in nodes for place in _looked_at(node)}
    told: set[Place] = set()
    for node in (inner for outer in nodes for inner in ir.walk(outer)):
        match node:
            case ir.Binary(op, left, right) if op in _ARITHMETIC:
                operands: tuple[ir.Expr, ...] = (left, right)
            case ir.Unary("-", operand):
                operands = (operand,)
            case _:
                continue
        for operand in operands:
            place = _place(operand)
            if place is None or place in looked or place in told or place not in types.nullable:
                continue
            told.add(place)
            of, field = place
            message = f"`{of}.{field}` may be null, and nothing looks whether it is"
            hint = f"add the constraint `{field} != null`, or write `({field} ?? 0)`"
            diagnostics.add("missing-null-check", message, operand.span, hint)


def _place(node: ir.Expr) -> Place | None:
    match node:
        case ir.GetField(value, field):
            of = strip(value.type)
            if isinstance(of, ir.Ref):
                return of.name, field
    return None


def _looked_at(top: ir.Node) -> Iterator[Place]:
    """Fields that are compared, tested or given a value."""
    for node in ir.walk(top):
        match node:
            case ir.Binary(op, left, right) if op in _COMPARISONS:
                looked: tuple[ir.Expr, ...] = (left, right)
            case ir.Logical(_, left, right):
                looked = (left, right)
            case ir.Conditional(condition) | ir.If(condition) | ir.Unary("!", condition):
                looked = (condition,)
            case ir.Assign(target):
                looked = (target,)
            case _:
                continue
        for part in looked:
            if place := _place(part):
                yield place
