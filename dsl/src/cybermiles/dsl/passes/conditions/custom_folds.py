"""``init( ... ) action( ... ) reverse( ... ) result( ... )``: a fold that the rule writes itself.

``reverse`` is read and checked, but not needed: when a match goes, the fold runs again over those that are left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cybermiles.dsl import ir
from cybermiles.dsl.natives import NATIVES
from cybermiles.dsl.syntax import tree as t

if TYPE_CHECKING:
    from cybermiles.dsl.passes.conditions.resolver import Conditions

_EFFECTS = (ir.Insert, ir.InsertLogical, ir.Update, ir.Modify, ir.Delete, ir.StopFiring, ir.Focus, ir.When, ir.Revert)


def fold(of: Conditions, name: str, node: t.CustomFold) -> ir.Fold:
    """The fold; its variables are those that ``init`` declares."""
    names = of.names
    implicit, names.implicit = names.implicit, False
    try:
        with of.scope() as own:
            state = [let for statement in node.init for let in _state(of, statement)]
            variables = {let.name for let in state}
            action = _action(of, node.action, variables)
            if node.reverse is not None:
                _action(of, node.reverse, variables)
            result = names.expr(node.result)
            for entry in own.values():
                entry.used = True
    finally:
        names.implicit = implicit
    return ir.Fold(name, tuple(state), action, result, span=node.span)


def _state(of: Conditions, node: t.Stmt) -> Iterator[ir.Let]:
    match node:
        case t.ExprStmt(span, t.AssignExpr(_, t.Name() as name, "", value)) if of.known(name.text) is None:
            node = t.LetStmt(span, "let", [(name, value)])
    if isinstance(node, t.LetStmt):
        for made in of.names.let(node):
            if isinstance(made, ir.Let):
                yield (
                    made if made.value is not None else ir.Let(made.name, ir.Const(None, type=ir.NULL), span=made.span)
                )
        return
    hint = "declare the variable with its first value: `init( double total = 0; )`"
    of.diagnostics.add("unsupported", "`init` of `accumulate` declares variables only", node.span, hint)


def _action(of: Conditions, statements: Sequence[t.Stmt], state: set[str]) -> tuple[ir.Stmt, ...]:
    made = of.names.body(statements)
    own = state | {n.name for s in made for n in ir.walk(s) if isinstance(n, ir.Let | ir.ForEach)}
    for statement in made:
        for node in ir.walk(statement):
            _check(of, node, own)
    return made


def _check(of: Conditions, node: ir.Node, own: set[str]) -> None:
    """Only the fold's own variables change: how often it runs cannot be seen."""
    if isinstance(node, _EFFECTS) or (isinstance(node, ir.Native) and NATIVES[node.name].effect):
        hint = "compute a value, and act on it in the consequence"
        of.diagnostics.add("misplaced-statement", "a function of `accumulate` has no effects", node.span, hint)
    elif isinstance(node, ir.Return):
        of.diagnostics.add("misplaced-statement", "`return` cannot stand in `accumulate`", node.span)
    elif isinstance(node, ir.Assign):
        root: ir.Expr = node.target
        while isinstance(root, ir.GetField | ir.GetIndex):
            root = root.object
        if not (isinstance(root, ir.Local) and root.name in own):
            hint = "assign variables that `init` declares"
            of.diagnostics.add("misplaced-statement", "`accumulate` changes its own variables only", node.span, hint)
