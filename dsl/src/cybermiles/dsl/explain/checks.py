"""What the tests of a condition saw: each test with the values of its operands, as they are at this moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cybermiles.dsl import ir
from cybermiles.dsl.explain.model import Check, Operand
from cybermiles.dsl.explain.text import Texts
from cybermiles.dsl.passes.build_network import conjuncts
from cybermiles.dsl.specification.evaluator import Evaluator, Frame
from cybermiles.dsl.specification.values import Halt, Items, Record, Value, data

MAX_OPERANDS = 8
MAX_ITEMS = 8
_TESTS = ("==", "!=", "<", "<=", ">", ">=", "in")


def checks(constraints: Iterable[ir.Expr], frame: Frame, evaluator: Evaluator, texts: Texts) -> tuple[Check, ...]:
    """Each test of the constraints; ``a && b`` is two."""
    return tuple(check(part, frame, evaluator, texts) for part in conjuncts(tuple(constraints)))


def check(part: ir.Expr, frame: Frame, evaluator: Evaluator, texts: Texts) -> Check:
    """One test. One that traps does not hold."""
    try:
        holds = evaluator.holds(part, frame)
    except Halt:
        holds = False
    operands: dict[str, Operand] = {}
    for leaf in leaves(part):
        text = texts.of(leaf)
        if len(operands) < MAX_OPERANDS and text not in operands:
            operands[text] = Operand(text, seen(leaf, frame, evaluator))
    return Check(texts.of(part), holds, tuple(operands.values()), part.span)


def leaves(node: ir.Expr) -> Iterator[ir.Expr]:
    """The operands whose values decide a test: what stands on either side of its comparisons."""
    match node:
        case ir.Const():
            return
        case ir.Logical(_, left, right):
            yield from leaves(left)
            yield from leaves(right)
        case ir.Binary(op, left, right) if op in _TESTS:
            yield from leaves(left)
            yield from leaves(right)
        case ir.Unary("!", operand):
            yield from leaves(operand)
        case ir.Native(_, args) if node.type == ir.BOOL:
            for arg in args:
                yield from leaves(arg)
        case ir.NewList(items):
            for item in items:
                yield from leaves(item)
        case _:
            yield node


def seen(node: ir.Expr, frame: Frame, evaluator: Evaluator) -> object:
    """The value of an expression as bounded data; a trap is its text."""
    try:
        return bounded(evaluator.value(node, frame))
    except Halt as halt:
        return f"({halt.code})"


def bounded(value: Value, depth: int = 3) -> object:
    """Data of a value with long lists and deep records cut."""
    match value:
        case Items():
            items = [bounded(item, depth - 1) for item in value.values[:MAX_ITEMS]] if depth else []
            return [*items, "..."] if len(value.values) > len(items) else items
        case Record():
            if not depth:
                return "..."
            made: dict[str, object] = {} if value.of is None else {"$type": value.of}
            return made | {n: bounded(v, depth - 1) for n, v in value.fields.items() if v is not ir.UNDEFINED}
        case str() if len(value) > 200:
            return value[:197] + "..."
    found: object = data(value)
    return found
