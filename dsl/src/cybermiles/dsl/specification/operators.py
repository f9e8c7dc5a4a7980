"""Operators: arithmetic, order, texts of values. What has no result is a ``Halt``."""

from __future__ import annotations

from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow

from cybermiles.dsl import ir
from cybermiles.dsl.specification import kernel_library
from cybermiles.dsl.specification.values import (
    ARITHMETIC,
    ZERO,
    Halt,
    Items,
    Record,
    Value,
    absent,
    equal,
    kind,
    number,
    truth,
    whole,
)

_NAMES = {"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "rem", "**": "pow", "<": "lt", "<=": "le"}
_NAMES |= {">": "gt", ">=": "ge"}
_ORDERED = ("number", "text", "date", "time", "datetime", "duration")
_TYPEOF = {"undefined": "undefined", "boolean": "boolean", "number": "number", "text": "string"}


def binary(op: str, left: Value, right: Value, safe: bool) -> Value:
    """``left op right``; an ordering with ``safe`` is false where there is no order."""
    match op:
        case "==":
            return equal(left, right)
        case "!=":
            return not equal(left, right)
        case "===" | "!==":
            absent = left is None or left is ir.UNDEFINED
            return (left is right if absent else equal(left, right)) is (op == "===")
        case "<" | "<=" | ">" | ">=":
            found = order(left, right)
            if found is None and not safe:
                raise _mixed(op, left, right)
            return found is not None and {"<": found < 0, "<=": found <= 0, ">": found > 0, ">=": found >= 0}[op]
        case "in":
            if not isinstance(right, Record):
                raise _no_fields(right, str(left))
            return right.fields.get(left, ir.UNDEFINED) is not ir.UNDEFINED
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return calculate(op, left, right)
    if op == "+" and (isinstance(left, str) or isinstance(right, str)):
        return text(left) + text(right)
    if _temporal(left) or _temporal(right):
        return kernel_library.operate(op, left, right)
    raise _mixed(op, left, right)


def calculate(op: str, left: Decimal, right: Decimal) -> Decimal:
    """Arithmetic on two numbers."""
    try:
        match op:
            case "+":
                return number(ARITHMETIC.add(left, right))
            case "-":
                return number(ARITHMETIC.subtract(left, right))
            case "*":
                return number(ARITHMETIC.multiply(left, right))
            case "/" | "%" if not right and left:
                raise Halt("division-by-zero", "division by zero")
            case "/":
                return number(ARITHMETIC.divide(left, right))
            case "%":
                return number(ARITHMETIC.remainder(left, right))
            case _:
                return _power(left, right)
    except Overflow:
        raise Halt("number-overflow", "number overflow") from None
    except DivisionByZero:
        raise Halt("division-by-zero", "division by zero") from None
    except InvalidOperation:
        raise Halt("invalid-number", "invalid number operation") from None


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    """Whole numbers here, anything else by the kernel's own definition of a correctly rounded power."""
    b, e = whole(base), whole(exponent)
    if b is not None and e is not None and 0 < e < 64 and abs(b) ** e < 2**63:
        return number(b**e)
    found: Decimal = kernel_library.operate("**", base, exponent)
    return found


def order(left: Value, right: Value) -> int | None:
    """-1, 0 or 1 for two values of one ordered kind; None if they have no order."""
    of = kind(left)
    if of not in _ORDERED or of != kind(right):
        return None
    return int(left > right) - int(left < right)


def unary(op: str, value: Value) -> Value:
    """``-`` (of anything that has a negative), ``!``, ``typeof``, ``length``."""
    match op:
        case "!":
            return not truth(value)
        case "typeof":
            return _TYPEOF.get(kind(value), "object")
        case "length":
            return length(value)
    if isinstance(value, Decimal):
        return value.copy_negate() if value else ZERO
    if absent(value):
        raise Halt("null-operand", "`neg` of null")
    if kind(value) in ("duration", "period"):
        return kernel_library.operate("neg", value)
    raise Halt("type-mismatch", f"`neg` does not take a {kind(value)}")


def length(value: Value) -> Decimal:
    """Code points of a text, items of a list, fields of a record."""
    match value:
        case str() | bytes():
            return number(len(value))
        case Items():
            return number(len(value.values))
        case Record():
            return number(sum(v is not ir.UNDEFINED for v in value.fields.values()))
    if absent(value):
        raise Halt("null-operand", "the length of null")
    raise Halt("type-mismatch", f"a {kind(value)} has no length")


def text(value: Value, depth: int = 8) -> str:
    """What ``print`` and joining make of a value, as JavaScript does."""
    match value:
        case None:
            return "null"
        case ir.UndefinedType():
            return "undefined"
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case Decimal():
            return format(value, "f")
        case bytes():
            return value.hex()
        case Record():
            return "[object Object]"
        case Items():
            if depth == 0:
                raise Halt("too-deep", "lists are nested more than 8 deep in a text")
            return ",".join("" if absent(item) else text(item, depth - 1) for item in value.values)
        case _:
            return str(value)


def _temporal(value: Value) -> bool:
    return kind(value) in ("date", "time", "datetime", "duration", "period")


def _mixed(op: str, left: Value, right: Value) -> Halt:
    if absent(left) or absent(right):
        return Halt("null-operand", f"`{_NAMES[op]}` of null")
    return Halt("type-mismatch", f"`{_NAMES[op]}` does not take {kind(left)} and {kind(right)}")


def _no_fields(value: Value, name: str) -> Halt:
    if absent(value):
        return Halt("null-operand", f"the field `{name}` of null")
    return Halt("type-mismatch", f"the field `{name}` of a {kind(value)} cannot be set")
