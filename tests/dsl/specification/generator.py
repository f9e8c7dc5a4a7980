"""Random rule sets as checked IR, and random streams of facts, each out of its seed alone.

Everything that a left side, an attribute or a consequence can be made of turns up; values are small, so that joins meet
and ties are many. Firing is bounded, so every program ends.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cybermiles.dsl import ir

_OF_RULES = ("branches", "test", "from", "group", "accumulate", "logical", "focus", "lock", "activation", "salience")
FEATURES = frozenset((*_OF_RULES, "facts", "globals", "watch", "stale", "null", "trap"))
FIELDS = ("x", "y", "z")
GROUPS = ("MAIN", "MAIN", "MAIN", "g1", "g2")
FIRING_LIMIT = 12
_OPTIONAL = ir.Optional(ir.INT)
TYPES = (
    ir.TypeDef(
        "A",
        False,
        None,
        (*(ir.Field(n, _OPTIONAL) for n in FIELDS), ir.Field("l", ir.ListOf(ir.ANY)), ir.Field("gone", ir.INT)),
    ),
    ir.TypeDef("B", False, "A", (ir.Field("b", _OPTIONAL),)),
    ir.TypeDef(
        "C",
        False,
        None,
        (*(ir.Field(n, _OPTIONAL) for n in FIELDS), ir.Field("l", ir.ListOf(ir.ANY)), ir.Field("gone", ir.INT)),
    ),
    ir.TypeDef(
        "K",
        False,
        None,
        (*(ir.Field(n, _OPTIONAL) for n in FIELDS), ir.Field("l", ir.ListOf(ir.ANY)), ir.Field("gone", ir.INT)),
        keys=("x",),
    ),
)
NAMES = tuple(t.name for t in TYPES)


@dataclass(frozen=True)
class Program:
    """A module with one rule set, and what happens to its session: a fact as data, or how many rules may fire."""

    module: ir.Module
    events: tuple[dict[str, Any] | int, ...]


@dataclass
class _Scope:
    """What conditions have bound so far."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    """Names and their types."""
    values: list[str] = field(default_factory=list)
    """Names of numbers (or null)."""


def generate(seed: int, features: frozenset[str] = FEATURES) -> Program:
    """The program of a seed."""
    return _Generator(random.Random(seed), features).program()


def local(name: str, of: str) -> ir.Local:
    return ir.Local(name, type=ir.Ref(of))


def get(name: str, of: str, field_: str) -> ir.GetField:
    return ir.GetField(local(name, of), field_, type=_OPTIONAL)


def number(value: int) -> ir.Const:
    return ir.Const(value, type=ir.INT)


def op(left: ir.Expr, operator: str, right: ir.Expr) -> ir.Binary:
    kind = ir.BOOL if operator in ("==", "!=", "<", "<=", ">", ">=") else ir.NUMBER
    return ir.Binary(operator, left, right, operator[0] in "<>", type=kind)


class _Generator:
    def __init__(self, dice: random.Random, features: frozenset[str]) -> None:
        self.dice, self.features, self.names = dice, features, 0

    def maybe(self, feature: str, chance: float) -> bool:
        """Rolls in any case, so that fewer features give similar programs."""
        return self.dice.random() < chance and feature in self.features

    def name(self, stem: str) -> str:
        self.names += 1
        return f"{stem}{self.names}"

    def program(self) -> Program:
        dice = self.dice
        rules = tuple(self.rule(i) for i in range(dice.randint(1, 5)))
        if self.maybe("branches", 0.2):  # of an `or`: rules of one name
            rules += (ir.Rule(**{**_fields(self.rule(9)), "name": rules[0].name}),)
        strategy = "depth" if dice.random() < 0.3 else "drools"
        globals_ = (ir.Field("g", ir.ANY, ir.Const(0, type=ir.INT)),) if "globals" in self.features else ()
        ruleset = ir.RuleSet("rules", strategy, rules, globals_)
        events: list[dict[str, Any] | int] = []
        for _ in range(dice.randint(1, 7)):
            events.append(self.fact())
            if dice.random() < 0.35:
                events.append(dice.choice((1, 2, FIRING_LIMIT)))
        module = ir.Module("random", "0", TYPES, (ruleset,), (_function(),))
        return Program(module, (*events, FIRING_LIMIT))

    def fact(self) -> dict[str, Any]:
        dice = self.dice
        made: dict[str, Any] = {"$type": dice.choice(NAMES)}
        made |= {n: dice.randrange(4) for n in FIELDS if not self.maybe("null", 0.1)}
        return made | {"l": [dice.randrange(4) for _ in range(dice.randrange(4))], "gone": 0}

    def rule(self, index: int) -> ir.Rule:
        dice, scope = self.dice, _Scope()
        conditions = tuple(self.condition(scope, 2) for _ in range(dice.choice((0, 1, 1, 2, 2, 2, 3, 3, 4))))
        salience: ir.Expr = number(dice.choice((0, 0, 0, 0, 5, -5)))
        if self.maybe("salience", 0.15) and scope.facts:
            # the accumulate of an earlier position may be null: a salience is a number
            salience = ir.Logical("??", get(*dice.choice(scope.facts), dice.choice(FIELDS)), number(0), type=ir.NUMBER)
        body = tuple(self.action(scope) for _ in range(dice.choice((0, 1, 1, 2, 2, 3))))
        return ir.Rule(
            f"r{index}",
            salience,
            dice.random() < 0.15,
            conditions,
            body,
            lock_on_active=self.maybe("lock", 0.12),
            agenda_group=dice.choice(GROUPS) if "focus" in self.features else "MAIN",
            auto_focus=self.maybe("focus", 0.3),
            activation_group=dice.choice(("a1", "a2")) if self.maybe("activation", 0.15) else "",
        )

    # --- conditions
    def condition(self, scope: _Scope, depth: int) -> ir.Condition:
        dice = self.dice
        kinds = ["pattern"] * 8
        if "test" in self.features and (scope.facts or scope.values):
            kinds.append("test")
        if "from" in self.features:
            kinds.append("from")
        if "group" in self.features and depth:
            kinds.append("group")
        if "accumulate" in self.features and depth:
            kinds += ["accumulate"]
        match dice.choice(kinds):
            case "test":
                return ir.Test(self.test(scope))
            case "from":
                return self.from_(scope)
            case "group":
                return ir.Group(dice.choice(("not", "exists")), self.inner(scope, depth)[0])
            case "accumulate":
                return self.accumulate(scope, depth)
        return self.pattern(scope)

    def inner(self, scope: _Scope, depth: int) -> tuple[tuple[ir.Condition, ...], _Scope]:
        """Conditions of a group: they see what is bound outside, and bind for themselves alone."""
        own = _Scope(list(scope.facts), list(scope.values))
        return tuple(self.condition(own, depth - 1) for _ in range(self.dice.choice((1, 1, 2, 2, 3)))), own

    def pattern(self, scope: _Scope) -> ir.Pattern:
        dice = self.dice
        kind = dice.choice(("join", "join", "join", "join", "not", "exists"))
        name, of = self.name("f"), dice.choice(NAMES)
        constraints = tuple(self.constraint(name, of, scope) for _ in range(dice.choice((0, 1, 1, 2, 2))))
        watch: tuple[str, ...] = ()
        if self.maybe("watch", 0.15):
            watch = dice.choice((("*",), ("x",), ("!x",), ("y", "!z"), ("*", "!x")))
        if kind == "join":
            scope.facts.append((name, of))
        return ir.Pattern(kind, name, of, (), constraints, watch)

    def constraint(self, name: str, of: str, scope: _Scope) -> ir.Expr:
        dice, own = self.dice, get(name, of, self.dice.choice(FIELDS))
        operator = dice.choice(("==", "==", "==", "!=", "<", "<=", ">", ">="))
        kind = dice.random()
        if kind < 0.35:
            right: ir.Expr = number(dice.randrange(4))
            if self.maybe("null", 0.08):
                right = ir.Const(None, type=ir.NULL)
            left: ir.Expr = own
            if dice.random() < 0.1:
                left, right = right, left
            return op(left, operator, right)
        if kind < 0.45:
            return op(own, operator, get(name, of, dice.choice(FIELDS)))
        if kind < 0.5:
            return ir.Call("twice", (own,), type=ir.BOOL)
        if kind < 0.55:
            either = op(own, "==", number(dice.randrange(4))), op(get(name, of, "y"), ">", number(dice.randrange(4)))
            return ir.Logical(dice.choice(("||", "&&")), *either, type=ir.BOOL)
        if kind < 0.6 and "globals" in self.features:
            return op(own, "!=", ir.Global("g"))
        if scope.facts and dice.random() < 0.15:
            other, of2 = dice.choice(scope.facts)
            return op(local(name, of), dice.choice(("!=", "==")), local(other, of2))
        return op(own, operator, self.operand(scope))

    def operand(self, scope: _Scope) -> ir.Expr:
        """A value that is bound, or a constant."""
        dice = self.dice
        if scope.values and dice.random() < 0.4:
            return ir.Local(dice.choice(scope.values))
        if scope.facts:
            return get(*dice.choice(scope.facts), dice.choice(FIELDS))
        return number(dice.randrange(4))

    def test(self, scope: _Scope) -> ir.Expr:
        return op(self.operand(scope), self.dice.choice(("==", "!=", "<", ">=")), self.operand(scope))

    def from_(self, scope: _Scope) -> ir.From:
        dice, name = self.dice, self.name("e")
        if self.maybe("facts", 0.25):
            of = dice.choice(NAMES)
            tests = tuple(self.constraint(name, of, scope) for _ in range(dice.choice((0, 1, 1))))
            scope.facts.append((name, of))
            return ir.From(name, ir.Facts(of, type=ir.ListOf(ir.Ref(of))), tests)
        items: ir.Expr = ir.NewList(
            tuple(number(dice.randrange(4)) for _ in range(dice.randrange(4))), type=ir.ListOf(ir.ANY)
        )
        if scope.facts and dice.random() < 0.7:
            items = ir.GetField(local(*dice.choice(scope.facts)), "l", type=ir.ListOf(ir.ANY))
        elif scope.values and dice.random() < 0.3:
            items = ir.Local(dice.choice(scope.values))
        element = ir.Local(name)
        constraints = [
            op(element, dice.choice(("==", "!=", "<", ">")), self.operand(scope)) for _ in range(dice.choice((0, 1, 1)))
        ]
        scope.values.append(name)
        return ir.From(name, items, tuple(constraints))

    def accumulate(self, scope: _Scope, depth: int) -> ir.Accumulate:
        conditions, own = self.inner(scope, depth)
        folds = tuple(self.fold(own) for _ in range(self.dice.choice((1, 1, 1, 2))))
        scope.values += [fold.name for fold in folds if not fold.name.startswith("list")]
        return ir.Accumulate(conditions, folds)

    def fold(self, scope: _Scope) -> ir.Fold:
        """Sum, count, least, greatest, list, last: as the resolver writes the built-in ones."""
        dice = self.dice
        kind = dice.choice(("sum", "count", "min", "list", "last"))
        name, state = self.name("list" if kind == "list" else "v"), self.name("s")
        held = ir.Local(state)
        item = ir.Logical("??", self.operand(scope), number(0))
        null = ir.Const(None, type=ir.NULL)

        def put(value: ir.Expr) -> ir.Stmt:
            return ir.Do(ir.Assign(held, value))

        match kind:
            case "sum":
                return ir.Fold(name, (ir.Let(state, number(0)),), (put(op(held, "+", item)),), held)
            case "count":
                return ir.Fold(name, (ir.Let(state, number(0)),), (put(op(held, "+", number(1))),), held)
            case "min":
                less = ir.Logical("||", op(held, "==", null), op(item, "<", held), type=ir.BOOL)
                return ir.Fold(name, (ir.Let(state, null),), (ir.If(less, (put(item),)),), held)
            case "list":
                add = ir.Do(ir.Method(held, "add", (item,)))
                return ir.Fold(name, (ir.Let(state, ir.NewList((), type=ir.ListOf(ir.ANY))),), (add,), held)
        return ir.Fold(
            name, (ir.Let(state, null),), (put(item),), op(ir.Logical("??", held, number(1)), "*", number(2))
        )

    # --- consequences
    def action(self, scope: _Scope) -> ir.Stmt:
        dice = self.dice
        kinds: list[Callable[[_Scope], ir.Stmt]] = [self.insert]
        if scope.facts:
            kinds += [self.modify, self.modify, self.update, self.delete]
            if "stale" in self.features:
                kinds.append(self.stale)
        for feature, kind in (("logical", self.logical), ("focus", self.focus), ("globals", self.set_global)):
            if feature in self.features:
                kinds.append(kind)
        if dice.random() < 0.03:
            return ir.StopFiring()
        made = dice.choice(kinds)(scope)
        if scope.values and dice.random() < 0.1:
            return ir.If(op(ir.Local(dice.choice(scope.values)), "!=", number(1)), (made,))
        return made

    def record(self, scope: _Scope) -> ir.New:
        of = self.dice.choice(NAMES)
        values: list[ir.Expr] = [number(self.dice.randrange(4)) for _ in FIELDS]
        if scope.facts and self.dice.random() < 0.3:
            values[0] = get(*self.dice.choice(scope.facts), "x")
        items = ir.NewList(tuple(number(self.dice.randrange(4)) for _ in range(self.dice.randrange(3))))
        return ir.New(of, (*values, items, number(0)), type=ir.Ref(of))

    def insert(self, scope: _Scope) -> ir.Stmt:
        return ir.Insert(self.record(scope))

    def logical(self, scope: _Scope) -> ir.Stmt:
        return ir.InsertLogical(self.record(scope))

    def focus(self, scope: _Scope) -> ir.Stmt:
        return ir.Focus(ir.Const(self.dice.choice(("g1", "g2", "MAIN")), type=ir.TEXT))

    def set_global(self, scope: _Scope) -> ir.Stmt:
        return ir.Do(ir.Assign(ir.Global("g"), op(op(ir.Global("g"), "+", number(1)), "%", number(4))))

    def change(self, scope: _Scope) -> tuple[str, str, ir.Assign]:
        name, of = self.dice.choice(scope.facts)
        target = get(name, of, self.dice.choice(FIELDS))
        value: ir.Expr = op(
            op(ir.Logical("??", target, number(0)), "+", number(self.dice.randint(1, 3))), "%", number(4)
        )
        if self.maybe("null", 0.05):
            value = ir.Const(None, type=ir.NULL)
        return name, of, ir.Assign(target, value)

    def guarded(self, name: str, of: str, *body: ir.Stmt) -> ir.Stmt:
        """Only if no action has deleted the fact; without the guard that is a trap."""
        if self.maybe("trap", 0.1):
            return ir.If(ir.Const(True, type=ir.BOOL), body)
        return ir.If(op(get(name, of, "gone"), "==", number(0)), body)

    def modify(self, scope: _Scope) -> ir.Stmt:
        name, of, assign = self.change(scope)
        target = self.name("m")
        renamed = ir.Assign(get(target, of, assign.target.name), assign.value)  # type: ignore[attr-defined]
        return self.guarded(name, of, ir.Modify(target, local(name, of), (renamed,)))

    def update(self, scope: _Scope) -> ir.Stmt:
        name, of, assign = self.change(scope)
        return self.guarded(name, of, ir.Do(assign), ir.Update(local(name, of)))

    def stale(self, scope: _Scope) -> ir.Stmt:
        """An assignment that nothing announces."""
        return ir.Do(self.change(scope)[2])

    def delete(self, scope: _Scope) -> ir.Stmt:
        name, of = self.dice.choice(scope.facts)
        gone = ir.Assign(get(name, of, "gone"), number(1))
        return self.guarded(name, of, ir.Do(gone), ir.Delete(local(name, of)))


def _function() -> ir.Function:
    """``twice(a)``: whether ``a`` is even, null being 0."""
    value = op(ir.Logical("??", ir.Local("a"), number(0)), "%", number(2))
    return ir.Function("twice", (ir.Field("a", ir.ANY),), (ir.Return(op(value, "==", number(0))),))


def _fields(node: ir.Rule) -> dict[str, Any]:
    return {name: getattr(node, name) for name in node.__dataclass_fields__}


def rules_of(program: Program) -> Sequence[ir.Rule]:
    """The rules of a program."""
    return program.module.rulesets[0].rules
