"""Pass 2, methods: ``value.name(args)``, and what stands behind the names of Java's and JavaScript's classes."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import suggest
from cybermiles.dsl.natives import CHANGING_METHODS, NATIVES, gives, methods_of
from cybermiles.dsl.passes import foreign_names as foreign
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.types import strip

if TYPE_CHECKING:
    from cybermiles.dsl.passes.resolve_expressions import ExpressionResolver

_GETTER = re.compile(r"(?:get|is)([A-Z].*)")
_SETTER = re.compile(r"set([A-Z].*)")
_OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "remainder": "%"}
"""Methods of Java's BigDecimal that are operators here."""


def method(resolver: ExpressionResolver, node: t.CallExpr, callee: t.Member) -> ir.Expr:
    """``object.name(args)``."""
    owner = named_class(resolver, callee.object)
    if owner is not None:
        return _static(resolver, node, callee, owner)
    if isinstance(callee.object, t.Name) and callee.object.text in ("kcontext", "drools"):
        refuse_class(resolver, callee.object.text, callee.object.span)
        return ir.Const(None, span=node.span)
    value = resolver.expr(callee.object)
    args = tuple(resolver.expr(a) for a in node.args)
    of = strip(value.type)
    if isinstance(of, ir.Ref):
        bean_call = accessor(resolver, node, callee, value, args)
        if bean_call is not None:
            return bean_call
    if callee.safe and isinstance(value, ir.Local | ir.GetField | ir.Parameter | ir.Variable):
        present = dataclasses.replace(value, type=of)
        made = known_call(resolver, node, callee, present, args)
        null = ir.Const(None, type=ir.NULL, span=node.span)
        absent = ir.Binary("==", value, null, type=ir.BOOL, span=node.span)
        return ir.Conditional(absent, null, made, type=made.type, span=node.span)
    return known_call(resolver, node, callee, value, args)


def own_method(resolver: ExpressionResolver, node: t.CallExpr, callee: t.Name) -> ir.Expr | None:
    """``getAge()`` or ``length()`` within a pattern: a method of its fact or element."""
    this = resolver.this
    if this is None or callee.text in resolver.functions or callee.text in NATIVES:
        return None
    if isinstance(this.type, ir.Ref):
        getter = None if node.args else _GETTER.fullmatch(callee.text)
        if getter is None or resolver.context.types.field_type(this.type.name, bean(getter[1])) is None:
            return None
    owner = t.Name(callee.span, "this")
    return method(resolver, node, t.Member(node.span, owner, callee.text, callee.span, False))


def accessor(
    resolver: ExpressionResolver, node: t.CallExpr, callee: t.Member, value: ir.Expr, args: tuple[ir.Expr, ...]
) -> ir.Expr | None:
    """``getAge()`` and ``setAge(x)`` of a record's field; None: it is no such call."""
    if not args and (getter := _GETTER.fullmatch(callee.name)):
        return resolver.field(value, bean(getter[1]), callee.safe, node.span, callee.name_span)
    if len(args) == 1 and (setter := _SETTER.fullmatch(callee.name)):
        target = resolver.field(value, bean(setter[1]), False, node.span, callee.name_span)
        return ir.Assign(target, args[0], type=args[0].type, span=node.span)
    return None


def known_call(
    resolver: ExpressionResolver, node: t.CallExpr, callee: t.Member, value: ir.Expr, args: tuple[ir.Expr, ...]
) -> ir.Expr:
    """A method of a value whose type may be known."""
    name, of = callee.name, strip(value.type)
    known = methods_of(of)
    returns: ir.Type = ir.ANY
    if known is not None:
        found = known.get(name)
        if found is None:
            what = "a rule session" if of == ir.SESSION else f"a {ir.show_type(of)}"
            message = f"{what} has no method `{name}`"
            resolver.diagnostics.add("unknown-function", message, callee.name_span, suggest(name, known))
            return ir.Const(None, span=node.span)
        if not found.least <= len(args) <= found.most:
            wanted = str(found.least) if found.least == found.most else f"{found.least} to {found.most}"
            resolver.count(name, wanted, len(args), node.span)
        if of in (ir.NUMBER, ir.INT) and name in _OPERATORS and len(args) == 1:
            return ir.Binary(_OPERATORS[name], value, args[0], type=ir.NUMBER, span=node.span)
        returns = gives(found, of)
    if resolver.condition and (name in CHANGING_METHODS if known is None else known[name].effect):
        message = f"`{name}` may change a value, so it cannot stand in a condition"
        resolver.diagnostics.add("misplaced-statement", message, callee.name_span, "call it in the consequence")
    if resolver.rules and name in ("sort", "toSorted") and not args:
        # rules sort by the natural order, scripts as JavaScript by texts
        args = (ir.Const(False, type=ir.BOOL, span=node.span),)
    return ir.Method(value, name, args, type=returns, span=node.span)


# --- classes of Java and JavaScript


def named_class(resolver: ExpressionResolver, node: t.Expr) -> str | None:
    """The class that an expression names: ``Math``, ``java.math.RoundingMode``, ``ChronoUnit.DAYS``."""
    path = []
    at = node
    while isinstance(at, t.Member):
        path.append(at.name)
        at = at.object
    if not isinstance(at, t.Name):
        return None
    path.append(at.text)
    short = path[0]
    if short in resolver.context.types or resolver.means_something(at.text):
        return None
    packaged = all(part.islower() or part[:1].isupper() for part in path[1:])
    of_unit = short == "DAYS" and path[1:2] == ["ChronoUnit"]
    if of_unit or (packaged and short in foreign.CLASSES):
        return short
    return None


def is_known(owner: str, name: str) -> bool:
    """Whether a class of Java or JavaScript has a function or constant of that name here."""
    tables = (foreign.FUNCTIONS, foreign.CONSTANTS, foreign.REFUSED)
    return any((owner, name) in table for table in tables) or foreign.arguments(owner, name) is not None


def _static(resolver: ExpressionResolver, node: t.CallExpr, callee: t.Member, owner: str) -> ir.Expr:
    name = callee.name
    if hint := foreign.REFUSED.get((owner, name)) or foreign.REFUSED.get((owner, "")):
        message = f"`{owner}.{name}` is not supported"
        resolver.diagnostics.add("unsupported", message, callee.name_span, hint)
        return ir.Const(None, span=node.span)
    if native := foreign.FUNCTIONS.get((owner, name)):
        return resolver.library(native, node, tuple(resolver.expr(a) for a in node.args))
    count = foreign.arguments(owner, name)
    if count is None:
        if owner == "Number":
            return resolver.call(t.CallExpr(node.span, t.Name(callee.name_span, name), node.args))
        hint = suggest(name, foreign.known_names(owner))
        refuse_class(resolver, owner, callee.object.span, hint)
        return ir.Const(None, span=node.span)
    args = tuple(resolver.expr(a) for a in node.args)
    if count not in (-1, len(args)):
        resolver.count(f"{owner}.{name}", str(count), len(args), node.span)
        return ir.Const(None, span=node.span)
    return foreign.written_out(owner, name, args, node.span)


def class_constant(resolver: ExpressionResolver, node: t.Member) -> ir.Expr | None:
    """``RoundingMode.HALF_UP``, ``BigDecimal.ZERO``; None for what is not of a class that is known here."""
    owner = named_class(resolver, node.object)
    if owner is None:
        return None
    if (owner, node.name) in foreign.CONSTANTS:
        value = foreign.CONSTANTS[owner, node.name]
        kind = ir.BOOL if isinstance(value, bool) else ir.TEXT if isinstance(value, str) else ir.NUMBER
        return ir.Const(value, type=ir.INT if type(value) is int else kind, span=node.span)
    if owner not in foreign.UNREACHABLE:
        return None
    hint = suggest(node.name, foreign.known_names(owner))
    refuse_class(resolver, owner, node.object.span, hint)
    return ir.Const(None, span=node.span)


def refuse_class(resolver: ExpressionResolver, owner: str, span: ir.Span, hint: str | None = None) -> None:
    """Says that a class cannot be used."""
    if owner == "System":
        hint = "write to the output with `print(x)`"
    what = "the Java class" if resolver.rules else "JavaScript's"
    message = f"{what} `{owner}` is not reachable"
    resolver.diagnostics.add("unsupported", message, span, hint or "use the library's functions")


def new_value(resolver: ExpressionResolver, node: t.NewExpr) -> ir.Expr | None:
    """``new ArrayList()``, ``new BigDecimal("1.5")``: what such a class's object is here."""
    short, count = node.type.rsplit(".", 1)[-1], len(node.args)
    if short in resolver.context.types or count > 1:
        return None
    lists, records = ("ArrayList", "LinkedList", "HashSet", "LinkedHashSet"), ("HashMap", "LinkedHashMap", "Object")
    args = tuple(resolver.expr(a) for a in node.args)
    if short in lists:
        if not args:
            return ir.NewList((), type=ir.ListOf(ir.ANY), span=node.span)
        if strip(args[0].type) in (ir.INT, ir.NUMBER):  # the capacity
            return ir.NewList((), type=ir.ListOf(ir.ANY), span=node.span)
        copied = "distinct" if short.endswith("Set") else "slice"
        return ir.Method(args[0], copied, (), type=ir.ListOf(ir.ANY), span=node.span)
    if short in records and not args:
        return ir.NewObject((), (), type=ir.RECORD, span=node.span)
    if short in ("BigDecimal", "BigInteger", "Integer", "Long", "Short", "Double", "Float") and args:
        return ir.Native("number", args, type=ir.NUMBER, span=node.span)
    if short == "String":
        return ir.Native("text", args, type=ir.TEXT, span=node.span) if args else ir.Const("", type=ir.TEXT)
    if short in ("Date", "LocalDateTime") and not args:
        return ir.Native("now", (), type=ir.DATETIME, span=node.span)
    return None


def bean(name: str) -> str:
    """The property of an accessor: ``Age`` of ``getAge`` is ``age``, ``URL`` stays."""
    return name if name[1:2].isupper() else name[0].lower() + name[1:]
