"""The module's numbered tables: constants, types, functions, imports, variables; numbers by first use."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import CompilerBug

_TEMPORAL = {"date": "Date", "time": "Time", "datetime": "DateTime", "duration": "Duration", "period": "Period"}


def data_of(value: ir.Constant) -> Any:
    """A constant as the kernel's Python face takes it."""
    if isinstance(value, ir.Temporal):
        return getattr(kernel, _TEMPORAL[value.kind])(value.text)
    if isinstance(value, ir.UndefinedType):
        raise CompilerBug("undefined is no constant of a module")
    return value


class Tables:
    """Numbers of everything that code refers to."""

    def __init__(self, module: ir.Module) -> None:
        self.types = {d.name: i for i, d in enumerate(module.types)}
        self.definitions = {d.name: d for d in module.types}
        self.functions = {f.name: i for i, f in enumerate(module.functions)}
        self.variables = {v.name: i for i, v in enumerate(module.variables)}
        self.globals_ = {rs.name: {g.name: i for i, g in enumerate(rs.globals)} for rs in module.rulesets}
        self.tables = {table.name: i for i, table in enumerate(module.tables)}
        self.imports: dict[str, int] = {}
        self.constants: dict[tuple[str, str], int] = {}
        self.values: list[Any] = []
        self._slots: dict[str, dict[str, int]] = {}
        if len(self.functions) != len(module.functions):
            raise CompilerBug("two functions have one name")

    def constant(self, value: ir.Constant) -> int:
        """Index of a constant; equal constants have one."""
        kind = "number" if isinstance(value, int | Decimal) and not isinstance(value, bool) else type(value).__name__
        key = (kind, repr(value) if isinstance(value, ir.Temporal) else str(value))
        if key not in self.constants:
            self.constants[key] = len(self.values)
            self.values.append(data_of(value))
        return self.constants[key]

    def native(self, name: str) -> int:
        """Index of a library function."""
        return self.imports.setdefault(name, len(self.imports))

    def keys(self, type_name: str) -> tuple[str, ...]:
        """Key fields of a type, the parents' first."""
        names: tuple[str, ...] = ()
        at: str | None = type_name
        while at is not None:
            names = (*self.definitions[at].keys, *names)
            at = self.definitions[at].extends
        return names

    def slot(self, type_name: str, field: str) -> int | None:
        """Number of a field within its type, the parents' fields first."""
        if type_name not in self._slots:
            chain: list[ir.TypeDef] = []
            at: str | None = type_name
            while at is not None:
                chain.insert(0, self.definitions[at])
                at = self.definitions[at].extends
            names = [f.name for d in chain for f in d.fields]
            self._slots[type_name] = {name: i for i, name in enumerate(names)}
        return self._slots[type_name].get(field)


def type_ref(tables: Tables, type_: ir.Type) -> Any:
    """A type in the module's encoding."""
    match type_:
        case ir.Scalar("null" | "session"):
            return "any"
        case ir.Scalar(name):
            return name
        case ir.ListOf(item):
            return ["list", type_ref(tables, item)]
        case ir.Optional(item):
            return ["optional", type_ref(tables, item)]
        case ir.Enum(values):
            return ["enum", list(values)]
        case ir.Ref(name):
            return ["type", tables.types[name]]
