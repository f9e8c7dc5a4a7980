"""Patterns that no fact can match: constraints on one field that exclude each other. Exact for constants."""

from __future__ import annotations

import itertools
from decimal import Decimal

from cybermiles.dsl import ir
from cybermiles.dsl.analysis.constraints import Said, compare, said
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.types import TypeTable, strip


def never_matches(module: ir.Module, types: TypeTable, diagnostics: Diagnostics) -> None:
    """Reports the first contradiction of each pattern, at the later constraint."""
    for ruleset in module.rulesets:
        for rule in ruleset.rules:
            for node in (inner for condition in rule.conditions for inner in ir.walk(condition)):
                if isinstance(node, ir.Pattern):
                    _pattern(node, types, diagnostics)


def _pattern(pattern: ir.Pattern, types: TypeTable, diagnostics: Diagnostics) -> None:
    by_field: dict[str, list[Said]] = {}
    for found in said(pattern.binding, pattern.constraints):
        by_field.setdefault(found.field, []).append(found)
    for field, all_said in by_field.items():
        kind = strip(types.field_type(pattern.of, field) or ir.ANY)
        for a, b in itertools.combinations(all_said, 2):
            if _exclude(a, b, whole=kind == ir.INT):
                message = f"no fact matches: `{_show(a)}` and `{_show(b)}` exclude each other"
                diagnostics.add("never-matches", message, b.span, "correct one of the two constraints")
                return


def _exclude(a: Said, b: Said, *, whole: bool) -> bool:
    for one, other in ((a, b), (b, a)):
        if one.op in ("==", "in"):
            return all(other.allows(value) is False for value in one.values)
    low, high = (a, b) if a.op in (">", ">=") else (b, a)
    if low.op not in (">", ">=") or high.op not in ("<", "<="):
        return False
    order = compare(low.values[0], high.values[0])
    if order is None:
        return False
    if order > 0 or (order == 0 and (low.op, high.op) != (">=", "<=")):
        return True
    return whole and _no_whole_number(low, high)


def _no_whole_number(low: Said, high: Said) -> bool:
    a, b = low.values[0], high.values[0]
    if not isinstance(a, int | Decimal) or not isinstance(b, int | Decimal):
        return False
    first = int(a) if a >= 0 or a == int(a) else int(a) - 1  # floor
    first = first if low.op == ">=" and first == a else first + 1
    return compare(first, b) == 1 or (first == b and high.op == "<")


def _show(found: Said) -> str:
    values = ", ".join(_constant(value) for value in found.values)
    return f"{found.field} in ({values})" if found.op == "in" else f"{found.field} {found.op} {values}"


def _constant(value: ir.Constant) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case ir.Temporal(_, text):
            return text
    return str(value)
