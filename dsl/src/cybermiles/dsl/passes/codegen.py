"""Pass 7: one function of the IR to bytecode for the stack machine."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cybermiles.dsl import ir
from cybermiles.dsl.backend.assembler import Assembler, Code, Label
from cybermiles.dsl.backend.tables import Tables
from cybermiles.dsl.diagnostics import CompilerBug

_BINARY = {
    **{"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "rem", "**": "pow", "==": "eq", "!=": "ne", "===": "same"},
    **{"<": "lt", "<=": "le", ">": "gt", ">=": "ge"},
}
_UNARY = {"-": "neg", "!": "not", "typeof": "typeof", "length": "length"}
_SMALL = range(-(2**63), 2**63)


def generate(function: ir.Function, tables: Tables, *, in_conditions: bool = False) -> tuple[Code, int]:
    """The function's code and how many local slots it needs. ``in_conditions``: methods are the library's alone."""
    return _Generator(function, tables, in_conditions).run()


@dataclass(frozen=True, slots=True)
class _Exit:
    """A statement around that a jump may leave: a loop, a switch or a label, an open handler, a finalizer."""

    leave: Label | None = None
    """Where ``break`` goes."""
    again: Label | None = None
    """Where ``continue`` goes."""
    labels: tuple[str, ...] = ()
    plain: bool = False
    """Whether ``break`` without a label leaves it."""
    handler: bool = False
    finalizer: tuple[ir.Stmt, ...] | None = None


class _Generator:
    def __init__(self, function: ir.Function, tables: Tables, in_conditions: bool) -> None:
        self.function = function
        self.tables = tables
        self.method = "method" if in_conditions else "call_method"
        self.asm = Assembler()
        self.locals: dict[str, int] = {}
        self.records: dict[str, str] = {p.name: p.type.name for p in function.params if isinstance(p.type, ir.Ref)}
        self.exits: list[_Exit] = []
        self.chains: list[Label] = []

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
            case ir.ForIn():
                self.for_in(node)
            case ir.Labeled():
                self.labeled(node, ())
            case ir.Switch():
                self.switch(node)
            case ir.Break(label):
                self.jump(label, again=False, span=span)
            case ir.Continue(label):
                self.jump(label, again=True, span=span)
            case ir.Return(value):
                self.return_(value, span)
            case ir.Throw(value):
                self.expr(value)
                emit("throw", span=span)
            case ir.Try():
                self.try_(node)
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

    def loop(self, node: ir.Loop, labels: tuple[str, ...] = ()) -> None:
        start, step, end = Label(), Label(), Label()
        self.asm.place(start)
        if node.condition is not None and not node.test_last:
            self.branch(node.condition, end)
        self.within(_Exit(end, step, labels, plain=True), node.body)
        self.asm.place(step)
        self.body(node.step)
        if node.condition is not None and node.test_last:
            self.branch(node.condition, end)
        self.asm.emit("jump", start, span=node.span)
        self.asm.place(end)

    def within(self, exit_: _Exit, body: Iterable[ir.Stmt]) -> None:
        """Statements that may leave by an exit more."""
        self.exits.append(exit_)
        self.body(body)
        self.exits.pop()

    def for_each(self, node: ir.ForEach, labels: tuple[str, ...] = ()) -> None:
        items, index = self.temporary(), self.temporary()
        start, done, end = Label(), Label(), Label()
        emit = self.asm.emit
        self.expr(node.items)
        emit("store", items, span=node.span)
        emit("int", 0)
        emit("store", index)
        self.asm.place(start)
        emit("load", items)
        emit("load", index)
        emit("iter_next", done, span=node.span)
        emit("store", self.local(node.name))
        emit("store", index)
        emit("pop")
        self.within(_Exit(end, start, labels, plain=True), node.body)
        emit("jump", start)
        self.asm.place(done)
        emit("pop")
        emit("pop")
        self.asm.place(end)

    def for_in(self, node: ir.ForIn, labels: tuple[str, ...] = ()) -> None:
        """A loop over the keys that were there when it began, without those that are gone when their turn comes."""
        span = node.object.span
        of = ir.Local(f"object {len(self.locals)}", span=span)
        self.expr(ir.Logical("??", node.object, ir.NewObject((), ()), span=span))
        self.asm.emit("store", self.local(of.name), span=span)
        keys = ir.Native("Object.keys", (of,), span=span)
        there = ir.Native("has_key", (of, ir.Local(node.name)), span=span)
        body = (ir.If(there, node.body, span=node.span),)
        self.for_each(ir.ForEach(node.name, keys, body, span=node.span), labels)

    def labeled(self, node: ir.Labeled, labels: tuple[str, ...]) -> None:
        """A label; of the loop that is its last statement ``continue`` may name it."""
        names = (*labels, node.label)
        end = Label()
        *before, last = node.body or (ir.Do(ir.Const(None)),)
        self.exits.append(_Exit(end, None, names))
        self.body(before)
        if self.asm.reachable:
            match last:
                case ir.Loop():
                    self.loop(last, names)
                case ir.ForEach():
                    self.for_each(last, names)
                case ir.ForIn():
                    self.for_in(last, names)
                case ir.Labeled():
                    self.labeled(last, names)
                case _:
                    self.statement(last)
        self.exits.pop()
        self.asm.place(end)

    def switch(self, node: ir.Switch) -> None:
        emit, value = self.asm.emit, self.temporary()
        self.expr(node.value)
        emit("store", value, span=node.span)
        end = Label()
        starts = [Label() for _ in node.cases]
        default = end
        for case, start in zip(node.cases, starts, strict=True):
            if case.test is None:
                default = start
                continue
            emit("load", value)
            self.expr(case.test)
            emit("same", span=case.span)
            emit("jump_if_true", start)
        emit("jump", default)
        self.exits.append(_Exit(end, plain=True))
        for case, start in zip(node.cases, starts, strict=True):
            self.asm.place(start)
            self.body(case.body)
        self.exits.pop()
        self.asm.place(end)

    # --- leaving
    def jump(self, label: str, *, again: bool, span: ir.Span) -> None:
        """``break`` and ``continue``, through the handlers and finalizers on the way."""
        for at in range(len(self.exits) - 1, -1, -1):
            found = self.exits[at]
            target = found.again if again else found.leave
            named = label in found.labels if label else (found.plain if not again else found.again is not None)
            if target is not None and named:
                if self.leave(at + 1):
                    self.asm.emit("jump", target, span=span)
                return
        raise CompilerBug("a jump to nowhere")

    def leave(self, depth: int) -> bool:
        """Closes what stands above a depth of exits, innermost first; False if a finalizer never ends."""
        kept = self.exits
        for at in range(len(kept) - 1, depth - 1, -1):
            if kept[at].handler:
                self.asm.emit("end_try")
            finalizer = kept[at].finalizer
            if finalizer is not None:
                self.exits = kept[:at]
                self.body(finalizer)
        self.exits = kept
        return self.asm.reachable

    def return_(self, value: ir.Expr | None, span: ir.Span) -> None:
        emit = self.asm.emit
        if value is None:
            emit("undefined", span=span)
        else:
            self.expr(value)
        if any(e.handler or e.finalizer is not None for e in self.exits):
            kept = self.temporary()
            emit("store", kept)
            if not self.leave(0):
                return
            emit("load", kept)
        emit("return", span=span)

    def try_(self, node: ir.Try) -> None:
        """Handler and finalizer; the finalizer's code stands once for each way out."""
        emit = self.asm.emit
        end, caught, failed = Label(), Label(), Label()
        if node.finalizer:
            emit("try", failed, span=node.span)
            self.exits.append(_Exit(handler=True, finalizer=node.finalizer))
        if node.handler is not None:
            emit("try", caught, span=node.span)
            self.within(_Exit(handler=True), node.body)
            after = Label()
            if self.asm.reachable:
                emit("end_try")
                emit("jump", after)
            self.asm.place(caught)
            emit("store", self.local(node.name))
            self.body(node.handler)
            self.asm.place(after)
        else:
            self.body(node.body)
        if node.finalizer:
            self.exits.pop()
            if self.asm.reachable:
                emit("end_try")
                self.body(node.finalizer)
                emit("jump", end)
            self.asm.place(failed)
            thrown = self.temporary()
            emit("store", thrown)
            self.body(node.finalizer)
            emit("load", thrown)
            emit("throw", span=node.span)
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
            case ir.Unary("delete", ir.GetIndex(value, index)):
                self.expr(value)
                self.expr(index)
                emit("native", self.tables.native("delete_key"), 2, span=span)
            case ir.Binary("!==", left, right):
                self.expr(dataclasses.replace(node, op="==="))
                emit("not", span=span)
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
                if self.spread(args):
                    emit("native_spread", self.tables.native(name), span=span)
                else:
                    emit("native", self.tables.native(name), len(args), span=span)
            case ir.Method(value, name, args):
                self.expr(value)
                if self.spread(args):
                    emit("method_spread", self.tables.constant(name), span=span)
                else:
                    emit(self.method, self.tables.constant(name), len(args), span=span)
            case ir.MakeClosure(function, captures):
                for capture in captures:
                    self.expr(capture)
                emit("make_closure", self.tables.functions[function], len(captures), span=span)
            case ir.NewCell(None):
                emit("empty_cell", span=span)
            case ir.NewCell(ir.Expr() as value):
                self.expr(value)
                emit("new_cell", span=span)
            case ir.CellGet(cell, name):
                self.expr(cell)
                emit("cell_get", self.tables.constant(name), span=span)
            case ir.CellSet(cell, value):
                self.expr(cell)
                self.expr(value)
                emit("cell_set", span=span)
            case ir.CallValue():
                self.call_value(node)
            case ir.Construct(callee, args):
                self.expr(callee)
                if self.spread(args):
                    emit("construct_spread", span=span)
                else:
                    emit("construct", len(args), span=span)
            case ir.NewClass(name, parent, constructor):
                for part in (parent, constructor):
                    self.expr(part or ir.Const(ir.UNDEFINED))
                emit("make_class", self.tables.constant(name), span=span)
            case ir.Define(value, kind, key, function):
                self.expr(value)
                self.expr(key)
                self.expr(function)
                emit({"get": "define_getter", "set": "define_setter"}.get(kind, "define_method"), span=span)
            case ir.Statics(of):
                self.expr(of)
                emit("statics", span=span)
                emit("swap")
                emit("pop")
            case ir.CallParent(parent, this, args):
                self.expr(parent)
                self.expr(this)
                if self.spread(args):
                    emit("super_spread", span=span)
                else:
                    emit("super", len(args), span=span)
            case ir.OfParent(parent, this, name):
                self.expr(parent)
                self.expr(this)
                emit("get_super", self.tables.constant(name), span=span)
            case ir.InstanceOf(value, of):
                self.expr(value)
                self.expr(of)
                emit("instance_of", span=span)
            case ir.Chain(value):
                self.chain(value)
            case ir.Present(value):
                self.expr(value)
                emit("dup")
                emit("jump_if_absent_keep", self.chains[-1], span=span)
            case ir.Sequence(values):
                for at, value in enumerate(values):
                    if at:
                        emit("pop")
                    self.expr(value)
            case ir.Regex(source, flags):
                emit("new_regexp", self.tables.constant(source), self.tables.constant(flags), span=span)
            case ir.New():
                self.new(node)
            case ir.NewObject(keys, values):
                self.new_object(keys, values, span)
            case ir.NewList(items):
                if not self.spread(items):
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

    def spread(self, args: Sequence[ir.Expr]) -> bool:
        """Leaves the arguments on the stack, or, if one is spread, a list of them all; whether that is so."""
        emit = self.asm.emit
        if not any(isinstance(arg, ir.Spread) for arg in args):
            for arg in args:
                self.expr(arg)
            return False
        emit("new_list", 0)
        for arg in args:
            if isinstance(arg, ir.Spread):
                self.expr(arg.value)
                emit("extend", span=arg.span)
            else:
                self.expr(arg)
                emit("append", span=arg.span)
        return True

    def call_value(self, node: ir.CallValue) -> None:
        emit = self.asm.emit
        self.expr(node.callee)
        spread = any(isinstance(arg, ir.Spread) for arg in node.args)
        if node.this is not None or spread:
            self.expr(node.this or ir.Const(ir.UNDEFINED))
        if self.spread(node.args):
            emit("call_spread", span=node.span)
        else:
            emit("call_value" if node.this is None else "call_with", len(node.args), span=node.span)

    def chain(self, value: ir.Expr) -> None:
        """The value, or undefined as soon as a link meets nothing."""
        absent, end = Label(), Label()
        self.chains.append(absent)
        self.expr(value)
        self.chains.pop()
        self.asm.emit("jump", end)
        self.asm.place(absent)
        self.asm.emit("pop")
        self.asm.emit("pop")
        self.asm.emit("undefined")
        self.asm.place(end)

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
            if isinstance(value, ir.Spread):
                self.expr(value.value)
                emit("copy_fields", span=value.span)
                continue
            if isinstance(value, ir.Accessor):
                for name, function in (("define_getter", value.get), ("define_setter", value.set)):
                    if function is not None:
                        self.expr(key)
                        self.expr(function)
                        emit(name, span=value.span)
                continue
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
