"""Pass 2, rules: patterns, constraints and bindings of a rule file."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import suggest
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.resolve_expressions import Entry
from cybermiles.dsl.passes.resolve_statements import StatementResolver
from cybermiles.dsl.syntax import tree as t

_ATTRIBUTES = ("salience", "no-loop", "dialect")
_MAX_SALIENCE = 2**31 - 1
_ELEMENTS = {
    "accumulate": "compute it in a script, or in a loop of a consequence",
    "acc": "compute it in a script, or in a loop of a consequence",
    "eval": "write the test as a constraint of a pattern",
    "forall": "`forall(A(x))` is `not A(!x)`",
    "groupby": "compute it in a script, or in a loop of a consequence",
}
"""Condition elements of Drools that look like patterns."""


def resolve_rules(context: Context, files: Sequence[t.RuleFile], ruleset: str) -> ir.RuleSet:
    """The rule set of some files, rules in order."""
    rules: dict[str, ir.Rule] = {}
    for file in files:
        for item in file.items:
            if not isinstance(item, t.RuleItem):
                continue
            if item.name in rules:
                before = rules[item.name].span
                message = f"the rule `{item.name}` is already defined in line {before.line} of {before.file}"
                context.diagnostics.add("duplicate-rule", message, item.name_span, "rename one of them")
                continue
            rules[item.name] = _RuleResolver(context, item).run()
    return ir.RuleSet(ruleset, "drools", tuple(rules.values()))


class _RuleResolver(StatementResolver):
    """Resolves one rule."""

    def __init__(self, context: Context, item: t.RuleItem) -> None:
        super().__init__(context, rules=True, implicit=True)
        self.item = item
        self.bindings: dict[str, Entry] = {}
        """Names bound by the conditions."""

    def run(self) -> ir.Rule:
        """The rule; problems are reported on the way."""
        item = self.item
        salience, no_loop = self._attributes()
        patterns: list[ir.Pattern] = []
        for node in _flatten(item.conditions):
            patterns += self._condition(node)
        before = {name: entry.used for name, entry in self.bindings.items()}
        for entry in self.bindings.values():
            entry.used = False
        lets = self._let_fields()
        body = self.body(item.body)
        prologue = [let for name, let in lets if self.scopes[0][name].used]
        for name, entry in self.bindings.items():
            used = entry.used or before[name] or self.scopes[0][name].used
            if not used and not entry.fact:
                self.diagnostics.add("unused-binding", f"the binding `{name}` is never used", entry.span)
        implicit = [ir.Let(name, None, span=local.span) for name, local in self.implicit_locals.items()]
        return ir.Rule(
            item.name,
            ir.Const(salience, type=ir.INT),
            no_loop,
            tuple(patterns),
            (*prologue, *implicit, *body),
            span=item.span,
        )

    def _attributes(self) -> tuple[int, bool]:
        salience, no_loop = 0, False
        seen: set[str] = set()
        for attribute in self.item.attributes:
            value: object = attribute.value.value if isinstance(attribute.value, t.Literal) else attribute.value
            if attribute.name in seen:
                message = f"the attribute `{attribute.name}` is given twice"
                self.diagnostics.add("duplicate-name", message, attribute.span)
            seen.add(attribute.name)
            match attribute.name, value:
                case "salience", int() if not isinstance(value, bool) and abs(value) <= _MAX_SALIENCE:
                    salience = value
                case "salience", Decimal() | int() | str() | None:
                    self.diagnostics.add("bad-attribute", "`salience` takes a whole number", attribute.span)
                case "salience", _:
                    hint = "write a whole number"
                    self.diagnostics.add("unsupported", "dynamic salience is not supported", attribute.span, hint)
                case "no-loop", bool() | None:
                    no_loop = value is not False
                case "dialect", "mvel" | "java":
                    pass
                case (("no-loop" | "dialect"), _):
                    wanted = "`true` or `false`" if attribute.name == "no-loop" else '`"mvel"` or `"java"`'
                    message = f"`{attribute.name}` takes {wanted}"
                    self.diagnostics.add("bad-attribute", message, attribute.span)
                case str() as other, _:
                    message = f"the attribute `{other}` is not supported"
                    self.diagnostics.add("unsupported", message, attribute.span, suggest(other, _ATTRIBUTES))
        return salience, no_loop

    # --- conditions
    def _condition(self, node: t.Condition) -> Sequence[ir.Pattern]:
        match node:
            case t.PatternNode():
                return [self.pattern(node, "join", self.bindings)]
            case t.GroupNode(span, ("not" | "exists") as kind, [inner]):
                inner_nodes = _flatten([inner])
                if len(inner_nodes) == 1 and isinstance(inner_nodes[0], t.PatternNode):
                    return [self.pattern(inner_nodes[0], kind, self.bindings)]
                hint = "write a rule that inserts a fact for the group, and match that"
                self.diagnostics.add("unsupported", f"`{kind}` over a group is not supported", span, hint)
            case t.GroupNode(span, "or", _):
                hint = "write a rule for each branch, or use `||` within a pattern"
                self.diagnostics.add("unsupported", "`or` between patterns is not supported", span, hint)
            case _:
                hint = "write the test as a constraint of a pattern"
                self.diagnostics.add("unsupported", "a condition without a pattern", node.span, hint)
        return []

    def pattern(self, node: t.PatternNode, kind: str, into: dict[str, Entry]) -> ir.Pattern:
        """A pattern; its names become visible to what follows, unless it is a ``not`` or ``exists``."""
        if node.type in _ELEMENTS and node.type not in self.context.types:
            message = f"`{node.type}` is not supported"
            raise self.diagnostics.fail("unsupported", message, node.type_span, _ELEMENTS[node.type])
        of = self.context.record_type(node.type, node.type_span)
        name = node.binding.text if node.binding else "fact"
        fact = ir.Local(self.unique(name), type=ir.Ref(of), span=node.span)
        own: dict[str, Entry] = {}
        if node.binding is not None:
            self._bind(own, into, node.binding, Entry(fact, True, True, span=node.binding.span))
        self.scopes.append(into)
        self.scopes.append(own)
        outer, self.this, self.condition = self.this, fact, True
        bindings: list[ir.Binding] = []
        constraints: list[ir.Expr] = []
        try:
            for constraint in node.constraints:
                self._constraint(constraint, own, into, bindings, constraints)
        finally:
            self.this, self.condition = outer, False
            del self.scopes[-2:]
        if kind == "join":
            into.update(own)
        else:
            for bound, entry in own.items():
                if not entry.used and not entry.fact:
                    message = f"the binding `{bound}` is never used"
                    self.diagnostics.add("unused-binding", message, entry.span)
        return ir.Pattern(kind, fact.name, of, tuple(bindings), tuple(constraints), span=node.span)

    def _bind(self, own: dict[str, Entry], into: dict[str, Entry], name: t.Name, entry: Entry) -> None:
        if name.text in own or name.text in into:
            self.diagnostics.add("duplicate-name", f"`{name.text}` is bound twice", name.span)
        own[name.text] = entry

    def _constraint(
        self,
        node: t.Constraint,
        own: dict[str, Entry],
        into: dict[str, Entry],
        bindings: list[ir.Binding],
        constraints: list[ir.Expr],
    ) -> None:
        value = node.value
        if node.binding is None:
            constraints.append(self.expr(value))
            return
        resolved = self.expr(value)
        bound = resolved
        if isinstance(value, t.BinaryExpr | t.InExpr):
            leftmost: t.Expr = value
            while isinstance(leftmost, t.BinaryExpr | t.InExpr):
                leftmost = leftmost.left
            if _is_test(value):
                bound = self.expr(leftmost)
                constraints.append(resolved)
        self._bind(own, into, node.binding, Entry(bound, True, span=node.binding.span))
        bindings.append(ir.Binding(node.binding.text, bound, span=node.binding.span))

    def _let_fields(self) -> list[tuple[str, ir.Let]]:
        """In the consequence a bound value is a local variable, set at its start."""
        lets: list[tuple[str, ir.Let]] = []
        for name, entry in self.bindings.items():
            if entry.fact:
                self.scopes[0][name] = Entry(entry.value, True, True, span=entry.span)
                continue
            local = ir.Local(self.unique(name), type=entry.value.type, span=entry.span)
            self.scopes[0][name] = Entry(local, span=entry.span)
            lets.append((name, ir.Let(local.name, entry.value, span=entry.span)))
        return lets

    # --- nested when/then
    def when(self, node: t.WhenStmt) -> Sequence[ir.Stmt]:
        """Patterns and tests at this moment."""
        bound: dict[str, Entry] = {}
        conditions: list[ir.Pattern | ir.Test] = []
        for condition in node.conditions:
            if isinstance(condition, t.TestNode):
                self.scopes.append(bound)
                self.condition = True
                try:
                    test = ir.Test(self.expr(condition.value), span=condition.span)
                finally:
                    self.condition = False
                    self.scopes.pop()
                conditions.append(test)
                continue
            kind = condition.kind if isinstance(condition, t.GroupNode) else "join"
            pattern = condition.items[0] if isinstance(condition, t.GroupNode) else condition
            if isinstance(pattern, t.PatternNode):
                conditions.append(self.pattern(pattern, kind, bound))
        self.scopes.append(bound)
        try:
            body = self.body(node.body)
        finally:
            self.scopes.pop()
        for name, entry in bound.items():
            if not entry.used and not entry.fact:
                self.diagnostics.add("unused-binding", f"the binding `{name}` is never used", entry.span)
        return [ir.When(tuple(conditions), body, span=node.span)]

    def unknown(self, node: t.Name) -> ir.Expr:
        """In a consequence a field's name alone is a common slip."""
        if self.condition and node.text.startswith("$"):
            message = f"nothing before binds `{node.text}`"
            self.diagnostics.add("unknown-name", message, node.span, suggest(node.text, self.names()))
            return ir.Const(None, span=node.span)
        if self.this is None:
            owners = [
                name
                for name, entry in self.bindings.items()
                if entry.fact
                and isinstance(entry.value.type, ir.Ref)
                and node.text in (f.name for f in self.context.types.fields(entry.value.type.name))
            ]
            if owners:
                hint = f"did you mean `{owners[0]}.{node.text}`?"
                self.diagnostics.add("unknown-name", f"unknown name `{node.text}`", node.span, hint)
                return ir.Const(None, span=node.span)
        return super().unknown(node)


def _is_test(node: t.Expr) -> bool:
    """Whether the value of an expression is a truth value by its form."""
    if isinstance(node, t.InExpr):
        return True
    return isinstance(node, t.BinaryExpr) and node.op not in ("+", "-", "*", "/", "%", "**", "??")


def _flatten(nodes: Sequence[t.Condition]) -> list[t.Condition]:
    """``and`` groups are their members."""
    out: list[t.Condition] = []
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if isinstance(node, t.GroupNode) and node.kind == "and":
            stack.extend(reversed(node.items))
        else:
            out.append(node)
    return out
