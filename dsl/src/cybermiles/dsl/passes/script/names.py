"""Names of scripts: scopes, what may not be used before it is declared, and `this`."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cybermiles.dsl import ir
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.resolve_expressions import Entry, ExpressionResolver
from cybermiles.dsl.passes.script.declared import Survey, function_wide, lexical
from cybermiles.dsl.passes.script.library import NAMESPACES
from cybermiles.dsl.script_names import REFUSED
from cybermiles.dsl.syntax import tree as t


@dataclass(slots=True)
class Variable(Entry):
    """A variable of a script."""

    kind: str = "let"
    """``let``, ``const``, ``var``, ``class``, ``function``, ``param``, ``catch`` or ``implicit``."""
    depth: int = 0
    """How many functions stand around its declaration."""
    pending: bool = False
    """Its declaration comes later in the text."""
    other_case: bool = False
    """It was declared by another case of the `switch`."""
    flag: str = ""
    """The local that says whether that case ran; set once it must be known."""


@dataclass(slots=True)
class Frame:
    """A function while its body is resolved; ``kind`` is ``script``, ``function``, ``arrow``, ``method``, ``field``."""

    kind: str
    scope: int = 0
    """The index of its outermost scope."""
    prologue: list[ir.Stmt] = field(default_factory=list)
    """Declarations that begin its body."""
    parent: bool = False
    """It belongs to a class that extends another."""
    constructor: bool = False
    super_called: bool = False
    super_done: bool = False
    """A statement of the constructor itself has called ``super(...)``: there is a ``this`` from there on."""
    flag: str = ""
    """The local that says whether there is one, once it must be known."""
    tries: int = 0
    """How many `try` stand around what is resolved: what would certainly fail there is left to them."""


def nothing(span: ir.Span) -> ir.Local:
    """Stands for what has an error; not a constant, so that nothing more is said of it."""
    return ir.Local("unknown#", span=span)


class NameResolver(ExpressionResolver):
    """Resolves bare names."""

    def __init__(self, context: Context, survey: Survey, *, implicit: bool) -> None:
        super().__init__(context, rules=False)
        self.survey = survey
        self.implicit = implicit
        """Assigning an unknown name at the top level declares it, with a warning."""
        self.frames = [Frame("script")]
        self.hoisted: set[str] = set()
        """Locals that function statements declare."""
        self._taken: dict[str, int] = {}

    # --- making names
    def unique(self, name: str) -> str:
        """A local's name that no other has, in this function and those inside it."""
        count = self._taken.get(name, 0)
        self._taken[name] = count + 1
        return f"{name}#{count}" if count else name

    def temporary(self, span: ir.Span) -> ir.Local:
        """A local of the function for a value that is used more than once."""
        local = ir.Local(self.unique("value#"), span=span)
        self.frames[-1].prologue.append(ir.Let(local.name, None, span=span))
        return local

    def declare(self, node: t.Name, kind: str, type_: ir.Type = ir.ANY, *, pending: bool = False) -> ir.Local:
        """A new name in the innermost scope; one that waited for its declaration is there now."""
        scope = self.scopes[-1]
        known = scope.get(node.text)
        constant = kind == "const"
        if isinstance(known, Variable) and known.pending and not pending:
            assert isinstance(known.value, ir.Local)
            local = dataclasses.replace(known.value, type=type_, span=node.span)
            scope[node.text] = Variable(local, constant, span=node.span, kind=kind, depth=len(self.frames))
            return local
        if known is not None and not (isinstance(known, Variable) and known.kind == "var"):
            self.duplicate(node)
        local = ir.Local(self.unique(node.text), type=type_, span=node.span)
        scope[node.text] = Variable(local, constant, span=node.span, kind=kind, depth=len(self.frames), pending=pending)
        return local

    def duplicate(self, node: t.Name) -> None:
        """Reports a name that is declared twice."""
        self.diagnostics.add("duplicate-name", f"`{node.text}` is declared twice", node.span)

    def predeclare(self, body: Sequence[t.Stmt]) -> None:
        """The names that the statements of a block declare are its own from its start; functions can be called."""
        for name, kind in lexical(body):
            if kind == "function":
                self.hoisted.add(self.declare(name, kind).name)
            else:
                self.declare(name, kind, pending=True)

    def predeclare_vars(self, body: Sequence[t.Stmt]) -> None:
        """The names that `var` declares are the function's from its start."""
        frame = self.frames[-1]
        scope = self.scopes[frame.scope]
        for name in function_wide(body):
            if name.text in scope:
                known = scope[name.text]
                if isinstance(known, Variable) and known.kind == "var" and isinstance(known.value, ir.Local):
                    known.value = dataclasses.replace(known.value, type=ir.ANY)
                    known.span = ir.NOWHERE  # declared more than once: its type is that of no single value
                continue
            local = ir.Local(self.unique(name.text), span=name.span)
            scope[name.text] = Variable(local, span=name.span, kind="var", depth=len(self.frames))
            frame.prologue.append(ir.Let(local.name, None, span=name.span))

    def var(self, node: t.Name, type_: ir.Type) -> ir.Local:
        """The variable of a `var` declarator; a block between must not have the name."""
        frame = self.frames[-1]
        for scope in reversed(self.scopes[frame.scope + 1 :]):
            between = scope.get(node.text)
            if isinstance(between, Variable) and between.kind in ("let", "const", "class", "function"):
                self.duplicate(node)
        entry = self.scopes[frame.scope][node.text]
        if isinstance(entry, Variable) and entry.kind in ("let", "const", "class"):
            self.duplicate(node)
        assert isinstance(entry.value, ir.Local)
        if entry.span == node.span:
            entry.value = dataclasses.replace(entry.value, type=type_)
        return dataclasses.replace(entry.value, span=node.span)

    # --- scopes
    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        """A block's scope."""
        self.scopes.append({})
        try:
            yield
        finally:
            self.scopes.pop()

    @contextlib.contextmanager
    def function(self, frame: Frame) -> Iterator[None]:
        """A function's frame and scope."""
        frame.scope = len(self.scopes)
        self.frames.append(frame)
        try:
            with self.scope():
                yield
        finally:
            self.frames.pop()

    # --- using names
    def name(self, node: t.Name) -> ir.Expr:
        """A bare name."""
        if node.text == "this":
            return self.this_value(node.span)
        entry = self.find(node.text)
        if isinstance(entry, Variable):
            too_early = ir.CellGet(ir.NewCell(None, span=node.span), node.text, span=node.span)
            if self.check_declared(node, entry):
                return too_early
            if entry.other_case and entry.depth == len(self.frames):
                entry.flag = entry.flag or self.unique("declared#")
                there = ir.Local(entry.flag, type=ir.BOOL, span=node.span)
                value = super().name(node)
                return ir.Conditional(there, value, too_early, type=value.type, span=node.span)
        return super().name(node)

    def check_declared(self, node: t.Name, entry: Variable) -> bool:
        """Reports a use that certainly comes before the declaration. In other functions it is known when they run.

        True: a `try` stands around it, so it is left to that.
        """
        if entry.depth != len(self.frames) or not entry.pending:
            return False
        if self.frames[-1].tries:
            return True
        message = f"`{node.text}` is used before its declaration in line {entry.span.line}"
        self.diagnostics.add("unknown-name", message, node.span, "move the declaration up")
        return False

    def this_value(self, span: ir.Span) -> ir.Expr:
        """``this``: of the function around, or the contract's address at the top level."""
        frame = next((f for f in reversed(self.frames) if f.kind != "arrow"), self.frames[0])
        if frame.kind == "script":
            return super().name(t.Name(span, "this"))
        if not (frame.constructor and frame.parent) or frame.super_done:
            return ir.This(span=span)
        if frame is self.frames[-1] and not frame.super_called and not frame.tries:
            message = "there is no `this` before `super(...)` has run"
            self.diagnostics.add("misplaced-statement", message, span, "call `super(...)` first")
        frame.flag = frame.flag or self.unique("super#")
        there = ir.Local(frame.flag, type=ir.BOOL, span=span)
        too_early = ir.CellGet(ir.NewCell(None, span=span), "this", span=span)
        return ir.Conditional(there, ir.This(span=span), too_early, span=span)

    def is_declared(self, name: str) -> bool:
        """Whether a bare name means something here."""
        return self.find(name) is not None or name in self.context.variables or self.is_known(name)

    def name_place(self, node: t.Name, value: ir.Expr | None) -> ir.Expr:
        """Assigning an unknown name declares it at the top level."""
        entry = self.find(node.text)
        if isinstance(entry, Variable):
            self.check_declared(node, entry)
            if entry.kind == "class":
                message = f"the class `{node.text}` cannot be assigned"
                self.diagnostics.add("assign-constant", message, node.span)
        known = entry is not None or node.text in self.context.variables
        taken = node.text[:1].isupper() and self.is_namespace(node.text)
        if known or not self.implicit or len(self.frames) > 1 or taken:
            return super().name_place(node, value)
        self.diagnostics.add(
            "implicit-variable", f"`{node.text}` is not declared", node.span, f"declare it: `let {node.text} = ...`"
        )
        single = value is not None and node.text in self.survey.single and value.type != ir.NULL
        kind = value.type if value is not None and single else ir.ANY
        local = ir.Local(self.unique(node.text), type=kind, span=node.span)
        self.scopes[0][node.text] = Variable(local, span=node.span, kind="implicit", depth=1)
        self.frames[0].prologue.append(ir.Let(local.name, None, span=node.span))
        return local

    def is_namespace(self, name: str) -> bool:
        """Whether JavaScript has an object of that name."""
        return name in NAMESPACES or name in REFUSED

    def names(self) -> Iterable[str]:
        """All names that mean something here, for hints."""
        return (name for name in super().names() if not name.startswith("#"))
