"""Business arithmetic against Python's `decimal`."""

from __future__ import annotations

import decimal
import random
from decimal import Decimal

import pytest

from tests.platform.vm.library import call, method, trap

_CONTEXT = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN)
_MODES = {
    "up": decimal.ROUND_UP,
    "down": decimal.ROUND_DOWN,
    "ceiling": decimal.ROUND_CEILING,
    "floor": decimal.ROUND_FLOOR,
    "half_up": decimal.ROUND_HALF_UP,
    "half_down": decimal.ROUND_HALF_DOWN,
    "half_even": decimal.ROUND_HALF_EVEN,
}


def _number(rng: random.Random) -> Decimal:
    digits = rng.randint(1, rng.choice([2, 5, 17, 34]))
    return Decimal(rng.randint(-(10**digits), 10**digits)).scaleb(-rng.randint(0, 10))


@pytest.mark.parametrize("name", _MODES)
def test_rounding_modes(name: str) -> None:
    rng = random.Random(name)
    halves = [Decimal(n).scaleb(-3) for n in (-2500, -1500, -500, 500, 1500, 2500, 2501, 1499)]
    for x in halves + [_number(rng) for _ in range(200)]:
        for places in (-2, 0, 2):
            unit = Decimal(1).scaleb(-places)
            want = x.quantize(unit, _MODES[name], decimal.Context(prec=90))
            for written in (name, name.replace("_", "-"), name.upper()):
                assert call("round", x, places, written) == want, (x, places)


def test_an_unknown_mode_traps() -> None:
    assert trap("round", 1, 0, "nearest") == "bad-argument"


def test_whole_division() -> None:
    rng = random.Random(4)
    for _ in range(2_000):
        a, b = _number(rng), _number(rng)
        if not b:
            continue
        try:
            quotient, rest = _CONTEXT.divide_int(a, b), _CONTEXT.remainder(a, b)
        except decimal.InvalidOperation:
            assert trap("div", a, b) == "invalid-number"
            continue
        assert call("div", a, b) == quotient, (a, b)
        assert call("mod", a, b) == rest, (a, b)
        below = rest != 0 and (a < 0) != (b < 0)
        assert call("floor_div", a, b) == (_CONTEXT.subtract(quotient, 1) if below else quotient), (a, b)
        assert call("floor_mod", a, b) == (_CONTEXT.add(rest, b) if below else rest), (a, b)


@pytest.mark.parametrize(("a", "b", "want"), [(7, 2, 3), (-7, 2, -3), (7, -2, -3), (1, 3, 0), (-(2**63), -1, 2**63)])
def test_div_truncates_as_java(a: int, b: int, want: int) -> None:
    assert call("div", a, b) == want


def test_division_by_zero() -> None:
    for name in ("div", "mod", "floor_div", "floor_mod", "percent_of"):
        assert trap(name, 1, 0) == "division-by-zero"


def test_percentages() -> None:
    rng = random.Random(5)
    for _ in range(300):
        x, p = _number(rng), _number(rng)
        assert call("percent", x, p) == _CONTEXT.divide(_CONTEXT.multiply(x, p), 100)
        assert call("add_percent", x, p) == _CONTEXT.multiply(x, _CONTEXT.divide(_CONTEXT.add(p, 100), 100))
        if p:
            assert call("percent_of", x, p) == _CONTEXT.divide(_CONTEXT.multiply(x, 100), p)
    assert call("percent", 80, 19) == Decimal("15.2")
    assert call("add_percent", 100, -20) == 80
    assert call("percent_of", 1, 8) == Decimal("12.5")


def test_money_is_rounded_at_its_currency() -> None:
    amount = Decimal("1234.5675")
    assert call("round_currency", amount, "EUR") == Decimal("1234.57")
    assert call("round_currency", amount, "JPY") == 1235
    assert call("round_currency", amount, "KWD", "down") == Decimal("1234.567")
    assert call("round_currency", amount, "CLF") == amount
    assert call("round_currency", Decimal("-2.5"), "JPY", "half_even") == -2
    assert call("minor_units", "USD") == 2
    for code in ("XAU", "eur", "EURO", ""):
        assert trap("minor_units", code) == "bad-argument"


def test_methods_of_decimals() -> None:
    assert method("setScale", Decimal("2.345"), 2, "HALF_UP") == Decimal("2.35")
    assert method("setScale", Decimal("2.345"), 2, "HALF_EVEN") == Decimal("2.34")
    assert method("divide", 10, 3, 2, "HALF_UP") == Decimal("3.33")
    assert method("divide", 10, 4) == Decimal("2.5")
    assert method("divide", 7, 2, "DOWN") == 3
    assert method("add", 1, Decimal("0.5")) == Decimal("1.5")
    assert method("subtract", 1, 3) == -2
    assert method("multiply", Decimal("1.5"), 4) == 6
    assert method("remainder", -7, 3) == -1
    assert method("compareTo", 1, Decimal("1.5")) == -1
    assert method("intValue", Decimal("-2.9")) == -2
    assert method("doubleValue", Decimal("2.9")) == Decimal("2.9")
    assert method("signum", -3) == -1
    assert method("equals", 1, "1") is False
    assert method("max", 3, 5) == 5
