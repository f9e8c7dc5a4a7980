"""Statements and whole scripts; where JavaScript puts a semicolon by itself, so do we."""

from __future__ import annotations

from collections.abc import Callable

from cybermiles.dsl.diagnostics import CompilerBug, Diagnostics
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.lexer import Lexed, Token
from cybermiles.dsl.syntax.script.expressions import ExpressionParser
from cybermiles.dsl.syntax.script.lexer import lex_script
from cybermiles.dsl.syntax.script.refused import RESERVED


class ScriptParser(ExpressionParser):
    """Parses the statements of one script."""

    def script(self) -> t.Script:
        """All of it."""
        body: list[t.Stmt] = []
        while self.token.type != "END":
            at = self.at
            if self.is_op("}"):
                raise self.unexpected()
            body += self.statement()
            if self.at == at:
                raise CompilerBug("the parser took nothing")
        file = self.tokens[0].file
        span = body[0].span.to(body[-1].span) if body else Span(file, 1, 1, 1, 1)
        return t.Script(span, body)

    def statement(self) -> list[t.Stmt]:
        """One statement; an empty one is none."""
        token = self.token
        token.starts = True
        self.deeper(token)
        made = self._statement(token)
        self.depth -= 1
        return made

    def _statement(self, token: Token) -> list[t.Stmt]:
        if token.type == "OP":
            if self.accept(";"):
                return []
            if token.text == "{":
                body = self.block()
                return [t.BlockStmt(token.span, body)]
        elif token.type == "NAME":
            handler = _STATEMENTS.get(token.text)
            if handler is not None:
                return [handler(self, token)]
            if self.peek().text == ":" and self.peek().type == "OP" and token.text not in RESERVED:
                return [self._labeled()]
            if token.text == "async" and self.peek().text == "function":
                raise self.unexpected(token=token)
        value = self.expression()
        self.check_covers()
        self.end_of_statement()
        return [t.ExprStmt(value.span, value)]

    def block(self) -> list[t.Stmt]:
        """``{ statements }``."""
        opened = self.expect("{")
        opened.role = "_LBLOCK"
        body: list[t.Stmt] = []
        while not self.is_op("}"):
            if self.token.type == "END":
                raise self.unexpected("`}`")
            body += self.statement()
        self.expect("}").role = ""
        return body

    def _body(self) -> list[t.Stmt]:
        """What an `if`, a loop or a label governs: a block's statements, or one."""
        if self.is_op("{"):
            return self.block()
        token = self.token
        if token.type == "NAME" and token.text in ("let", "const", "class", "function"):
            raise self.diagnostics.fail("syntax", f"`{token.text}` needs a block here", token.span, "write `{ ... }`")
        return self.statement()

    def _looped(self) -> list[t.Stmt]:
        self.loops += 1
        body = self._body()
        self.loops -= 1
        return body

    def _condition(self) -> t.Expr:
        self.expect("(")
        value = self.expression()
        self.check_covers()
        self.expect(")").role = ""
        return value

    # --- declarations
    def declaration(self, token: Token) -> t.Stmt:
        """``let a = 1, [b] = c;``."""
        made = self._declarators(token)
        self.end_of_statement()
        return made

    def _declarators(self, token: Token) -> t.LetStmt:
        self.take("WORD")
        names: list[tuple[t.Target, t.Expr | None]] = []
        while True:
            target = self.binding()
            value = self.assignment() if self.accept("=") else None
            self.check_covers()
            names.append((target, value))
            if value is None and not isinstance(target, t.Name) and not self.is_word("of", "in"):
                self.diagnostics.add("syntax", "a pattern needs a value: `= ...`", target.span)
            if not self.accept(","):
                break
        return t.LetStmt(token.span.to(self.tokens[self.at - 1].span), token.text, names)

    def function_declaration(self, token: Token) -> t.Stmt:
        """``function f(a) { ... }``."""
        function = self.function()
        if function.name is None:
            raise self.diagnostics.fail("syntax", "a function statement needs a name", token.span)
        return t.FunctionStmt(function.span, function.name, function)

    def class_declaration(self, token: Token) -> t.Stmt:
        """``class C { ... }``."""
        value = self.class_expression()
        self.check_covers()
        if value.name is None:
            raise self.diagnostics.fail("syntax", "a class statement needs a name", token.span)
        return t.ClassStmt(value.span, value.name, value)

    # --- control
    def if_(self, token: Token) -> t.Stmt:
        """``if`` with its branches."""
        branches: list[tuple[t.Expr, list[t.Stmt]]] = []
        orelse: list[t.Stmt] = []
        while True:
            self.take("WORD")
            condition = self._condition()
            branches.append((condition, self._body()))
            if not self.is_word("else"):
                break
            self.take("WORD")
            if not self.is_word("if"):
                orelse = self._body()
                break
            if len(branches) > 500:
                message = "more than 500 branches of one `if`"
                raise self.diagnostics.fail("nesting-too-deep", message, token.span, "use `switch`, or a table")
        return t.IfStmt(token.span.to(self.tokens[self.at - 1].span), branches, orelse)

    def while_(self, token: Token) -> t.Stmt:
        """``while (c) body``."""
        self.take("WORD")
        condition = self._condition()
        return t.WhileStmt(token.span, condition, self._looped(), False)

    def do_(self, token: Token) -> t.Stmt:
        """``do body while (c)``."""
        self.take("WORD")
        body = self._looped()
        self.expect("while")
        condition = self._condition()
        self.accept(";")
        return t.WhileStmt(token.span, condition, body, True)

    def for_(self, token: Token) -> t.Stmt:
        """``for (;;)``, ``for (x of xs)``, ``for (k in o)``."""
        self.take("WORD")
        if self.is_word("await"):
            raise self.unexpected(token=self.token)
        self.expect("(")
        kind = self.token.text if self.is_word("let", "const", "var") else ""
        init: list[t.Stmt] = []
        if not self.is_op(";"):
            self.allow_in = False
            if kind:
                declared = self._declarators(self.token)
                self.allow_in = True
                if self.is_word("of", "in"):
                    if len(declared.names) != 1 or declared.names[0][1] is not None:
                        raise self.diagnostics.fail("syntax", "one name without a value stands here", declared.span)
                    return self._for_each(token, kind, declared.names[0][0])
                init = [declared]
            else:
                value = self.expression()
                self.allow_in = True
                if self.is_word("of", "in"):
                    return self._for_each(token, "", self._for_target(value))
                self.check_covers()
                init = [t.ExprStmt(value.span, value)]
        self.expect(";")
        condition = None if self.is_op(";") else self.expression()
        self.expect(";")
        step = None if self.is_op(")") else self.expression()
        self.check_covers()
        self.expect(")").role = ""
        return t.ForStmt(token.span, init, condition, step, self._looped())

    def _for_target(self, value: t.Expr) -> t.Target:
        made = self.target(value)
        self.check_covers()
        return made

    def _for_each(self, token: Token, kind: str, target: t.Target) -> t.Stmt:
        over = self.take("WORD").text
        source = self.expression() if over == "in" else self.assignment()
        self.check_covers()
        self.expect(")").role = ""
        body = self._looped()
        if over == "in":
            return t.ForInStmt(token.span, kind, target, source, body)
        return t.ForOfStmt(token.span, kind, target, source, body)

    def switch(self, token: Token) -> t.Stmt:
        """``switch (value) { case a: ... default: ... }``."""
        self.take("WORD")
        value = self._condition()
        self.expect("{").role = "_LSWITCH"
        cases: list[t.SwitchCase] = []
        defaults = 0
        self.switches += 1
        while not self.is_op("}"):
            at = self.token
            if self.accept("default"):
                test = None
                defaults += 1
                if defaults > 1:
                    self.diagnostics.add("syntax", "a `switch` has one `default`", at.span)
            else:
                self.expect("case")
                test = self.expression()
                self.check_covers()
            at.starts, at.role = True, "CASE"
            self.expect(":")
            body: list[t.Stmt] = []
            while not self.is_op("}") and not self.is_word("case", "default"):
                body += self.statement()
            cases.append(t.SwitchCase(at.span, test, body))
        self.switches -= 1
        self.expect("}").role = ""
        return t.SwitchStmt(token.span, value, cases)

    def try_(self, token: Token) -> t.Stmt:
        """``try { } catch (e) { } finally { }``."""
        self.take("WORD")
        body = self.block()
        param: t.Target | None = None
        handler = finalizer = None
        if self.is_word("catch"):
            self.take("WORD")
            if self.accept("("):
                param = self.binding()
                self.expect(")").role = ""
            handler = self.block()
        if self.is_word("finally"):
            self.take("WORD")
            finalizer = self.block()
        if handler is None and finalizer is None:
            raise self.unexpected("`catch` or `finally`")
        return t.TryStmt(token.span, body, param, handler, finalizer)

    def throw(self, token: Token) -> t.Stmt:
        """``throw value``."""
        self.take("WORD")
        if self.token.newline or self.is_op(";", "}") or self.token.type == "END":
            raise self.diagnostics.fail("syntax", "`throw` needs a value on its line", token.span)
        value = self.expression()
        self.check_covers()
        self.end_of_statement()
        return t.ThrowStmt(token.span.to(value.span), value)

    def return_(self, token: Token) -> t.Stmt:
        """``return``, ``return value``."""
        self.take("WORD")
        value = None
        if not (self.token.newline or self.is_op(";", "}") or self.token.type == "END"):
            value = self.expression()
            self.check_covers()
        self.end_of_statement()
        return t.ReturnStmt(token.span if value is None else token.span.to(value.span), value)

    def jump(self, token: Token) -> t.Stmt:
        """``break``, ``continue``, with a label or without."""
        self.take("WORD")
        label = None
        if self.token.type == "NAME" and not self.token.newline and self.token.text not in RESERVED:
            label = self.name()
            if label.text not in self.labels:
                self.diagnostics.add("misplaced-statement", f"no statement around is called `{label.text}`", label.span)
            elif token.text == "continue" and label.text not in self.loop_labels:
                self.diagnostics.add("misplaced-statement", f"`{label.text}` labels no loop", label.span)
        elif not self.loops and (token.text == "continue" or not self.switches):
            message = f"`{token.text}` stands outside of any loop"
            self.diagnostics.add("misplaced-statement", message, token.span)
        self.end_of_statement()
        return t.JumpStmt(token.span, token.text, label)

    def _labeled(self) -> t.Stmt:
        label = self.name()
        self.expect(":")
        if label.text in self.labels:
            self.diagnostics.add("duplicate-name", f"the label `{label.text}` is used twice", label.span)
        self.labels.append(label.text)
        if self.is_word("for", "while", "do"):
            self.loop_labels.append(label.text)
        body = self._body() if self.is_op("{") else self.statement()
        self.labels.pop()
        if label.text in self.loop_labels:
            self.loop_labels.remove(label.text)
        return t.LabeledStmt(label.span, label, body)


_STATEMENTS: dict[str, Callable[[ScriptParser, Token], t.Stmt]] = {
    "let": ScriptParser.declaration,
    "const": ScriptParser.declaration,
    "var": ScriptParser.declaration,
    "function": ScriptParser.function_declaration,
    "class": ScriptParser.class_declaration,
    "if": ScriptParser.if_,
    "while": ScriptParser.while_,
    "do": ScriptParser.do_,
    "for": ScriptParser.for_,
    "switch": ScriptParser.switch,
    "try": ScriptParser.try_,
    "throw": ScriptParser.throw,
    "return": ScriptParser.return_,
    "break": ScriptParser.jump,
    "continue": ScriptParser.jump,
}


def parse_script(file: str, text: str, diagnostics: Diagnostics) -> t.Script:
    """A contract script; raises CompileError at the first syntax error."""
    return parse_lexed(lex_script(file, text, diagnostics), diagnostics)


def parse_lexed(lexed: Lexed, diagnostics: Diagnostics) -> t.Script:
    """As `parse_script`, of tokens, which learn their roles for the formatter."""
    return ScriptParser(lexed.tokens, diagnostics).script()
