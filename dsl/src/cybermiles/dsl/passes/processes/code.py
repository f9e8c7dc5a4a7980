"""Code inside a process (conditions, scripts, expressions in attributes) to functions of the module.

A bare name that is no local, parameter, contract variable, function or type is a process variable: it becomes a
parameter of the function. Statements give back the values of the variables that they may change. This is the one
place that knows the resolver of scripts.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.natives import NATIVES
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.processes.effects import changed
from cybermiles.dsl.passes.processes.places import OnePlace, Places, rebuild, relocate, report
from cybermiles.dsl.passes.processes.times import CHECKS, looks_constant
from cybermiles.dsl.passes.resolve_expressions import Entry
from cybermiles.dsl.passes.script import library
from cybermiles.dsl.passes.script.declared import survey
from cybermiles.dsl.passes.script.plain_functions import plain_functions
from cybermiles.dsl.passes.script.statements import StatementResolver
from cybermiles.dsl.script_names import REFUSED
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.script.statements import parse_script
from cybermiles.dsl.syntax.xml import Text

MAX_NAME = 200
"""Characters of a function's name."""
_BLOCK = "\n)"
_OPERATORS = {
    **{"and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="},
    **{"div": "/", "mod": "%", "empty": "x == null"},
}
"""Words that other expression languages have for operators."""


class CodeMaker:
    """Makes the code of one process."""

    def __init__(self, context: Context, process: str) -> None:
        """``process``: what the functions' names begin with."""
        self._context = context
        self._process = process
        self._names: set[str] = set()

    def expression(self, text: Text, name: str, extra: Sequence[str] = ()) -> ir.Code | None:
        """The value of an expression, plain or written `${...}`, `#{...}` or `= ...`; None if it has errors."""
        made = self._value(text, extra)
        if made is None or not self._is_pure(made):
            return None
        return self._function(name, made, (), extra, made.span)

    def statements(self, text: Text, name: str, extra: Sequence[str] = ()) -> ir.Code | None:
        """Statements; None if they have errors or there are none."""
        return self.sequence([text], name, extra)

    def sequence(self, texts: Sequence[Text], name: str, extra: Sequence[str] = ()) -> ir.Code | None:
        """The statements of several texts, one after the other, each with names of its own."""
        texts = [t for t in texts if t.value.strip()]
        if not texts:
            return None
        parts = [(t.value, Places(t)) for t in texts]
        made = self._compile(parts, texts[0].strip().span, extra)
        return None if made is None else self._finish(name, made, extra)

    def choice(self, text: Text, wanted: str, span: ir.Span, name: str) -> ir.Code | None:
        """Whether the value of an expression, as a text, is ``wanted``."""
        made = self._value(text, ())
        if made is None or not isinstance(made.body[0], ir.Return) or made.body[0].value is None:
            return None
        if not self._is_pure(made):
            return None
        value = ir.Native("text", (made.body[0].value,), type=ir.TEXT, span=made.span)
        same = ir.Binary("==", value, ir.Const(wanted, type=ir.TEXT, span=span), type=ir.BOOL, span=made.span)
        body = (ir.Return(same, span=made.span),)
        return self._function(name, _Made(body, made.locals, made.span), (), (), made.span)

    def made(self, text: str, span: ir.Span, name: str, *, value: bool = False) -> ir.Code | None:
        """Code that the compiler wrote; all of it stands at one place."""
        made = self._compile([(text, OnePlace(span))], span, (), value=value)
        if made is None:
            return None
        return self._function(name, made, (), (), span) if value else self._finish(name, made, ())

    def body(self, statements: Sequence[ir.Stmt], variables: Sequence[str], span: ir.Span, name: str) -> ir.Code:
        """Statements that the compiler made of IR; the locals of these names are process variables."""
        return self._finish(name, _Made(tuple(statements), {v: v for v in variables}, span), ())

    def value(self, text: Text) -> tuple[ir.Expr, tuple[str, ...]] | None:
        """An expression that becomes part of such statements, and the variables that it reads."""
        made = self._value(text, ())
        if made is None or not isinstance(made.body[0], ir.Return) or made.body[0].value is None:
            return None
        return made.body[0].value, tuple(sorted(made.locals))

    def assignment(self, variable: str, text: Text, name: str) -> ir.Code | None:
        """The value of an expression becomes that of a variable; without a variable it is dropped."""
        made = self._value(text, ())
        if made is None:
            return None
        (result,) = made.body
        assert isinstance(result, ir.Return)
        assert result.value is not None
        value = result.value
        locals_ = dict(made.locals)
        if variable:
            value = ir.Assign(ir.Local(locals_.setdefault(variable, variable)), value, span=result.span)
        return self._finish(name, _Made((ir.Do(value, span=result.span),), locals_, made.span), ())

    def time(self, kind: str, text: Text, name: str) -> ir.Code | None:
        """A timer's value: ISO 8601 of a kind (`date`, `duration`, `cycle`), or an expression that gives it."""
        value = text.value.strip()
        if not looks_constant(value):
            return self.expression(text, name)
        check, example = CHECKS[kind]
        if not check(value):
            hint = f"write ISO 8601, as `{example}`"
            self._context.diagnostics.add("process-bad-value", f"`{value[:80]}` is no {kind}", text.span, hint)
            return None
        return self.constant(value, text.strip().span, name)

    def constant(self, value: ir.Constant, span: ir.Span, name: str) -> ir.Code:
        """Code that is a constant."""
        kind = ir.TEXT if isinstance(value, str) else ir.ANY
        body = (ir.Return(ir.Const(value, type=kind, span=span), span=span),)
        return self._function(name, _Made(body, {}, span), (), (), span)

    # --- the work
    def _is_pure(self, made: _Made) -> bool:
        """Whether an expression leaves the variables as they are; says so if not, as its changes would be lost."""
        touched = changed(made.body, made.locals.values(), surely=True)
        names = sorted(name for name, local in made.locals.items() if local in touched)
        if names:
            message = f"an expression cannot change the variable `{names[0]}`"
            hint = "compare with `==`; a script task, `cm:set` or `cm:call` can change variables"
            self._context.diagnostics.add("misplaced-statement", message, made.span, hint)
        return not names

    def _value(self, text: Text, extra: Sequence[str]) -> _Made | None:
        inner = unwrap(text)
        if not inner.value.strip():
            self._context.diagnostics.add("syntax", "an expression is missing here", text.span)
            return None
        return self._compile([(f"({inner.value}{_BLOCK}", Places(inner, 1))], inner.span, extra, value=True)

    def _compile(
        self, parts: Sequence[tuple[str, Places]], span: ir.Span, extra: Sequence[str], *, value: bool = False
    ) -> _Made | None:
        """Compiles each text on its own, then moves what came of it to its place."""
        resolver = _Resolver(self._context, extra)
        body: list[ir.Stmt] = []
        failed = False
        for text, places in parts:
            found = Diagnostics()
            resolver.begin(dataclasses.replace(self._context, diagnostics=found))
            with contextlib.suppress(CompileError):
                script = parse_script("", text, found)
                made = resolver.value(script) if value else resolver.run(script)
                body += (relocate(s, places) for s in made)
            report(found, places, self._context.diagnostics, _words(text) if value else None)
            failed = failed or found.has_errors
        return None if failed else _Made(tuple(body), resolver.variables, span, frozenset(resolver.hoisted))

    def _finish(self, name: str, made: _Made, extra: Sequence[str]) -> ir.Code:
        """Statements give back the variables that they may have changed, wherever they end."""
        touched = changed(made.body, made.locals.values())
        writes = tuple(sorted(name for name, local in made.locals.items() if local in touched))
        back = ir.NewList(tuple(ir.Local(made.locals[w], span=made.span) for w in writes), span=made.span)
        body = (*_returning(made.body, back), ir.Return(back, span=made.span))
        return self._function(name, dataclasses.replace(made, body=body), writes, extra, made.span)

    def _function(
        self, name: str, made: _Made, writes: tuple[str, ...], extra: Sequence[str], span: ir.Span
    ) -> ir.Code:
        reads = tuple(sorted(made.locals))
        params = [ir.Field(p, ir.ANY, span=span) for p in (*(made.locals[r] for r in reads), *extra)]
        full = self._name(name)
        body, functions = plain_functions(full, made.body, made.hoisted)
        self._context.functions += (ir.Function(full, tuple(params), body, span=span), *functions)
        return ir.Code(full, reads, writes, tuple(extra), span=span)

    def _name(self, name: str) -> str:
        """A name that no other function has: the process, the element, and what its code is for."""
        text = "".join(c if c.isprintable() else " " for c in f"{self._process} {name}")
        text = text.encode()[:MAX_NAME].decode("utf-8", "ignore")
        made, count = text, 1
        while made in self._names:
            count += 1
            made = f"{text} {count}"
        self._names.add(made)
        return made


@dataclass(frozen=True, slots=True)
class _Made:
    """Compiled code: its statements, and the local of each process variable."""

    body: tuple[ir.Stmt, ...]
    locals: dict[str, str]
    span: ir.Span
    hoisted: frozenset[str] = frozenset()
    """Locals that function statements declare."""


class _Resolver(StatementResolver):
    """Knows every name: one that means nothing else is a process variable."""

    def __init__(self, context: Context, extra: Sequence[str]) -> None:
        super().__init__(context, survey(()), implicit=False)
        self.frames[0].scope = 1
        self.variables: dict[str, str] = {}
        """Process variables and their locals."""
        self.scopes = [{name: Entry(ir.Local(self.unique(name))) for name in extra}, {}]

    def begin(self, context: Context) -> None:
        """Another text: the variables stay, names that the text declares do not."""
        self.context, self.diagnostics = context, context.diagnostics
        self.scopes = [self.scopes[0], {}]

    def run(self, script: t.Script) -> Sequence[ir.Stmt]:
        """The statements of a script."""
        self.survey = survey(script.body)
        self.frames[0].prologue.clear()
        self.predeclare_vars(script.body)
        made = self.statements(script.body)
        return (*self.frames[0].prologue, *made)

    def value(self, script: t.Script) -> Sequence[ir.Stmt]:
        """The one expression of a script, returned."""
        if len(script.body) != 1 or not isinstance(script.body[0], t.ExprStmt):
            raise self.diagnostics.fail("syntax", "this is not one expression", script.span)
        self.survey = survey(script.body)
        self.frames[0].prologue.clear()
        result = self.expr(script.body[0].value)
        if prologue := self.frames[0].prologue:
            inner = ir.Closure("", (), (*prologue, ir.Return(result, span=result.span)), span=result.span)
            result = ir.CallValue(inner, (), span=result.span)
        return [ir.Return(result, span=result.span)]

    def unknown(self, node: t.Name) -> ir.Expr:
        return super().unknown(node) if _is_global(node.text) else self._variable(node)

    def is_value(self, name: t.Name) -> bool:
        return True

    def is_namespace(self, name: str) -> bool:
        return name[:1].isupper() and super().is_namespace(name)

    def name_place(self, node: t.Name, value: ir.Expr | None) -> ir.Expr:
        if self.find(node.text) is None and node.text not in self.context.variables:
            return self._variable(node)
        return super().name_place(node, value)

    def _variable(self, node: t.Name) -> ir.Local:
        local = ir.Local(self.unique(node.text), span=node.span)
        self.scopes[0][node.text] = Entry(local)
        self.variables[node.text] = local.name
        return local


def _words(text: str) -> str | None:
    """A hint for those who know other expression languages."""
    used = sorted({word for word in re.findall(r"[a-z]+", text) if word in _OPERATORS})
    return "write " + ", ".join(f"`{_OPERATORS[w]}` for `{w}`" for w in used) if used else None


def _is_global(name: str) -> bool:
    """Whether a bare name is JavaScript's: a function of ours without capitals is one where it is called only."""
    return name[:1].isupper() and (name in NATIVES or name in REFUSED or name in library.ERRORS)


def _returning(body: Sequence[ir.Stmt], back: ir.NewList) -> list[ir.Stmt]:
    """`return` ends the statements and keeps what they wrote; functions inside them keep their own."""

    def change(node: ir.Node) -> ir.Node:
        if isinstance(node, ir.Expr):
            return node
        if isinstance(node, ir.Return):
            value = back if node.value is None else ir.Sequence((node.value, back), span=node.span)
            return ir.Return(value, span=node.span)
        return rebuild(node, change)

    return [s for statement in body if isinstance(s := change(statement), ir.Stmt)]


def unwrap(text: Text) -> Text:
    """An expression without `${ }`, `#{ }` or `=` around it."""
    text = text.strip()
    value = text.value
    if value[:2] in ("${", "#{") and value.endswith("}") and _closes(value):
        return text.cut(2, len(value) - 1).strip()
    if value.startswith("=") and not value.startswith("=="):
        return text.cut(1, len(value)).strip()
    return text


def _closes(value: str) -> bool:
    """Whether the bracket that opens at the start closes at the end."""
    depth = 0
    quote = ""
    for at, character in enumerate(value):
        if quote:
            quote = "" if character == quote and value[at - 1] != "\\" else quote
        elif character in "'\"`":
            quote = character
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if not depth:
                return at == len(value) - 1
    return False
