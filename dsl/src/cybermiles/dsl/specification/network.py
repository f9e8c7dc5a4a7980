"""The stages of a rule set: its conditions, with the sharing that the network has.

What a condition means is read from the rule; the network (``passes/build_network``) only says which conditions of
different rules are one, which equalities are keys, and which alpha nodes a fact passes, for the count of work.
"""

from __future__ import annotations

from collections.abc import Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.passes.build_network import conjuncts, join_key, locals_of
from cybermiles.dsl.specification.evaluator import Evaluator
from cybermiles.dsl.specification.operators import binary
from cybermiles.dsl.specification.stages import (
    AccumulateStage,
    Counts,
    Event,
    FromStage,
    GroupStage,
    Identity,
    PatternShape,
    PatternStage,
    Root,
    Scope,
    Stage,
    TestStage,
    Tuple,
)
from cybermiles.dsl.specification.values import Record, constant, present


class Network:
    """All stages, and which rules end at which."""

    def __init__(self, ruleset: ir.RuleSet, evaluator: Evaluator) -> None:
        self.ruleset, self.evaluator = ruleset, evaluator
        self.counts = Counts()
        self.root = Root(None, Scope(), evaluator, self.counts)
        self._stages: dict[int, Stage] = {}
        self.scopes: list[Scope] = []
        """What each rule's consequence sees of a match."""
        self.paths: list[list[Stage]] = []
        """The stages of each rule's conditions, in order."""
        self.ends: dict[Stage, list[int]] = {}
        for number, rule in enumerate(ruleset.rules):
            scope, path = self._conditions(rule.conditions, None, rule.beta, Scope())
            self.scopes.append(scope)
            self.paths.append(path)
            self.ends.setdefault(path[-1] if path else self.root, []).append(number)
        self.stages = [self._stages[index] for index in sorted(self._stages)]
        self._children: dict[int | None, list[tuple[int, ir.Alpha]]] = {}
        for index, alpha in enumerate(ruleset.alphas):
            parent = None if isinstance(alpha, ir.AlphaType) else alpha.parent
            self._children.setdefault(parent, []).append((index, alpha))

    def start(self) -> list[tuple[int, Tuple]]:
        """Empties everything; the matches that hold without facts."""
        counts = self.counts
        counts.activations = counts.candidates = counts.tuples = counts.firings = 0
        for stage in self.stages:
            stage.clear()
        self.root.start()
        return self.step(Event(0)) + [(rule, t) for rule in self.ends.get(self.root, ()) for t in self.root.tuples()]

    def step(self, event: Event) -> list[tuple[int, Tuple]]:
        """Brings all stages up to date; the matches that arose."""
        if event.arrives and event.fact is not None:
            self.counts.candidates += self.alpha_candidates(event.fact.record)
        for stage in self.stages:
            stage.step(event)
        return [
            (rule, made)
            for stage, rules in self.ends.items()
            if stage is not self.root
            for made in stage.made
            for rule in rules
        ]

    def gone(self) -> set[Tuple]:
        """The tuples that the last event dropped."""
        return {t for stage in self.ends if stage is not self.root for t in stage.gone}

    def causes(self) -> list[int | None]:
        """For each accumulated value that is not up to date: the rule whose consequence did it last."""
        return [
            cause for stage in self.stages if isinstance(stage, AccumulateStage) for cause in stage.touched.values()
        ]

    def identities(self) -> set[Identity]:
        """All matches that hold."""
        return {(rule, t.parts) for stage, rules in self.ends.items() for t in stage.tuples() for rule in rules}

    def alpha_candidates(self, record: Record) -> int:
        """How many alpha nodes an index yields for a fact: those of equalities and of bounds on numbers only if they
        hold, all others always."""
        count = 0
        is_a = self.evaluator.types.is_a
        work = [
            i for i, alpha in self._children.get(None, ()) if isinstance(alpha, ir.AlphaType) and is_a(record, alpha.of)
        ]
        while work:
            for index, alpha in self._children.get(work.pop(), ()):
                if isinstance(alpha, ir.AlphaCompare):
                    value = present(self.evaluator.types.get(record, alpha.field))
                    holds = binary(alpha.op, value, constant(alpha.value.value), True)
                    number = isinstance(alpha.value.value, int) or not isinstance(alpha.value.value, str | ir.Temporal)
                    tried = alpha.op != "==" and not (number and alpha.op != "!=")
                elif isinstance(alpha, ir.AlphaCode):
                    holds, tried = self.evaluator.call(alpha.function, [record]) is True, True
                else:
                    continue
                count += holds or tried
                if holds:
                    work.append(index)
        return count

    # --- building
    def _conditions(
        self, conditions: Sequence[ir.Condition], start: int | None, end: int | None, scope: Scope
    ) -> tuple[Scope, list[Stage]]:
        """The stages of conditions, from after node ``start`` to node ``end``."""
        indexes: list[int] = []
        while end is not None and end != start:
            indexes.insert(0, end)
            end = self.ruleset.betas[end].left
        path = []
        for condition, index in zip(conditions, indexes, strict=True):
            scope = self._condition(condition, index, scope)
            path.append(self._stages[index])
        return scope, path

    def _condition(self, node: ir.Condition, index: int, scope: Scope) -> Scope:
        beta = self.ruleset.betas[index]
        left = self.root if beta.left is None else self._stages[beta.left]
        stage: Stage
        match node, beta:
            case ir.Pattern(), ir.BetaPattern():
                stage = PatternStage(left, scope, self.evaluator, self.counts, _shape(node, beta, scope))
                after = scope.plus(node.binding, fact=True) if node.kind == "join" else scope
            case ir.Test(), ir.BetaTest():
                stage, after = TestStage(left, scope, self.evaluator, self.counts, node), scope
            case ir.From(), ir.BetaFrom():
                stage, after = FromStage(left, scope, self.evaluator, self.counts, node), scope.plus(node.binding)
            case ir.Group(), ir.BetaGroup():
                self._conditions(node.conditions, beta.left, beta.right, scope)
                right = self._stages[beta.right]
                stage, after = GroupStage(left, scope, self.evaluator, self.counts, right, node.kind), scope
            case ir.Accumulate(), ir.BetaAccumulate():
                inner, _ = self._conditions(node.conditions, beta.left, beta.right, scope)
                right = self._stages[beta.right]
                stage = AccumulateStage(left, scope, self.evaluator, self.counts, right, inner, node)
                after = scope.plus(*(fold.name for fold in node.folds))
            case _:
                raise TypeError(f"a {type(node).__name__} became a {type(beta).__name__}")
        self._stages.setdefault(index, stage)
        return after


def _shape(pattern: ir.Pattern, beta: ir.BetaPattern, scope: Scope) -> PatternShape:
    own, keys, tests = [], [], []
    names, positions = scope.all(), scope.positions
    for constraint in conjuncts(pattern.constraints):
        if not locals_of(constraint) & names:
            own.append(constraint)
        elif key := join_key(pattern, constraint, positions, scope.facts):
            keys.append(key)
        else:
            tests.append(constraint)
    return PatternShape(pattern, tuple(own), tuple(keys), tuple(tests), beta.watch)
