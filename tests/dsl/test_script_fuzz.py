"""No text makes the compiler of scripts itself fail (`python -m tests.dsl.script_fuzz` tries more)."""

from __future__ import annotations

import pytest

from tests.dsl.script_fuzz import compiled, mutated


@pytest.mark.parametrize("seed", range(4))
def test_mutated_scripts(seed: int) -> None:
    texts = mutated(seed)
    good = sum(compiled(next(texts)) for _ in range(100))
    assert good < 100
