"""Pass 2, decision tables: cells to constants, ranges and functions; the table to a function and to a rule."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import suggest
from cybermiles.dsl.passes.conditions.values import narrower
from cybermiles.dsl.passes.context import Context, TableInfo
from cybermiles.dsl.passes.resolve_expressions import Entry, ExpressionResolver
from cybermiles.dsl.passes.tables import policies
from cybermiles.dsl.passes.tables.literals import given, literal
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.tables import cells
from cybermiles.dsl.types import ALIASES, accepts, strip

_LISTS = ("R", "O", "C")


def declare_tables(context: Context, files: Iterable[t.RuleFile]) -> None:
    """Makes the tables of all files known by name, before anything that may call them is resolved."""
    for file in files:
        for item in file.items:
            if not isinstance(item, t.TableItem):
                continue
            if item.name in context.tables:
                message = f"the table `{item.name}` stands twice"
                context.diagnostics.add("duplicate-name", message, item.name_span, "rename one of them")
                continue
            context.tables[item.name] = TableInfo(f"decide {item.name}", item.hit in _LISTS, item)


def resolve_table(context: Context, item: t.TableItem) -> list[ir.Rule]:
    """Adds the table and its functions to the module; gives the rule that decides facts, if the table names a type."""
    info = context.tables.get(item.name)
    if info is None or info.item is not item:
        return []
    resolver = _Resolver(context, item)
    table = resolver.run()
    if table is None:
        return []
    context.made_tables.append(table)
    context.functions += resolver.functions
    context.functions += policies.functions(table)
    if not item.fact:
        return []
    insert = context.record_type(item.insert, item.insert_span) if item.insert else None
    return [policies.rule(table, insert, item.span)]


class _Resolver:
    def __init__(self, context: Context, item: t.TableItem) -> None:
        self.context = context
        self.diagnostics = context.diagnostics
        self.item = item
        self.fact = context.record_type(item.fact, item.fact_span) if item.fact else ""
        self.this = ir.Local(ir.FACT, type=ir.Ref(self.fact) if self.fact else ir.ANY, span=item.span)
        self.inputs: list[ir.TableInput] = []
        self.functions: list[ir.Function] = []
        self._expressions: dict[tuple[str, str], str] = {}
        self._bodies: list[tuple[str, ir.Expr, ir.Span]] = []

    def run(self) -> ir.Table | None:
        """The table; None if it has errors, which are reported."""
        before = sum(d.severity == "error" for d in self.diagnostics)
        item = self.item
        self.inputs = [self._input(column) for column in item.inputs]
        outputs = [self._output(column) for column in item.outputs]
        rows = tuple(self._row(row, outputs) for row in item.rows)
        functions = [self._function(*body) for body in self._bodies]
        if sum(d.severity == "error" for d in self.diagnostics) > before:
            return None
        params = policies.params(self.inputs)
        self.functions = [dataclasses.replace(function, params=params) for function in functions]
        if extra := len(self.inputs) - len(item.inputs):
            rows = tuple(dataclasses.replace(row, cells=row.cells + (ir.CellAny(),) * extra) for row in rows)
        if item.hit in ("P", "O"):
            rows = self._by_priority(rows, outputs)
        return ir.Table(item.name, item.hit, self.fact, tuple(self.inputs), tuple(outputs), rows, span=item.span)

    def _error(self, message: str, span: ir.Span, hint: str | None = None) -> None:
        self.diagnostics.add("table-cell", message, span, hint)

    # --- columns
    def _expression(self, text: cells.Operand, cell: t.TableCell, own: ir.Local | None = None) -> ir.Expr | None:
        tree = cells.parse_expression(text, cell, self.diagnostics)
        if tree is None:
            return None
        names = ExpressionResolver(self.context, rules=True)
        names.condition = True
        names.this = self.this
        if own is not None:
            names.scopes.append({cells.INPUT: Entry(own)})
        value = names.expr(tree)
        for guard in reversed(names.guards):
            nothing = ir.Const(None, type=ir.NULL, span=value.span)
            value = ir.Conditional(guard, value, nothing, span=value.span)
        return value

    def _input(self, column: t.TableColumn) -> ir.TableInput:
        cell = column.head
        value = self._expression(cells.Operand(cell.text, 0), cell)
        if value is None:
            value = ir.Const(None, type=ir.ANY, span=cell.span)
        if column.type is not None:
            value = dataclasses.replace(value, type=self._type(column))
        allowed = self._constants(column.values, value.type)
        return ir.TableInput(column.label or cell.text, value, allowed, span=column.span)

    def _type(self, column: t.TableColumn) -> ir.Type:
        text = (column.type or "any").removesuffix("?")
        found = self.context.types.resolve(text)
        if found is None:
            hint = suggest(text, [*ALIASES, *self.context.types.names()])
            self.diagnostics.add("unknown-type", f"unknown type `{text}`", column.span, hint)
        return found or ir.ANY

    def _output(self, column: t.TableColumn) -> ir.TableColumn:
        name = column.head.text
        type_: ir.Type = ir.ANY
        owner = self.item.insert or self.fact
        if owner:
            owner = self.context.record_type(owner, self.item.insert_span if self.item.insert else self.item.fact_span)
            known = self.context.types.field_type(owner, name)
            if known is None:
                hint = suggest(name, [f.name for f in self.context.types.fields(owner)])
                self.diagnostics.add("unknown-field", f"`{owner}` has no field `{name}`", column.head.span, hint)
            type_ = known or ir.ANY
        if column.type is not None:
            declared = self._type(column)
            type_ = declared if type_ == ir.ANY or narrower(type_, declared) else type_
        if self.item.hit == "C+" and type_ == ir.ANY:
            type_ = ir.NUMBER
        if self.item.hit in _LISTS and not self.item.insert and isinstance(strip(type_), ir.ListOf):
            of = strip(type_)
            type_ = of.item if isinstance(of, ir.ListOf) else ir.ANY
        values = self._constants(column.values, type_)
        default = self._constants([column.default] if column.default else [], type_)
        return ir.TableColumn(name, type_, values, default[0] if default else None, span=column.span)

    def _constants(self, found: list[t.TableCell], type_: ir.Type) -> tuple[ir.Const, ...]:
        made: list[ir.Const] = []
        for cell in found:
            try:
                value = given(cell, type_) or literal(cell.text.strip(), type_, cell.span)
            except ValueError as error:
                self._error(str(error), cell.span)
                continue
            if value is None:
                self._error(f"`{cell.text[:40]}` is no constant", cell.span, "put a text into quotes")
            else:
                made.append(value)
        return tuple(made)

    # --- rows
    def _row(self, row: t.TableRow, outputs: list[ir.TableColumn]) -> ir.TableRow:
        tests = tuple(self._cell(index, cell) for index, cell in enumerate(row.inputs))
        values = tuple(self._value(column, cell) for column, cell in zip(outputs, row.outputs, strict=True))
        return ir.TableRow(row.number, tests, values, span=row.span)

    def _cell(self, index: int, cell: t.TableCell) -> ir.Cell:
        try:
            return self._parts(index, cell)
        except ValueError as error:
            self._error(str(error), cell.span)
            return ir.CellAny(span=cell.span)

    def _parts(self, index: int, cell: t.TableCell) -> ir.Cell:
        type_ = self.inputs[index].value.type
        if cell.items is not None:
            inner = [self._cell(index, item) for item in cell.items]
            parts = tuple(p for c in inner if isinstance(c, ir.CellTest) and not c.negated for p in c.parts)
            if any(not isinstance(c, ir.CellTest) or c.negated for c in inner):
                raise ValueError("a list holds constants and ranges only")
            return ir.CellTest(False, parts, span=cell.span)
        constant = given(cell, type_)
        if constant is not None:
            self._check(constant, type_)
            return ir.CellTest(False, (ir.CellIs(constant, span=cell.span),), span=cell.span)
        test = cells.read_cell(cell)
        if not test.parts:
            return ir.CellAny(span=cell.span)
        if len(test.parts) == 1 and isinstance(test.parts[0], cells.Unequal) and not test.negated:
            test = cells.CellTest([cells.Is(test.parts[0].value, explicit=True)], True)
        made = [self._constant_part(part, type_, cell) for part in test.parts]
        if all(part is not None for part in made):
            parts = tuple(part for part in made if part is not None)
            return ir.CellTest(test.negated, parts, span=cell.span)
        return self._code(index, cell, test)

    def _literal(self, operand: cells.Operand, type_: ir.Type, cell: t.TableCell, *, names: bool) -> ir.Const | None:
        value = literal(operand.text, type_, cell.span, names=names)
        self._bare_word(operand.text, value)
        if value is not None:
            self._check(value, type_)
        return value

    def _bare_word(self, text: str, constant: ir.Const | None) -> None:
        """Warns of a text without quotes that is also the name of a field that the table reads."""
        if constant is None or constant.value != text:
            return
        read = (n for column in self.inputs for n in ir.walk(column.value) if isinstance(n, ir.GetField))
        if any(text == node.name for node in read):
            message = f"`{text}` is a text here, not the field of that name"
            hint = f'write `"{text}"` for the text, `({text})` for the field'
            self.diagnostics.add("table-word", message, constant.span, hint)

    def _check(self, value: ir.Const, type_: ir.Type) -> None:
        of = strip(type_)
        if not accepts(self.context.types, type_, value.type):
            raise ValueError(f"the column holds a {ir.show_type(of)}, not a {ir.show_type(value.type)}")
        if isinstance(of, ir.Enum) and isinstance(value.value, str) and value.value not in of.values:
            near = suggest(value.value, of.values)
            raise ValueError(f"`{value.value}` is not {ir.show_type(of)}" + (f"; {near}" if near else ""))

    def _constant_part(self, part: cells.Part, type_: ir.Type, cell: t.TableCell) -> ir.CellIs | ir.CellRange | None:
        match part:
            case cells.Is(operand, explicit):
                value = self._literal(operand, type_, cell, names=explicit)
                return None if value is None else ir.CellIs(value, span=cell.span)
            case cells.Between(brackets, low, high):
                names = strip(type_) not in (ir.TEXT, ir.ANY) or low is None or high is None
                ends = [None if end is None else self._literal(end, type_, cell, names=names) for end in (low, high)]
                if any(end is not None and made is None for end, made in zip((low, high), ends, strict=True)):
                    return None
                return self._range(brackets, ends[0], ends[1], cell)
        return None

    def _range(self, brackets: str, low: ir.Const | None, high: ir.Const | None, cell: t.TableCell) -> ir.CellRange:
        for end in (low, high):
            if end is not None and (end.value is None or isinstance(end.value, bool) or end.type == ir.PERIOD):
                raise ValueError("a range lies between numbers, texts, dates, times or durations")
        if low is not None and high is not None:
            order = policies.order(low.value, high.value)
            if order is None:
                raise ValueError("the ends of the range are of different kinds")
            if order > 0 or (order == 0 and brackets != "[]"):
                raise ValueError("no value lies in the range: its low end is above its high end")
        return ir.CellRange(brackets, low, high, span=cell.span)

    # --- cells that are expressions
    def _code(self, index: int, cell: t.TableCell, test: cells.CellTest) -> ir.Cell:
        key = (f"{index}", cell.text)
        if key in self._expressions:
            return ir.CellCode(self._expressions[key], cell.text, span=cell.span)
        value = self.inputs[index].value
        own = ir.Local(policies.input_name(index), type=value.type, span=cell.span)
        made: ir.Expr | None = None
        for part in test.parts:
            one = self._part_test(part, own, cell)
            if one is None:
                return ir.CellAny(span=cell.span)
            made = one if made is None else ir.Logical("||", made, one, type=ir.BOOL, span=cell.span)
        if made is None:
            return ir.CellAny(span=cell.span)
        if test.negated:
            made = ir.Unary("!", made, type=ir.BOOL, span=cell.span)
        return ir.CellCode(self._new_function(key, made, cell.span), cell.text, span=cell.span)

    def _part_test(self, part: cells.Part, own: ir.Local, cell: t.TableCell) -> ir.Expr | None:
        match part:
            case cells.Is(operand, explicit):
                value = self._operand(operand, own, cell, names=explicit)
                if value is None:
                    return None
                says = value.type == ir.BOOL and strip(own.type) != ir.BOOL
                asks = any(isinstance(n, ir.Local) and n.name == own.name for n in ir.walk(value))
                return value if not explicit and (says or asks) else self._compare("==", own, value, cell)
            case cells.Unequal(operand):
                value = self._operand(operand, own, cell, names=True)
                return None if value is None else self._compare("!=", own, value, cell)
            case cells.Between(brackets, low, high):
                made: ir.Expr | None = None
                lower, upper = (">=" if brackets[0] == "[" else ">"), ("<=" if brackets[1] == "]" else "<")
                for op, end in ((lower, low), (upper, high)):
                    if end is None:
                        continue
                    value = self._operand(end, own, cell, names=True)
                    if value is None:
                        return None
                    one = self._compare(op, own, value, cell)
                    made = one if made is None else ir.Logical("&&", made, one, type=ir.BOOL, span=cell.span)
                return made

    def _compare(self, op: str, left: ir.Expr, right: ir.Expr, cell: t.TableCell) -> ir.Expr:
        return ir.Binary(op, left, right, op not in ("==", "!="), type=ir.BOOL, span=cell.span)

    def _operand(self, operand: cells.Operand, own: ir.Local, cell: t.TableCell, *, names: bool) -> ir.Expr | None:
        constant = self._literal(operand, own.type, cell, names=names)
        return constant if constant is not None else self._expression(operand, cell, own)

    def _new_function(self, key: tuple[str, str], value: ir.Expr, span: ir.Span) -> str:
        name = f"table {self.item.name}/cell {len(self._bodies) + 1}"
        self._expressions[key] = name
        self._bodies.append((name, self._over_inputs(value), span))
        return name

    def _over_inputs(self, value: ir.Expr) -> ir.Expr:
        """The expression with what it reads of the fact taken from the inputs; what none of them holds becomes one."""

        def taken(node: ir.Expr) -> ir.Expr | None:
            reads = isinstance(node, ir.GetField) and isinstance(node.object, ir.Local) and node.object.name == ir.FACT
            if not reads and not (isinstance(node, ir.Local) and node.name == ir.FACT):
                return None
            index = next((i for i, column in enumerate(self.inputs) if column.value == node), len(self.inputs))
            if index == len(self.inputs):
                label = node.name if isinstance(node, ir.GetField) else "this"
                self.inputs.append(ir.TableInput(label, node, hidden=True, span=node.span))
            return ir.Local(policies.input_name(index), type=node.type, span=node.span)

        made: ir.Expr = policies.replaced(value, taken)
        return made

    def _function(self, name: str, value: ir.Expr, span: ir.Span) -> ir.Function:
        return ir.Function(name, (), (ir.Return(value, span=span),), span=span)

    # --- outputs
    def _value(self, column: ir.TableColumn, cell: t.TableCell) -> ir.Const | ir.CellCode:
        null = ir.Const(None, type=ir.NULL, span=cell.span)
        try:
            constant = given(cell, column.type)
            text = cell.text.strip()
            if constant is None and text in ("", "-"):
                return null
            operand = cells.Operand(text, cell.text.index(text))
            if constant is None and text.startswith("=") and not text.startswith("=="):
                operand = cells.Operand(
                    text[1:].strip(), cell.text.index(text) + 1 + len(text[1:]) - len(text[1:].lstrip())
                )
            elif constant is None:
                constant = literal(text, column.type, cell.span)
                self._bare_word(text, constant)
            if constant is not None:
                self._check(constant, column.type)
                self._check_value(column, constant, cell)
                return constant
        except ValueError as error:
            self._error(str(error), cell.span)
            return null
        if column.values and self.item.hit in ("P", "O"):
            self._error("an output with an order of priority holds constants only", cell.span)
            return null
        key = (f"output {column.name}", cell.text)
        if key in self._expressions:
            return ir.CellCode(self._expressions[key], cell.text, span=cell.span)
        value = self._expression(operand, cell)
        if value is None:
            return null
        if not accepts(self.context.types, column.type, value.type):
            of, is_ = ir.show_type(strip(column.type)), ir.show_type(strip(value.type))
            self._error(f"the column holds a {of}, not a {is_}", cell.span)
        return ir.CellCode(self._new_function(key, value, cell.span), cell.text, span=cell.span)

    def _check_value(self, column: ir.TableColumn, constant: ir.Const, cell: t.TableCell) -> None:
        if column.values and all(constant.value != v.value for v in column.values):
            known = ", ".join(str(v.value) for v in column.values[:10])
            raise ValueError(f"`{cell.text.strip()[:40]}` is none of the output's values: {known}")

    def _by_priority(self, rows: tuple[ir.TableRow, ...], outputs: list[ir.TableColumn]) -> tuple[ir.TableRow, ...]:
        def rank(row: ir.TableRow) -> tuple[int, ...]:
            ranks: list[int] = []
            for column, value in zip(outputs, row.outputs, strict=True):
                if column.values:
                    found = [
                        i for i, v in enumerate(column.values) if isinstance(value, ir.Const) and v.value == value.value
                    ]
                    ranks.append(found[0] if found else len(column.values))
            return tuple(ranks)

        return tuple(sorted(rows, key=rank))
