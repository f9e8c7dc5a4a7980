"""Expressions and statements of the IR: one short function for each node.

A frame maps the names of locals to values. A statement gives None to go on, ``BREAK``, ``CONTINUE``, or a ``Returned``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from cybermiles.dsl import ir
from cybermiles.dsl.specification import kernel_library, library
from cybermiles.dsl.specification.methods import method
from cybermiles.dsl.specification.operators import binary, length, text, unary
from cybermiles.dsl.specification.tables import true_rows
from cybermiles.dsl.specification.values import (
    TEMPORAL,
    Halt,
    Items,
    Record,
    Types,
    Value,
    absent,
    constant,
    kind,
    truth,
    whole,
)

Frame = dict[str, Value]
CALL_DEPTH = 256
"""Calls that may wait for each other."""
BREAK, CONTINUE = object(), object()


@dataclass(frozen=True, slots=True)
class Returned:
    """A function's value on its way out."""

    value: Value


class Memory(Protocol):
    """What a consequence may do to working memory."""

    def insert(self, record: Record) -> None: ...
    def insert_logical(self, record: Record) -> None: ...
    def update(self, record: Record, fields: frozenset[str] | None) -> None: ...
    def delete(self, record: Record) -> None: ...
    def focus(self, group: str) -> None: ...
    def halt(self) -> None: ...
    def facts_of(self, of: str) -> list[Record]: ...


class Evaluator:
    """Runs code of one module."""

    def __init__(
        self,
        module: ir.Module,
        memory: Memory | None = None,
        *,
        now: str = "1970-01-01T00:00:00Z",
        parameters: Mapping[str, Any] | None = None,
        steps: int = 5_000_000,
    ) -> None:
        self.types = Types(module.types)
        self.functions = {f.name: f for f in module.functions}
        self.tables = {table.name: table for table in module.tables}
        self.memory = memory
        self.now = TEMPORAL["datetime"](now)
        self.parameters = {name: self.types.read(value) for name, value in (parameters or {}).items()}
        self.variables: Frame = {
            v.name: None if v.default is None else constant(v.default.value) for v in module.variables
        }
        self.globals: Frame = {}
        self.output: list[str] = []
        self.steps = steps
        """What is left of the bound on statements, calls and tuples looked at: an endless loop is a Halt."""
        self.look: Callable[[ir.Table, list[Value], list[int]], None] | None = None
        """Is told of each decision, for explanations."""
        self.depth = 0
        self.span = ir.NOWHERE
        """The last place that was evaluated, for messages about a Halt."""

    def spend(self, steps: int) -> None:
        """Keeps to the bound on the work of a run."""
        self.steps -= steps
        if self.steps < 0:
            raise Halt("out-of-gas", "too many steps", "out_of_gas")

    # --- expressions
    def value(self, node: ir.Expr, frame: Frame) -> Value:
        """The value of an expression."""
        return _EXPRESSIONS[type(node)](self, node, frame)

    def holds(self, node: ir.Expr, frame: Frame) -> bool:
        """Whether a condition holds."""
        return truth(self.value(node, frame))

    def call(self, name: str, args: Sequence[Value]) -> Value:
        """A function of the module."""
        if self.depth == CALL_DEPTH:
            raise Halt("call-depth", f"more than {CALL_DEPTH} calls wait for each other")
        function = self.functions[name]
        self.depth += 1
        try:
            done = self.run(function.body, dict(zip((p.name for p in function.params), args, strict=True)))
        finally:
            self.depth -= 1
        return done.value if isinstance(done, Returned) else ir.UNDEFINED

    def asked(self, function: str, inputs: Sequence[Value]) -> bool:
        """Whether a cell that is code is true."""
        return truth(self.call(function, inputs))

    def table_rows(self, table: ir.Table, inputs: list[Value]) -> list[int]:
        """The rows of a decision table that are true."""
        found = true_rows(table, inputs, self.asked)
        if self.look is not None:
            self.look(table, inputs, found)
        return found

    def native(self, name: str, args: list[Value]) -> Value:
        """A function of the library, or one of the few of the host that rules may call."""
        match name:
            case "now":
                return self.now
            case "print":
                self.output.append(" ".join(text(arg) for arg in args))
                return None
            case "bpmn_error":
                raise Halt(text(args[0]), text(args[1]) if len(args) > 1 else "", "bpmn-error")
        return library.call(name, args)

    def method(self, value: Value, name: str, args: list[Value]) -> Value:
        """A method of a value."""
        return method(name, value, args, self.types)

    def field(self, value: Value, name: str) -> Value:
        """``value.name``."""
        match value:
            case Record():
                return self.types.get(value, name)
            case Items() if name not in ("length", "size"):
                raise Halt("unknown-field", f"a list has no field `{name}`")
            case Items():
                return length(value)
            case str() if name == "length":
                return length(value)
        if absent(value):
            raise Halt("null-operand", f"the field `{name}` of null")
        if isinstance(value, bool | Decimal | str | bytes):
            raise Halt("unknown-field", f"a {kind(value)} has no field `{name}`")
        return kernel_library.field(value, name)

    def item(self, value: Value, index: Value) -> Value:
        """``value[index]``."""
        match value, index:
            case ((Record() | Items() | str()), str()):
                return self.field(value, index)
            case ((Items() | str()), Decimal()):
                values, at = value.values if isinstance(value, Items) else value, whole(index)
                return values[at] if at is not None and 0 <= at < len(values) else ir.UNDEFINED
            case Record(), Decimal():
                return self.field(value, format(index, "f"))
        raise _bad_index(value, index)

    def assign(self, node: ir.Assign, frame: Frame) -> Value:
        """Sets a place; the new value, or the old one."""
        get, put = self._place(node.target, frame)
        before = get() if node.op else None
        if node.op in ("&&", "||", "??"):
            if _decides(node.op, before):
                return before
            after = self.value(node.value, frame)
        elif node.op:
            after = binary(node.op, before, self.value(node.value, frame), False)
        else:
            after = self.value(node.value, frame)
        put(after)
        return before if node.old else after

    def _place(self, node: ir.Expr, frame: Frame) -> tuple[Callable[[], Value], Callable[[Value], None]]:
        match node:
            case ir.Local(name):
                return lambda: frame[name], lambda value: frame.__setitem__(name, value)
            case ir.Variable(name):
                return lambda: self.variables[name], lambda value: self.variables.__setitem__(name, value)
            case ir.Global(name):
                return lambda: self.globals.get(name), lambda value: self.globals.__setitem__(name, value)
            case ir.GetField(of, name):
                target = self.value(of, frame)
                return lambda: self.field(target, name), lambda value: self._set_field(target, name, value)
            case ir.GetIndex(of, at):
                target, index = self.value(of, frame), self.value(at, frame)
                return lambda: self.item(target, index), lambda value: self._set_item(target, index, value)
        raise TypeError(f"an assignment to {type(node).__name__}")

    def _set_field(self, target: Value, name: str, value: Value) -> None:
        if not isinstance(target, Record):
            if absent(target):
                raise Halt("null-operand", f"the field `{name}` of null")
            raise Halt("type-mismatch", f"the field `{name}` of a {kind(target)} cannot be set")
        self.types.set(target, name, value)

    def _set_item(self, target: Value, index: Value, value: Value) -> None:
        if isinstance(target, Record) and isinstance(index, str | Decimal):
            self.types.set(target, index if isinstance(index, str) else format(index, "f"), value)
        elif isinstance(target, Items) and isinstance(index, Decimal):
            at = whole(index)
            if at is None or not 0 <= at <= len(target.values):
                raise Halt("index-range", f"the list has no item `{index:f}` and would have a gap before it")
            target.values[at : at + 1] = [value]
        else:
            raise _bad_index(target, index)

    # --- statements
    def run(self, body: Sequence[ir.Stmt], frame: Frame) -> Any:
        """Runs statements until one does not go on."""
        for node in body:
            self.spend(1)
            self.span = node.span
            done = _STATEMENTS[type(node)](self, node, frame)
            if done is not None:
                return done
        return None

    @property
    def wm(self) -> Memory:
        """Working memory; only a consequence has one."""
        if self.memory is None:
            raise Halt("no-working-memory", "only a rule's consequence may change working memory")
        return self.memory

    def loop(self, node: ir.Loop, frame: Frame) -> Any:
        """A loop; ``continue`` goes to its step."""
        first = True
        while (node.test_last and first) or node.condition is None or self.holds(node.condition, frame):
            first = False
            done = self.run(node.body, frame)
            if done is BREAK:
                return None
            if isinstance(done, Returned):
                return done
            self.run(node.step, frame)
            self.spend(1)
        return None

    def for_each(self, node: ir.ForEach, frame: Frame) -> Any:
        """The body for each element, those included that the body adds."""
        items, at = self.value(node.items, frame), 0
        while Decimal(at) < length(items):
            frame[node.name] = self.item(items, Decimal(at))
            done = self.run(node.body, frame)
            if done is BREAK:
                return None
            if isinstance(done, Returned):
                return done
            at += 1
        return None

    def modify(self, node: ir.Modify, frame: Frame) -> None:
        """Assigns, then tells working memory which fields; all, if one is no field of a known type."""
        frame[node.local] = self.value(node.value, frame)
        names: set[str] | None = set()
        for assign in node.assigns:
            self.assign(assign, frame)
            match assign.target:
                case ir.GetField(ir.Expr(type=ir.Ref(of)), name) if name in self.types.fields(of):
                    if names is not None:
                        names.add(name)
                case _:
                    names = None
        self.wm.update(_record(frame[node.local]), None if names is None else frozenset(names))


def _decides(op: str, value: Value) -> bool:
    if op == "??":
        return not absent(value)
    return truth(value) == (op == "||")


def _record(value: Value) -> Record:
    if isinstance(value, Record):
        return value
    if absent(value):
        raise Halt("null-operand", "a fact of null")
    raise Halt("type-mismatch", f"a {kind(value)} is no fact")


def _bad_index(value: Value, index: Value) -> Halt:
    if absent(value) or absent(index):
        return Halt("null-operand", "an index of null")
    return Halt("type-mismatch", f"a {kind(value)} has no index of kind {kind(index)}")


def _logical(self: Evaluator, node: ir.Logical, frame: Frame) -> Value:
    left = self.value(node.left, frame)
    return left if _decides(node.op, left) else self.value(node.right, frame)


def _unary(self: Evaluator, node: ir.Unary, frame: Frame) -> Value:
    if node.op != "delete":
        return unary(node.op, self.value(node.operand, frame))
    match node.operand:
        case ir.GetField(of, name) | ir.GetIndex(of, ir.Const(str() as name)):
            record = self.value(of, frame)
    if not isinstance(record, Record):
        self._set_field(record, name, None)
    there = record.fields.get(name, ir.UNDEFINED) is not ir.UNDEFINED
    if name in self.types.fields(record.of or ""):
        self.types.set(record, name, ir.UNDEFINED)
    else:
        record.fields.pop(name, None)
    return there


def _get_field(self: Evaluator, node: ir.GetField, frame: Frame) -> Value:
    value = self.value(node.object, frame)
    return None if node.safe and absent(value) else self.field(value, node.name)


def _native(self: Evaluator, node: ir.Native, frame: Frame) -> Value:
    return self.native(node.name, [self.value(arg, frame) for arg in node.args])


def _new(self: Evaluator, node: ir.New, frame: Frame) -> Value:
    record = self.types.new(node.of)
    for name, arg in zip(self.types.fields(node.of), node.args, strict=False):
        self.types.set(record, name, self.value(arg, frame))
    return record


def _new_object(self: Evaluator, node: ir.NewObject, frame: Frame) -> Value:
    record = Record(None, {})
    for key, value in zip(node.keys, node.values, strict=True):
        self._set_item(record, self.value(key, frame), self.value(value, frame))
    return record


def _table_rows(self: Evaluator, node: ir.TableRows, frame: Frame) -> Value:
    inputs = [self.value(arg, frame) for arg in node.args]
    return Items([Decimal(row) for row in self.table_rows(self.tables[node.table], inputs)])


def _table_output(self: Evaluator, node: ir.TableOutput, frame: Frame) -> Value:
    inputs = [self.value(arg, frame) for arg in node.args]
    rows, at = self.tables[node.table].rows, whole(self.value(node.row, frame))
    if at is None:
        raise Halt("type-mismatch", "a row of a table is a whole number")
    if not 0 <= at < len(rows):
        raise Halt("index-range", f"the table has no row {at}")
    output = rows[at].outputs[node.column]
    return constant(output.value) if isinstance(output, ir.Const) else self.call(output.function, inputs)


def _table_conflict(self: Evaluator, node: ir.TableConflict, frame: Frame) -> None:
    rows = ", ".join(text(row + 1) for row in self.value(node.rows, frame).values[:10])
    raise Halt("table-conflict", f"rows {rows} of the table `{node.table}` are true and must not be together")


def _conditional(self: Evaluator, node: ir.Conditional, frame: Frame) -> Value:
    return self.value(node.then if self.holds(node.condition, frame) else node.orelse, frame)


def _call(self: Evaluator, node: ir.Call, frame: Frame) -> Value:
    self.steps -= 1
    return self.call(node.function, [self.value(arg, frame) for arg in node.args])


def _method(self: Evaluator, node: ir.Method, frame: Frame) -> Value:
    value = self.value(node.object, frame)
    return self.method(value, node.name, [self.value(arg, frame) for arg in node.args])


_EXPRESSIONS: dict[type, Callable[[Evaluator, Any, Frame], Value]] = {
    ir.Const: lambda self, node, frame: constant(node.value),
    ir.Local: lambda self, node, frame: frame.get(node.name, ir.UNDEFINED),
    ir.Variable: lambda self, node, frame: self.variables[node.name],
    ir.Parameter: lambda self, node, frame: self.parameters.get(node.name),
    ir.Global: lambda self, node, frame: self.globals.get(node.name),
    ir.GetField: _get_field,
    ir.GetIndex: lambda self, node, frame: self.item(self.value(node.object, frame), self.value(node.index, frame)),
    ir.Unary: _unary,
    ir.Binary: lambda self, node, frame: binary(
        node.op, self.value(node.left, frame), self.value(node.right, frame), node.safe
    ),
    ir.Logical: _logical,
    ir.Conditional: _conditional,
    ir.Call: _call,
    ir.Native: _native,
    ir.Method: _method,
    ir.New: _new,
    ir.NewObject: _new_object,
    ir.NewList: lambda self, node, frame: Items([self.value(item, frame) for item in node.items]),
    ir.IsA: lambda self, node, frame: self.types.is_a(self.value(node.value, frame), node.of),
    ir.Facts: lambda self, node, frame: Items(list(self.wm.facts_of(node.of))),
    ir.TableRows: _table_rows,
    ir.TableOutput: _table_output,
    ir.Assign: lambda self, node, frame: self.assign(node, frame),
}


def _let(self: Evaluator, node: ir.Let, frame: Frame) -> None:
    frame[node.name] = ir.UNDEFINED if node.value is None else self.value(node.value, frame)


def _do(self: Evaluator, node: ir.Do, frame: Frame) -> None:
    self.value(node.value, frame)


def _if(self: Evaluator, node: ir.If, frame: Frame) -> Any:
    return self.run(node.then if self.holds(node.condition, frame) else node.orelse, frame)


def _return(self: Evaluator, node: ir.Return, frame: Frame) -> Returned:
    return Returned(ir.UNDEFINED if node.value is None else self.value(node.value, frame))


def _revert(self: Evaluator, node: ir.Revert, frame: Frame) -> None:
    raise Halt("revert", text(self.value(node.value, frame)), "revert")


_STATEMENTS: dict[type, Callable[[Evaluator, Any, Frame], Any]] = {
    ir.Let: _let,
    ir.Do: _do,
    ir.If: _if,
    ir.Loop: Evaluator.loop,
    ir.ForEach: Evaluator.for_each,
    ir.Break: lambda self, node, frame: BREAK,
    ir.Continue: lambda self, node, frame: CONTINUE,
    ir.Return: _return,
    ir.Revert: _revert,
    ir.Insert: lambda self, node, frame: self.wm.insert(_record(self.value(node.value, frame))),
    ir.InsertLogical: lambda self, node, frame: self.wm.insert_logical(_record(self.value(node.value, frame))),
    ir.Update: lambda self, node, frame: self.wm.update(_record(self.value(node.value, frame)), None),
    ir.Modify: Evaluator.modify,
    ir.Delete: lambda self, node, frame: self.wm.delete(_record(self.value(node.value, frame))),
    ir.Focus: lambda self, node, frame: self.wm.focus(text(self.value(node.group, frame))),
    ir.TableConflict: _table_conflict,
    ir.StopFiring: lambda self, node, frame: self.wm.halt(),
}
