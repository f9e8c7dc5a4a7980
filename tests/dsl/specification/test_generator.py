"""The generator reaches what it is there for; a program is its seed's alone."""

from __future__ import annotations

from cybermiles.dsl import ir
from cybermiles.dsl.specification import Halt, Session
from tests.dsl.specification.differential import lowered
from tests.dsl.specification.generator import FEATURES, generate, rules_of

SAMPLE = 300


def test_a_seed_gives_one_program() -> None:
    assert generate(5) == generate(5)
    assert generate(5) != generate(6)


def test_every_kind_of_condition_statement_and_attribute_turns_up() -> None:
    rules = [rule for seed in range(SAMPLE) for rule in rules_of(generate(seed))]
    kinds = {type(node) for rule in rules for node in ir.walk(rule)}
    conditions = {ir.Pattern, ir.Test, ir.From, ir.Group, ir.Accumulate}
    statements = {ir.Insert, ir.InsertLogical, ir.Update, ir.Modify, ir.Delete, ir.Focus, ir.StopFiring}
    assert conditions | statements <= kinds
    for name in ("no_loop", "lock_on_active", "auto_focus", "activation_group"):
        assert {bool(getattr(rule, name)) for rule in rules} == {True, False}, name


def test_features_can_be_left_out() -> None:
    bare = [rule for seed in range(SAMPLE) for rule in rules_of(generate(seed, FEATURES - {"accumulate", "focus"}))]
    assert all(not isinstance(node, ir.Accumulate | ir.Focus) for rule in bare for node in ir.walk(rule))


def test_most_programs_fire_and_some_trap() -> None:
    fired, traps = 0, set()
    for seed in range(SAMPLE):
        program = generate(seed)
        session = Session(lowered(program.module))
        try:
            for event in program.events:
                session.fire(event) if isinstance(event, int) else session.insert_data(event)
        except Halt as halt:
            traps.add(halt.code)
        fired += bool(session.history)
    assert fired > SAMPLE // 2
    assert traps == {"type-mismatch"}
