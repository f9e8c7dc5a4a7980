"""Expressions by precedence climbing (Pratt 1973) after ECMAScript 2022's grammar, with our words, half comparisons."""

from __future__ import annotations

from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.lexer import Token
from cybermiles.dsl.syntax.script.cursor import MAX_OPERATORS
from cybermiles.dsl.syntax.script.functions import FunctionParser
from cybermiles.dsl.syntax.script.refused import WORDS

_BINARY: dict[str, int] = {
    **dict.fromkeys(("??",), 1),
    **dict.fromkeys(("||",), 2),
    **dict.fromkeys(("&&",), 3),
    **dict.fromkeys(("|",), 4),
    **dict.fromkeys(("^",), 5),
    **dict.fromkeys(("&",), 6),
    **dict.fromkeys(("==", "!=", "===", "!=="), 7),
    **dict.fromkeys(("<", "<=", ">", ">=", "in", "instanceof"), 8),
    **dict.fromkeys(("contains", "excludes", "memberOf", "matches"), 8),
    **dict.fromkeys(("<<", ">>", ">>>"), 9),
    **dict.fromkeys(("+", "-"), 10),
    **dict.fromkeys(("*", "/", "%"), 11),
    "**": 12,
}
_WORDS = frozenset(("contains", "excludes", "memberOf", "matches"))
_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))
_ASSIGNMENTS = frozenset(
    (
        *("=", "+=", "-=", "*=", "/=", "%=", "**=", "??=", "||=", "&&="),
        *("<<=", ">>=", ">>>=", "&=", "|=", "^="),
    )
)
_PREFIX = frozenset(("-", "+", "!", "~"))
_PREFIX_WORDS = frozenset(("typeof", "delete", "void"))


class ExpressionParser(FunctionParser):
    """Parses expressions; `allow_in` is off in the head of a `for`."""

    allow_in = True

    # --- the levels
    def expression(self) -> t.Expr:
        """An expression, commas included."""
        first = self.assignment()
        if not self.is_op(","):
            return first
        values = [first]
        while self.accept(","):
            values.append(self.assignment())
        return t.SequenceExpr(values[0].span.to(values[-1].span), values)

    def assignment(self) -> t.Expr:
        """An expression without a comma."""
        token = self.token
        self.deeper(token)
        made = self._assignment(token)
        self.depth -= 1
        return made

    def _assignment(self, token: Token) -> t.Expr:
        if self.is_arrow():
            return self.arrow()
        if token.type == "NAME" and token.text == "async" and self._is_async():
            raise self.unexpected(token=token)
        left = self._conditional()
        operator = self.token
        if operator.type == "OP" and operator.text in _ASSIGNMENTS:
            self.take()
            if operator.text == "=" and isinstance(left, t.ListExpr | t.ObjectExpr):
                target: t.Expr = self.target(left)
            else:
                target = left
                if not isinstance(left, t.Name | t.Member | t.Index):
                    raise self.diagnostics.fail("not-a-place", "this cannot be assigned", left.span)
            value = self.assignment()
            return t.AssignExpr(left.span.to(value.span), target, operator.text[:-1], value)
        return left

    def _is_async(self) -> bool:
        after = self.peek()
        if after.newline:
            return False
        if after.type == "OP" and after.text == "(":
            end = self.closing[self.at + 1] + 1
            return end < len(self.tokens) and self.tokens[end].text == "=>"
        return after.text == "function" or (after.type == "NAME" and self.peek(2).text == "=>")

    def _conditional(self) -> t.Expr:
        condition = self._binary(0)
        if not self.accept("?"):
            return condition
        allow, self.allow_in = self.allow_in, True
        then = self.assignment()
        self.allow_in = allow
        self.expect(":").role = "TERNARY"
        orelse = self.assignment()
        return t.ConditionalExpr(condition.span.to(orelse.span), condition, then, orelse)

    def _binary(self, least: int) -> t.Expr:
        left = self._operand()
        count = 0
        while (found := self._operator(least)) is not None:
            op, level, width = found
            count += 1
            if count > MAX_OPERATORS:
                message = f"more than {MAX_OPERATORS} operators in one expression"
                raise self.diagnostics.fail("nesting-too-deep", message, self.token.span)
            operator = self.token
            for _ in range(width):
                self.take("WORD")
            left = self._with_right(left, op, level, operator)
        return left

    def _with_right(self, left: t.Expr, op: str, level: int, operator: Token) -> t.Expr:
        if op.removeprefix("not ") == "in" and (made := self._in_list(left, op.startswith("not"))):
            return made
        if op == "**" and isinstance(left, t.UnaryExpr) and not self._is_grouped(left):
            raise self.diagnostics.fail("syntax", f"write brackets: `({left.op}x) ** y`", left.span)
        self.deeper(operator)
        right = self._binary(level if op == "**" else level + 1)
        self.depth -= 1
        mixed = {"??": ("||", "&&"), "||": ("??",), "&&": ("??",)}.get(op, ())
        for side in (left, right):
            if isinstance(side, t.BinaryExpr) and side.op in mixed and not side.grouped:
                message = f"`{op}` and `{side.op}` do not mix without brackets"
                raise self.diagnostics.fail("syntax", message, operator.span)
        return t.BinaryExpr(left.span.to(right.span), op, left, right)

    def _operator(self, least: int) -> tuple[str, int, int] | None:
        """The infix operator that comes next: itself, its level, how many tokens it has."""
        token = self.token
        if token.type == "NAME":
            text, width = token.text, 1
            if token.newline and (text in _WORDS or text in ("not", "str")):
                return None
            if text == "not" and (self.peek().text in _WORDS or self.peek().text in ("in", "str")):
                text, width = f"not {self.peek().text}", 2
            if text.endswith("str") and self.peek(width).text == "[" and self.peek(width + 2).text == "]":
                form = self.peek(width + 1).text
                return (f"{text}[{form}]", 8, width + 3) if least <= 8 else None
            bare = text.removeprefix("not ")
            if bare in _WORDS or bare == "instanceof" or (bare == "in" and self.allow_in):
                return (text, 8, width) if least <= 8 else None
            return None
        if token.type != "OP":
            return None
        level = _BINARY.get(token.text)
        return (token.text, level, 1) if level is not None and level >= least else None

    def _in_list(self, left: t.Expr, negated: bool) -> t.Expr | None:
        """``x in (a, b)``: one of these values, as in rules; brackets around one object are JavaScript's."""
        if not self.is_op("("):
            return None
        start = self.take()
        items = self.arguments(")")
        for item in items:
            if isinstance(item, t.SpreadExpr):
                raise self.diagnostics.fail("syntax", "values stand here one by one", item.span)
        if len(items) == 1 and not negated and not isinstance(items[0], t.Literal):
            return t.BinaryExpr(left.span.to(self.tokens[self.at - 1].span), "in", left, items[0])
        if not items:
            raise self.unexpected("a value", start)
        return t.InExpr(left.span.to(self.tokens[self.at - 1].span), left, items, negated)

    def _operand(self) -> t.Expr:
        """What an infix operator joins; in `a > 1 && < 5` half a comparison."""
        token = self.token
        if token.type == "OP" and token.text in _COMPARISONS and self.at:
            before = self.tokens[self.at - 1]
            if before.text in ("&&", "||"):
                self.take()
                right = self._binary(_BINARY[token.text] + 1)
                return t.Partial(token.span.to(right.span), token.text, right)
        return self.unary()

    def unary(self) -> t.Expr:
        """A prefix operator and its operand."""
        token = self.token
        if token.type == "OP" and token.text in ("++", "--"):
            self.take()
            target = self._place(self._deep_unary(token))
            return t.StepExpr(token.span.to(target.span), target, token.text, True)
        if (token.type == "OP" and token.text in _PREFIX) or (token.type == "NAME" and token.text in _PREFIX_WORDS):
            self.take("WORD" if token.type == "NAME" else "")
            operand = self._deep_unary(token)
            if token.text == "delete" and isinstance(operand, t.Name):
                message = "a variable cannot be deleted"
                raise self.diagnostics.fail("syntax", message, operand.span, "delete a field: `delete o.name`")
            return t.UnaryExpr(token.span.to(operand.span), token.text, operand)
        value = self.postfix()
        token = self.token
        if token.type == "OP" and token.text in ("++", "--") and not token.newline:
            self.take()
            return t.StepExpr(value.span.to(token.span), self._place(value), token.text, False)
        return value

    def _deep_unary(self, token: Token) -> t.Expr:
        self.deeper(token)
        operand = self.unary()
        self.depth -= 1
        return operand

    def _place(self, node: t.Expr) -> t.Expr:
        if not isinstance(node, t.Name | t.Member | t.Index):
            raise self.diagnostics.fail("not-a-place", "this cannot be assigned", node.span)
        return node

    # --- chains
    def postfix(self) -> t.Expr:
        """A value with its accesses and calls."""
        start = self.token
        value = self.new() if self.is_word("new") else self.primary()
        safe, links = False, 0
        while True:
            token = self.token
            if token.type.startswith("TEMPLATE_START"):
                if token.newline:
                    return self._chained(value, safe)
                hint = "call the function: `f(\\`...\\`)`"
                raise self.refuse("tagged templates are not supported", token.span, hint)
            if token.type != "OP" or token.text not in (".", "?.", "[", "("):
                return self._chained(value, safe)
            if start.text == "super" and links == 0 and token.text == "?.":
                raise self.unexpected("`.` or `(`")
            links += 1
            if links > MAX_OPERATORS:
                message = f"more than {MAX_OPERATORS} accesses in one chain"
                raise self.diagnostics.fail("nesting-too-deep", message, token.span)
            safe = safe or token.text == "?."
            value = self._link(value)

    def _chained(self, value: t.Expr, safe: bool) -> t.Expr:
        return t.ChainExpr(value.span, value) if safe else value

    def _link(self, value: t.Expr) -> t.Expr:
        """One `.name`, `[index]` or `(args)`, optional after `?.`."""
        token = self.take()
        safe = token.text == "?."
        opened = token.text if not safe else self.token.text if self.is_op("(", "[") else "."
        if safe and opened != ".":
            self.take()
        if opened == "(":
            args = self.arguments(")")
            return t.CallExpr(value.span.to(self.tokens[self.at - 1].span), value, args, safe)
        if opened == "[":
            allow, self.allow_in = self.allow_in, True
            index = self.expression()
            self.allow_in = allow
            end = self.expect("]")
            return t.Index(value.span.to(end.span), value, index, safe)
        member = self.token
        if member.type != "NAME":
            raise self.unexpected("a field's name")
        if member.text in ("prototype", "__proto__"):
            hint = "a class holds its methods; objects have no other parents"
            raise self.refuse(f"`{member.text}` is not supported", member.span, hint)
        self.take()
        return t.Member(value.span.to(member.span), value, member.text, member.span, safe)

    def arguments(self, end: str) -> list[t.Expr]:
        """Values up to the closing bracket, which is taken; `...` spreads one."""
        allow, self.allow_in = self.allow_in, True
        args: list[t.Expr] = []
        while not self.is_op(end):
            args.append(self.spread() or self.assignment())
            if not self.accept(","):
                break
        self.allow_in = allow
        self.expect(end)
        return args

    def spread(self) -> t.SpreadExpr | None:
        """``...value``."""
        dots = self.accept("...")
        if dots is None:
            return None
        value = self.assignment()
        return t.SpreadExpr(dots.span.to(value.span), value)

    def new(self) -> t.Expr:
        """``new T(args)``, ``new a.b(args)``, ``new (f())(args)``."""
        start = self.take("WORD")
        if self.is_op("."):
            raise self.refuse("`new.target` is not supported", self.token.span)
        if self.is_word("new"):
            self.deeper(start)
            callee: t.Expr = self.new()
            self.depth -= 1
        else:
            callee = self.primary()
        while self.is_op(".", "["):
            callee = self._link(callee)
        args = self.arguments(")") if self.accept("(") else []
        span = start.span.to(self.tokens[self.at - 1].span)
        dotted = _dotted(callee)
        if dotted is not None:
            return t.NewExpr(span, dotted, callee.span, args)
        return t.NewValueExpr(span, callee, args)

    # --- single values
    def primary(self) -> t.Expr:
        """A value without operators."""
        token = self.token
        match token.type:
            case "NUMBER" | "TEXT":
                self.take()
                return t.Literal(token.span, token.value)  # type: ignore[arg-type]  # the lexer's
            case "NAME":
                return self._word(token)
            case "REGEX":
                self.take("TEXT")
                assert isinstance(token.value, tuple)
                source, flags = token.value
                return t.RegexExpr(token.span, str(source), str(flags))
            case "TEMPLATE_START" | "TEMPLATE_START_END":
                return self._template()
        match token.text:
            case "(":
                return self._group()
            case "[":
                self.take()
                return self._list(token)
            case "{":
                return self.object()
        raise self.unexpected("a value")

    def _word(self, token: Token) -> t.Expr:
        span = token.span
        match token.text:
            case "true" | "false":
                self.take()
                return t.Literal(span, token.text == "true")
            case "null":
                self.take()
                return t.Literal(span, None)
            case "undefined":
                self.take()
                return t.Literal(span, None, True)
            case "this":
                self.take()
                return t.Name(span, "this")
            case "super":
                self.take()
                if not self.is_op(".", "("):
                    raise self.unexpected("`.` or `(`")
                return t.SuperExpr(span)
            case "function":
                return self.function()
            case "class":
                return self.class_expression()
            case text if text.startswith("#"):
                self.take()
                if not self.is_word("in"):
                    raise self.unexpected("an object before the private name", token)
                return t.Literal(span, text)
            case text if text in WORDS and text != "async":
                raise self.unexpected(token=token)
        return self.name("a value")

    def _group(self) -> t.Expr:
        start = self.take()
        if self.is_op(")"):
            raise self.unexpected("a value")
        allow, self.allow_in = self.allow_in, True
        value = self.expression()
        self.allow_in = allow
        end = self.expect(")")
        if isinstance(value, t.BinaryExpr):
            value.grouped = True
        self._grouped.add(id(value))
        self._kept.append(value)
        if isinstance(value, t.ListExpr | t.ObjectExpr | t.SequenceExpr):
            return value
        value.span = start.span.to(end.span) if isinstance(value, t.Literal) else value.span
        return value

    def _is_grouped(self, node: t.Expr) -> bool:
        return id(node) in self._grouped

    def _list(self, start: Token) -> t.ListExpr:
        items: list[t.Expr] = []
        allow, self.allow_in = self.allow_in, True
        while not self.is_op("]"):
            if self.is_op(","):
                items.append(t.Literal(self.take().span, None, True))
                self._holes.append((start.span, items[-1]))
                continue
            items.append(self.spread() or self.assignment())
            if not self.is_op("]"):
                self.expect(",")
        self.allow_in = allow
        end = self.expect("]")
        return t.ListExpr(start.span.to(end.span), items)

    def _template(self) -> t.Expr:
        start = self.take()
        if start.type == "TEMPLATE_START_END":
            return t.Literal(start.span, str(start.value))
        parts: list[t.Expr] = [t.Literal(start.span, str(start.value))]
        allow, self.allow_in = self.allow_in, True
        while True:
            parts.append(self.expression())
            token = self.token
            if not token.type.startswith("TEMPLATE_NEXT"):
                raise self.unexpected("`}`")
            self.take()
            parts.append(t.Literal(token.span, str(token.value)))
            if token.type == "TEMPLATE_NEXT_END":
                self.allow_in = allow
                return t.TemplateExpr(start.span.to(token.span), parts)


def _dotted(node: t.Expr) -> str | None:
    """``a.b.C`` as text."""
    match node:
        case t.Name(text=text) if text != "this":
            return text
        case t.Member(object=owner, name=name, safe=False) if (path := _dotted(owner)) is not None:
            return f"{path}.{name}"
    return None
