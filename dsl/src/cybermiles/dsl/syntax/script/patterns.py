"""Destructuring: what is declared (`binding`), and what an expression becomes when `=` follows (`target`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.lexer import Token
from cybermiles.dsl.syntax.script.cursor import Cursor


class PatternParser(Cursor):
    """Parses patterns."""

    if TYPE_CHECKING:

        def assignment(self) -> t.Expr: ...
        def key(self) -> t.Expr: ...
        def block(self) -> list[t.Stmt]: ...
        def postfix(self) -> t.Expr: ...

    def __init__(self, tokens: list[Token], diagnostics: Diagnostics) -> None:
        super().__init__(tokens, diagnostics)
        self.covers: dict[int, tuple[object, Span]] = {}
        """`{a = 1}` that was read as a value: an error unless it becomes a pattern; by identity, with what holds it."""
        self.labels: list[str] = []
        self.loop_labels: list[str] = []
        self.loops = 0
        self.switches = 0
        self._grouped: set[int] = set()
        self._kept: list[object] = []
        """Keeps what identities are remembered of."""
        self._holes: list[tuple[Span, t.Expr]] = []

    # --- declarations
    def binding(self) -> t.Target:
        """A name or a pattern of names."""
        if self.is_op("["):
            return self._list_binding()
        if self.is_op("{"):
            return self._object_binding()
        return self.name("a name, `[` or `{`")

    def binding_default(self) -> t.Default:
        """A binding and what it is instead of undefined."""
        target = self.binding()
        return t.Default(target, self.assignment() if self.accept("=") else None)

    def _list_binding(self) -> t.ListTarget:
        start = self.expect("[")
        items: list[t.Default | None] = []
        rest: t.Target | None = None
        while not self.is_op("]"):
            if self.accept(","):
                items.append(None)
                continue
            if self.accept("..."):
                rest = self.binding()
                break
            items.append(self.binding_default())
            if not self.is_op("]"):
                self.expect(",")
        end = self.expect("]")
        return t.ListTarget(start.span.to(end.span), items, rest)

    def _object_binding(self) -> t.ObjectTarget:
        start = self.expect("{")
        entries: list[tuple[t.Expr, t.Default]] = []
        rest: t.Target | None = None
        while not self.is_op("}"):
            if self.accept("..."):
                rest = self.name()
                break
            token = self.token
            if token.type == "NAME" and self.peek().text in (",", "}", "="):
                name = self.name()
                value = self.assignment() if self.accept("=") else None
                entries.append((t.Literal(token.span, name.text), t.Default(name, value)))
            else:
                key = self.key()
                self.expect(":")
                entries.append((key, self.binding_default()))
            if not self.is_op("}"):
                self.expect(",")
        end = self.expect("}")
        return t.ObjectTarget(start.span.to(end.span), entries, rest)

    # --- assignments
    def target(self, node: t.Expr) -> t.Target:
        """An expression that was read as a value, as what `=` assigns. Raises CompileError `not-a-place`."""
        match node:
            case t.Name() if node.text != "this":
                return node
            case t.Member(safe=False) | t.Index(safe=False):
                return node
            case t.ListExpr(span, items):
                return self._list_target(span, items)
            case t.ObjectExpr(span, entries):
                return self._object_target(span, entries)
        raise self.diagnostics.fail("not-a-place", "this cannot be assigned", node.span)

    def _default(self, node: t.Expr) -> t.Default:
        if isinstance(node, t.AssignExpr) and node.op == "" and id(node) not in self._grouped:
            self.covers.pop(id(node), None)
            return t.Default(self._again(node.target), node.value)
        return t.Default(self.target(node), None)

    def _again(self, node: t.Expr) -> t.Target:
        """What stood before `=` is a target already if it is a pattern."""
        return node if isinstance(node, t.ListTarget | t.ObjectTarget) else self.target(node)

    def _list_target(self, span: Span, items: list[t.Expr]) -> t.ListTarget:
        holes = {id(hole) for _, hole in self._holes}
        made: list[t.Default | None] = []
        rest: t.Target | None = None
        for at, item in enumerate(items):
            if isinstance(item, t.SpreadExpr):
                if at != len(items) - 1:
                    raise self.diagnostics.fail("syntax", "`...` stands last in a pattern", item.span)
                rest = self.target(item.value)
            else:
                made.append(None if id(item) in holes else self._default(item))
        self._holes = [(s, hole) for s, hole in self._holes if not any(hole is item for item in items)]
        return t.ListTarget(span, made, rest)

    def _object_target(self, span: Span, entries: list[tuple[t.Expr, t.Expr]]) -> t.ObjectTarget:
        made: list[tuple[t.Expr, t.Default]] = []
        rest: t.Target | None = None
        for at, (key, value) in enumerate(entries):
            if isinstance(value, t.SpreadExpr):
                if at != len(entries) - 1:
                    raise self.diagnostics.fail("syntax", "`...` stands last in a pattern", value.span)
                rest = self.target(value.value)
            elif isinstance(value, t.FunctionExpr | t.AccessorExpr) and value.span.line == key.span.line:
                raise self.diagnostics.fail("not-a-place", "this cannot be assigned", value.span)
            else:
                made.append((key, self._default(value)))
        return t.ObjectTarget(span, made, rest)

    def check_covers(self) -> None:
        """After an expression: what could only be a pattern, and was none, is an error. Raises CompileError."""
        if self._holes:
            span = self._holes[0][0]
            raise self.refuse("lists with holes are not supported", span, "write `undefined` where there is nothing")
        if self.covers:
            _, span = next(iter(self.covers.values()))
            raise self.diagnostics.fail("syntax", "unexpected `=`, expected `:`", span)

    def names_of(self, targets: Iterable[t.Target]) -> Iterator[t.Name]:
        """The names that patterns declare."""
        for target in targets:
            match target:
                case t.Name():
                    yield target
                case t.ListTarget(items=items, rest=rest):
                    yield from self.names_of(item.target for item in items if item is not None)
                    yield from self.names_of([rest] if rest is not None else [])
                case t.ObjectTarget(entries=entries, rest=rest):
                    yield from self.names_of(default.target for _, default in entries)
                    yield from self.names_of([rest] if rest is not None else [])
