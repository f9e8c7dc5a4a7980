"""Patterns: constraints, bindings, positional arguments and paths of one fact or element."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import suggest
from cybermiles.dsl.passes.conditions import accumulate, queries, sources
from cybermiles.dsl.passes.resolve_expressions import complete
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.types import ALIASES

if TYPE_CHECKING:
    from cybermiles.dsl.passes.conditions.resolver import Conditions

_REFUSED = {
    "eval": "write the test as a constraint of a pattern",
    "forall": "`forall(A(x))` is `not A(!x)`",
    "accumulate": "compute it in a script, or in a loop of a consequence",
    "acc": "compute it in a script, or in a loop of a consequence",
    "groupby": "collect the facts with `accumulate`, or keep a fact for each group",
}
"""Condition elements of Drools that look like patterns."""
_ARITHMETIC = frozenset(("+", "-", "*", "/", "%", "**", "??"))


@dataclass(slots=True)
class Inside:
    """What stands between the brackets of a pattern."""

    constraints: list[ir.Expr] = field(default_factory=list)
    bindings: list[ir.Binding] = field(default_factory=list)
    after: list[ir.Condition] = field(default_factory=list)
    """Conditions that follow the pattern: the steps of its paths."""


def pattern(of: Conditions, node: t.PatternNode) -> Sequence[ir.Condition]:
    """A pattern as written becomes itself, and what its paths need."""
    if node.pull or (node.source is None and node.type in of.queries):
        return queries.call(of, node)
    if node.source is not None and node.watch:
        hint = "watch the pattern of the fact that holds them"
        of.diagnostics.add("unsupported", "`@watch` of elements that are no facts", node.span, hint)
    match node.source:
        case t.CollectSource() as source:
            return accumulate.collect(of, node, source)
        case t.AccumulateSource() as source:
            return accumulate.from_accumulate(of, node, source)
        case t.FromSource() as source:
            return sources.elements(of, node, source)
    fact, of_type = declare(of, node)
    _watched(of, node, of_type)
    made = inside(of, node, fact)
    return [
        ir.Pattern(
            "join",
            fact.name,
            of_type,
            tuple(made.bindings),
            tuple(made.constraints),
            watched(of, node, of_type),
            span=node.span,
        ),
        *made.after,
    ]


def _watched(of: Conditions, node: t.PatternNode, record: str) -> None:
    """Reports watched fields that the type does not have."""
    for field_name in (name.removeprefix("!") for name in node.watch):
        if field_name != "*" and of.context.types.field_type(record, field_name) is None:
            hint = suggest(field_name, [f.name for f in of.context.types.fields(record)])
            message = f"`{record}` has no field `{field_name}` to watch"
            of.diagnostics.add("unknown-field", message, node.span, hint)


def split(of: Conditions, node: t.PatternNode) -> tuple[ir.Pattern | ir.From, list[ir.Expr]]:
    """A pattern that says only what it ranges over, and the constraints that it would have."""
    if isinstance(node.source, t.FromSource):
        bare = dataclasses.replace(node, constraints=[], positional=[])
        made = sources.elements(of, bare, node.source)
        element = made[-1]
        if isinstance(element, ir.From):
            return element, inside(of, node, of.facts[id(bare)]).constraints
    fact, of_type = declare(of, node)
    made_inside = inside(of, node, fact)
    if made_inside.after or node.source is not None:
        hint = "write `not( P() and not( ... ) )`"
        of.diagnostics.add("unsupported", "a path or accumulate within a `forall` of one pattern", node.span, hint)
    return ir.Pattern(
        "join", fact.name, of_type, (), (), watched(of, node, of_type), span=node.span
    ), made_inside.constraints


def watched(of: Conditions, node: t.PatternNode, of_type: str) -> tuple[str, ...]:
    """The fields whose modification matters beside those that are read."""
    return ("*", *node.watch) if of_type in of.context.types.class_reactive else tuple(node.watch)


def declare(of: Conditions, node: t.PatternNode) -> tuple[ir.Local, str]:
    """The fact of a pattern, named, and its type."""
    refuse(of, node)
    short = node.type.rsplit(".", 1)[-1]
    if short not in of.context.types and short in ALIASES:
        message = f"no fact is a `{node.type}`: facts are records"
        hint = "insert a record of a declared type, or match elements of a list: `... from list`"
        of.diagnostics.add("not-a-fact", message, node.type_span, hint)
        return named(of, node, ir.ANY), short
    name = of.context.record_type(node.type, node.type_span)
    return named(of, node, ir.Ref(name)), name


def refuse(of: Conditions, node: t.PatternNode) -> None:
    """Elements of Drools that have the form of a pattern but no meaning here."""
    if node.type in _REFUSED and node.type not in of.context.types:
        message = f"`{node.type}` is not supported"
        raise of.diagnostics.fail("unsupported", message, node.type_span, _REFUSED[node.type])


def named(of: Conditions, node: t.PatternNode, type_: ir.Type) -> ir.Local:
    """The fact or element of a pattern; its name is known from here on, unless it unifies with one that is."""
    fact = of.fresh(node.binding.text if node.binding else "fact", type_, node.span)
    of.facts[id(node)] = fact
    if node.binding is not None and not (node.unify and of.known(node.binding.text)):
        of.bind(node.binding, fact, fact=isinstance(type_, ir.Ref))
    return fact


# --- between the brackets
def inside(of: Conditions, node: t.PatternNode, fact: ir.Local) -> Inside:
    """The constraints of a pattern on ``fact``, in order."""
    made = Inside()
    if node.unify and node.binding is not None:
        entry = of.known(node.binding.text)
        if entry is not None and entry.value != fact:
            entry.used = True
            made.constraints.append(_equal(fact, entry.value, node.binding.span))
    _positional(of, node, fact, made)
    constraints(of, node.constraints, fact, made)
    return made


def constraints(of: Conditions, nodes: Sequence[t.Constraint], fact: ir.Local, made: Inside) -> None:
    """The constraints of a pattern or of a step of a path."""
    with of.matching(fact):
        for node in nodes:
            for part in _parts(node):
                _constraint(of, part, fact, made)


def _equal(left: ir.Expr, right: ir.Expr, span: ir.Span) -> ir.Expr:
    return ir.Binary("==", left, right, type=ir.BOOL, span=span)


def _positional(of: Conditions, node: t.PatternNode, fact: ir.Local, made: Inside) -> None:
    """``T( a, b; )``: the fields in order; an unknown name is bound, anything else must be equal."""
    if not node.positional:
        return
    record = fact.type.name if isinstance(fact.type, ir.Ref) else ""
    fields = of.context.types.fields(record)
    if of.context.types.is_open(record):
        message = f"the undeclared type `{record or node.type}` has no order of fields"
        of.diagnostics.add("wrong-argument-count", message, node.span, "declare the type, or name the fields")
        return
    if len(node.positional) > len(fields):
        message = f"`{node.type}` has {len(fields)} fields, not {len(node.positional)}"
        of.diagnostics.add("wrong-argument-count", message, node.span)
    for arg, declared in zip(node.positional, fields, strict=False):
        value = ir.GetField(fact, declared.name, type=declared.type, span=arg.span)
        unify(of, arg, value, made)


def unify(of: Conditions, arg: t.Expr, value: ir.Expr, made: Inside) -> None:
    """An argument that is an unknown name is bound to the value; any other must be equal to it."""
    if isinstance(arg, t.BindExpr):
        hint = f"name the argument only: `{arg.name.text}`"
        of.diagnostics.add("misplaced-binding", "a positional argument needs no field", arg.span, hint)
        return
    if isinstance(arg, t.Name) and unbound(of, arg):
        of.bind(arg, value, needed=True)
        made.bindings.append(ir.Binding(arg.text, value, span=arg.span))
        return
    with of.matching(None):
        made.constraints.append(_equal(value, of.names.expr(arg), arg.span))


def unbound(of: Conditions, node: t.Name) -> bool:
    """Whether a name means nothing yet."""
    return of.names.find(node.text) is None and not of.names.is_known(node.text)


def _parts(node: t.Constraint) -> Iterator[t.Constraint]:
    """``a && $x : b`` as two constraints, if a part binds a name."""
    completed = complete(node.value)
    if not _binds(completed):
        yield dataclasses.replace(node, value=completed)
        return
    first = True
    stack = [completed]
    while stack:
        value = stack.pop()
        if isinstance(value, t.BinaryExpr) and value.op == "&&":
            stack += [value.right, value.left]
            continue
        if isinstance(value, t.BindExpr):
            yield t.Constraint(value.span, value.name, value.value, value.unify)
        elif first:
            yield dataclasses.replace(node, value=value)
        else:
            yield t.Constraint(value.span, None, value)
        first = False


def _binds(node: t.Expr) -> bool:
    match node:
        case t.BindExpr():
            return True
        case t.BinaryExpr(op="&&", left=left, right=right):
            return _binds(left) or _binds(right)
    return False


def _constraint(of: Conditions, node: t.Constraint, fact: ir.Local, made: Inside) -> None:
    if isinstance(node.value, t.PathExpr):
        made.after += sources.path(of, node, fact, node.value)
        return
    if node.binding is None:
        made.constraints.append(truth(of, node.value))
        return
    value = complete(node.value)
    if _is_test(value):
        made.constraints.append(truth(of, value))
        value = _leftmost(value)
        bound, guards = guarded(of, value)
    else:
        bound, guards = guarded(of, value)
        made.constraints += guards
    entry = of.known(node.binding.text) if node.unify else None
    if entry is not None:
        entry.used = True
        made.constraints.append(_equal(bound, entry.value, node.span))
        return
    of.bind(node.binding, bound)
    made.bindings.append(ir.Binding(node.binding.text, bound, span=node.binding.span))


def _is_test(node: t.Expr) -> bool:
    """Whether an expression is a test whose left side is what a name before it binds."""
    if isinstance(node, t.InExpr):
        return True
    return isinstance(node, t.BinaryExpr) and node.op not in _ARITHMETIC and not node.grouped


def _leftmost(node: t.Expr) -> t.Expr:
    while _is_test(node) and isinstance(node, t.BinaryExpr | t.InExpr):
        node = node.left
    return node


# --- truth values
def truth(of: Conditions, node: t.Expr) -> ir.Expr:
    """An expression as a condition: where ``a!.b`` meets null or ``a#T`` another type, the comparison is false."""
    node = complete(node)
    match node:
        case t.BinaryExpr(span, ("&&" | "||") as op, left, right):
            return ir.Logical(op, as_bool(truth(of, left)), as_bool(truth(of, right)), type=ir.BOOL, span=span)
        case t.UnaryExpr(span, "!", operand):
            return ir.Unary("!", truth(of, operand), type=ir.BOOL, span=span)
        case t.CallExpr(_, t.Name(text="eval"), [inner]):
            return truth(of, inner)
        case t.BindExpr(span):
            hint = "bind it in a constraint of its own"
            of.diagnostics.add("misplaced-binding", "a name cannot be bound within `||` or `!`", span, hint)
            return truth(of, node.value)
    value, guards = guarded(of, node)
    for guard in reversed(guards):
        value = as_bool(value)
        value = ir.Conditional(guard, value, ir.Const(False, type=ir.BOOL), type=ir.BOOL, span=value.span)
    return value


def as_bool(value: ir.Expr) -> ir.Expr:
    """Whether a value counts as true."""
    if value.type == ir.BOOL:
        return value
    inner = ir.Unary("!", value, type=ir.BOOL, span=value.span)
    return ir.Unary("!", inner, type=ir.BOOL, span=value.span)


def guarded(of: Conditions, node: t.Expr) -> tuple[ir.Expr, list[ir.Expr]]:
    """An expression, and what must hold for it to have a value: ``a!.b`` needs ``a != null``, ``a#T`` that a is a T."""
    outer, of.names.guards = of.names.guards, []
    try:
        value = of.names.expr(node)
        return value, of.names.guards
    finally:
        of.names.guards = outer
