"""Pass 6: patterns become a network of alpha and beta nodes; equal nodes are made once.

A constraint that sees only its own fact becomes an alpha node (``field op constant`` if it has that form, so that the
kernel can index it). One that compares a field for equality with a field of an earlier fact becomes a hash key of the
join; any other becomes a test function of the join. Each consequence becomes a function of the matched facts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import CompilerBug
from cybermiles.dsl.types import strip

_FLIP = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def build_network(module: ir.Module) -> ir.Module:
    """The module with networks, and with a function for each test and consequence."""
    functions = list(module.functions)
    rulesets = []
    for ruleset in module.rulesets:
        builder = _Builder(ruleset, functions)
        rulesets.append(builder.run())
    return dataclasses.replace(module, rulesets=tuple(rulesets), functions=tuple(functions))


class _Builder:
    def __init__(self, ruleset: ir.RuleSet, functions: list[ir.Function]) -> None:
        self.ruleset = ruleset
        self.functions = functions
        self.alphas: dict[ir.Alpha, int] = {}
        self.betas: dict[ir.Beta, int] = {}
        self.tests: dict[tuple[ir.Expr, tuple[ir.Field, ...]], str] = {}

    def run(self) -> ir.RuleSet:
        rules = tuple(self._rule(rule) for rule in self.ruleset.rules)
        return dataclasses.replace(self.ruleset, rules=rules, alphas=tuple(self.alphas), betas=tuple(self.betas))

    def _rule(self, rule: ir.Rule) -> ir.Rule:
        beta: int | None = None
        facts: list[ir.Field] = []
        for pattern in rule.patterns:
            beta = self._pattern(pattern, beta, facts)
            if pattern.kind == "join":
                facts.append(ir.Field(pattern.binding, ir.Ref(pattern.of), span=pattern.span))
        name = f"{self.ruleset.name}/{rule.name}"
        self.functions.append(ir.Function(name, tuple(facts), rule.body, span=rule.span))
        return dataclasses.replace(rule, beta=beta, function=name)

    def _pattern(self, pattern: ir.Pattern, left: int | None, facts: list[ir.Field]) -> int:
        alpha = self._alpha(ir.AlphaType(pattern.of, span=pattern.span))
        keys: list[ir.JoinKey] = []
        tests: list[str] = []
        positions = {fact.name: i for i, fact in enumerate(facts)}
        for constraint in _conjuncts(pattern.constraints):
            used = _locals(constraint)
            if not used & positions.keys():
                alpha = self._alpha_test(pattern, alpha, constraint)
            elif key := _join_key(pattern, constraint, positions):
                keys.append(key)
            else:
                tests.append(self._join_test(pattern, constraint, facts))
        node = ir.Beta(pattern.kind, left, alpha, tuple(keys), tuple(tests), span=pattern.span)
        return self.betas.setdefault(node, len(self.betas))

    def _alpha(self, node: ir.Alpha) -> int:
        return self.alphas.setdefault(node, len(self.alphas))

    def _alpha_test(self, pattern: ir.Pattern, parent: int, constraint: ir.Expr) -> int:
        compared = _compare(pattern, constraint)
        if compared is not None:
            field, op, value = compared
            return self._alpha(ir.AlphaCompare(parent, field, op, value, span=constraint.span))
        fact = ir.Field("fact", ir.Ref(pattern.of), span=pattern.span)
        function = self._test(_rename(constraint, {pattern.binding: "fact"}), (fact,))
        return self._alpha(ir.AlphaCode(parent, function, span=constraint.span))

    def _join_test(self, pattern: ir.Pattern, constraint: ir.Expr, facts: list[ir.Field]) -> str:
        names = {fact.name: f"fact{i}" for i, fact in enumerate(facts)}
        params = tuple(dataclasses.replace(f, name=names[f.name]) for f in facts)
        own = ir.Field("fact", ir.Ref(pattern.of), span=pattern.span)
        return self._test(_rename(constraint, {**names, pattern.binding: "fact"}), (*params, own))

    def _test(self, constraint: ir.Expr, params: tuple[ir.Field, ...]) -> str:
        key = (constraint, params)
        if key not in self.tests:
            name = f"{self.ruleset.name}/test {len(self.tests)}"
            value = constraint
            if value.type != ir.BOOL:
                inner = ir.Unary("!", value, type=ir.BOOL, span=value.span)
                value = ir.Unary("!", inner, type=ir.BOOL, span=value.span)
            body = (ir.Return(value, span=constraint.span),)
            self.functions.append(ir.Function(name, params, body, span=constraint.span))
            self.tests[key] = name
        return self.tests[key]


def _conjuncts(constraints: tuple[ir.Expr, ...]) -> Iterator[ir.Expr]:
    """``a && b`` as two constraints."""
    stack = list(reversed(constraints))
    while stack:
        node = stack.pop()
        if isinstance(node, ir.Logical) and node.op == "&&":
            stack += [node.right, node.left]
        else:
            yield node


def _locals(node: ir.Expr) -> set[str]:
    return {n.name for n in ir.walk(node) if isinstance(n, ir.Local)}


def _own_field(pattern: ir.Pattern, node: ir.Expr) -> str | None:
    match node:
        case ir.GetField(ir.Local(name), field) if name == pattern.binding:
            return field
    return None


def _compare(pattern: ir.Pattern, node: ir.Expr) -> tuple[str, str, ir.Const] | None:
    match node:
        case ir.Binary(op, left, right) if op in _FLIP:
            if isinstance(left, ir.Const):
                left, right, op = right, left, _FLIP[op]
            field = _own_field(pattern, left)
            if field is None or not isinstance(right, ir.Const):
                return None
            if right.value is None or isinstance(right.value, bool | ir.UndefinedType):
                return None
            return field, op, dataclasses.replace(right, span=ir.NOWHERE)
    return None


def _join_key(pattern: ir.Pattern, node: ir.Expr, positions: Mapping[str, int]) -> ir.JoinKey | None:
    match node:
        case ir.Binary("==", left, right):
            for own, other in ((left, right), (right, left)):
                field = _own_field(pattern, own)
                match other:
                    case ir.GetField(ir.Local(name) as local, other_field) if field and name in positions:
                        of = strip(local.type)
                        if not isinstance(of, ir.Ref):
                            raise CompilerBug("a fact without a record type")
                        return ir.JoinKey(positions[name], other_field, field, of.name, pattern.of, span=node.span)
    return None


def _rename(node: ir.Expr, names: Mapping[str, str]) -> ir.Expr:
    """The expression with other names of its locals."""

    def visit(value: object) -> object:
        if isinstance(value, ir.Local):
            return dataclasses.replace(value, name=names.get(value.name, value.name))
        if isinstance(value, tuple):
            return tuple(visit(v) for v in value)
        if isinstance(value, ir.Expr):
            changes: dict[str, Any] = {}
            for name in value.__dataclass_fields__:
                old = getattr(value, name)
                if isinstance(old, ir.Expr | tuple) and name != "span":
                    changes[name] = visit(old)
            return dataclasses.replace(value, **changes)
        return value

    made = visit(node)
    if not isinstance(made, ir.Expr):
        raise CompilerBug("renaming lost the expression")
    return made
