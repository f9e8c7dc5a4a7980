"""Changed cases of the rule language crash nothing, and mean the same on the kernel and in the specification."""

from tests.dsl.specification.mutations import compiled, failures, mutated


def test_mutations() -> None:
    assert list(failures(range(400))) == []


def test_some_mutations_are_programs() -> None:
    assert sum(compiled(*mutated(seed)) is not None for seed in range(100)) > 5
