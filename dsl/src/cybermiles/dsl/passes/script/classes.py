"""Classes: methods, getters and setters, fields, private names, `super`."""

from __future__ import annotations

import dataclasses

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import suggest
from cybermiles.dsl.passes.script import library
from cybermiles.dsl.passes.script.functions import FunctionResolver
from cybermiles.dsl.passes.script.names import Frame
from cybermiles.dsl.script_names import INSTANCES
from cybermiles.dsl.syntax import tree as t


def _flagged(body: tuple[ir.Stmt, ...], flag: str) -> tuple[ir.Stmt, ...]:
    """The statements with a local set to true wherever ``super(...)`` has run."""

    def change(value: object) -> object:
        if isinstance(value, tuple):
            return tuple(change(v) for v in value)
        if isinstance(value, ir.ClassValue) or not isinstance(value, ir.Node):
            return value
        node = ir.with_children(value, change)
        if not isinstance(node, ir.SuperCall):
            return node
        on = ir.Const(True, type=ir.BOOL, span=node.span)
        done = ir.Assign(ir.Local(flag, type=ir.BOOL), on, type=ir.BOOL, span=node.span)
        return ir.Sequence((node, done, ir.This(span=node.span)), span=node.span)

    return tuple(made for s in body if isinstance(made := change(s), ir.Stmt))


class ClassResolver(FunctionResolver):
    """Resolves classes to class values."""

    _privates: list[dict[str, str]]
    """Private names of the classes around, and what they are called in the module."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # as the resolver of names
        self._privates = []
        self._private_count: dict[str, int] = {}

    def class_value(self, node: t.ClassExpr, name: str) -> ir.Expr:
        """The class itself."""
        parent = None if node.parent is None else self._parent(node.parent)
        self._privates.append(self._private_names(node))
        constructor: ir.Closure | None = None
        members: list[ir.Member] = []
        for member in node.members:
            if member.kind == "constructor":
                constructor = self._constructor(member, name, derived=parent is not None)
            else:
                members.append(self._member(member, derived=parent is not None))
        self._privates.pop()
        return ir.ClassValue(name, parent, constructor, tuple(members), span=node.span)

    def _parent(self, node: t.Expr) -> ir.Expr:
        if isinstance(node, t.Name) and self.find(node.text) is None:
            if node.text in (*INSTANCES, *library.WRAPPERS, "Object"):
                hint = "hold one in a field of the class"
                self.diagnostics.add("unsupported", f"a class cannot extend `{node.text}`", node.span, hint)
                return ir.Const(None, span=node.span)
            if node.text in self.context.types:
                hint = "fields of a declared type are set in its objects: `new T(...)`"
                self.diagnostics.add("unsupported", f"a class cannot extend the type `{node.text}`", node.span, hint)
                return ir.Const(None, span=node.span)
        if isinstance(node, t.Literal):
            self.diagnostics.add("type-mismatch", "a class extends a class", node.span)
        return self.expr(node)

    def _private_names(self, node: t.ClassExpr) -> dict[str, str]:
        made: dict[str, str] = {}
        for member in node.members:
            if isinstance(member.key, t.Literal) and str(member.key.value).startswith("#"):
                name = str(member.key.value)
                if name not in made:
                    count = self._private_count.get(name, 0)
                    self._private_count[name] = count + 1
                    made[name] = f"{name}'{count}" if count else name
        return made

    def private(self, name: str, span: ir.Span) -> str:
        """What a private name of a class around is called in the module."""
        for names in reversed(self._privates):
            if name in names:
                return names[name]
        hint = suggest(name, [n for names in self._privates for n in names])
        self.diagnostics.add("unknown-name", f"no class around declares `{name}`", span, hint)
        return name

    def _constructor(self, member: t.ClassMember, name: str, *, derived: bool) -> ir.Closure:
        assert isinstance(member.value, t.FunctionExpr)
        frame = Frame("method", parent=derived, constructor=True)
        made = self.closure(member.value, name, frame)
        if frame.flag:
            off = ir.Const(False, type=ir.BOOL, span=member.span)
            body = (ir.Let(frame.flag, off, span=member.span), *_flagged(made.body, frame.flag))
            made = dataclasses.replace(made, body=body)
        if derived and not frame.super_called:
            message = "the constructor of a class that extends another calls `super(...)` first"
            self.diagnostics.add("syntax", message, member.key.span, "call `super(...)`, or leave the constructor out")
        return made

    def _member(self, member: t.ClassMember, *, derived: bool) -> ir.Member:
        key = self._key(member)
        name = str(member.key.value) if isinstance(member.key, t.Literal) else ""
        kind = member.kind
        if kind == "block":
            key = ir.Const("", type=ir.TEXT, span=member.span)
        if isinstance(member.value, t.FunctionExpr) and member.kind != "field":
            value = self.closure(member.value, name, Frame("method", parent=derived))
        else:
            value = self._initial(member, name, derived=derived)
        return ir.Member(kind, key, value, member.static, span=member.span)

    def _key(self, member: t.ClassMember) -> ir.Expr:
        if isinstance(member.key, t.Literal):
            text = str(member.key.value)
            if text.startswith("#"):
                text = self.private(text, member.key.span)
            return ir.Const(text, type=ir.TEXT, span=member.key.span)
        return self.expr(member.key)

    def _initial(self, member: t.ClassMember, name: str, *, derived: bool) -> ir.Closure:
        """A function that gives a field's first value."""
        frame = Frame("field", parent=derived)
        span = member.span
        with self.function(frame):
            value: ir.Expr = ir.Const(ir.UNDEFINED, span=span)
            if member.value is not None:
                value = self.named(member.value, t.Name(span, name))
        body = (*frame.prologue, ir.Return(value, span=span))
        return ir.Closure(name, (), body, own_this=True, span=span)

    def check_super(self, span: ir.Span, *, constructor: bool = False) -> None:
        """`super` belongs to members of classes; `super(...)` to the constructor of one that extends another."""
        frame = next((f for f in reversed(self.frames) if f.kind != "arrow"), None)
        if frame is None or frame.kind not in ("method", "field") or not self._privates:
            self.diagnostics.add("misplaced-statement", "`super` stands in members of classes only", span)
        elif constructor and not frame.constructor:
            message = "`super(...)` stands in constructors only"
            self.diagnostics.add("misplaced-statement", message, span, "call a method: `super.name(...)`")
        elif not frame.parent:
            message = "this class extends no other, so it has no `super`"
            self.diagnostics.add("misplaced-statement", message, span, "write `extends` after its name")
        elif constructor:
            frame.super_called = True
