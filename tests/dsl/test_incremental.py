"""A check after a change finds what a check of the whole finds."""

from __future__ import annotations

import random

import pytest

from cybermiles.dsl.compiler import Source, Unit, check_whole
from cybermiles.dsl.diagnostics import Diagnostic
from cybermiles.dsl.incremental import Checker

HEAD = """// the shop
declare Order
  total : number
  customer : string
end
declare Customer name : string, points : int end
function int twice(int x) { return x * 2; }
global Integer limit
"""
BODIES = (
    "when\n  $o : Order( total > {n} )\nthen\n  print($o.total);\nend\n",
    "when\n  $o : Order( totl > {n} )\nthen\nend\n",
    'when\n  $o : Order( $t : total, customer == "x" )\n  Customer( name == $o.customer )\nthen\n  print(1)\nend\n',
    'when\n  Order( total == "{n}" )\nthen\nend\n',
    "when\n  Order( total > )\nthen\nend\n",
    "when\n  Order( total > {n}\nthen\nend\n",
    "when\n  Unknown( x > twice({n}) )\nthen\n  limit = {n}; y = 3;\nend\n",
    '// a comment\n  salience {n}\nwhen\nthen\n  print("end of rule");\nend // done\n',
    "when\n  Order()\nthen\n  when\n    Order( total > 3 )\n  then\n    print(1)\n  end\nend\n",
    'when\n  Order( total > {n} )\nthen\n  print("never closed);\nend\n',
)


def _rule(dice: random.Random, name: int) -> str:
    blank = "\n" * dice.choice((0, 0, 1, 3))
    return f'rule "r{name}"\n' + dice.choice(BODIES).replace("{n}", str(dice.randrange(9))) + blank


@pytest.mark.parametrize("seed", range(30))
def test_random_edits(seed: int) -> None:
    dice = random.Random(seed)
    checker = Checker(check_whole)
    sound = BODIES[0].replace("{n}", "1")
    rules = [f'rule "r{i}"\n{sound}' for i in range(12)]
    head = HEAD
    for step in range(12):
        match dice.randrange(5):
            case 0 if rules:
                del rules[dice.randrange(len(rules))]
            case 1:
                rules.insert(dice.randrange(len(rules) + 1), _rule(dice, dice.randrange(100)))
            case 2 if dice.random() < 0.3:
                head += f"declare New{step} x : int end\n"
            case _ if rules:
                rules[dice.randrange(len(rules))] = _rule(dice, 100 + step)
        unit = Unit(rulesets={"rules": [Source("shop.drl", head + "".join(rules))]})
        assert checker.check(unit) == check_whole(unit), unit


def test_only_the_changed_rule_is_read() -> None:
    checked: list[int] = []

    def check(unit: Unit) -> tuple[Diagnostic, ...]:
        checked.append(sum(len(s.text) for s in unit.rulesets["rules"]))
        return check_whole(unit)

    checker = Checker(check)
    rules = [f'rule "r{i}"\n' + BODIES[0].replace("{n}", str(i)) for i in range(50)]
    rules.append('rule "all types are used"\nwhen\n  Customer()\nthen\nend\n')
    for change in (0, 7):
        rules[25] = 'rule "r25"\n' + "\n" * change + BODIES[0].replace("{n}", str(100 + change))
        checker.check(Unit(rulesets={"rules": [Source("a.drl", HEAD + "".join(rules))]}))
    assert len(checked) == 3
    assert checked[2] < checked[0] / 5
