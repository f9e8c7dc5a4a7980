"""Which locals closures capture, and the fresh variables that a loop gives them each turn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.passes.rename import rename


def captured(nodes: Iterable[ir.Node], names: Collection[str]) -> frozenset[str]:
    """Those of the locals that a closure within the nodes mentions."""
    found: set[str] = set()
    wanted = frozenset(names)
    if not wanted:
        return frozenset()
    stack: list[tuple[ir.Node, bool]] = [(node, False) for node in nodes]
    while stack:
        node, inside = stack.pop()
        inside = inside or isinstance(node, ir.Closure)
        if inside and isinstance(node, ir.Local) and node.name in wanted:
            found.add(node.name)
        stack.extend((child, inside) for child in ir.children(node))
    return frozenset(found)


def fresh_turns(
    unique: dict[str, str],
    condition: ir.Expr | None,
    body: tuple[ir.Stmt, ...],
    step: tuple[ir.Stmt, ...],
    span: ir.Span,
) -> ir.Loop:
    """A `for` whose head's variables (with a second name each) are captured: each turn has variables of its own."""
    names = {old: ir.Local(new) for old, new in unique.items()}
    copies = [ir.Let(new, ir.Local(old), span=span) for old, new in unique.items()]
    back = [ir.Do(ir.Assign(ir.Local(old), ir.Local(new)), span=span) for old, new in unique.items()]
    made = [rename(s, names) for s in body]
    if condition is not None:
        test = ir.Unary("!", rename(condition, names), type=ir.BOOL, span=condition.span)
        made.insert(0, ir.If(test, (ir.Break(span=span),), span=condition.span))
    return ir.Loop(None, (*copies, *made), (*back, *step), span=span)


def bound_fresh(name: str, other: str, body: Sequence[ir.Stmt], span: ir.Span) -> tuple[str, tuple[ir.Stmt, ...]]:
    """The name that a loop or a handler sets: another one if closures capture it, copied to it each turn."""
    if not captured(body, (name,)):
        return name, tuple(body)
    return other, (ir.Let(name, ir.Local(other), span=span), *body)
