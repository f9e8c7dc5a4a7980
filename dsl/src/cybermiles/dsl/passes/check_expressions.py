"""Pass 4: values of types that cannot go together, and conditions that cannot change."""

from __future__ import annotations

import re

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import Diagnostics, suggest
from cybermiles.dsl.natives import NATIVES
from cybermiles.dsl.types import TypeTable, accepts, family, strip
from cybermiles.platform import pattern_error

_LIKE_A_PATTERN = re.compile(r"\[.+\]|\\[dDwWsSbB.|]|\.[*+]|\(\?")
_TAKE_PATTERNS = frozenset(("matches", "find", "find_all", "split_at", "replace_all"))
_TEMPORAL = frozenset(("date", "time", "datetime", "duration", "period"))
_ORDERED = _TEMPORAL | {"number", "text"}


def check_expressions(module: ir.Module, types: TypeTable, diagnostics: Diagnostics) -> None:
    """Reports; changes nothing."""
    checker = _Checker(types, diagnostics)
    for node in ir.walk(module):
        checker.check(node)


class _Checker:
    def __init__(self, types: TypeTable, diagnostics: Diagnostics) -> None:
        self.types = types
        self.diagnostics = diagnostics

    def check(self, node: ir.Node) -> None:
        match node:
            case ir.Binary(op, left, right) if op in ("==", "!=", "===", "!=="):
                self._equality(node, left, right)
            case ir.Binary(op, left, right) if op in ("<", "<=", ">", ">="):
                self._ordering(node, left, right)
            case ir.Binary(op, left, right) if op != "in":
                self._arithmetic(node, left, right)
            case ir.Unary("-", operand):
                if family(operand.type) in ("text", "bool", "list", "record"):
                    self._mismatch(f"`-` takes a number, not a {ir.show_type(operand.type)}", operand.span)
            case ir.Assign(target, value, op):
                self._assign(target, value, op)
            case ir.Method(_, "matches", (pattern,)):
                self._pattern(pattern)
            case ir.Method(_, "replaceAll" | "replaceFirst" | "split" as name, (part, *_)):
                self._plain(name, part)
            case ir.Native(name, args) if name in NATIVES:
                for wanted, arg in zip(NATIVES[name].args, args, strict=False):
                    if not accepts(self.types, wanted, arg.type):
                        given = ir.show_type(strip(arg.type))
                        self._mismatch(f"`{name}` takes a {ir.show_type(wanted)} here, not a {given}", arg.span)
                if name in _TAKE_PATTERNS and len(args) > 1:
                    self._pattern(args[1])
            case ir.New(of, args):
                for field, arg in zip(self.types.fields(of), args, strict=False):
                    self._store(field.name, field.type, arg)
            case ir.If(condition) | ir.Test(condition):
                self._condition(condition)
            case ir.Loop(condition) if condition is not None:
                if condition != ir.Const(True, type=ir.BOOL):
                    self._condition(condition)
            case ir.Pattern(constraints=constraints):
                for constraint in constraints:
                    self._condition(constraint)

    def _pattern(self, pattern: ir.Expr) -> None:
        if not isinstance(pattern, ir.Const) or not isinstance(pattern.value, str):
            return
        error = pattern_error(pattern.value)
        if error is not None:
            message, at, hint = error
            self.diagnostics.add("bad-pattern", f"{message} (character {at + 1} of the pattern)", pattern.span, hint)

    def _plain(self, name: str, part: ir.Expr) -> None:
        if isinstance(part, ir.Const) and isinstance(part.value, str) and _LIKE_A_PATTERN.search(part.value):
            message = f"`{name}` takes a plain text, and this looks like a regular expression"
            function = "split_at(text, pattern)" if name == "split" else "replace_all(text, pattern, by)"
            self.diagnostics.add("plain-text", message, part.span, f"use `{function}`")

    def _mismatch(self, message: str, span: ir.Span, hint: str | None = None) -> None:
        self.diagnostics.add("type-mismatch", message, span, hint)

    def _condition(self, node: ir.Expr) -> None:
        if isinstance(node, ir.Const):
            always = "false" if node.value in (None, False, 0, "") or node.value is ir.UNDEFINED else "true"
            self.diagnostics.add("constant-condition", f"this condition is always {always}", node.span)

    def _equality(self, node: ir.Binary, left: ir.Expr, right: ir.Expr) -> None:
        always = "true" if node.op.startswith("!") else "false"
        a, b = family(left.type), family(right.type)
        if isinstance(left, ir.Const) and isinstance(right, ir.Const):
            same = (left.value == right.value) is (not node.op.startswith("!")) and a == b
            self.diagnostics.add(
                "constant-condition", f"this condition is always {'true' if same else 'false'}", node.span
            )
        elif None not in (a, b) and "null" not in (a, b) and a != b:
            message = (
                f"`{node.op}` of a {ir.show_type(strip(left.type))} and a {ir.show_type(strip(right.type))} "
                f"is always {always}"
            )
            self.diagnostics.add("constant-condition", message, node.span, _conversion(left, right))
        else:
            self._enum(node, left, right, always)
            self._enum(node, right, left, always)

    def _enum(self, node: ir.Binary, side: ir.Expr, other: ir.Expr, always: str) -> None:
        of = strip(side.type)
        if not isinstance(of, ir.Enum) or not isinstance(other, ir.Const):
            return
        if isinstance(other.value, str) and other.value not in of.values:
            message = f"`{other.value}` is not {ir.show_type(of)}, so this is always {always}"
            self.diagnostics.add("constant-condition", message, other.span, suggest(other.value, of.values))

    def _ordering(self, node: ir.Binary, left: ir.Expr, right: ir.Expr) -> None:
        a, b = family(left.type), family(right.type)
        for side, of in ((left, a), (right, b)):
            if of is not None and of not in _ORDERED and of != "null":
                self._mismatch(f"`{node.op}` cannot order a {ir.show_type(strip(side.type))}", side.span)
                return
        if None not in (a, b) and "null" not in (a, b) and a != b:
            message = f"`{node.op}` cannot compare a {ir.show_type(strip(left.type))} with a "
            self._mismatch(message + ir.show_type(strip(right.type)), node.span, _conversion(left, right))

    def _arithmetic(self, node: ir.Binary, left: ir.Expr, right: ir.Expr) -> None:
        a, b = family(left.type), family(right.type)
        if node.op == "+" and "text" in (a, b):
            return
        for side, of in ((left, a), (right, b)):
            if of is not None and of != "number" and of not in _TEMPORAL:
                given = "null" if of == "null" else f"a {ir.show_type(strip(side.type))}"
                self._mismatch(f"`{node.op}` takes numbers, not {given}", side.span)

    def _assign(self, target: ir.Expr, value: ir.Expr, op: str) -> None:
        if op:
            if op in ("&&", "||", "??"):
                return
            fake = ir.Binary(op, target, value, span=value.span)
            self._arithmetic(fake, target, value)
        elif isinstance(target, (ir.GetField, ir.Variable)):
            self._store(target.name, target.type, value)

    def _store(self, name: str, wanted: ir.Type, value: ir.Expr) -> None:
        if not accepts(self.types, wanted, value.type):
            message = f"`{name}` is a {ir.show_type(strip(wanted))}, so it cannot hold a "
            self._mismatch(message + ir.show_type(strip(value.type)), value.span)
            return
        of = strip(wanted)
        if not isinstance(value, ir.Const):
            return
        if isinstance(of, ir.Enum) and isinstance(value.value, str) and value.value not in of.values:
            message = f"`{name}` is {ir.show_type(of)}, not `{value.value}`"
            self._mismatch(message, value.span, suggest(value.value, of.values))
        elif of == ir.INT and value.type == ir.NUMBER:
            self._mismatch(f"`{name}` is a whole number, so it cannot hold {value.value}", value.span)


def _conversion(left: ir.Expr, right: ir.Expr) -> str | None:
    for side, other in ((left, right), (right, left)):
        if isinstance(side, ir.Const) and isinstance(side.value, str) and family(other.type) == "number":
            bare = side.value.strip()
            if bare.lstrip("-").replace(".", "", 1).isdigit():
                return f"write the number without quotes: `{bare}`"
    return None
