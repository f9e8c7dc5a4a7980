"""Random rule sets as DRL: patterns, joins, `not`, changes of facts. Each out of its seed alone."""

from __future__ import annotations

import random
from dataclasses import dataclass

TYPES = ("A", "B")
FIELDS = "xyz"


@dataclass(frozen=True)
class Constraint:
    """`name op value`; the value is a number or (position of an earlier positive pattern, its field)."""

    name: str
    op: str
    value: int | tuple[int, str]


@dataclass(frozen=True)
class Pattern:
    """A fact of a type, or with `negated` the absence of any such fact."""

    of: str
    constraints: tuple[Constraint, ...]
    negated: bool = False


@dataclass(frozen=True)
class Action:
    """`update`: adds to a field of the fact at a position, modulo 5, then `update`; `delete`; `insert` of constants."""

    kind: str
    position: int = 0
    name: str = ""
    amount: int = 0
    of: str = ""
    values: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rule:
    """Patterns and what happens when they match."""

    name: str
    salience: int
    patterns: tuple[Pattern, ...]
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Program:
    """A rule set and the facts that arrive; after each, rules fire."""

    rules: tuple[Rule, ...]
    depth: bool
    facts: tuple[tuple[str, tuple[int, ...]], ...]
    fire_each: bool


def generate(seed: int) -> Program:
    """A program of its seed alone."""
    dice = random.Random(seed)
    rules = tuple(_rule(dice, index) for index in range(dice.randint(1, 4)))
    facts = tuple((dice.choice(TYPES), tuple(dice.randrange(5) for _ in FIELDS)) for _ in range(dice.randint(1, 5)))
    return Program(rules, dice.random() < 0.3, facts, dice.random() < 0.5)


def _rule(dice: random.Random, index: int) -> Rule:
    patterns: list[Pattern] = []
    positive = 0
    for _ in range(dice.randint(1, 3)):
        negated = dice.random() < 0.25
        constraints = tuple(_constraint(dice, positive) for _ in range(dice.randint(0, 2)))
        patterns.append(Pattern(dice.choice(TYPES), constraints, negated))
        positive += not negated
    actions = [_action(dice, positive) for _ in range(dice.choice((0, 1, 1, 2)))]
    return Rule(f"r{index}", dice.choice((0, 0, 0, 5, -5)), tuple(patterns), tuple(a for a in actions if a))


def _constraint(dice: random.Random, positive: int) -> Constraint:
    op = dice.choice(("==", "==", "==", "!=", "<", "<=", ">", ">="))
    if positive and dice.random() < 0.6:
        return Constraint(dice.choice(FIELDS), op, (dice.randrange(positive), dice.choice(FIELDS)))
    return Constraint(dice.choice(FIELDS), op, dice.randrange(5))


def _action(dice: random.Random, positive: int) -> Action | None:
    kind = dice.choice(("update", "update", "delete", "insert"))
    if kind == "insert":
        return Action(kind, of=dice.choice(TYPES), values=tuple(dice.randrange(5) for _ in FIELDS))
    if not positive:
        return None
    return Action(kind, dice.randrange(positive), dice.choice(FIELDS), dice.randint(1, 4))


def drl(program: Program) -> str:
    """The program's rules as text; a fact that an earlier action deleted is left alone, as in the reference."""
    text = "".join(f"declare {of}\n x : int\n y : int\n z : int\n gone : int\nend\n" for of in TYPES)
    for rule in program.rules:
        lines, positive = [], 0
        for pattern in rule.patterns:
            inner = ", ".join(
                f"{c.name} {c.op} " + (str(c.value) if isinstance(c.value, int) else f"$f{c.value[0]}.{c.value[1]}")
                for c in pattern.constraints
            )
            if pattern.negated:
                lines.append(f"not {pattern.of}( {inner} )")
            else:
                lines.append(f"$f{positive} : {pattern.of}( {inner} )")
                positive += 1
        body = "".join(f"  {_statement(action)}\n" for action in rule.actions)
        conditions = "".join(f"  {line}\n" for line in lines)
        text += f'rule "{rule.name}"\nsalience {rule.salience}\nwhen\n{conditions}then\n{body}end\n'
    return text


def _statement(action: Action) -> str:
    fact = f"$f{action.position}"
    if action.kind == "insert":
        x, y, z = action.values
        return f"insert(new {action.of}({x}, {y}, {z}, 0))"
    if action.kind == "delete":
        return f"if ({fact}.gone == 0) {{ {fact}.gone = 1; delete({fact}) }}"
    change = f"{fact}.{action.name} = ({fact}.{action.name} + {action.amount}) % 5"
    return f"if ({fact}.gone == 0) {{ {change}; update({fact}) }}"
