"""Grammar reductions to the syntax tree; called by the parser from the leaves up, so nothing here recurses."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from lark import Transformer, v_args

from cybermiles.dsl.ir import NOWHERE, Span
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.lexer import Token


def _span(*nodes: Any) -> Span:
    found = [n.span for n in nodes if n is not None and not isinstance(n, list | str | bool)]
    return found[0].to(found[-1]) if found else NOWHERE


@v_args(inline=True)
class Builder(Transformer):  # type: ignore[type-arg]
    """One method for each rule or alias of the grammars."""

    def __init__(self) -> None:
        super().__init__()
        self.here = NOWHERE
        """The span of the last token that the parser took; of what has no other place."""

    # --- expressions
    def literal(self, token: Token) -> t.Literal:
        value = token.value
        assert isinstance(value, int | Decimal | str)
        return t.Literal(token.span, value)

    def negative(self, token: Token) -> t.Literal:
        value = token.value
        assert isinstance(value, int | Decimal)
        return t.Literal(token.span, -value)

    def true(self) -> t.Literal:
        return t.Literal(self.here, True)

    def false(self) -> t.Literal:
        return t.Literal(self.here, False)

    def null(self) -> t.Literal:
        return t.Literal(self.here, None)

    def undefined(self) -> t.Literal:
        return t.Literal(self.here, None, True)

    def name(self, token: Token) -> t.Name:
        return t.Name(token.span, token.text)

    def list(self, items: Sequence[t.Expr]) -> t.ListExpr:
        return t.ListExpr(_span(*items) if items else self.here, [*items])

    def object(self, entries: Sequence[tuple[t.Expr, t.Expr]]) -> t.ObjectExpr:
        return t.ObjectExpr(entries[0][0].span.to(self.here) if entries else self.here, [*entries])

    def new(self, name: tuple[str, Span], args: Sequence[t.Expr]) -> t.NewExpr:
        return t.NewExpr(name[1].to(self.here), *name, [*args])

    def member(self, value: t.Expr, name: Token) -> t.Member:
        return t.Member(value.span.to(name.span), value, name.text, name.span, False)

    def safe_member(self, value: t.Expr, name: Token) -> t.Member:
        return t.Member(value.span.to(name.span), value, name.text, name.span, True)

    def index(self, value: t.Expr, index: t.Expr) -> t.Index:
        return t.Index(value.span.to(index.span), value, index)

    def call(self, callee: t.Expr, args: Sequence[t.Expr]) -> t.CallExpr:
        return t.CallExpr(callee.span.to(args[-1].span if args else callee.span), callee, [*args])

    def unary(self, op: Token, operand: t.Expr) -> t.UnaryExpr:
        return t.UnaryExpr(op.span.to(operand.span), op.text, operand)

    def prefix_step(self, op: Token, operand: t.Expr) -> t.StepExpr:
        return t.StepExpr(op.span.to(operand.span), operand, op.text, True)

    def postfix_step(self, operand: t.Expr, op: Token) -> t.StepExpr:
        return t.StepExpr(operand.span.to(op.span), operand, op.text, False)

    def binary(self, left: t.Expr, op: Token, right: t.Expr) -> t.BinaryExpr:
        return t.BinaryExpr(left.span.to(right.span), op.text, left, right)

    def _fixed(self, op: str, left: t.Expr, right: t.Expr) -> t.BinaryExpr:
        return t.BinaryExpr(left.span.to(right.span), op, left, right)

    def binary_power(self, left: t.Expr, right: t.Expr) -> t.BinaryExpr:
        return self._fixed("**", left, right)

    def binary_and(self, left: t.Expr, right: t.Expr) -> t.BinaryExpr:
        return self._fixed("&&", left, right)

    def binary_or(self, left: t.Expr, right: t.Expr) -> t.BinaryExpr:
        return self._fixed("||", left, right)

    def binary_coalesce(self, left: t.Expr, right: t.Expr) -> t.BinaryExpr:
        return self._fixed("??", left, right)

    def partial(self, op: Token, right: t.Expr) -> t.Partial:
        return t.Partial(op.span.to(right.span), op.text, right)

    def in_list(self, left: t.Expr, items: Sequence[t.Expr]) -> t.InExpr:
        return t.InExpr(_span(left, *items), left, [*items], False)

    def not_in_list(self, left: t.Expr, items: Sequence[t.Expr]) -> t.InExpr:
        return t.InExpr(_span(left, *items), left, [*items], True)

    def conditional(self, condition: t.Expr, then: t.Expr, orelse: t.Expr) -> t.ConditionalExpr:
        return t.ConditionalExpr(condition.span.to(orelse.span), condition, then, orelse)

    def assign(self, target: t.Expr, op: Token, value: t.Expr) -> t.AssignExpr:
        return t.AssignExpr(target.span.to(value.span), target, op.text[:-1], value)

    def args(self, *items: t.Expr | None) -> Sequence[t.Expr]:
        return [i for i in items if i is not None]

    def entries(self, *items: tuple[t.Expr, t.Expr] | None) -> Sequence[tuple[t.Expr, t.Expr]]:
        return [i for i in items if i is not None]

    def entry(self, key: Token, value: t.Expr) -> tuple[t.Expr, t.Expr]:
        text = key.value if key.type == "TEXT" else key.text
        return t.Literal(key.span, str(text)), value

    def short_entry(self, key: Token) -> tuple[t.Expr, t.Expr]:
        return t.Literal(key.span, key.text), t.Name(key.span, key.text)

    def computed_entry(self, key: t.Expr, value: t.Expr) -> tuple[t.Expr, t.Expr]:
        return key, value

    def template(self, *parts: Token | t.Expr) -> t.TemplateExpr:
        made = [t.Literal(p.span, str(p.value)) if isinstance(p, Token) else p for p in parts]
        return t.TemplateExpr(_span(*parts), made)

    def qualified(self, *names: Token) -> tuple[str, Span]:
        return ".".join(n.text for n in names), names[0].span.to(names[-1].span)

    def _token(self, *tokens: Token) -> Token:
        first = tokens[0]
        if len(tokens) > 1:
            text = " ".join(x.text for x in tokens)
            return Token("OP", text, first.line, first.column, *tokens[-1].span[3:], first.file, first.newline)
        return first

    assign_op = partial_op = equality_op = relational_op = word_op = additive_op = term_op = _token
    unary_op = step_op = let_kind = attribute_name = rule_name = nullable = _token

    # --- statements
    def statements(self, *items: t.Stmt | None) -> Sequence[t.Stmt]:
        return [i for i in items if i is not None]

    def expression_statement(self, value: t.Expr) -> t.ExprStmt:
        return t.ExprStmt(value.span, value)

    def declarator(self, name: Token, value: t.Expr | None) -> tuple[t.Name, t.Expr | None]:
        return t.Name(name.span, name.text), value

    def let(self, kind: Token, *names: tuple[t.Name, t.Expr | None]) -> t.LetStmt:
        return t.LetStmt(kind.span.to(names[-1][0].span), kind.text, [*names])

    typed_let = let

    def if_(self, condition: t.Expr, then: t.Stmt | None, orelse: t.Stmt | None = None) -> t.IfStmt:
        branches = [(condition, _body(then))]
        if isinstance(orelse, t.IfStmt):
            return t.IfStmt(condition.span, branches + orelse.branches, orelse.orelse)
        return t.IfStmt(condition.span, branches, _body(orelse))

    def while_(self, condition: t.Expr, body: t.Stmt | None) -> t.WhileStmt:
        return t.WhileStmt(condition.span, condition, _body(body), False)

    def do_while(self, body: t.Stmt | None, condition: t.Expr) -> t.WhileStmt:
        return t.WhileStmt(condition.span, condition, _body(body), True)

    def for_expr(self, value: t.Expr | None) -> Sequence[t.Stmt]:
        return [] if value is None else [t.ExprStmt(value.span, value)]

    def for_let(self, kind: Token, *names: tuple[t.Name, t.Expr | None]) -> Sequence[t.Stmt]:
        return [self.let(kind, *names)]

    def for_(
        self, init: Sequence[t.Stmt], condition: t.Expr | None, step: t.Expr | None, body: t.Stmt | None
    ) -> t.ForStmt:
        return t.ForStmt(_span(*init, condition, step), [*init], condition, step, _body(body))

    def for_of(self, kind: Token, name: Token, items: t.Expr, body: t.Stmt | None) -> t.ForOfStmt:
        bound = t.Name(name.span, name.text)
        return t.ForOfStmt(name.span.to(items.span), kind.text, bound, items, _body(body))

    for_each = for_of

    def for_of_name(self, name: Token, items: t.Expr, body: t.Stmt | None) -> t.ForOfStmt:
        bound = t.Name(name.span, name.text)
        return t.ForOfStmt(name.span.to(items.span), "", bound, items, _body(body))

    def for_each_name(self, name: Token, items: t.Expr, body: t.Stmt | None) -> t.ForOfStmt:
        bound = t.Name(name.span, name.text)
        return t.ForOfStmt(name.span.to(items.span), "let", bound, items, _body(body))

    def return_(self, value: t.Expr | None) -> t.ReturnStmt:
        return t.ReturnStmt(value.span if value else self.here, value)

    def break_(self) -> t.JumpStmt:
        return t.JumpStmt(self.here, "break")

    def continue_(self) -> t.JumpStmt:
        return t.JumpStmt(self.here, "continue")

    def throw(self, value: t.Expr) -> t.ThrowStmt:
        return t.ThrowStmt(value.span, value)

    def block(self, body: Sequence[t.Stmt]) -> t.BlockStmt:
        return t.BlockStmt(_span(*body) if body else self.here, [*body])

    def empty(self) -> None:
        return None

    def params(self, *names: Token | None) -> Sequence[t.Name]:
        return [t.Name(n.span, n.text) for n in names if n is not None]

    def function(self, name: Token, params: Sequence[t.Name], body: Sequence[t.Stmt]) -> t.FunctionStmt:
        return t.FunctionStmt(name.span, t.Name(name.span, name.text), [*params], [*body])

    def script(self, body: Sequence[t.Stmt]) -> t.Script:
        return t.Script(_span(*body), [*body])

    # --- rules
    def modify(self, target: t.Expr, entries: Sequence[t.Expr]) -> t.ModifyStmt:
        return t.ModifyStmt(_span(target, *entries), target, [*entries])

    def modify_entries(self, *entries: t.Expr | None) -> Sequence[t.Expr]:
        return [e for e in entries if e is not None]

    def when(self, conditions: Sequence[t.Condition], body: Sequence[t.Stmt]) -> t.WhenStmt:
        return t.WhenStmt(_span(*conditions), [*conditions], [*body])

    def nested_conditions(self, *items: t.Condition) -> Sequence[t.Condition]:
        return [*items]

    def test(self, value: t.Expr) -> t.TestNode:
        return t.TestNode(value.span, value)

    def nested_pattern(self, pattern: t.PatternNode) -> t.PatternNode:
        return pattern

    def not_(self, item: t.Condition) -> t.GroupNode:
        return t.GroupNode(item.span, "not", [item])

    def exists(self, item: t.Condition) -> t.GroupNode:
        return t.GroupNode(item.span, "exists", [item])

    nested_not = not_
    nested_exists = exists

    def and_(self, left: t.Condition, right: t.Condition) -> t.GroupNode:
        return t.GroupNode(left.span.to(right.span), "and", [left, right])

    def or_(self, left: t.Condition, right: t.Condition) -> t.GroupNode:
        return t.GroupNode(left.span.to(right.span), "or", [left, right])

    def group(self, items: Sequence[t.Condition]) -> t.GroupNode:
        return t.GroupNode(_span(*items) if items else self.here, "and", [*items])

    def conditions(self, *items: t.Condition) -> Sequence[t.Condition]:
        return [*items]

    def condition(self, item: t.Condition) -> t.Condition:
        return item

    def pattern(
        self, binding: Token | None, name: tuple[str, Span], constraints: Sequence[t.Constraint]
    ) -> t.PatternNode:
        bound = t.Name(binding.span, binding.text) if binding else None
        return t.PatternNode((bound.span if bound else name[1]).to(self.here), bound, *name, [*constraints])

    def constraints(self, *items: t.Constraint | None) -> Sequence[t.Constraint]:
        return [i for i in items if i is not None]

    def constraint(self, binding: Token | None, value: t.Expr) -> t.Constraint:
        bound = t.Name(binding.span, binding.text) if binding else None
        return t.Constraint(_span(bound, value), bound, value)

    def attribute(self, name: Token, value: t.Expr | None) -> t.Attribute:
        return t.Attribute(name.span, name.text, value)

    def rule(self, start: Token, name: Token, *rest: Any) -> t.RuleItem:
        *attributes, conditions, body = rest
        text = str(name.value)
        when = [] if conditions is None else [*conditions]
        return t.RuleItem(start.span.to(name.span), text, name.span, [*attributes], when, [*body])

    def package(self, name: tuple[str, Span]) -> t.ImportItem:
        return t.ImportItem(name[1], "package", name[0])

    def import_(self, *names: Token | None) -> t.ImportItem:
        found = [n for n in names if n is not None]
        return t.ImportItem(_span(*found), "import", ".".join(n.text for n in found))

    def field_item(
        self, name: Token, type_: tuple[str, Span], optional: Token | None, default: t.Literal | None
    ) -> t.FieldItem:
        return t.FieldItem(name.span, name.text, *type_, optional is not None, default)

    def declare(self, name: tuple[str, Span], parent: tuple[str, Span] | None, *fields: t.FieldItem) -> t.DeclareItem:
        return t.DeclareItem(name[1], *name, parent[0] if parent else None, [*fields])

    def declare_enum(self, name: Token, *values: Token) -> t.EnumItem:
        return t.EnumItem(name.span, name.text, name.span, [v.text for v in values])

    def item(self, item: t.Item) -> t.Item:
        return item


def _body(statement: t.Stmt | None) -> list[t.Stmt]:
    if statement is None:
        return []
    return statement.body if isinstance(statement, t.BlockStmt) else [statement]
