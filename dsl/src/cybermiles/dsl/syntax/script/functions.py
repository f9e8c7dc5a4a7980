"""Objects, functions, arrows and classes; what is destructured on the way is in `patterns`."""

from __future__ import annotations

from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.lexer import Token
from cybermiles.dsl.syntax.script.patterns import PatternParser
from cybermiles.dsl.syntax.script.refused import RESERVED

MAX_PARAMETERS = 255


class FunctionParser(PatternParser):
    """Parses what has parameters and a body, and object literals."""

    # --- functions
    def is_arrow(self) -> bool:
        """Whether an arrow function comes next."""
        token = self.token
        if token.type == "NAME":
            return self.peek().text == "=>" and self.peek().type == "OP" and token.text not in RESERVED
        if token.type == "OP" and token.text == "(":
            after = self.tokens[min(self.closing[self.at] + 1, len(self.tokens) - 1)]
            return after.type == "OP" and after.text == "=>"
        return False

    def arrow(self) -> t.FunctionExpr:
        """``x => value``, ``(a, b) => { ... }``."""
        start = self.token
        if start.type == "NAME":
            params, rest = [t.Default(self.name(), None)], None
        else:
            params, rest = self.parameters()
        if self.token.newline:
            raise self.unexpected("`=>` on the same line")
        self.expect("=>")
        if self.is_op("{"):
            body = self.function_body()
        else:
            value = self.assignment()
            body = [t.ReturnStmt(value.span, value)]
        return self._function(start.span, "arrow", None, params, rest, body)

    def function(self) -> t.FunctionExpr:
        """``function name(params) { ... }``; the name may be missing."""
        start = self.take("WORD")
        self._refuse_generator()
        name = None if self.is_op("(") else self.name("a function's name or `(`")
        params, rest = self.parameters()
        return self._function(start.span, "function", name, params, rest, self.function_body())

    def method(self, start: Span, name: t.Name | None = None) -> t.FunctionExpr:
        """Parameters and body of a method, getter or setter."""
        params, rest = self.parameters()
        return self._function(start, "method", name, params, rest, self.function_body())

    def _function(
        self,
        start: Span,
        kind: str,
        name: t.Name | None,
        params: list[t.Default],
        rest: t.Target | None,
        body: list[t.Stmt],
    ) -> t.FunctionExpr:
        seen: set[str] = set()
        for found in self.names_of([*(p.target for p in params), *([rest] if rest else [])]):
            if found.text in seen:
                message = f"the parameter `{found.text}` is declared twice"
                self.diagnostics.add("duplicate-name", message, found.span)
            seen.add(found.text)
        return t.FunctionExpr(start.to(self.tokens[self.at - 1].span), kind, name, params, rest, body)

    def parameters(self) -> tuple[list[t.Default], t.Target | None]:
        """``(a, {b}, c = 1, ...rest)``."""
        self.expect("(")
        params: list[t.Default] = []
        rest: t.Target | None = None
        while not self.is_op(")"):
            if self.accept("..."):
                rest = self.binding()
                break
            params.append(self.binding_default())
            if not self.accept(","):
                break
        self.expect(")")
        if len(params) > MAX_PARAMETERS:
            message = f"more than {MAX_PARAMETERS} parameters"
            raise self.diagnostics.fail("nesting-too-deep", message, self.token.span, "pass an object")
        return params, rest

    def function_body(self) -> list[t.Stmt]:
        """``{ statements }`` of a function: labels and loops around it are out of reach."""
        labels, self.labels = self.labels, []
        loops, self.loops = self.loops, 0
        switches, self.switches = self.switches, 0
        body = self.block()
        self.labels, self.loops, self.switches = labels, loops, switches
        return body

    def _refuse_generator(self) -> None:
        if self.is_op("*"):
            raise self.refuse("generators are not supported", self.token.span, "return a list")

    # --- objects
    def object(self) -> t.ObjectExpr:
        """``{a, b: 1, [k]: 2, m() {}, get x() {}, ...o}``."""
        start = self.expect("{")
        entries: list[tuple[t.Expr, t.Expr]] = []
        allow, self.allow_in = self.allow_in, True
        while not self.is_op("}"):
            entries.append(self._entry())
            if not self.is_op("}"):
                self.expect(",")
        self.allow_in = allow
        end = self.expect("}")
        made = t.ObjectExpr(start.span.to(end.span), entries)
        for _, value in entries:
            if id(value) in self.covers:
                self.covers[id(value)] = (made, self.covers[id(value)][1])
        return made

    allow_in: bool

    def _entry(self) -> tuple[t.Expr, t.Expr]:
        start = self.token
        if self.accept("..."):
            value = self.assignment()
            return t.Literal(start.span, None), t.SpreadExpr(start.span.to(value.span), value)
        self._refuse_generator()
        if self.is_word("async") and self._names_next():
            raise self.unexpected(token=start)
        if self.is_word("get", "set") and self._names_next():
            kind = self.take("WORD").text
            key = self.key()
            function = self.method(start.span)
            self.check_accessor(kind, function)
            return key, t.AccessorExpr(function.span, kind, function)
        bare = start.type == "NAME" and start.text not in RESERVED and not start.text.startswith("#")
        key = self.key()
        if self.is_op("("):
            named = t.Name(start.span, str(key.value)) if isinstance(key, t.Literal) else None
            return key, self.method(start.span, named)
        if self.accept(":"):
            return key, self.assignment()
        if not bare:
            raise self.unexpected("`:`")
        if start.text in ("eval", "arguments"):
            raise self.refuse(f"`{start.text}` is not supported", start.span)
        name: t.Expr = self._shorthand(start)
        if self.is_op("="):
            at = self.take()
            value = self.assignment()
            name = t.AssignExpr(start.span.to(value.span), name, "", value)
            self.covers[id(name)] = (name, at.span)
        return key, name

    def _shorthand(self, start: Token) -> t.Expr:
        match start.text:
            case "undefined":
                return t.Literal(start.span, None, True)
        return t.Name(start.span, start.text)

    def _names_next(self) -> bool:
        """Whether the next but one token is a key, so that `get`, `set` or `static` is no key itself."""
        after = self.peek()
        return after.type in ("NAME", "TEXT", "NUMBER") or (after.type == "OP" and after.text == "[")

    def key(self) -> t.Expr:
        """The key of an entry, a member or a pattern: a text, or a computed expression."""
        token = self.token
        if token.type in ("NAME", "TEXT"):
            if token.text in ("__proto__",):
                raise self.refuse(f"`{token.text}` is not supported", token.span, "objects have no other parents")
            self.take()
            return t.Literal(token.span, str(token.value))
        if token.type == "NUMBER":
            self.take()
            return t.Literal(
                token.span, format(token.value, "f") if not isinstance(token.value, int) else str(token.value)
            )
        if self.accept("["):
            allow, self.allow_in = self.allow_in, True
            key = self.assignment()
            self.allow_in = allow
            self.expect("]")
            return key
        raise self.unexpected("a field's name")

    def check_accessor(self, kind: str, function: t.FunctionExpr) -> None:
        """A getter has no parameter, a setter one."""
        wanted = 0 if kind == "get" else 1
        if len(function.params) != wanted or function.rest is not None:
            message = f"a {kind}ter has {'no parameter' if kind == 'get' else 'one parameter'}"
            self.diagnostics.add("syntax", message, function.span)

    # --- classes
    def class_expression(self) -> t.ClassExpr:
        """``class N extends P { members }``; the name may be missing."""
        start = self.take("WORD")
        name = None if self.is_op("{") or self.is_word("extends") else self.name("a class's name or `{`")
        parent = None
        if self.is_word("extends"):
            self.deeper(self.take("WORD"))
            parent = self.postfix()
            self.depth -= 1
        self.expect("{")
        members: list[t.ClassMember] = []
        while not self.is_op("}"):
            if self.accept(";"):
                continue
            members.append(self._member())
        end = self.expect("}")
        self._check_members(members)
        return t.ClassExpr(start.span.to(end.span), name, parent, members)

    def _member(self) -> t.ClassMember:
        start = self.token
        static = self.is_word("static") and (self._names_next() or self.peek().text == "{")
        if static:
            self.take("WORD")
            if self.is_op("{"):
                body = self.function_body()
                function = t.FunctionExpr(start.span, "method", None, [], None, body)
                return t.ClassMember(start.span, "block", t.Literal(start.span, ""), function, True)
        self._refuse_generator()
        if self.is_word("async") and self._names_next() and not self.peek().newline:
            raise self.unexpected(token=self.token)
        kind = "method"
        if self.is_word("get", "set") and self._names_next():
            kind = self.take("WORD").text
        key = self.key()
        named = t.Name(key.span, str(key.value)) if isinstance(key, t.Literal) else None
        if self.is_op("("):
            function = self.method(start.span, named)
            if kind in ("get", "set"):
                self.check_accessor(kind, function)
            if named is not None and named.text == "constructor" and not static:
                if kind != "method":
                    self.diagnostics.add("syntax", "a constructor is no getter or setter", function.span)
                kind = "constructor"
            return t.ClassMember(start.span.to(function.span), kind, key, function, static)
        if kind != "method":
            raise self.unexpected("`(`")
        if named is not None and named.text in ("constructor", "#constructor"):
            self.diagnostics.add("syntax", f"a field cannot be called `{named.text}`", key.span)
        value: t.Expr | None = None
        if self.accept("="):
            value = self.assignment()
        self.end_of_statement()
        return t.ClassMember(start.span.to(self.tokens[self.at - 1].span), "field", key, value, static)

    def _check_members(self, members: list[t.ClassMember]) -> None:
        constructors = [m for m in members if m.kind == "constructor"]
        for extra in constructors[1:]:
            self.diagnostics.add("duplicate-name", "a class has one constructor", extra.span)
        seen: dict[str, str] = {}
        for member in members:
            if not isinstance(member.key, t.Literal) or not str(member.key.value).startswith("#"):
                continue
            name, kind = str(member.key.value), member.kind
            before = seen.get(name)
            if before is not None and {before, kind} != {"get", "set"}:
                self.diagnostics.add("duplicate-name", f"`{name}` is declared twice", member.key.span)
            seen[name] = kind
