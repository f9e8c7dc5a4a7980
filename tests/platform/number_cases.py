"""Random and hard operands for the number type, and what Python's `decimal` makes of them.

The oracle is `decimal.Context(prec=34, ROUND_HALF_EVEN, Emin=-6143, Emax=6144, clamp=1)`, for exp and pow a wider
computation that is rounded once. `mismatches` compares a batch and returns what differs.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import (
    ROUND_HALF_EVEN,
    Clamped,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    Rounded,
    Subnormal,
    Underflow,
)

from cybermiles.platform import decimal_batch

TRAPS = [DivisionByZero, InvalidOperation, Overflow]
QUIET = [Clamped, Inexact, Rounded, Subnormal, Underflow]
CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, clamp=1, traps=TRAPS)
WIDE = Context(prec=56, Emin=-999_999, Emax=999_999, traps=TRAPS)
WIDEST = Context(prec=500, Emin=-999_999, Emax=999_999, traps=TRAPS)

E_TINY, E_TOP, DIGITS = -6176, 6111, 34
TOP = 10**DIGITS

Pair = tuple[str, str]
Binary = Callable[[Decimal, Decimal], Decimal]


def _digits(r: random.Random, count: int) -> int:
    return r.randrange(10 ** (count - 1), 10**count)


def _sign(r: random.Random) -> str:
    return "-" if r.random() < 0.3 else ""


def _money(r: random.Random) -> Pair:
    return f"{_sign(r)}{r.randrange(10**8)}E-2", f"{_sign(r)}{r.randrange(10**6)}E-{r.randrange(5)}"


def _whole(r: random.Random) -> Pair:
    edge = [0, 1, -1, 7, 10, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 2**64 - 1, 10**18]
    return str(r.choice(edge)), str(r.choice(edge) if r.random() < 0.5 else r.randrange(-(10**9), 10**9))


def _full(r: random.Random) -> Pair:
    return (
        f"{_sign(r)}{_digits(r, 34)}E{r.randrange(-60, 20)}",
        f"{_sign(r)}{_digits(r, r.randrange(1, 35))}E{r.randrange(-60, 20)}",
    )


def _anywhere(r: random.Random) -> Pair:
    a = f"{_sign(r)}{_digits(r, r.randrange(1, 35))}E{r.randrange(E_TINY, E_TOP + 1)}"
    b = f"{_sign(r)}{_digits(r, r.randrange(1, 35))}E{r.randrange(E_TINY, E_TOP + 1)}"
    return a, b


def _carry(r: random.Random) -> Pair:
    def near_power() -> int:
        return max(1, min(TOP - 1, 10 ** r.randrange(1, 35) + r.choice([-2, -1, 0, 1])))

    e = r.randrange(-40, 40)
    return f"{_sign(r)}{near_power()}E{e}", f"{_sign(r)}{near_power()}E{e + r.randrange(-36, 37)}"


def _tie(r: random.Random) -> Pair:
    """Sums and products that lie half way between two numbers, or a hair beside."""
    kind = r.randrange(3)
    e = r.randrange(-40, 40)
    if kind == 0:
        return f"{_digits(r, 34)}E{e}", f"{_sign(r)}5E{e - 1}"
    if kind == 1:
        return f"{_digits(r, 34)}E{e}", f"{_sign(r)}{5 * 10**33 + r.choice([-1, 0, 1])}E{e - 34}"
    return f"{2 * _digits(r, 17) + 1}E{e}", f"{10 * r.randrange(10**15, 10**16) + 5}E{e}"


def _subnormal(r: random.Random) -> Pair:
    a = f"{_sign(r)}{_digits(r, r.randrange(1, 35))}E{r.randrange(E_TINY, E_TINY + 40)}"
    return a, f"{_sign(r)}{_digits(r, r.randrange(1, 35))}E{r.choice([r.randrange(-80, 5), E_TINY])}"


def _huge(r: random.Random) -> Pair:
    a = f"{_sign(r)}{_digits(r, r.randrange(1, 35))}E{r.randrange(E_TOP - 40, E_TOP + 1)}"
    if r.random() < 0.3:
        a = f"{_sign(r)}{r.randrange(1, 10)}E{r.randrange(E_TOP, 6145)}"
    return a, f"{_sign(r)}{_digits(r, r.randrange(1, 35))}E{r.choice([r.randrange(-40, 40), E_TOP])}"


def _close(r: random.Random) -> Pair:
    c, e = _digits(r, 34), r.randrange(-50, 10)
    return f"{c}E{e}", f"{_sign(r)}{min(TOP - 1, c + r.randrange(-3, 4))}E{e}"


def _special(r: random.Random) -> Pair:
    few = ["0", "1", "-1", "10", "0.1", "2", "-0.5", "1E-6176", "9E6144", "-9.999999999999999999999999999999999E6144"]
    return r.choice(few), r.choice(few)


KINDS = [_money, _whole, _full, _anywhere, _carry, _tie, _subnormal, _huge, _close, _special]


def _ln_operand(r: random.Random) -> Pair:
    kind = r.randrange(4)
    if kind == 0:  # close to 1
        return f"{10**33 + r.choice([-1, 1]) * r.randrange(1, 10 ** r.randrange(1, 33))}E-33", "0"
    if kind == 1:
        return f"{r.randrange(1, 10**6)}E{r.randrange(-6, 3)}", "0"
    return f"{_digits(r, r.randrange(1, 35))}E{r.choice([r.randrange(-40, 10), r.randrange(E_TINY, E_TOP)])}", "0"


def _exp_operand(r: random.Random) -> Pair:
    kind = r.randrange(5)
    if kind == 0:  # the ends of the range
        return f"{r.choice(['14149', '14150', '-14144', '-14220', '-14221'])}.{_digits(r, 20)}", "0"
    if kind == 1:
        return f"{_sign(r)}{r.randrange(10**6)}E{r.randrange(-6, 3)}", "0"
    count = r.randrange(1, 35)
    return f"{_sign(r)}{_digits(r, count)}E{r.randrange(-count - 36, 5 - count)}", "0"


def _pow_operands(r: random.Random) -> Pair:
    kind = r.randrange(8)
    if kind <= 2:  # interest: (1 + rate) ^ years
        return f"{10**6 + r.randrange(1, 200_000)}E-6", str(r.randrange(-400, 400))
    if kind == 3:  # squares that are ties or nearly
        return f"{10 * _digits(r, 17) + 5}E{r.randrange(-30, 10)}", r.choice(["2", "3", "-1", "-2", "0.5"])
    if kind == 4:
        return f"{_sign(r)}{_digits(r, r.randrange(1, 35))}E{r.randrange(-40, 10)}", str(r.randrange(-60, 60))
    if kind == 5:  # a base close to 1, a large exponent
        return f"{10**33 + r.choice([-1, 1]) * _digits(r, r.randrange(1, 30))}E-33", f"{_digits(r, r.randrange(1, 34))}"
    if kind == 6:  # exact roots
        return str(r.randrange(1, 10**6) ** 4), r.choice(["0.5", "0.25", "0.75", "-0.5", "1.5"])
    return (
        f"{_digits(r, r.randrange(1, 35))}E{r.randrange(-40, 10)}",
        f"{_sign(r)}{_digits(r, 20)}E-{r.randrange(16, 24)}",
    )


def operands(op: str, count: int, seed: int) -> tuple[list[str], list[str]]:
    """`count` pairs for an operation, the same for the same seed."""
    r = random.Random(f"{op} {seed}")
    makers = {"ln": _ln_operand, "exp": _exp_operand, "pow": _pow_operands}
    kinds = [makers[op]] if op in makers else KINDS
    pairs = [kinds[i % len(kinds)](r) for i in range(count)]
    if op == "quantize":
        pairs = [(a, str(_quantum(r, a))) for a, _ in pairs]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _quantum(r: random.Random, a: str) -> int:
    if r.random() < 0.1:
        return r.choice([E_TINY - 1, E_TINY, E_TOP, E_TOP + 1, 6144, 6145, 0, -2])
    exponent = Decimal(a).as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent + r.randrange(-36, 37)


# --- the oracle ---


def _remainder(a: Decimal, b: Decimal) -> Decimal:
    if b == 0 and a != 0:
        raise DivisionByZero  # Python calls it invalid; we name the cause
    return CONTEXT.remainder(a, b)


def _quantize(a: Decimal, b: Decimal) -> Decimal:
    return CONTEXT.quantize(a, Decimal((0, (1,), int(b))))


def _exp_in(wide: Context) -> Binary:
    return lambda a, _: CONTEXT.plus(wide.exp(a))


def _pow_in(wide: Context) -> Binary:
    def power(a: Decimal, b: Decimal) -> Decimal:
        if b == 0 or a == 1:
            return Decimal(1)
        if a == 0:
            if b < 0:
                raise DivisionByZero
            return Decimal(0)
        return CONTEXT.plus(wide.power(a, b))

    return power


ORACLE: dict[str, Binary] = {
    "add": CONTEXT.add,
    "sub": CONTEXT.subtract,
    "mul": CONTEXT.multiply,
    "div": CONTEXT.divide,
    "rem": _remainder,
    "compare": CONTEXT.compare,
    "quantize": _quantize,
    "sqrt": lambda a, _: CONTEXT.sqrt(a),
    "ln": lambda a, _: CONTEXT.ln(a),
    "exp": _exp_in(WIDE),
    "pow": _pow_in(WIDE),
    "neg": lambda a, _: CONTEXT.minus(a),
    "abs": lambda a, _: CONTEXT.abs(a),
    "plus": lambda a, _: CONTEXT.plus(a),
}
# asked again where the first does not agree: 56 digits may round to a tie that is none
AGAIN: dict[str, Binary] = {"exp": _exp_in(WIDEST), "pow": _pow_in(WIDEST)}

CODES = [
    (DivisionByZero, "division-by-zero"),
    (Overflow, "number-overflow"),
    (InvalidOperation, "invalid-number"),
]


def _expected(oracle: Binary, a: Decimal, b: Decimal) -> Decimal | str:
    try:
        return oracle(a, b)
    except ArithmeticError as error:
        if op_is_invalid_zero(error, a, b):
            return "invalid-number"
        return next(code for kind, code in CODES if isinstance(error, kind))


def op_is_invalid_zero(error: ArithmeticError, a: Decimal, b: Decimal) -> bool:
    """0/0: a subclass of both kinds in Python."""
    return isinstance(error, DivisionByZero) and isinstance(error, InvalidOperation) and a == b == 0


def _agrees(found: str, expected: Decimal | str) -> bool:
    if isinstance(expected, str) or not found[-1].isdigit():
        return found == expected
    canonical = found == "0E0" or "0E" not in found
    return canonical and Decimal(found) == expected


def mismatches(op: str, count: int, seed: int) -> list[tuple[str, str, str, str]]:
    """(a, b, found, expected) of the pairs whose results differ or are not canonical."""
    a, b = operands(op, count, seed)
    found = decimal_batch(op, a, b)
    oracle, again = ORACLE[op], AGAIN.get(op)
    wrong = []
    for x, y, z in zip(a, b, found, strict=True):
        dx, dy = Decimal(x), Decimal(y)
        expected = _expected(oracle, dx, dy)
        if not _agrees(z, expected):
            if again is not None:
                expected = _expected(again, dx, dy)
                if _agrees(z, expected):
                    continue
            wrong.append((x, y, z, str(expected)))
    return wrong
