"""Random rules as DRL, all the way: what the compiler makes of the text does the same on kernel and specification."""

from __future__ import annotations

import pytest

from cybermiles.dsl.compiler import Source, compile_rules
from cybermiles.dsl.specification import Session
from cybermiles.platform import Module, RuleSession
from tests.dsl.drl_programs import FIELDS, drl, generate
from tests.dsl.specification.differential import GAS

LIMIT = 10


@pytest.mark.parametrize("batch", range(4))
def test_random_rules_as_text(batch: int) -> None:
    for seed in range(batch * 100, batch * 100 + 100):
        program = generate(seed)
        text = drl(program).replace("declare A", 'strategy "depth"\ndeclare A', 1) if program.depth else drl(program)
        compiled = compile_rules([Source("program.drl", text)])
        kernel = RuleSession(Module(compiled.code), "rules", gas_limit=GAS)
        specification = Session(compiled.ir)
        for of, values in program.facts:
            fact = {"$type": of, **dict(zip(FIELDS, values, strict=True)), "gone": 0}
            kernel.insert(fact)
            specification.insert_data(fact)
            if program.fire_each:
                kernel.fire(LIMIT)
                specification.fire(LIMIT)
        kernel.fire(LIMIT)
        specification.fire(LIMIT)
        assert kernel.fired() == specification.fired(), f"seed {seed}\n{text}"
        assert kernel.facts() == specification.facts(), f"seed {seed}\n{text}"
        assert kernel.counts() == specification.work(), f"seed {seed}\n{text}"
