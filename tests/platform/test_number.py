"""What the number type promises beyond the oracle: text, canonical form, rounding modes, errors with codes."""

import random
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)

import pytest

from cybermiles.platform import (
    DECIMAL_OPS,
    DECIMAL_ROUNDINGS,
    NumberError,
    decimal_batch,
    decimal_op,
    decimal_round,
)
from tests.platform.number_cases import ORACLE, operands

MODES = {
    "half-even": ROUND_HALF_EVEN,
    "half-up": ROUND_HALF_UP,
    "half-down": ROUND_HALF_DOWN,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
    "ceiling": ROUND_CEILING,
    "floor": ROUND_FLOOR,
}


def test_every_operation_has_an_oracle() -> None:
    assert set(DECIMAL_OPS) == set(ORACLE)
    assert set(DECIMAL_ROUNDINGS) == set(MODES)


@pytest.mark.parametrize(
    ("op", "a", "b", "result"),
    [
        ("mul", "100", "0.8", "80"),
        ("sub", "1", "1.0", "0"),
        ("div", "1", "3", "0.3333333333333333333333333333333333"),
        ("div", "7", "2", "3.5"),
        ("add", "9223372036854775807", "1", "9223372036854775808"),
        ("sub", "9223372036854775808", "1", "9223372036854775807"),
        ("rem", "-7", "3", "-1"),
        ("rem", "5.5", "2", "1.5"),
        ("rem", "-9223372036854775808", "-1", "0"),
        ("div", "-9223372036854775808", "-1", "9223372036854775808"),
        ("mul", "-9223372036854775808", "-9223372036854775808", "85070591730234615865843651857942050000"),
        ("pow", "2", "10", "1024"),
        ("pow", "0", "0", "1"),
        ("pow", "4", "0.5", "2"),
        ("pow", "1.0001", "10000", "2.718145926825224864037664674913147"),
        ("neg", "-9223372036854775808", "0", "9223372036854775808"),
        ("neg", "0", "0", "0"),
        ("sqrt", "0.0004", "0", "0.02"),
        ("ln", "1", "0", "0"),
        ("exp", "0", "0", "1"),
        ("quantize", "2.345", "-2", "2.34"),
        ("quantize", "-0.004", "-2", "0"),
        ("compare", "1E3", "1000.0", "0"),
    ],
)
def test_examples(op: str, a: str, b: str, result: str) -> None:
    assert decimal_op(op, a, b) == result


@pytest.mark.parametrize(
    ("op", "a", "b", "code"),
    [
        ("div", "1", "0", "division-by-zero"),
        ("rem", "1", "0", "division-by-zero"),
        ("div", "0", "0", "invalid-number"),
        ("pow", "0", "-1", "division-by-zero"),
        ("pow", "-8", "0.5", "invalid-number"),
        ("sqrt", "-1", "0", "invalid-number"),
        ("ln", "0", "0", "invalid-number"),
        ("ln", "-1", "0", "invalid-number"),
        ("mul", "9E6144", "10", "number-overflow"),
        ("exp", "1E6144", "0", "number-overflow"),
        ("pow", "10", "1E6144", "number-overflow"),
        ("rem", "1E40", "3", "invalid-number"),
        ("add", "NaN", "1", "invalid-number"),
        ("add", "Infinity", "1", "invalid-number"),
        ("add", " 1", "1", "invalid-number"),
        ("add", "1e6145", "1", "number-overflow"),
    ],
)
def test_errors_have_codes_and_are_never_nan(op: str, a: str, b: str, code: str) -> None:
    with pytest.raises(NumberError) as caught:
        decimal_op(op, a, b)
    assert caught.value.code == code


def test_plain_notation_is_never_scientific_and_reads_back() -> None:
    a, _ = operands("plus", 5_000, 3)
    exact = decimal_batch("plus", a, ["0"] * len(a))
    for text, canonical in zip(a, exact, strict=True):
        plain = decimal_op("plus", text)
        assert set(plain) <= set("-.0123456789")
        assert len(plain) <= 6_215
        assert Decimal(plain) == Decimal(canonical)
        assert decimal_op("plus", plain) == plain


@pytest.mark.parametrize("text", ["", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x1", "1_0", "1 ", "--1", "١"])
def test_only_json_number_syntax_is_read(text: str) -> None:
    with pytest.raises(NumberError, match="invalid number operation"):
        decimal_op("plus", text)


def test_a_very_long_text_is_read_or_refused_quickly() -> None:
    assert decimal_op("plus", "0." + "0" * 6_000 + "1") == "0." + "0" * 6_000 + "1"
    with pytest.raises(NumberError):
        decimal_op("plus", "1" * 10_000_000)
    with pytest.raises(NumberError):
        decimal_op("plus", "1e" + "9" * 10_000_000)


@pytest.mark.parametrize("mode", MODES)
def test_rounding_modes_equal_pythons(mode: str) -> None:
    r = random.Random(mode)
    wide = Context(prec=80, Emin=-99_999, Emax=99_999, rounding=MODES[mode])
    for i in range(20_000):
        places = r.randrange(-6, 12)
        if i % 3 == 0:  # a tie
            text = f"{r.choice(['', '-'])}{r.randrange(10**6) * 10 + 5}E{-places - 1}"
        else:
            text = f"{r.choice(['', '-'])}{r.randrange(10 ** r.randrange(1, 34))}E{r.randrange(-30, 6)}"
        expected = Decimal(text).quantize(Decimal((0, (1,), -places)), context=wide)
        assert Decimal(decimal_round(text, places, mode)) == expected, (text, places)
