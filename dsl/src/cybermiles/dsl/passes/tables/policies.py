"""What a table's hit policy does: the table as a function of a record, and as a rule over the facts of a type."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.types import strip

_ROWS = ir.Local("rows#", type=ir.ListOf(ir.INT))
_ROW = ir.Local("row#", type=ir.INT)
_SUM = ir.Local("sum#")
_LIST = ir.Local("list#", type=ir.ListOf(ir.ANY))
_NEXT = ir.Local("next#")
_INT0 = ir.Const(0, type=ir.INT)
_TEMPORAL: dict[str, Callable[[str], Any]] = {
    "date": kernel.Date,
    "time": kernel.Time,
    "datetime": kernel.DateTime,
    "duration": kernel.Duration,
}


def input_name(index: int) -> str:
    """The parameter that holds an input."""
    return f"input {index + 1}"


def params(inputs: Sequence[ir.TableInput]) -> tuple[ir.Field, ...]:
    """The parameters of a function of all inputs; values of any type may arrive, from scripts."""
    return tuple(ir.Field(input_name(i), _loose(c.value.type), span=c.span) for i, c in enumerate(inputs))


def _loose(type_: ir.Type) -> ir.Type:
    of = strip(type_)
    return ir.ANY if of == ir.ANY or isinstance(of, ir.Ref | ir.ListOf) else ir.Optional(of)


def order(a: ir.Constant, b: ir.Constant) -> int | None:
    """-1, 0 or 1 as the machine orders two constants; None if they have no order."""
    key_a, key_b = sort_key(a), sort_key(b)
    if key_a is None or key_b is None or key_a[0] != key_b[0]:
        return None
    return (key_a > key_b) - (key_a < key_b)


def sort_key(value: ir.Constant) -> tuple[str, Any] | None:
    """A key that sorts constants of one kind as the machine does."""
    match value:
        case bool() | None:
            return None
        case int() | Decimal():
            return ("number", value)
        case str():
            return ("text", value)
        case ir.Temporal(kind, text) if kind in _TEMPORAL:
            return (kind, _TEMPORAL[kind](text))
    return None


def replaced(node: Any, by: Callable[[ir.Expr], ir.Expr | None]) -> Any:
    """A node with the expressions for which ``by`` gives another replaced, outermost first."""
    if isinstance(node, tuple):
        return tuple(replaced(n, by) for n in node)
    if not isinstance(node, ir.Node):
        return node
    if isinstance(node, ir.Expr):
        other = by(node)
        if other is not None:
            return other
    changes = {
        name: replaced(value, by)
        for name in node.__dataclass_fields__
        if name not in ("span", "type") and isinstance(value := getattr(node, name), ir.Node | tuple)
    }
    return dataclasses.replace(node, **changes) if changes else node


# --- code --------------------------------------------------------------------------------------------------


class _Code:
    """Statements around the rows that are true; ``args`` are the inputs, as locals."""

    def __init__(self, table: ir.Table) -> None:
        self.table = table
        self.span = table.span
        self.args = tuple(
            ir.Local(input_name(i), type=_loose(c.value.type), span=table.span) for i, c in enumerate(table.inputs)
        )

    def find(self) -> list[ir.Stmt]:
        """Finds the rows, and traps where the policy forbids what was found."""
        rows = ir.TableRows(self.table.name, self.args, type=_ROWS.type, span=self.span)
        made: list[ir.Stmt] = [ir.Let(_ROWS.name, rows, span=self.span)]
        conflict = ir.TableConflict(self.table.name, _ROWS, span=self.span)
        several = ir.Binary(">", self.count(), ir.Const(1, type=ir.INT), type=ir.BOOL, span=self.span)
        if self.table.hit == "U":
            made.append(ir.If(several, (conflict,), span=self.span))
        elif self.table.hit == "A":
            differ: ir.Expr | None = None
            for column in range(len(self.table.outputs)):
                pair = ir.Binary("!=", self.output(column, self.first()), self.output(column, _ROW), type=ir.BOOL)
                differ = pair if differ is None else ir.Logical("||", differ, pair, type=ir.BOOL)
            if differ is not None:
                check = ir.If(differ, (conflict,), span=self.span)
                made.append(ir.If(several, (ir.ForEach(_ROW.name, _ROWS, (check,), span=self.span),), span=self.span))
        return made

    def count(self) -> ir.Expr:
        return ir.Unary("length", _ROWS, type=ir.INT, span=self.span)

    def found(self) -> ir.Expr:
        return ir.Binary(">", self.count(), _INT0, type=ir.BOOL, span=self.span)

    def first(self) -> ir.Expr:
        return ir.GetIndex(_ROWS, _INT0, type=ir.INT, span=self.span)

    def output(self, column: int, row: ir.Expr) -> ir.Expr:
        type_ = self.table.outputs[column].type
        return ir.TableOutput(self.table.name, column, self.args, row, type=type_, span=self.span)

    def entry(self, row: ir.Expr) -> ir.Expr:
        """What a row gives: the one output, or a record of all."""
        if len(self.table.outputs) == 1:
            return self.output(0, row)
        keys = tuple(ir.Const(c.name, type=ir.TEXT) for c in self.table.outputs)
        values = tuple(self.output(i, row) for i in range(len(keys)))
        return ir.NewObject(keys, values, type=ir.RECORD, span=self.span)

    def default(self) -> ir.Expr | None:
        """What the table gives if no row is true; None: nothing."""
        columns = self.table.outputs
        if all(c.default is None for c in columns):
            return None
        null = ir.Const(None, type=ir.NULL)
        if len(columns) == 1:
            return columns[0].default
        keys = tuple(ir.Const(c.name, type=ir.TEXT) for c in columns)
        return ir.NewObject(keys, tuple(c.default or null for c in columns), type=ir.RECORD, span=self.span)

    def gather(self, value: ir.Expr, into: ir.Local) -> list[ir.Stmt]:
        """The list of a value of each row, the row being ``row#``."""
        push = ir.Do(ir.Method(into, "push", (value,), span=self.span), span=self.span)
        return [
            ir.Let(into.name, ir.NewList((), type=_LIST.type, span=self.span), span=self.span),
            ir.ForEach(_ROW.name, _ROWS, (push,), span=self.span),
        ]

    def aggregate(self) -> list[ir.Stmt]:
        """``sum#`` out of the one output of all rows; null without rows."""
        fold = ir.Let(_SUM.name, ir.Const(None, type=ir.NULL), span=self.span)
        value = self.output(0, _ROW)
        none_yet = ir.Binary("==", _SUM, ir.Const(None, type=ir.NULL), type=ir.BOOL)
        match self.table.hit:
            case "C+":
                joined = ir.Binary("+", _SUM, _NEXT, span=self.span)
                better: ir.Expr = ir.Conditional(none_yet, _NEXT, joined, span=self.span)
            case hit:
                op = "<" if hit == "C<" else ">"
                wins = ir.Binary(op, _NEXT, _SUM, type=ir.BOOL, span=self.span)
                either = ir.Logical("||", none_yet, wins, type=ir.BOOL, span=self.span)
                better = ir.Conditional(either, _NEXT, _SUM, span=self.span)
        take = ir.Do(ir.Assign(_SUM, better, span=self.span), span=self.span)
        body = (ir.Let(_NEXT.name, value, span=self.span), take)
        return [fold, ir.ForEach(_ROW.name, _ROWS, body, span=self.span)]


def functions(table: ir.Table) -> list[ir.Function]:
    """``table NAME`` of the inputs, and ``decide NAME`` of a record that holds what they read."""
    code, span = _Code(table), table.span
    body = code.find()
    null = ir.Const(None, type=ir.NULL, span=span)
    match table.hit:
        case "U" | "A" | "P" | "F":
            body.append(ir.If(code.found(), (ir.Return(code.entry(code.first()), span=span),), span=span))
            body.append(ir.Return(code.default() or null, span=span))
        case "R" | "O" | "C":
            default = code.default()
            if default is not None:
                none = ir.Unary("!", code.found(), type=ir.BOOL, span=span)
                given = ir.NewList((default,), type=_LIST.type, span=span)
                body.append(ir.If(none, (ir.Return(given, span=span),), span=span))
            body += [*code.gather(code.entry(_ROW), _LIST), ir.Return(_LIST, span=span)]
        case "C#":
            body.append(ir.Return(code.count(), span=span))
        case _:
            body += code.aggregate()
            default = code.default()
            result = _SUM if default is None else ir.Logical("??", _SUM, default, span=span)
            body.append(ir.Return(result, span=span))
    core = ir.Function(f"table {table.name}", params(table.inputs), tuple(body), span=span)
    fact = ir.Field("of", ir.ANY, span=span)
    args = tuple(replaced(c.value, _any_fact) for c in table.inputs)
    call = ir.Return(ir.Call(core.name, args, span=span), span=span)
    return [core, ir.Function(f"decide {table.name}", (fact,), (call,), span=span)]


def _any_fact(node: ir.Expr) -> ir.Expr | None:
    """Inputs of a record of any type: its fields are found by name."""
    match node:
        case ir.Local(ir.FACT):
            return ir.Local("of", span=node.span)
        case ir.GetField(ir.Local(ir.FACT), name, safe):
            return ir.GetField(ir.Local("of", span=node.span), name, safe, span=node.span)
    return None


def rule(table: ir.Table, insert: str | None, span: ir.Span) -> ir.Rule:
    """The rule that decides each fact of the table's type, when it arrives and when an input of it is modified."""
    code = _Code(table)
    fact = ir.Local("$fact", type=ir.Ref(table.fact), span=span)

    def own(node: ir.Expr) -> ir.Expr | None:
        return (
            dataclasses.replace(fact, span=node.span) if isinstance(node, ir.Local) and node.name == ir.FACT else None
        )

    inputs = [replaced(c.value, own) for c in table.inputs]
    body: list[ir.Stmt] = [ir.Let(a.name, v, span=span) for a, v in zip(code.args, inputs, strict=True)]
    body += code.find()
    body += _inserts(code, insert) if insert else _modifies(code, fact)
    watch = sorted({n.name for v in inputs for n in ir.walk(v) if isinstance(n, ir.GetField)})
    whole = any(v == fact for v in inputs)
    pattern = ir.Pattern("join", fact.name, table.fact, (), (), ("*",) if whole else tuple(watch), span=span)
    return ir.Rule(table.name, ir.Const(0, type=ir.INT), True, (pattern,), tuple(body), span=span)


def _modifies(code: _Code, fact: ir.Local) -> list[ir.Stmt]:
    """Assigns the outputs to fields of the fact."""
    table, span = code.table, code.span

    def modify(values: Sequence[ir.Expr]) -> ir.Stmt:
        # of declared types: checked against the field by check_expressions
        assigns = tuple(
            ir.Assign(ir.GetField(fact, column.name, type=column.type, span=span), value, type=value.type, span=span)
            for column, value in zip(table.outputs, values, strict=True)
        )
        local = ir.Local("modify#", type=fact.type, span=span)
        moved = tuple(
            dataclasses.replace(a, target=dataclasses.replace(a.target, object=local))  # type: ignore[call-arg]
            for a in assigns
        )
        return ir.Modify(local.name, fact, moved, span=span)

    columns = range(len(table.outputs))
    defaults = [c.default or ir.Const(None, type=ir.NULL, span=span) for c in table.outputs]
    otherwise = (modify(defaults),) if any(c.default is not None for c in table.outputs) else ()
    match table.hit:
        case "U" | "A" | "P" | "F":
            then = modify([code.output(i, code.first()) for i in columns])
            return [ir.If(code.found(), (then,), otherwise, span=span)]
        case "R" | "O" | "C":
            lists = [ir.Local(f"list {i}#", type=_LIST.type, span=span) for i in columns]
            made = [s for i in columns for s in code.gather(code.output(i, _ROW), lists[i])]
            loose = [dataclasses.replace(local, type=ir.ANY) for local in lists]
            return [ir.If(code.found(), (*made, modify(loose)), otherwise, span=span)]
        case "C#":
            return [modify([dataclasses.replace(code.count(), type=ir.ANY)])]
        case _:
            return [ir.If(code.found(), (*code.aggregate(), modify([_SUM])), otherwise, span=span)]


def _inserts(code: _Code, insert: str) -> list[ir.Stmt]:
    """Inserts a record of the outputs, one for each row that counts."""
    table, span = code.table, code.span
    made = ir.Local("new#", type=ir.Ref(insert), span=span)

    def new(values: Sequence[ir.Expr]) -> tuple[ir.Stmt, ...]:
        assigns = (
            ir.Do(ir.Assign(ir.GetField(made, c.name, type=c.type, span=span), v, type=v.type, span=span), span=span)
            for c, v in zip(table.outputs, values, strict=True)
        )
        create = ir.Let(made.name, ir.New(insert, (), type=made.type, span=span), span=span)
        return (create, *assigns, ir.Insert(made, span=span))

    columns = range(len(table.outputs))
    defaults = [c.default or ir.Const(None, type=ir.NULL, span=span) for c in table.outputs]
    otherwise = new(defaults) if any(c.default is not None for c in table.outputs) else ()
    match table.hit:
        case "U" | "A" | "P" | "F":
            return [ir.If(code.found(), new([code.output(i, code.first()) for i in columns]), otherwise, span=span)]
        case "R" | "O" | "C":
            each = ir.ForEach(_ROW.name, _ROWS, new([code.output(i, _ROW) for i in columns]), span=span)
            return [ir.If(code.found(), (each,), otherwise, span=span)]
        case "C#":
            return list(new([dataclasses.replace(code.count(), type=ir.ANY)]))
        case _:
            return [ir.If(code.found(), (*code.aggregate(), *new([_SUM])), otherwise, span=span)]
