"""Classes become closures: ``class`` is a function, run at once, that makes the class and puts its members into it.

The parent, computed keys and the function that sets the fields of a new instance are locals of that function, so every
evaluation of a class has its own. Constructors return ``this``; ``super`` reads the parent's local.
"""

from __future__ import annotations

import dataclasses
from itertools import count
from typing import Any

from cybermiles.dsl import ir

_VOID = ir.Const(ir.UNDEFINED)


def lower_classes(module: ir.Module) -> ir.Module:
    """The module without ClassValue, SuperCall and SuperMethod."""
    if not any(isinstance(node, ir.ClassValue) for function in module.functions for node in ir.walk(function)):
        return module
    functions = tuple(dataclasses.replace(f, body=_Lowering().body(f.body)) for f in module.functions)
    return dataclasses.replace(module, functions=functions)


class _Lowering:
    """The classes of one function of the module."""

    def __init__(self) -> None:
        self._numbers = count()
        self._parents: list[ir.Local | None] = []
        """The local that holds the parent of each class around, innermost last."""
        self._fields: list[ir.Local | None] = []
        """The local that holds what sets an instance's fields, of the class whose constructor is at work."""

    def body(self, statements: tuple[ir.Stmt, ...]) -> tuple[ir.Stmt, ...]:
        return tuple(self._visit(statement) for statement in statements)

    def _local(self, what: str, span: ir.Span) -> ir.Local:
        return ir.Local(f"{what} of class#{next(self._numbers)}", span=span)

    def _visit(self, node: Any) -> Any:
        match node:
            case ir.ClassValue():
                return self._class(node)
            case ir.SuperCall(args):
                return self._super(self._visit(args), node.span)
            case ir.SuperMethod(name, args):
                return self._of_parent(name, self._visit(args), node.span)
            case tuple():
                return tuple(self._visit(part) for part in node)
            case ir.Node():
                changes = {}
                for name in node.__dataclass_fields__:
                    old = getattr(node, name)
                    if name not in ("span", "type") and isinstance(old, ir.Node | tuple):
                        new = self._visit(old)
                        if new is not old:
                            changes[name] = new
                return dataclasses.replace(node, **changes) if changes else node
        return node

    # --- super
    def _super(self, args: tuple[ir.Expr, ...], span: ir.Span) -> ir.Expr:
        parent = self._parents[-1] or _VOID
        made: ir.Expr = ir.CallParent(parent, ir.This(span=span), args, span=span)
        fields = self._fields[-1]
        if fields is not None:
            made = ir.Sequence((made, ir.CallValue(fields, (), ir.This(span=span), span=span)), span=span)
        return made

    def _of_parent(self, name: str, args: tuple[ir.Expr, ...] | None, span: ir.Span) -> ir.Expr:
        parent = self._parents[-1] or _VOID
        found = ir.OfParent(parent, ir.This(span=span), name, span=span)
        return found if args is None else ir.CallValue(found, args, ir.This(span=span), span=span)

    # --- classes
    def _class(self, node: ir.ClassValue) -> ir.Expr:
        span = node.span
        made: list[ir.Stmt] = []
        parent: ir.Local | None = None
        if node.parent is not None:
            parent = self._local("parent", span)
            made.append(ir.Let(parent.name, self._visit(node.parent), span=span))
        keys: dict[int, ir.Expr] = {}
        for at, member in enumerate(node.members):
            keys[at] = self._visit(member.key)
            if not isinstance(keys[at], ir.Const):
                key = self._local("key", member.span)
                made.append(ir.Let(key.name, keys[at], span=member.span))
                keys[at] = key
        self._parents.append(parent)
        fields = self._field_setter(node, keys, made)
        self._fields.append(fields)
        constructor = self._constructor(node, parent, fields)
        self._fields.pop()
        self._fields.append(None)
        of = self._local("value", span)
        made.append(ir.Let(of.name, ir.NewClass(node.name, parent, constructor, span=span), span=span))
        for static in (False, True):
            for at, member in enumerate(node.members):
                if member.static == static and (static or member.kind != "field"):
                    made.append(ir.Do(self._member(of, member, keys[at]), span=member.span))
        self._fields.pop()
        self._parents.pop()
        made.append(ir.Return(of, span=span))
        return ir.CallValue(ir.Closure(f"class {node.name}", (), tuple(made), span=span), (), span=span)

    def _field_setter(self, node: ir.ClassValue, keys: dict[int, ir.Expr], made: list[ir.Stmt]) -> ir.Local | None:
        """A function that sets the fields of a new instance, in a local; None if there are none."""
        body: list[ir.Stmt] = []
        for at, member in enumerate(node.members):
            if member.kind == "field" and not member.static:
                place = _place(ir.This(span=member.span), keys[at], member.span)
                body.append(ir.Do(ir.Assign(place, self._initial(member), span=member.span), span=member.span))
        if not body:
            return None
        local = self._local("fields", node.span)
        closure = ir.Closure(f"fields of {node.name}", (), tuple(body), own_this=True, span=node.span)
        made.append(ir.Let(local.name, closure, span=node.span))
        return local

    def _initial(self, member: ir.Member) -> ir.Expr:
        """What a field begins with, seen from a function whose ``this`` is the instance."""
        match member.value.body:
            case (ir.Return(ir.Expr() as value),):
                initial: ir.Expr = self._with_fields(None, value)
                return initial
            case ():
                return ir.Const(ir.UNDEFINED, span=member.span)
        return ir.CallValue(self._with_fields(None, member.value), (), ir.This(span=member.span), span=member.span)

    def _with_fields(self, fields: ir.Local | None, node: Any) -> Any:
        self._fields.append(fields)
        made = self._visit(node)
        self._fields.pop()
        return made

    def _constructor(self, node: ir.ClassValue, parent: ir.Local | None, fields: ir.Local | None) -> ir.Closure | None:
        """The constructor with the fields set, in a base class first, else after ``super``; it returns ``this``."""
        span = node.span
        this = ir.This(span=span)
        first = () if fields is None else (ir.Do(ir.CallValue(fields, (), this, span=span), span=span),)
        if node.constructor is None:
            if fields is None:
                return None
            if parent is None:
                return ir.Closure(node.name, (), (*first, ir.Return(this)), own_this=True, span=span)
            rest = self._local("arguments", span)
            call = ir.CallParent(parent, this, (ir.Spread(rest, span=span),), span=span)
            field = ir.Field(rest.name, ir.ANY, span=span)
            body = (ir.Do(call, span=span), *first, ir.Return(this, span=span))
            return ir.Closure(node.name, (field,), body, rest=rest.name, own_this=True, span=span)
        given = node.constructor
        body = _returning_this(self.body(given.body))
        if parent is None:
            body = (*first, *body)
        return dataclasses.replace(given, body=(*body, ir.Return(this, span=span)), own_this=True)

    def _member(self, of: ir.Local, member: ir.Member, key: ir.Expr) -> ir.Expr:
        span = member.span
        if member.kind == "block":
            return ir.CallValue(self._visit(member.value), (), of, span=span)
        if member.kind == "field":
            value = ir.CallValue(self._visit(member.value), (), of, span=span)
            return ir.Assign(_place(of, key, span), value, span=span)
        target: ir.Expr = ir.Statics(of, span=span) if member.static else of
        return ir.Define(target, member.kind, key, self._visit(member.value), span=span)


def _place(of: ir.Expr, key: ir.Expr, span: ir.Span) -> ir.Expr:
    if isinstance(key, ir.Const) and isinstance(key.value, str):
        return ir.GetField(of, key.value, span=span)
    return ir.GetIndex(of, key, span=span)


def _returning_this(statements: tuple[ir.Stmt, ...]) -> tuple[ir.Stmt, ...]:
    """``return`` in a constructor gives the instance; functions within have returns of their own."""
    return tuple(_this_at(statement) for statement in statements)


def _this_at(node: Any) -> Any:
    match node:
        case ir.Return(value):
            this = ir.This(span=node.span)
            return ir.Return(this if value is None else ir.Sequence((value, this), span=node.span), span=node.span)
        case ir.Closure() | ir.Expr():
            return node
        case tuple():
            return tuple(_this_at(part) for part in node)
        case ir.Node():
            changes = {
                name: new
                for name in node.__dataclass_fields__
                if isinstance(old := getattr(node, name), ir.Node | tuple)
                and name != "span"
                and (new := _this_at(old)) is not old
            }
            return dataclasses.replace(node, **changes) if changes else node
    return node
