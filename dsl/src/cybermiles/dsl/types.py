"""What is known of the record types while a module compiles: declared ones, enums and open ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cybermiles.dsl import ir

ALIASES: dict[str, ir.Type] = {
    **dict.fromkeys(("int", "integer", "Integer", "long", "Long", "short", "Short", "BigInteger"), ir.INT),
    **dict.fromkeys(("number", "double", "Double", "float", "Float", "BigDecimal", "Number"), ir.NUMBER),
    **dict.fromkeys(("text", "string", "String", "char", "Character"), ir.TEXT),
    **dict.fromkeys(("bool", "boolean", "Boolean"), ir.BOOL),
    **dict.fromkeys(("date", "LocalDate"), ir.DATE),
    **dict.fromkeys(("datetime", "Date", "LocalDateTime", "ZonedDateTime", "OffsetDateTime"), ir.DATETIME),
    **dict.fromkeys(("time", "LocalTime"), ir.TIME),
    **dict.fromkeys(("duration", "Duration"), ir.DURATION),
    **dict.fromkeys(("period", "Period"), ir.PERIOD),
    **{name: ir.ListOf(ir.ANY) for name in ("list", "List", "ArrayList", "Collection", "Set", "HashSet")},
    **dict.fromkeys(("record", "map", "Map", "HashMap"), ir.RECORD),
    **dict.fromkeys(("any", "Object", "object"), ir.ANY),
    "bytes": ir.BYTES,
}
"""Built-in type names, with those that Drools users know from Java."""

_SCHEMA = {
    "number": ir.NUMBER,
    "integer": ir.INT,
    "string": ir.TEXT,
    "boolean": ir.BOOL,
    "object": ir.RECORD,
    "null": ir.NULL,
}


def type_of_schema(schema: dict[str, Any]) -> ir.Type:
    """The type that a JSON Schema (the closed subset) describes."""
    if "enum" in schema and all(isinstance(v, str) for v in schema["enum"]):
        return ir.Enum(tuple(schema["enum"]))
    kind = schema.get("type")
    if isinstance(kind, list):
        rest = [k for k in kind if k != "null"]
        inner = type_of_schema({**schema, "type": rest[0]}) if len(rest) == 1 else ir.ANY
        return ir.Optional(inner) if len(rest) < len(kind) and inner != ir.ANY else inner
    if kind == "array":
        return ir.ListOf(type_of_schema(schema.get("items", {})))
    if kind == "string" and schema.get("format") in ("date", "time", "date-time", "duration"):
        return ir.SCALARS[schema["format"].replace("-", "")]
    return _SCHEMA.get(str(kind), ir.ANY)


class TypeTable:
    """The module's record types; asking for an unknown name makes it an open type."""

    def __init__(self, declared: tuple[ir.TypeDef, ...] = (), enums: dict[str, tuple[str, ...]] | None = None):
        self._types = {d.name: d for d in declared}
        self.enums = dict(enums or {})
        self.enum_fields: dict[str, dict[str, dict[str, ir.Const]]] = {}
        """By enumeration, field and value."""
        self.in_rules: set[str] = set()
        """Types that rule files declare."""
        self.nullable: set[tuple[str, str]] = {
            (d.name, f.name) for d in declared for f in d.fields if isinstance(f.type, ir.Optional)
        }
        """Fields whose type says that they may be null: `price : number?`."""
        self.class_reactive: set[str] = set()
        """Types of which the modification of any field matters to every pattern."""

    def __iter__(self) -> Iterator[ir.TypeDef]:
        return iter(self._types.values())

    def __contains__(self, name: str) -> bool:
        return name in self._types or name in self.enums

    def get(self, name: str) -> ir.TypeDef | None:
        """The record type of this name."""
        return self._types.get(name)

    def add(self, definition: ir.TypeDef) -> None:
        """Declares a type."""
        self._types[definition.name] = definition

    def open(self, name: str, span: ir.Span) -> ir.TypeDef:
        """Makes an open type."""
        self._types[name] = ir.TypeDef(name, True, None, (), span=span)
        return self._types[name]

    def is_open(self, name: str) -> bool:
        """Whether values of the type may have fields that nothing declares."""
        return name not in self._types or self._types[name].open

    def fields(self, name: str) -> list[ir.Field]:
        """All fields of a type, the parents' first."""
        chain: list[ir.TypeDef] = []
        definition = self._types.get(name)
        while definition is not None and definition not in chain:
            chain.insert(0, definition)
            definition = self._types.get(definition.extends) if definition.extends else None
        return [field for d in chain for field in d.fields]

    def field_type(self, name: str, field: str) -> ir.Type | None:
        """The type of a field, ``any`` for open types, or None if there is no such field."""
        for known in self.fields(name):
            if known.name == field:
                return known.type
        return ir.ANY if self.is_open(name) else None

    def enum_field(self, of: ir.Enum, field: str) -> dict[str, ir.Const]:
        """The constants of an enumeration's field by value; empty: there is no such field."""
        for name, values in self.enums.items():
            if values == of.values and field in self.enum_fields.get(name, {}):
                return self.enum_fields[name][field]
        return {}

    def names(self) -> list[str]:
        """All names that stand for a type."""
        return [*self._types, *self.enums]

    def resolve(self, text: str) -> ir.Type | None:
        """The type that a name in a declaration means."""
        if text in self._types:
            return ir.Ref(text)
        if text in self.enums:
            return ir.Enum(self.enums[text])
        return ALIASES.get(text)


def strip(type: ir.Type) -> ir.Type:
    """The type without its null."""
    return type.item if isinstance(type, ir.Optional) else type


def initial(type: ir.Type) -> Any:
    """What a global begins with: an empty list or record, else null."""
    of = strip(type)
    if isinstance(of, ir.ListOf):
        return []
    return {} if of == ir.RECORD else None


def family(type: ir.Type) -> str | None:
    """Values of different families are never equal; None: unknown."""
    match strip(type):
        case ir.Scalar("any"):
            return None
        case ir.Scalar("int"):
            return "number"
        case ir.Scalar("record") | ir.Ref():
            return "record"
        case ir.Scalar(name):
            return name
        case ir.Enum():
            return "text"
        case ir.ListOf():
            return "list"
    return None


def accepts(table: TypeTable, target: ir.Type, value: ir.Type) -> bool:
    """Whether a value whose static type is ``value`` may be stored where ``target`` is declared."""
    wanted, given = family(target), family(value)
    if wanted is None or given is None:
        return True
    if given == "null":
        return True
    if wanted != given:
        return False
    target, value = strip(target), strip(value)
    if isinstance(target, ir.ListOf) and isinstance(value, ir.ListOf):
        return accepts(table, target.item, value.item)
    if isinstance(target, ir.Ref) and isinstance(value, ir.Ref):
        return is_subtype(table, value.name, target.name)
    return True


def is_subtype(table: TypeTable, name: str, parent: str) -> bool:
    """Whether a type is another or extends it."""
    seen: set[str] = set()
    at: str | None = name
    while at is not None and at not in seen:
        if at == parent:
            return True
        seen.add(at)
        definition = table.get(at)
        at = definition.extends if definition else None
    return False
