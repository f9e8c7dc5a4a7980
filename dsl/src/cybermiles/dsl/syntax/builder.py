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
        self.token: Token | None = None
        """The last token that the parser took."""

    @property
    def here(self) -> Span:
        """The place of the last token: of what has no other place."""
        return self.token.span if self.token else NOWHERE

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

    def grouped(self, value: t.Expr) -> t.Expr:
        if isinstance(value, t.BinaryExpr):
            value.grouped = True
        return value

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

    def partial_in(self, items: Sequence[t.Expr]) -> t.PartialIn:
        return t.PartialIn(_span(*items) if items else self.here, [*items], False)

    def partial_not_in(self, items: Sequence[t.Expr]) -> t.PartialIn:
        return t.PartialIn(_span(*items) if items else self.here, [*items], True)

    def bound(self, name: Token, op: Token, value: t.Expr) -> t.BindExpr:
        return t.BindExpr(name.span.to(value.span), t.Name(name.span, name.text), value, op.text == ":=")

    def cast(self, type_: tuple[str, Span], value: t.Expr) -> t.CastExpr:
        return t.CastExpr(type_[1].to(value.span), *type_, value)

    def inline_cast(self, value: t.Expr, type_: Token) -> t.CastExpr:
        return t.CastExpr(value.span.to(type_.span), type_.text, type_.span, value)

    def instance_of(self, value: t.Expr, type_: tuple[str, Span]) -> t.BinaryExpr:
        return t.BinaryExpr(value.span.to(type_[1]), "instanceof", value, t.Name(type_[1], type_[0]))

    def path(self, *steps: t.PathStep) -> t.PathExpr:
        return t.PathExpr(_span(*steps), [*steps])

    def path_step(self, name: Token, cast: tuple[str, Span] | None, *filters: t.Constraint | None) -> t.PathStep:
        found = [f for f in filters if f is not None]
        index = None
        if (
            found
            and found[0].binding is None
            and isinstance(found[0].value, t.Literal)
            and type(found[0].value.value) is int
        ):
            index = found.pop(0).value
        return t.PathStep(name.span, name.text, cast[0] if cast else None, index, found)

    def path_filter(self, binding: Token | None, op: Token | None, value: t.Expr) -> t.Constraint:
        return self.constraint(binding, op, value)

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
        return ".".join(_plain_type(n.text) for n in names), names[0].span.to(names[-1].span)

    def _token(self, *tokens: Token) -> Token:
        first = tokens[0]
        if len(tokens) > 1:
            text = " ".join(x.text for x in tokens)
            return Token("OP", text, first.line, first.column, *tokens[-1].span[3:], first.file, first.newline)
        return first

    def word_op(self, *tokens: Token) -> Token:
        return self._token(*tokens)

    assign_op = partial_op = equality_op = relational_op = additive_op = term_op = _token
    unary_op = step_op = let_kind = attribute_name = rule_name = nullable = bind_op = pull = _token
    accumulate_word = branch_word = import_kind = watch_not = watch_field = _token

    # --- statements
    def statements(self, *items: t.Stmt | None) -> Sequence[t.Stmt]:
        return [i for i in items if i is not None]

    def expression_statement(self, value: t.Expr) -> t.ExprStmt:
        return t.ExprStmt(value.span, value)

    def declarator(self, name: Token, value: t.Expr | None) -> tuple[t.Name, t.Expr | None]:
        return t.Name(name.span, name.text), value

    def let(self, kind: Token, *names: tuple[t.Name, t.Expr | None]) -> t.LetStmt:
        return t.LetStmt(kind.span.to(names[-1][0].span), _plain_type(kind.text), [*names])

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
        return t.ForOfStmt(name.span.to(items.span), _plain_type(kind.text), bound, items, _body(body))

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

    def prefix_or(self, *items: t.Condition) -> t.GroupNode:
        return t.GroupNode(_span(*items), "or", [*items])

    def prefix_and(self, *items: t.Condition) -> t.GroupNode:
        return t.GroupNode(_span(*items), "and", [*items])

    def forall(self, items: Sequence[t.Condition]) -> t.GroupNode:
        return t.GroupNode(_span(*items) if items else self.here, "forall", [*items])

    def bound_group(self, name: Token, item: t.Condition) -> t.Condition:
        """``$p : ( A() or B() )``: the name is each branch's."""
        open_: list[t.Condition] = [item]
        while open_:
            node = open_.pop()
            if isinstance(node, t.PatternNode) and node.binding is None:
                node.binding = t.Name(name.span, name.text)
            elif isinstance(node, t.GroupNode) and node.kind == "or":
                open_ += node.items
        return item

    def conditions(self, *items: t.Condition) -> Sequence[t.Condition]:
        return [*items]

    some_conditions = conditions

    def do_(self, item: t.Condition, label: Token) -> t.GroupNode:
        do = t.DoNode(label.span, t.Name(label.span, label.text))
        return self.and_(item, do)

    def branch(self, word: Token, label: Token) -> tuple[str, t.Name]:
        return word.text, t.Name(label.span, label.text)

    def choice(
        self, condition: t.Expr, branch: tuple[str, t.Name], otherwise: tuple[str, t.Name] | t.ChooseNode | None
    ) -> t.ChooseNode:
        branches: list[tuple[t.Expr | None, str, t.Name]] = [(condition, *branch)]
        if isinstance(otherwise, t.ChooseNode):
            branches += otherwise.branches
        elif otherwise is not None:
            branches.append((None, *otherwise))
        return t.ChooseNode(condition.span, branches)

    # --- from, accumulate
    def from_value(self, value: t.Expr) -> t.FromSource:
        return t.FromSource(value.span, value)

    def from_collect(self, inner: t.Condition) -> t.CollectSource:
        return t.CollectSource(inner.span, inner)

    def from_accumulate(self, word: Token, inner: t.Condition, *rest: Any) -> t.AccumulateSource:
        calls, custom = _folds(rest)
        return t.AccumulateSource(word.span.to(self.here), inner, calls, custom)

    def accumulate(self, word: Token, inner: t.Condition, *rest: Any) -> t.AccumulateNode:
        calls, custom = _folds(rest)
        constraints = next((r for r in rest if isinstance(r, list) and r and isinstance(r[0], t.Constraint)), [])
        return t.AccumulateNode(word.span.to(self.here), inner, calls, custom, [c.value for c in constraints])

    def fold_calls(self, *calls: t.FoldCall) -> Sequence[t.FoldCall]:
        return [*calls]

    def fold(
        self, binding: Token | None, op: Token | None, name: tuple[str, Span], args: Sequence[t.Expr]
    ) -> t.FoldCall:
        bound = t.Name(binding.span, binding.text) if binding else None
        return t.FoldCall(_span(bound).to(name[1]) if bound else name[1], bound, *name, [*args])

    def reverse(self, body: Sequence[t.Stmt]) -> Sequence[t.Stmt]:
        return [*body]

    def custom_fold(
        self, init: Sequence[t.Stmt], action: Sequence[t.Stmt], reverse: Sequence[t.Stmt] | None, result: t.Expr
    ) -> t.CustomFold:
        undo = None if reverse is None else [*reverse]
        return t.CustomFold(result.span, [*init], [*action], undo, result)

    def condition(self, item: t.Condition) -> t.Condition:
        return item

    def pattern(
        self,
        binding: Token | None,
        op: Token | None,
        pull: Token | None,
        name: tuple[str, Span],
        first: Sequence[t.Constraint],
        second: Sequence[t.Constraint] | None,
        *rest: Any,
    ) -> t.PatternNode:
        bound = t.Name(binding.span, binding.text) if binding else None
        positional, constraints = ([], first) if second is None else (first, second)
        watched = [part for part in rest if isinstance(part, tuple)]
        source = next((part for part in rest if part is not None and not isinstance(part, tuple)), None)
        return t.PatternNode(
            (bound.span if bound else name[1]).to(self.here),
            bound,
            *name,
            [*constraints],
            positional=[_argument(c) for c in positional],
            unify=op is not None and op.text == ":=",
            source=source,
            watch=[name for part in watched for name in part],
            pull=pull is not None,
        )

    def watch(self, *names: str) -> tuple[str, ...]:
        return names

    def watched(self, *parts: Token) -> str:
        return "".join(p.text for p in parts)

    def constraints(self, *items: t.Constraint | None) -> Sequence[t.Constraint]:
        return [i for i in items if i is not None]

    def constraint(self, binding: Token | None, op: Token | None, value: t.Expr) -> t.Constraint:
        bound = t.Name(binding.span, binding.text) if binding else None
        return t.Constraint(_span(bound, value), bound, value, op is not None and op.text == ":=")

    def attribute(self, name: Token, value: t.Expr | None) -> t.Attribute:
        return t.Attribute(name.span, name.text, value)

    def attribute_item(self, name: Token, value: t.Expr | None) -> t.AttributeItem:
        return t.AttributeItem(name.span, t.Attribute(name.span, name.text, value))

    def annotation(self, name: tuple[str, Span], args: Sequence[t.Expr] | None) -> t.Annotation:
        return t.Annotation(name[1], name[0], [*(args or ())])

    annotation_args = args

    def all_fields(self) -> t.Name:
        return t.Name(self.here, "*")

    def rule(self, start: Token, name: Token, parent: Token | None, *rest: Any) -> t.RuleItem:
        annotations = [part for part in rest if isinstance(part, t.Annotation)]
        attributes = [part for part in rest if isinstance(part, t.Attribute)]
        named = [(part[0], [*part[1]]) for part in rest if isinstance(part, tuple)]
        conditions, body = [p for p in rest if not isinstance(p, t.Annotation | t.Attribute | tuple)]
        return t.RuleItem(
            start.span.to(name.span),
            str(name.value),
            name.span,
            attributes,
            [] if conditions is None else [*conditions],
            [*body],
            str(parent.value) if parent else None,
            named,
            annotations,
        )

    def named_then(self, name: Token, body: Sequence[t.Stmt]) -> tuple[t.Name, Sequence[t.Stmt]]:
        return t.Name(name.span, name.text), [*body]

    def query(self, name: Token, params: Any, *rest: Any) -> t.QueryItem:
        return t.QueryItem(name.span, str(name.value), name.span, [*(params or ())], [*rest[-1]])

    def drl_params(self, *params: tuple[str | None, t.Name] | None) -> Sequence[tuple[str | None, t.Name]]:
        return [p for p in params if p is not None]

    def drl_param(self, type_: tuple[str, Span] | None, name: Token) -> tuple[str | None, t.Name]:
        return (type_[0] if type_ else None), t.Name(name.span, name.text)

    def global_(self, type_: tuple[str, Span], name: Token) -> t.GlobalItem:
        return t.GlobalItem(type_[1].to(name.span), *type_, t.Name(name.span, name.text))

    def drl_function(
        self,
        returns: tuple[str, Span] | None,
        name: Token,
        params: Sequence[tuple[str | None, t.Name]],
        body: Sequence[t.Stmt],
    ) -> t.FunctionItem:
        bound = t.Name(name.span, name.text)
        return t.FunctionItem(name.span, bound, returns[0] if returns else None, [*params], [*body])

    def package(self, name: tuple[str, Span]) -> t.ImportItem:
        return t.ImportItem(name[1], "package", name[0])

    def import_(self, *names: Token | None) -> t.ImportItem:
        found = [n for n in names if n is not None]
        kind = "import"
        if found[0].text in ("static", "function", "accumulate", "acc"):
            kind += " " + found.pop(0).text
        return t.ImportItem(_span(*found), kind, ".".join(n.text for n in found))

    def field_item(
        self,
        name: Token,
        type_: tuple[str, Span],
        optional: Token | None,
        default: t.Expr | None,
        *annotations: t.Annotation,
    ) -> t.FieldItem:
        return t.FieldItem(name.span, name.text, *type_, optional is not None, default, [*annotations])

    def declare(self, name: tuple[str, Span], parent: tuple[str, Span] | None, *parts: Any) -> t.DeclareItem:
        fields = [p for p in parts if isinstance(p, t.FieldItem)]
        annotations = [p for p in parts if isinstance(p, t.Annotation)]
        return t.DeclareItem(name[1], *name, parent[0] if parent else None, fields, annotations)

    def enum_value(self, name: Token, args: Sequence[t.Expr] | None) -> tuple[str, Sequence[t.Expr]]:
        return name.text, [*(args or ())]

    def declare_enum(self, name: tuple[str, Span], *parts: Any) -> t.EnumItem:
        values = [p for p in parts if isinstance(p, tuple)]
        fields = [p for p in parts if isinstance(p, t.FieldItem)]
        return t.EnumItem(name[1], *name, [v[0] for v in values], [[*v[1]] for v in values], fields)

    def item(self, item: t.Item) -> t.Item:
        return item


def _plain_type(name: str) -> str:
    """``List<String>`` is a ``List`` here, and so is ``String[]``."""
    return "List" if name.endswith("]") else name.split("<")[0]


def _folds(parts: Sequence[Any]) -> tuple[list[t.FoldCall], t.CustomFold | None]:
    for part in parts:
        if isinstance(part, t.CustomFold):
            return [], part
        if isinstance(part, list) and part and isinstance(part[0], t.FoldCall):
            return part, None
    return [], None


def _argument(node: t.Constraint) -> t.Expr:
    """A positional argument; ``$x : a`` names it."""
    if node.binding is None:
        return node.value
    return t.BindExpr(node.span, node.binding, node.value, node.unify)


def _body(statement: t.Stmt | None) -> list[t.Stmt]:
    if statement is None:
        return []
    return statement.body if isinstance(statement, t.BlockStmt) else [statement]
