"""Every operator against Python's `decimal`, 2 x 10^5 operations each (`number_soak` runs more)."""

import pytest

from tests.platform.number_cases import mismatches

OPERATIONS = 200_000
# the slow ones first, so that workers share them
SLOW = ["pow", "ln", "exp"]
FAST = ["add", "sub", "mul", "div", "rem", "compare", "quantize", "sqrt"]
SIMPLE = ["neg", "abs", "plus"]


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("op", SLOW)
def test_transcendental_operators_are_correctly_rounded(op: str, part: int) -> None:
    assert mismatches(op, OPERATIONS // 4, part)[:5] == []


@pytest.mark.parametrize("op", FAST)
def test_operators_equal_pythons_decimal(op: str) -> None:
    assert mismatches(op, OPERATIONS, 0)[:5] == []


@pytest.mark.parametrize("op", SIMPLE)
def test_what_only_moves_the_sign(op: str) -> None:
    assert mismatches(op, OPERATIONS // 10, 0)[:5] == []
