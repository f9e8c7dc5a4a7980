"""What all passes over the syntax trees of one module share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import Diagnostics, suggest
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.types import TypeTable


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A decision table that `decide` may name."""

    function: str
    lists: bool
    """It gives a list: of all rows that are true."""
    item: t.TableItem


@dataclass(slots=True)
class Context:
    """The module under construction."""

    diagnostics: Diagnostics
    types: TypeTable
    parameters: Mapping[str, ir.Type] | None = None
    """Contract parameters by name; None: there is no contract."""
    variables: Mapping[str, ir.Type] = field(default_factory=dict)
    """Contract variables by name."""
    rulesets: tuple[str, ...] = ()
    """Names of the rule files that ``load_rules`` may open."""
    permissions: tuple[str, ...] = ()
    functions: list[ir.Function] = field(default_factory=list)
    warned: set[str] = field(default_factory=set)
    """Undeclared types that were already warned of."""
    tables: dict[str, TableInfo] = field(default_factory=dict)
    """Decision tables by name."""
    made_tables: list[ir.Table] = field(default_factory=list)
    processes: Mapping[str, str] = field(default_factory=dict)
    """Names of processes (ids, files, stems of files) to their keys, `FILE#ID`."""

    def record_type(self, name: str, span: ir.Span) -> str:
        """The record type that a name means; an unknown name becomes an open type, with a warning."""
        short = name.rsplit(".", 1)[-1]
        if self.types.get(short) is None:
            self.warn_undeclared(short, span)
            self.types.open(short, span)
        return short

    def warn_undeclared(self, name: str, span: ir.Span) -> None:
        """Says once that a type is not declared."""
        if name in self.warned or name in self.types:
            return
        self.warned.add(name)
        hint = suggest(name, self.types.names()) or f"declare it: `declare {name} ... end`"
        self.diagnostics.add("undeclared-type", f"the type `{name}` is not declared", span, hint)
