"""Values: what a name can stand for, when two are equal, how data comes in and goes out.

Null is ``None``, undefined ``ir.UNDEFINED``; truth values and texts are Python's; every number is a ``Decimal`` without
trailing zeros; records and lists have identity; temporal values are the kernel's own classes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from decimal import ROUND_HALF_EVEN as HALF_EVEN
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, TypeAlias

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.types import TypeTable, initial, is_subtype

ARITHMETIC = Context(
    prec=34, rounding=HALF_EVEN, Emin=-6143, Emax=6144, clamp=1, traps=[DivisionByZero, InvalidOperation, Overflow]
)
"""decimal128 (DESIGN section 3)."""
ZERO = Decimal(0)
TEMPORAL: dict[str, Any] = {
    "date": kernel.Date,
    "time": kernel.Time,
    "datetime": kernel.DateTime,
    "duration": kernel.Duration,
    "period": kernel.Period,
}
Value: TypeAlias = Any


class Halt(Exception):  # noqa: N818  the kernel calls it so
    """A run that ended early, as the kernel's ``RunError``: ``kind`` is ``trap`` or ``revert``."""

    def __init__(self, code: str, message: str, kind: str = "trap") -> None:
        super().__init__(f"{code}: {message}")
        self.kind, self.code, self.message = kind, code, message


class Record:
    """A record: of a type, or (``of`` None) a plain one."""

    __slots__ = ("fields", "of")

    def __init__(self, of: str | None, fields: dict[str, Value]) -> None:
        self.of, self.fields = of, fields

    def __repr__(self) -> str:
        return f"{self.of or 'record'}{self.fields}"


class Items:
    """A list."""

    __slots__ = ("values",)

    def __init__(self, values: list[Value]) -> None:
        self.values = values

    def __repr__(self) -> str:
        return repr(self.values)


def number(value: Decimal | int) -> Decimal:
    """The one representation of a number: no trailing zeros, no signed zero."""
    found = ARITHMETIC.normalize(ARITHMETIC.create_decimal(value))
    return found or ZERO


def whole(value: Value) -> int | None:
    """A number as a whole number of 64 bits, if it is one."""
    if isinstance(value, Decimal) and value == value.to_integral_value() and -(2**63) <= value < 2**63:
        return int(value)
    return None


def absent(value: Value) -> bool:
    """Null or undefined."""
    return value is None or value is ir.UNDEFINED


def present(value: Value) -> Value:
    """Undefined is null to a rule."""
    return None if value is ir.UNDEFINED else value


def sameness(value: Value) -> Hashable:
    """Two values are equal if these are: records and lists by identity, anything else by kind and value."""
    if value is ir.UNDEFINED:
        return None
    return (bool, value) if isinstance(value, bool) else value


def equal(a: Value, b: Value) -> bool:
    """The language's ``==``: values of different kinds are unequal."""
    return sameness(a) == sameness(b)


def kind(value: Value) -> str:
    """The word for a value's kind."""
    match value:
        case None:
            return "null"
        case ir.UndefinedType():
            return "undefined"
        case bool():
            return "boolean"
        case Decimal():
            return "number"
        case str():
            return "text"
        case bytes():
            return "bytes"
        case Items():
            return "list"
        case Record():
            return "record"
        case _:
            return type(value).__name__.lower()


def truth(value: Value) -> bool:
    """JavaScript's truth: false, null, undefined, 0 and an empty text are false."""
    if isinstance(value, bool):
        return value
    return not absent(value) and not (isinstance(value, Decimal | str) and not value)


class Types:
    """The record types of a module."""

    def __init__(self, types: Iterable[ir.TypeDef]) -> None:
        self._table = TypeTable(tuple(types))
        self._fields = {d.name: {f.name: f for f in self._table.fields(d.name)} for d in self._table}
        self._subtypes: dict[tuple[str, str], bool] = {}

    def fields(self, of: str) -> Mapping[str, ir.Field]:
        """The fields of a type in order, the parents' first."""
        return self._fields.get(of, {})

    def keys(self, of: str) -> tuple[str, ...]:
        """The fields that say which records of a type are equal; none: no two are."""
        at = self._table.get(of)
        parents = self.keys(at.extends) if at and at.extends else ()
        return (*parents, *(at.keys if at else ()))

    def is_open(self, of: str | None) -> bool:
        """Whether records may have fields beside the type's."""
        return of is None or self._table.is_open(of)

    def known(self, of: Value) -> bool:
        """Whether this names a type of the module."""
        return isinstance(of, str) and of in self._fields

    def is_a(self, value: Value, of: str) -> bool:
        """Whether a value is a record of a type or of one that extends it."""
        if not isinstance(value, Record) or value.of is None:
            return False
        pair = (value.of, of)
        if pair not in self._subtypes:
            self._subtypes[pair] = is_subtype(self._table, value.of, of)
        return self._subtypes[pair]

    def new(self, of: str) -> Record:
        """A record with its defaults: null, in an open type undefined."""
        empty = ir.UNDEFINED if self.is_open(of) else None
        fields = self.fields(of).values()
        return Record(of, {f.name: empty if f.default is None else constant(f.default.value) for f in fields})

    def get(self, record: Record, name: str) -> Value:
        """A field by name; a declared type must have it."""
        if name not in record.fields and not self.is_open(record.of):
            raise Halt("unknown-field", f"type `{record.of}` has no field `{name}`")
        return record.fields.get(name, ir.UNDEFINED)

    def set(self, record: Record, name: str, value: Value) -> None:
        """Sets a field; the value must fit its type, null always does."""
        field = self.fields(record.of).get(name) if record.of else None
        if field is None and not self.is_open(record.of):
            raise Halt("unknown-field", f"type `{record.of}` has no field `{name}`")
        if field is not None and not absent(value) and not self.fits(value, field.type):
            whole_wanted = field.type in (ir.INT, ir.Optional(ir.INT)) and isinstance(value, Decimal)
            code = "not-whole" if whole_wanted else "type-mismatch"
            raise Halt(code, f"field `{name}` does not take a value of kind {kind(value)}")
        record.fields[name] = None if value is ir.UNDEFINED and not self.is_open(record.of) else value

    def fits(self, value: Value, type_: ir.Type) -> bool:
        """Whether a value may stand where a type is declared."""
        match type_:
            case ir.Scalar("any" | "null" | "session"):
                return True
            case ir.Optional(item):
                return absent(value) or self.fits(value, item)
            case ir.Scalar("int"):
                return isinstance(value, Decimal) and value == value.to_integral_value()
            case ir.Scalar("bool"):
                return isinstance(value, bool)
            case ir.Scalar("record"):
                return isinstance(value, Record)
            case ir.Scalar(name):
                return kind(value) == name
            case ir.Enum(values):
                return isinstance(value, str) and value in values
            case ir.Ref(name):
                return self.is_a(value, name)
            case ir.ListOf(item):
                return isinstance(value, Items) and all(self.fits(v, item) for v in value.values)

    def read(self, data: Any) -> Value:
        """A value from data; a record whose ``$type`` names a type of the module is one of it."""
        match data:
            case bool() | None | str() | bytes():
                return data
            case int() | Decimal():
                return number(data)
            case list() | tuple():
                return Items([self.read(item) for item in data])
            case dict():
                if not self.known(data.get("$type")):
                    return Record(None, {name: self.read(value) for name, value in data.items()})
                record = self.new(data["$type"])
                for name, value in data.items():
                    if name != "$type":
                        self.set(record, name, self.read(value))
                return record
            case _:
                return data


def constant(value: ir.Constant) -> Value:
    """A constant of the IR."""
    if isinstance(value, ir.Temporal):
        return TEMPORAL[value.kind](value.text)
    return number(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def empty(of: ir.Type) -> Value:
    """What a global without a default begins with."""
    begun = initial(of)
    if begun is None:
        return None
    return Items([]) if begun == [] else Record(None, {})


def data(value: Value, depth: int = 64) -> Any:
    """A value as data; undefined is null, an undefined field is left out."""
    if depth == 0:
        raise Halt("too-deep", "the value is nested more than 64 deep or contains itself")
    match value:
        case ir.UndefinedType():
            return None
        case Decimal():
            return int(value) if value == value.to_integral_value() and abs(value) < 10**34 else value
        case Items():
            return [data(item, depth - 1) for item in value.values]
        case Record():
            made = {} if value.of is None else {"$type": value.of}
            return made | {n: data(v, depth - 1) for n, v in value.fields.items() if v is not ir.UNDEFINED}
        case _:
            return value
