"""Random rule sets as DRL and for the reference, and random streams of events, run on both.

python -m tests.platform.rules.programs 100000
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from typing import Any

from cybermiles.dsl.compiler import Source, compile_rules
from cybermiles.platform import Module, RuleSession, module_encode
from tests.platform.rules.reference import Action, Constraint, Pattern, Reference, Rule

TYPES = ("A", "B")
FIELDS = "xyz"
FIRING_LIMIT = 10
GAS_LIMIT = 10**10


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


def compile_program(program: Program) -> Module:
    """The module of a program, with its strategy."""
    compiled = compile_rules([Source("program.drl", drl(program))])
    module: dict[str, Any] = dict(compiled.module)
    module["rulesets"] = [
        {**ruleset, "strategy": "depth" if program.depth else "drools"} for ruleset in module["rulesets"]
    ]
    return Module(module_encode(module))


def run_kernel(program: Program, session: RuleSession) -> dict[str, Any]:
    """What the kernel did."""
    for of, values in program.facts:
        session.insert({"$type": of, **dict(zip(FIELDS, values, strict=True)), "gone": 0})
        if program.fire_each:
            session.fire(FIRING_LIMIT)
    session.fire(FIRING_LIMIT)
    facts = [{k: v for k, v in fact.items() if k != "gone"} for fact in session.facts()]
    return {"fired": session.fired(), "facts": facts, "gas": session.gas}


def run_reference(program: Program) -> dict[str, Any]:
    """What should have happened."""
    reference = Reference(program.rules, program.depth)
    for of, values in program.facts:
        reference.insert(of, dict(zip(FIELDS, values, strict=True)))
        if program.fire_each:
            reference.fire(FIRING_LIMIT)
    reference.fire(FIRING_LIMIT)
    facts = [{"$type": fact.of, **fact.values, "$id": fact.id} for _, fact in sorted(reference.facts.items())]
    return {"fired": reference.fired, "facts": facts}


def check(seed: int) -> None:
    """Kernel and reference agree; a rewound session and a second one charge and do the same. Raises AssertionError."""
    program = generate(seed)
    module = compile_program(program)
    session = RuleSession(module, "rules", gas_limit=GAS_LIMIT)
    first = run_kernel(program, session)
    expected = run_reference(program)
    for part in ("fired", "facts"):
        assert first[part] == expected[part], f"seed {seed}: {part}\n{drl(program)}\n{first[part]}\n{expected[part]}"
    session.rewind(GAS_LIMIT)
    assert run_kernel(program, session) == first, f"seed {seed}: a rewound session differs"
    if seed % 10 == 0:
        again = RuleSession(module, "rules", gas_limit=GAS_LIMIT)
        assert run_kernel(program, again) == first, f"seed {seed}: a second session differs"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for seed in range(count):
        check(seed)
    print(f"{count} programs: kernel and reference agree")


if __name__ == "__main__":
    main()
