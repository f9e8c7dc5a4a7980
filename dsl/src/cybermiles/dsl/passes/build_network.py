"""Pass 6: conditions become a network of alpha and beta nodes; equal nodes are made once.

A constraint that sees only its own fact becomes an alpha node (``field op constant`` if it has that form, so that the
kernel can index it). One that compares a field for equality with an earlier element, or a field of it, becomes a hash
key of the join; any other becomes a test function of the join. Each consequence becomes a function of the matched
elements.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeVar

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import CompilerBug
from cybermiles.dsl.passes.rename import rename
from cybermiles.dsl.passes.watch import Watched
from cybermiles.dsl.types import strip

_FLIP = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_N = TypeVar("_N", ir.Expr, ir.Stmt)


def build_network(module: ir.Module) -> ir.Module:
    """The module with networks, and with a function for each test, fold and consequence."""
    functions = list(module.functions)
    rulesets = [_Builder(ruleset, functions).run() for ruleset in module.rulesets]
    return dataclasses.replace(module, rulesets=tuple(rulesets), functions=tuple(functions))


class _Elements:
    """What stands at each position of a tuple: a name, or the several names of one list."""

    def __init__(
        self,
        params: tuple[ir.Field, ...] = (),
        lists: Mapping[str, tuple[str, int]] | None = None,
        facts: frozenset[str] = frozenset(),
    ) -> None:
        self.params = params
        self.lists = dict(lists or {})
        self.facts = facts
        """The names that facts of patterns have; other elements are values, whatever their type."""

    @property
    def positions(self) -> dict[str, int]:
        return {field.name: i for i, field in enumerate(self.params)}

    def names(self) -> set[str]:
        return {field.name for field in self.params} | self.lists.keys()

    def plus(self, field: ir.Field, parts: Sequence[str] = ()) -> _Elements:
        lists = self.lists | {name: (field.name, i) for i, name in enumerate(parts)}
        return _Elements((*self.params, field), lists, self.facts)

    def plus_fact(self, pattern: ir.Pattern) -> _Elements:
        return _Elements((*self.params, _fact(pattern)), self.lists, self.facts | {pattern.binding})

    def inside(self, node: _N) -> _N:
        """The node with the parts of lists read by index."""
        if not self.lists:
            return node
        by_name: dict[str, ir.Expr] = {
            name: ir.GetIndex(ir.Local(of, type=ir.ListOf(ir.ANY)), ir.Const(i, type=ir.INT))
            for name, (of, i) in self.lists.items()
        }
        return rename(node, by_name)


class _Builder:
    def __init__(self, ruleset: ir.RuleSet, functions: list[ir.Function]) -> None:
        self.ruleset = ruleset
        self.functions = functions
        self.alphas: dict[ir.Alpha, int] = {}
        self.betas: dict[ir.Beta, int] = {}
        self.made: dict[tuple[object, ...], str] = {}
        self.names: dict[str, int] = {}
        self.watched = Watched(())

    def run(self) -> ir.RuleSet:
        rules = tuple(self._rule(rule) for rule in self.ruleset.rules)
        return dataclasses.replace(self.ruleset, rules=rules, alphas=tuple(self.alphas), betas=tuple(self.betas))

    def _rule(self, rule: ir.Rule) -> ir.Rule:
        self.watched = Watched(rule.conditions)
        beta, elements = self._conditions(rule.conditions, None, _Elements())
        body = tuple(elements.inside(statement) for statement in rule.body)
        function = self._add(self._unique(rule.name), elements.params, body, rule.span)
        salience = ""
        if not isinstance(rule.salience, ir.Const):
            value = (ir.Return(elements.inside(rule.salience), span=rule.salience.span),)
            salience = self._add(self._unique(f"{rule.name} salience"), elements.params, value, rule.salience.span)
        return dataclasses.replace(rule, beta=beta, function=function, salience_function=salience)

    # --- conditions
    def _conditions(
        self, conditions: Sequence[ir.Condition], left: int | None, elements: _Elements
    ) -> tuple[int | None, _Elements]:
        for condition in conditions:
            left, elements = self._condition(condition, left, elements)
        return left, elements

    def _condition(
        self, condition: ir.Condition, left: int | None, elements: _Elements
    ) -> tuple[int | None, _Elements]:
        match condition:
            case ir.Pattern():
                beta = self._pattern(condition, left, elements)
                if condition.kind == "join":
                    elements = elements.plus_fact(condition)
                return beta, elements
            case ir.Test(value):
                tests = tuple(self._test(elements.inside(part), elements.params) for part in conjuncts((value,)))
                return self._beta(ir.BetaTest(left, tests, span=condition.span)), elements
            case ir.From():
                return self._from(condition, left, elements)
            case ir.Group(kind, inner):
                right, _ = self._conditions(inner, left, elements)
                return self._beta(ir.BetaGroup(kind, left, _some(right), span=condition.span)), elements
            case ir.Accumulate():
                return self._accumulate(condition, left, elements)

    def _pattern(self, pattern: ir.Pattern, left: int | None, elements: _Elements) -> int:
        alpha = self._alpha(ir.AlphaType(pattern.of, span=pattern.span))
        keys: list[ir.JoinKey] = []
        tests: list[str] = []
        names, positions = elements.names(), elements.positions
        for constraint in conjuncts(pattern.constraints):
            if not locals_of(constraint) & names:
                alpha = self._alpha_test(pattern, alpha, constraint)
            elif key := join_key(pattern, constraint, positions, elements.facts):
                keys.append(key)
            else:
                tests.append(self._test(elements.inside(constraint), (*elements.params, _fact(pattern))))
        watch = self.watched.of(pattern)
        return self._beta(
            ir.BetaPattern(pattern.kind, left, alpha, tuple(keys), tuple(tests), watch, span=pattern.span)
        )

    def _from(self, node: ir.From, left: int | None, elements: _Elements) -> tuple[int, _Elements]:
        items = self._value("items", elements.inside(node.items), elements.params)
        inner = elements.plus(ir.Field(node.binding, ir.ANY, span=node.span))
        tests = tuple(self._test(inner.inside(part), inner.params) for part in conjuncts(node.constraints))
        return self._beta(ir.BetaFrom(left, items, tests, span=node.span)), inner

    def _accumulate(self, node: ir.Accumulate, left: int | None, elements: _Elements) -> tuple[int, _Elements]:
        right, inner = self._conditions(node.conditions, left, elements)
        state = [let for fold in node.folds for let in fold.state]
        held = ir.Field("state#", ir.ListOf(ir.ANY), span=node.span)
        slots: dict[str, ir.Expr] = {
            let.name: ir.GetIndex(ir.Local(held.name, type=held.type), ir.Const(i, type=ir.INT))
            for i, let in enumerate(state)
        }
        items = tuple(let.value or ir.Const(None, type=ir.NULL) for let in state)
        init = self._value("init", elements.inside(ir.NewList(items, type=held.type, span=node.span)), elements.params)
        action = tuple(rename(inner.inside(s), slots) for fold in node.folds for s in fold.action)
        step = self._function("step", action, (*inner.params, held), node.span)
        results = tuple(rename(elements.inside(fold.result), slots) for fold in node.folds)
        value = results[0] if len(results) == 1 else ir.NewList(results, type=held.type, span=node.span)
        result = self._value("result", value, (*elements.params, held))
        if len(results) == 1:
            after = elements.plus(ir.Field(node.folds[0].name, results[0].type, span=node.span))
        else:
            name = "all#" + node.folds[0].name
            after = elements.plus(ir.Field(name, held.type, span=node.span), [fold.name for fold in node.folds])
        return self._beta(ir.BetaAccumulate(left, _some(right), init, step, result, span=node.span)), after

    # --- nodes
    def _alpha(self, node: ir.Alpha) -> int:
        return self.alphas.setdefault(node, len(self.alphas))

    def _beta(self, node: ir.Beta) -> int:
        return self.betas.setdefault(node, len(self.betas))

    def _alpha_test(self, pattern: ir.Pattern, parent: int, constraint: ir.Expr) -> int:
        compared = _compare(pattern, constraint)
        if compared is not None:
            field, op, value = compared
            return self._alpha(ir.AlphaCompare(parent, field, op, value, span=constraint.span))
        return self._alpha(ir.AlphaCode(parent, self._test(constraint, (_fact(pattern),)), span=constraint.span))

    # --- functions
    def _test(self, constraint: ir.Expr, params: tuple[ir.Field, ...]) -> str:
        value = constraint
        if value.type != ir.BOOL:
            inner = ir.Unary("!", value, type=ir.BOOL, span=value.span)
            value = ir.Unary("!", inner, type=ir.BOOL, span=value.span)
        return self._value("test", value, params)

    def _value(self, role: str, value: ir.Expr, params: tuple[ir.Field, ...]) -> str:
        return self._function(role, (ir.Return(value, span=value.span),), params, value.span)

    def _function(self, role: str, body: tuple[ir.Stmt, ...], params: tuple[ir.Field, ...], span: ir.Span) -> str:
        """A function whose parameters are named by position, so that equal ones are made once."""
        names: dict[str, ir.Expr] = {}
        made = []
        for i, param in enumerate(params):
            name = "state#" if param.name == "state#" else f"element{i}"
            names[param.name] = ir.Local(name)
            made.append(dataclasses.replace(param, name=name))
        body = tuple(rename(statement, names) for statement in body)
        key = (role, body, tuple(made))
        if key not in self.made:
            number = self.names.get(role, 0)
            self.names[role] = number + 1
            self.made[key] = self._add(f"{role} {number}", tuple(made), body, span)
        return self.made[key]

    def _unique(self, name: str) -> str:
        """Branches of one rule share its name; their functions are numbered."""
        number = self.names.get("=" + name, 0) + 1
        self.names["=" + name] = number
        return name if number == 1 else f"{name} #{number}"

    def _add(self, name: str, params: tuple[ir.Field, ...], body: tuple[ir.Stmt, ...], span: ir.Span) -> str:
        name = f"{self.ruleset.name}/{name}"
        self.functions.append(ir.Function(name, params, body, self.ruleset.name, span=span))
        return name


def _fact(pattern: ir.Pattern) -> ir.Field:
    return ir.Field(pattern.binding, ir.Ref(pattern.of), span=pattern.span)


def _some(beta: int | None) -> int:
    if beta is None:
        raise CompilerBug("a group without conditions")
    return beta


def conjuncts(constraints: tuple[ir.Expr, ...]) -> Iterator[ir.Expr]:
    """``a && b`` as two constraints."""
    stack = list(reversed(constraints))
    while stack:
        node = stack.pop()
        if isinstance(node, ir.Logical) and node.op == "&&":
            stack += [node.right, node.left]
        else:
            yield node


def locals_of(node: ir.Expr) -> set[str]:
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


def join_key(
    pattern: ir.Pattern, node: ir.Expr, positions: Mapping[str, int], facts: Collection[str]
) -> ir.JoinKey | None:
    """The key of an equality of an own field with an earlier element, or with a field of an earlier fact."""
    match node:
        case ir.Binary("==", left, right):
            for own, other in ((left, right), (right, left)):
                field = _own_field(pattern, own)
                if not field:
                    continue
                match other:
                    case ir.GetField(ir.Local(name) as local, other_field, False) if name in facts:
                        of = strip(local.type)
                        if isinstance(of, ir.Ref):
                            return ir.JoinKey(positions[name], other_field, field, of.name, pattern.of, span=node.span)
                    case ir.Local(name) if name in positions:
                        return ir.JoinKey(positions[name], "", field, "", pattern.of, span=node.span)
    return None
