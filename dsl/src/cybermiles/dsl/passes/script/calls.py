"""Calls of scripts: variables, methods, the library, classes; chains that end early; members of values."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import suggest
from cybermiles.dsl.natives import METHODS, NATIVES
from cybermiles.dsl.passes import resolve_methods
from cybermiles.dsl.passes.script import library
from cybermiles.dsl.passes.script.names import Variable, nothing
from cybermiles.dsl.passes.script.operators import OperatorResolver
from cybermiles.dsl.script_names import CONSTANTS, CONSTRUCTED, INSTANCES, REFUSED, WITHOUT_NEW
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.types import strip

_DATA = (ir.NUMBER, ir.INT, ir.TEXT, ir.BOOL, ir.DATE, ir.TIME, ir.DATETIME, ir.DURATION, ir.PERIOD, ir.BYTES)


class CallResolver(OperatorResolver):
    """Resolves calls and accesses."""

    # --- names of the library
    def unknown(self, node: t.Name) -> ir.Expr:
        """A name that is no variable: something of the library, or unknown."""
        text = node.text
        if text in library.ERRORS:
            return self.error_class(text, node.span)
        if text in NATIVES and not self.is_refused(text):
            return library.as_function(text, text, node.span)
        if text in REFUSED or self.is_refused(text):
            return self.refuse_name(text, node.span)
        if text in library.NAMESPACES:
            message = f"`{text}` is no value here"
            self.diagnostics.add("unsupported", message, node.span, f"call its functions, or make a `new {text}(...)`")
            return nothing(node.span)
        super().unknown(node)
        return nothing(node.span)

    @staticmethod
    def is_refused(name: str) -> bool:
        """Whether a name of JavaScript is not to be had."""
        return name in REFUSED and name not in NATIVES

    def refuse_name(self, name: str, span: ir.Span) -> ir.Expr:
        """Refuses a name with the way to do it here."""
        self.diagnostics.add("unsupported", f"`{name}` is not supported", span, REFUSED[name])
        return nothing(span)

    @staticmethod
    def error_class(name: str, span: ir.Span) -> ir.Expr:
        """A class of errors that the machine has."""
        return ir.Native(f"class {name}", (), span=span)

    def _owner(self, node: t.Expr) -> str | None:
        """A namespace of JavaScript that an expression names, and no variable or type does."""
        if not isinstance(node, t.Name) or self.find(node.text) is not None:
            return None
        if node.text in self.context.variables or node.text in self.context.types:
            return None
        return node.text if self.is_namespace(node.text) else None

    # --- members
    def member(self, node: t.Member) -> ir.Expr:
        """``a.b``."""
        if isinstance(node.object, t.SuperExpr):
            self.check_super(node.object.span)
            return ir.SuperMethod(node.name, None, span=node.span)
        if (owner := self._owner(node.object)) is not None and (made := self._of_namespace(owner, node)) is not None:
            return made
        if node.name.startswith("#"):
            return self._private_field(node)
        if (constant := resolve_methods.class_constant(self, node)) is not None:
            return constant
        if isinstance(node.object, t.Name):
            special = self._special_member(node, node.object)
            if special is not None:
                return special
        value = self._object(node)
        return self.field(value, node.name, False, node.span, node.name_span)

    def _object(self, node: t.Member | t.Index) -> ir.Expr:
        value = self.expr(node.object)
        return ir.Present(value, type=strip(value.type), span=value.span) if node.safe else value

    def _private_field(self, node: t.Member) -> ir.Expr:
        """``object.#name``: an error if the object is none of the class."""
        value, name = self._object(node), self.private(node.name, node.name_span)
        if isinstance(value, ir.This):
            return ir.GetField(value, name, span=node.span)
        held = self.temporary(node.span)
        kept = ir.Assign(held, value, span=value.span)
        key = ir.Const(name, type=ir.TEXT, span=node.name_span)
        has = ir.Binary("in", key, kept, type=ir.BOOL, span=node.span)
        wrong = ir.GetField(ir.Const(None, type=ir.NULL, span=node.span), node.name, span=node.span)
        return ir.Conditional(has, ir.GetField(held, name, span=node.span), wrong, span=node.span)

    def place(self, node: t.Expr, value: ir.Expr | None = None) -> ir.Expr:
        """What an assignment sets."""
        if isinstance(node, t.Member) and node.name.startswith("#") and not isinstance(node.object, t.SuperExpr):
            return ir.GetField(self._object(node), self.private(node.name, node.name_span), span=node.span)
        return super().place(node, value)

    def _of_namespace(self, owner: str, node: t.Member) -> ir.Expr | None:
        if owner in REFUSED and owner not in NATIVES:
            return self.refuse_name(owner, node.object.span)
        full = f"{owner}.{node.name}"
        if full in CONSTANTS:
            value = CONSTANTS[full]
            return ir.Const(value, type=ir.INT if isinstance(value, int) else ir.NUMBER, span=node.span)
        if full in NATIVES:
            return library.as_function(full, node.name, node.span)
        return self._refuse_member(owner, node)

    def _refuse_member(self, owner: str, node: t.Member) -> ir.Expr | None:
        hint = REFUSED.get(f"{owner}.{node.name}")
        if hint is not None:
            self.diagnostics.add("unsupported", f"`{owner}.{node.name}` is not supported", node.span, hint)
            return nothing(node.span)
        if owner not in library.NAMESPACES or resolve_methods.is_known(owner, node.name):
            return None
        names = [n.removeprefix(f"{owner}.") for n in (*NATIVES, *CONSTANTS) if n.startswith(f"{owner}.")]
        message = f"`{owner}` has nothing called `{node.name}`"
        self.diagnostics.add("unknown-function", message, node.name_span, suggest(node.name, names))
        return nothing(node.span)

    # --- calls
    def call(self, node: t.CallExpr) -> ir.Expr:
        """A call."""
        callee = node.callee
        match callee:
            case t.SuperExpr(span):
                self.check_super(span, constructor=True)
                return ir.SuperCall(self.args(node.args), span=node.span)
            case t.Member(object=t.SuperExpr(span)):
                self.check_super(span)
                return ir.SuperMethod(callee.name, self.args(node.args), span=node.span)
            case t.Member():
                return self.method(node, callee)
            case t.Index():
                return self._element_call(node, callee)
            case t.Name():
                return self._name_call(node, callee)
        return self._value_call(node, self.expr(callee))

    def args(self, nodes: Sequence[t.Expr]) -> tuple[ir.Expr, ...]:
        """Arguments or items, some of them spread."""
        return tuple(self.argument(node) for node in nodes)

    def argument(self, node: t.Expr) -> ir.Expr:
        """One argument or item."""
        if isinstance(node, t.SpreadExpr):
            value = self.expr(node.value)
            if strip(value.type) in (*_DATA, ir.RECORD) and strip(value.type) != ir.TEXT:
                message = f"a {library.shown_type(strip(value.type))} has no elements to spread"
                hint = "in an object: `{...record}`" if strip(value.type) == ir.RECORD else None
                self.diagnostics.add("type-mismatch", message, node.span, hint)
            return ir.Spread(value, span=node.span)
        return self.expr(node)

    def _value_call(self, node: t.CallExpr, value: ir.Expr, this: ir.Expr | None = None) -> ir.Expr:
        if node.safe:
            value = ir.Present(value, span=value.span)
        return ir.CallValue(value, self.args(node.args), this, span=node.span)

    def _name_call(self, node: t.CallExpr, callee: t.Name) -> ir.Expr:
        name = callee.text
        half = any(isinstance(n, t.Partial | t.PartialIn | t.BinaryExpr) for n in node.args)
        entry = self.find(name)
        if entry is None and half and len(node.args) == 1 and name not in NATIVES:
            return super().call(node)
        if entry is not None or name in self.context.variables:
            value = self.name(callee)
            data = strip(value.type) in _DATA or isinstance(strip(value.type), ir.ListOf | ir.Enum | ir.Ref)
            if data and not (self.frames[-1].tries or (self.survey.has_try and len(self.frames) > 1)):
                message = f"`{name}` is a variable here, not a function"
                hint = f"give the variable another name to call the library's `{name}`" if name in NATIVES else None
                self.diagnostics.add("unknown-function", message, callee.span, hint)
            return self._value_call(node, value)
        if name == "decide":
            return self.decide(node)
        if name in library.ERRORS and name not in self.context.types:
            return ir.Construct(self.error_class(name, callee.span), self.args(node.args), span=node.span)
        if name in WITHOUT_NEW and name not in self.context.types:
            return self.library(f"new {name}", node, self.args(node.args))
        if self.is_refused(name):
            return self.refuse_name(name, callee.span)
        if name in NATIVES:
            return self.library(name, node, self.args(node.args))
        return self._unknown_function(callee, False)

    def library(self, name: str, node: t.CallExpr, args: tuple[ir.Expr, ...]) -> ir.Expr:
        """A call of a function of the library; with a spread argument the count is known when it runs."""
        if not any(isinstance(a, ir.Spread) for a in args):
            return super().library(name, node, args)
        native = NATIVES[name]
        made = super().library(name, node, (ir.Const(None, span=node.span),) * native.least)
        assert isinstance(made, ir.Native)
        return dataclasses.replace(made, args=args)

    # --- methods
    def method(self, node: t.CallExpr, callee: t.Member) -> ir.Expr:
        """``object.name(args)``."""
        if (owner := self._owner(callee.object)) is not None and (
            made := self._static(owner, node, callee)
        ) is not None:
            return made
        if resolve_methods.named_class(self, callee.object) is not None:
            return resolve_methods.method(self, node, callee)
        if callee.name.startswith("#"):
            value, name = self._object(callee), self.private(callee.name, callee.name_span)
            return self._named_call(node, callee, value, name)
        value = self._object(callee)
        if (hint := library.REFUSED_METHODS.get(callee.name)) is not None:
            self.diagnostics.add("unsupported", f"`{callee.name}` is not supported", callee.name_span, hint)
            return nothing(node.span)
        return self._named_call(node, callee, value, callee.name)

    def _named_call(self, node: t.CallExpr, callee: t.Member, value: ir.Expr, name: str) -> ir.Expr:
        if node.safe:
            held = self.temporary(callee.span)
            kept = ir.Assign(held, value, type=value.type, span=value.span)
            found = ir.GetField(kept, name, span=callee.span)
            return self._value_call(node, found, held)
        args, of = self.args(node.args), strip(value.type)
        if isinstance(of, ir.Ref):
            accessor = resolve_methods.accessor(self, node, callee, value, args)
            if accessor is not None:
                return accessor
            self._check_method(of, callee)
            return ir.Method(value, name, args, span=node.span)
        if of in (ir.ANY, ir.RECORD) or any(isinstance(a, ir.Spread) for a in args):
            return ir.Method(value, name, args, span=node.span)
        return resolve_methods.known_call(self, node, callee, value, args)

    def _check_method(self, of: ir.Ref, callee: t.Member) -> None:
        types = self.context.types
        if types.is_open(of.name) or callee.name in METHODS["record"]:
            return
        if types.field_type(of.name, callee.name) is None:
            hint = suggest(callee.name, METHODS["record"])
            message = f"a {of.name} has no method `{callee.name}`"
            self.diagnostics.add("unknown-function", message, callee.name_span, hint)

    def _static(self, owner: str, node: t.CallExpr, callee: t.Member) -> ir.Expr | None:
        """``Math.max(a, b)``."""
        if owner in REFUSED and f"{owner}.{callee.name}" not in NATIVES:
            return self.refuse_name(owner, callee.object.span)
        full = f"{owner}.{callee.name}"
        if full in NATIVES:
            return self.library(full, node, self.args(node.args))
        return self._refuse_member(owner, callee)

    def _element_call(self, node: t.CallExpr, callee: t.Index) -> ir.Expr:
        """``object[name](args)``."""
        value = self._object(callee)
        index = self.expr(callee.index)
        if isinstance(index, ir.Const) and isinstance(index.value, str) and not node.safe:
            return ir.Method(value, index.value, self.args(node.args), span=node.span)
        if isinstance(value, ir.Local | ir.This):
            return self._value_call(node, ir.GetIndex(value, index, span=callee.span), value)
        held = self.temporary(callee.span)
        kept = ir.Assign(held, value, type=value.type, span=value.span)
        return self._value_call(node, ir.GetIndex(kept, index, span=callee.span), held)

    def check_super(self, span: ir.Span, *, constructor: bool = False) -> None:
        """Overridden where classes are resolved."""
        raise NotImplementedError

    # --- new, instanceof
    def new(self, node: t.NewExpr) -> ir.Expr:
        """``new T(args)``."""
        path = node.type.split(".")
        known = self.find(path[0])
        if isinstance(known, Variable) and known.kind == "function" and node.type not in self.survey.assigned:
            message = f"`{node.type}` is a function, and only classes are made by `new`"
            hint = f"write `class {node.type} {{ constructor(...) {{ ... }} }}`"
            self.diagnostics.add("unsupported", message, node.type_span, hint)
        if known is not None:
            callee: t.Expr = t.Name(node.type_span, path[0])
            for name in path[1:]:
                callee = t.Member(node.type_span, callee, name, node.type_span, False)
            return ir.Construct(self.expr(callee), self.args(node.args), span=node.span)
        name = node.type
        if name in self.context.types:
            return super().new(node)
        if name in library.ERRORS:
            return ir.Construct(self.error_class(name, node.type_span), self.args(node.args), span=node.span)
        if name in CONSTRUCTED:
            call = t.CallExpr(node.span, t.Name(node.type_span, name), node.args)
            return self.library(f"new {name}", call, self.args(node.args))
        if name in REFUSED:
            return self.refuse_name(name, node.type_span)
        if name in library.WRAPPERS:
            message = f"objects around a {library.WRAPPERS[name]} are not supported"
            self.diagnostics.add("unsupported", message, node.span, f"convert with `{name}(x)`")
            return nothing(node.span)
        if name in ("eval", "arguments"):
            self.diagnostics.add("unsupported", f"`{name}` is not supported", node.type_span)
        return super().new(node)

    def new_value(self, node: t.NewValueExpr) -> ir.Expr:
        """``new (value)(args)``."""
        return ir.Construct(self.expr(node.callee), self.args(node.args), span=node.span)

    def instance_of(self, node: t.BinaryExpr) -> ir.Expr:
        """``value instanceof C``."""
        right = node.right
        negated = node.op.startswith("not")
        made = self._instance_of(node, right)
        return ir.Unary("!", made, type=ir.BOOL, span=node.span) if negated else made

    def _instance_of(self, node: t.BinaryExpr, right: t.Expr) -> ir.Expr:
        if isinstance(right, t.Name) and self.find(right.text) is None and right.text not in self.context.types:
            name = right.text
            value = self.expr(node.left)
            if name in library.ERRORS:
                of = self.error_class(name, right.span)
                return ir.InstanceOf(value, of, type=ir.BOOL, span=node.span)
            if name == "Object":
                return ir.Native("is_object", (value,), type=ir.BOOL, span=node.span)
            if name in INSTANCES:
                kind = ir.Const(INSTANCES[name], type=ir.TEXT, span=right.span)
                return ir.Native("is_kind", (value, kind), type=ir.BOOL, span=node.span)
            if name in library.WRAPPERS:
                message = f"nothing is an object of `{name}` here"
                hint = f'write `typeof x == "{library.WRAPPERS[name]}"`'
                self.diagnostics.add("unsupported", message, right.span, hint)
                return ir.Const(False, type=ir.BOOL, span=node.span)
            if name in REFUSED:
                return self.refuse_name(name, right.span)
        elif not isinstance(right, t.Name) or self.find(right.text) is not None:
            value = self.expr(node.left)
            return ir.InstanceOf(value, self.expr(right), type=ir.BOOL, span=node.span)
        return super().instance_of(dataclasses.replace(node, op="instanceof"))

    # --- other expressions
    def expr(self, node: t.Expr) -> ir.Expr:
        """The meaning of an expression."""
        match node:
            case t.ChainExpr(span, value):
                return self.chain(span, value)
            case t.Index():
                value_ = self._object(node)
                return ir.GetIndex(value_, self.expr(node.index), span=node.span)
            case t.NewValueExpr():
                return self.new_value(node)
            case t.SequenceExpr(span, values):
                made = tuple(self.expr(v) for v in values)
                return ir.Sequence(made, type=made[-1].type, span=span)
            case t.RegexExpr(span, source, flags):
                return self.regex(span, source, flags)
            case t.ListExpr(span, items):
                return ir.NewList(self.args(items), type=ir.ListOf(ir.ANY), span=span)
            case t.ObjectExpr():
                return self.object_value(node)
            case t.FunctionExpr() | t.ClassExpr():
                return self.function_value(node, "" if node.name is None else node.name.text)
            case t.SuperExpr(span):
                self.diagnostics.add("syntax", "`super` stands before `.` or `(`", span)
                return nothing(span)
            case t.SpreadExpr(span, value):
                self.diagnostics.add("syntax", "`...` stands among arguments, items or entries", span)
                return self.expr(value)
        return super().expr(node)

    def chain(self, span: ir.Span, node: t.Expr) -> ir.Expr:
        """A chain with a ``?.`` in it."""
        return ir.Chain(self.expr(node), type=ir.ANY, span=span)

    def object_value(self, node: t.ObjectExpr) -> ir.Expr:
        """An object literal."""
        keys: list[ir.Expr] = []
        values: list[ir.Expr] = []
        accessors: dict[str, int] = {}
        for key, value in node.entries:
            if isinstance(value, t.SpreadExpr):
                keys.append(ir.Const("", type=ir.TEXT, span=value.span))
                values.append(ir.Spread(self.expr(value.value), span=value.span))
                accessors.clear()
                continue
            made_key = self.expr(key)
            if isinstance(value, t.AccessorExpr):
                self._accessor(made_key, value, keys, values, accessors)
                continue
            keys.append(made_key)
            values.append(self.named(value, t.Name(key.span, str(key.value)) if isinstance(key, t.Literal) else None))
        return ir.NewObject(tuple(keys), tuple(values), type=ir.RECORD, span=node.span)

    def _accessor(
        self,
        key: ir.Expr,
        node: t.AccessorExpr,
        keys: list[ir.Expr],
        values: list[ir.Expr],
        accessors: dict[str, int],
    ) -> None:
        """A getter and a setter of one name are one entry."""
        name = str(key.value) if isinstance(key, ir.Const) else ""
        closure = self.function_value(node.function, name)
        assert isinstance(closure, ir.Closure)
        made = ir.Accessor(
            closure if node.kind == "get" else None, closure if node.kind == "set" else None, span=node.span
        )
        at = accessors.get(name) if name else None
        if at is not None:
            known = values[at]
            assert isinstance(known, ir.Accessor)
            values[at] = ir.Accessor(made.get or known.get, made.set or known.set, span=known.span)
            return
        accessors[name] = len(values)
        keys.append(key)
        values.append(made)

    def regex(self, span: ir.Span, source: str, flags: str) -> ir.Expr:
        """A regular expression literal."""
        error = library.regex_error(source, flags)
        if error is not None:
            message, at, hint = error
            place = ir.Span(span.file, span.line, span.column + 1 + at, span.line, span.column + 2 + at)
            self.diagnostics.add("bad-pattern", message, place, hint)
        return ir.Regex(source, flags, span=span)
