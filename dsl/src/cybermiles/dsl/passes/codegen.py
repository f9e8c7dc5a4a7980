"""Pass 7: one function of the IR to bytecode for the stack machine."""

from __future__ import annotations

from collections.abc import Iterable

from cybermiles.dsl import ir
from cybermiles.dsl.backend.assembler import Assembler, Code, Label
from cybermiles.dsl.backend.tables import Tables
from cybermiles.dsl.diagnostics import CompilerBug

_BINARY = {
    **{"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "rem", "**": "pow", "==": "eq", "!=": "ne"},
    **{"<": "lt", "<=": "le", ">": "gt", ">=": "ge"},
}
_UNARY = {"-": "neg", "!": "not", "typeof": "typeof", "length": "length"}
_SMALL = range(-(2**63), 2**63)


def generate(function: ir.Function, tables: Tables) -> tuple[Code, int]:
    """The function's code and how many local slots it needs."""
    return _Generator(function, tables).run()


class _Generator:
    def __init__(self, function: ir.Function, tables: Tables) -> None:
        self.function = function
        self.tables = tables
        self.asm = Assembler()
        self.locals: dict[str, int] = {}
        self.records: dict[str, str] = {p.name: p.type.name for p in function.params if isinstance(p.type, ir.Ref)}
        self.loops: list[tuple[Label, Label]] = []

    def run(self) -> tuple[Code, int]:
        for param in self.function.params:
            self.local(param.name)
        self.body(self.function.body)
        self.asm.emit("undefined")
        self.asm.emit("return")
        return self.asm.finish(), len(self.locals)

    def local(self, name: str) -> int:
        return self.locals.setdefault(name, len(self.locals))

    def temporary(self) -> int:
        return self.local(f"temporary {len(self.locals)}")

    # --- statements
    def body(self, statements: Iterable[ir.Stmt]) -> None:
        for statement in statements:
            if not self.asm.reachable:
                return
            self.statement(statement)

    def statement(self, node: ir.Stmt) -> None:
        emit, span = self.asm.emit, node.span
        match node:
            case ir.Let(name, value):
                if value is None:
                    emit("undefined", span=span)
                else:
                    self.expr(value)
                emit("store", self.local(name), span=span)
            case ir.Do(ir.Assign() as assign):
                self.assign(assign, keep=False)
            case ir.Do(value):
                self.expr(value)
                emit("pop")
            case ir.If():
                self.if_(node)
            case ir.Loop():
                self.loop(node)
            case ir.ForEach():
                self.for_each(node)
            case ir.Break():
                emit("jump", self.loops[-1][1], span=span)
            case ir.Continue():
                emit("jump", self.loops[-1][0], span=span)
            case ir.Return(value):
                if value is None:
                    emit("undefined", span=span)
                else:
                    self.expr(value)
                emit("return", span=span)
            case ir.Revert(value):
                self.expr(value)
                emit("revert", span=span)
            case ir.Insert(value) | ir.Update(value) | ir.Delete(value):
                self.expr(value)
                emit(type(node).__name__.lower(), span=span)
            case ir.InsertLogical(value):
                self.expr(value)
                emit("insert_logical", span=span)
            case ir.Focus(group):
                self.expr(group)
                emit("focus", span=span)
            case ir.Modify():
                self.modify(node)
            case ir.TableConflict(table, rows):
                self.expr(rows)
                emit("table_conflict", self.tables.tables[table], span=span)
            case ir.StopFiring():
                emit("halt", span=span)
            case _:
                raise CompilerBug(f"no code for the statement {type(node).__name__}")

    def if_(self, node: ir.If) -> None:
        orelse, end = Label(), Label()
        self.branch(node.condition, orelse)
        self.body(node.then)
        if node.orelse:
            self.asm.emit("jump", end)
            self.asm.place(orelse)
            self.body(node.orelse)
            self.asm.place(end)
        else:
            self.asm.place(orelse)

    def branch(self, condition: ir.Expr, otherwise: Label) -> None:
        """Goes on if the condition holds, else jumps."""
        match condition:
            case ir.Const(True):
                return
            case ir.Logical("&&", left, right):
                self.branch(left, otherwise)
                self.branch(right, otherwise)
            case ir.Unary("!", operand):
                self.expr(operand)
                self.asm.emit("jump_if_true", otherwise, span=condition.span)
            case _:
                self.expr(condition)
                self.asm.emit("jump_if_false", otherwise, span=condition.span)

    def loop(self, node: ir.Loop) -> None:
        start, step, end = Label(), Label(), Label()
        self.asm.place(start)
        if node.condition is not None and not node.test_last:
            self.branch(node.condition, end)
        self.loops.append((step, end))
        self.body(node.body)
        self.loops.pop()
        self.asm.place(step)
        self.body(node.step)
        if node.condition is not None and node.test_last:
            self.branch(node.condition, end)
        self.asm.emit("jump", start, span=node.span)
        self.asm.place(end)

    def for_each(self, node: ir.ForEach) -> None:
        items, index = self.temporary(), self.temporary()
        start, step, end = Label(), Label(), Label()
        emit = self.asm.emit
        self.expr(node.items)
        emit("store", items, span=node.span)
        emit("int", 0)
        emit("store", index)
        self.asm.place(start)
        emit("load", index)
        emit("load", items)
        emit("length", span=node.span)
        emit("lt")
        emit("jump_if_false", end)
        emit("load", items)
        emit("load", index)
        emit("get_index", span=node.span)
        emit("store", self.local(node.name))
        self.loops.append((step, end))
        self.body(node.body)
        self.loops.pop()
        self.asm.place(step)
        emit("load", index)
        emit("int", 1)
        emit("add")
        emit("store", index)
        emit("jump", start)
        self.asm.place(end)

    def modify(self, node: ir.Modify) -> None:
        self.expr(node.value)
        self.asm.emit("store", self.local(node.local), span=node.span)
        for assign in node.assigns:
            self.assign(assign, keep=False)
        self.asm.emit("load", self.local(node.local))
        slots = [self.slot(a.target) for a in node.assigns]
        if None in slots:
            self.asm.emit("update", span=node.span)
        else:
            self.asm.emit("update_slots", *sorted({s[1] for s in slots if s is not None}), span=node.span)

    # --- expressions
    def slot(self, node: ir.Expr) -> tuple[int, int] | None:
        """Type and slot numbers of a field whose record type is known."""
        if not isinstance(node, ir.GetField):
            return None
        of = node.object.type
        if not isinstance(of, ir.Ref):
            return None
        slot = self.tables.slot(of.name, node.name)
        return None if slot is None else (self.tables.types[of.name], slot)

    def sure_slot(self, node: ir.GetField) -> tuple[int, int] | None:
        """As ``slot``, if the object cannot be null: a fact that a pattern bound."""
        match node.object:
            case ir.Local(name) if name in self.records or name in self.locals:
                return self.slot(node)
        return None

    def expr(self, node: ir.Expr) -> None:
        """Leaves the value on the stack."""
        emit, span = self.asm.emit, node.span
        match node:
            case ir.Const(value):
                self.constant(value, span)
            case ir.Local(name):
                emit("load", self.local(name), span=span)
            case ir.Variable(name):
                emit("get_variable", self.tables.variables[name], span=span)
            case ir.Parameter(name):
                emit("get_parameter", self.tables.constant(name), span=span)
            case ir.GetField(value, name, safe):
                slot = self.sure_slot(node)
                self.expr(value)
                if slot is not None:
                    emit("get_slot", *slot, span=span)
                else:
                    emit("get_field_or_null" if safe else "get_field", self.tables.constant(name), span=span)
            case ir.GetIndex(value, index):
                self.expr(value)
                self.expr(index)
                emit("get_index", span=span)
            case ir.Unary("delete", ir.GetField(value, name) | ir.GetIndex(value, ir.Const(str() as name))):
                self.expr(value)
                emit("delete_field", self.tables.constant(name), span=span)
            case ir.Unary(op, operand) if op in _UNARY:
                self.expr(operand)
                emit(_UNARY[op], span=span)
            case ir.Binary("in", ir.Const(str() as name), right):
                self.expr(right)
                emit("has_field", self.tables.constant(name), span=span)
            case ir.Binary(op, left, right, safe) if op in _BINARY:
                self.expr(left)
                self.expr(right)
                emit(_BINARY[op] + ("_or_false" if safe else ""), span=span)
            case ir.Logical():
                self.logical(node)
            case ir.Conditional(condition, then, orelse):
                other, end = Label(), Label()
                self.branch(condition, other)
                self.expr(then)
                emit("jump", end)
                self.asm.place(other)
                self.expr(orelse)
                self.asm.place(end)
            case ir.Call(name, args):
                for arg in args:
                    self.expr(arg)
                emit("call", self.tables.functions[name], len(args), span=span)
            case ir.Native(name, args):
                for arg in args:
                    self.expr(arg)
                emit("native", self.tables.native(name), len(args), span=span)
            case ir.Method(value, name, args):
                self.expr(value)
                for arg in args:
                    self.expr(arg)
                emit("method", self.tables.constant(name), len(args), span=span)
            case ir.New():
                self.new(node)
            case ir.NewObject(keys, values):
                self.new_object(keys, values, span)
            case ir.NewList(items):
                for item in items:
                    self.expr(item)
                emit("new_list", len(items), span=span)
            case ir.Global(name):
                emit("get_global", self.tables.globals_[self.function.ruleset][name], span=span)
            case ir.IsA(value, of):
                self.expr(value)
                emit("is_type", self.tables.types[of], span=span)
            case ir.TableRows(table, args):
                for arg in args:
                    self.expr(arg)
                emit("table_rows", self.tables.tables[table], len(args), span=span)
            case ir.TableOutput(table, column, args, row):
                for arg in args:
                    self.expr(arg)
                self.expr(row)
                emit("table_output", self.tables.tables[table], column, len(args), span=span)
            case ir.Facts(name):
                emit("facts", self.tables.types[name], span=span)
            case ir.Assign():
                self.assign(node, keep=True)
            case _:
                raise CompilerBug(f"no code for the expression {type(node).__name__}")

    def constant(self, value: ir.Constant, span: ir.Span) -> None:
        emit = self.asm.emit
        match value:
            case None:
                emit("null", span=span)
            case ir.UndefinedType():
                emit("undefined", span=span)
            case bool():
                emit("true" if value else "false", span=span)
            case int() if value in _SMALL:
                emit("int", value, span=span)
            case _:
                emit("const", self.tables.constant(value), span=span)

    def logical(self, node: ir.Logical) -> None:
        end = Label()
        self.expr(node.left)
        jumps = {"&&": "jump_if_false_keep", "||": "jump_if_true_keep", "??": "jump_unless_absent_keep"}
        self.asm.emit(jumps[node.op], end, span=node.span)
        self.expr(node.right)
        self.asm.place(end)

    def new(self, node: ir.New) -> None:
        emit, number = self.asm.emit, self.tables.types[node.of]
        emit("new_record", number, span=node.span)
        for slot, arg in enumerate(node.args):
            emit("dup")
            self.expr(arg)
            emit("set_slot", number, slot, span=arg.span)

    def new_object(self, keys: tuple[ir.Expr, ...], values: tuple[ir.Expr, ...], span: ir.Span) -> None:
        emit = self.asm.emit
        emit("new_object", span=span)
        for key, value in zip(keys, values, strict=True):
            emit("dup")
            if isinstance(key, ir.Const) and isinstance(key.value, str):
                self.expr(value)
                emit("set_field", self.tables.constant(key.value), span=span)
            else:
                self.expr(key)
                self.expr(value)
                emit("set_index", span=span)

    # --- assignment
    def assign(self, node: ir.Assign, *, keep: bool) -> None:
        """Sets the target; with ``keep`` leaves the new (or old) value."""
        emit, span = self.asm.emit, node.span
        match node.target:
            case ir.Local(name):
                self.new_value(node, lambda: emit("load", self.local(name)), keep)
                emit("store", self.local(name), span=span)
            case ir.Variable(name):
                number = self.tables.variables[name]
                self.new_value(node, lambda: emit("get_variable", number), keep)
                emit("set_variable", number, span=span)
            case ir.Global(name):
                number = self.tables.globals_[self.function.ruleset][name]
                self.new_value(node, lambda: emit("get_global", number), keep)
                emit("set_global", number, span=span)
            case ir.GetField(value, name) as target:
                self.assign_field(node, target, value, name, keep)
                return
            case ir.GetIndex(value, index):
                self.assign_index(node, value, index, keep)
                return
            case _:
                raise CompilerBug("an assignment to no place")
        if keep:
            emit("load", self._kept)

    _kept = -1

    def new_value(self, node: ir.Assign, load: object, keep: bool) -> None:
        """Leaves the value to store; ``load`` pushes the old one, for compound forms."""
        emit = self.asm.emit
        done: Label | None = None
        if not callable(load):
            raise CompilerBug("no way to load the old value")
        if keep:
            self._kept = kept = self.temporary()
        if node.op:
            load()
            if node.old and keep:
                emit("dup")
                emit("store", kept)
            if node.op in ("&&", "||", "??"):
                done = Label()
                jumps = {"&&": "jump_if_false_keep", "||": "jump_if_true_keep", "??": "jump_unless_absent_keep"}
                emit(jumps[node.op], done, span=node.span)
                self.expr(node.value)
                self.asm.place(done)
            else:
                self.expr(node.value)
                emit(_BINARY[node.op], span=node.span)
        else:
            self.expr(node.value)
        if keep:
            self._kept = kept
            if not node.old:
                emit("dup")
                emit("store", kept)

    def assign_field(self, node: ir.Assign, target: ir.GetField, value: ir.Expr, name: str, keep: bool) -> None:
        emit, slot = self.asm.emit, self.sure_slot(target)

        def load() -> None:
            emit("dup")
            if slot is not None:
                emit("get_slot", *slot, span=target.span)
            else:
                emit("get_field", self.tables.constant(name), span=target.span)

        self.expr(value)
        self.new_value(node, load, keep)
        kept = self._kept
        if slot is not None:
            emit("set_slot", *slot, span=node.span)
        else:
            emit("set_field", self.tables.constant(name), span=node.span)
        if keep:
            emit("load", kept)

    def assign_index(self, node: ir.Assign, value: ir.Expr, index: ir.Expr, keep: bool) -> None:
        emit = self.asm.emit
        self.expr(value)
        self.expr(index)
        if node.op:
            object_slot, index_slot = self.temporary(), self.temporary()
            emit("store", index_slot)
            emit("store", object_slot)

            def load() -> None:
                emit("load", object_slot)
                emit("load", index_slot)
                emit("get_index", span=node.span)

            emit("load", object_slot)
            emit("load", index_slot)
            self.new_value(node, load, keep)
        else:
            self.new_value(node, lambda: None, keep)
        kept = self._kept
        emit("set_index", span=node.span)
        if keep:
            emit("load", kept)
