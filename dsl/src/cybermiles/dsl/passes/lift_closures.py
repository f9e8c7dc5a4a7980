"""Closure conversion: functions within functions become functions of the module.

A local that a closure sees is handed to it as a value if it never changes after the closure is made; else it lives in
a cell that both hold. A declaration within a loop makes a new cell each time it runs, as JavaScript has it.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cybermiles.dsl import ir

THIS = "this#"
_VOID = ir.Const(ir.UNDEFINED)


def lift_closures(module: ir.Module) -> ir.Module:
    """The module without Closure and This. Names of locals are unique within a function, closures in it included."""
    made: list[ir.Function] = []
    names = Counter(function.name for function in module.functions)
    for function in module.functions:
        if any(isinstance(node, ir.Closure | ir.This) for node in ir.walk(function)):
            made += _Lifting(function, names).run()
        else:
            made.append(function)
    return dataclasses.replace(module, functions=tuple(made))


@dataclass(slots=True)
class _Scope:
    """What is known of a function's own locals."""

    declared: set[str] = field(default_factory=set)
    defined: Counter[str] = field(default_factory=Counter)
    """How often a local gets a value, its declaration included."""
    lets: Counter[str] = field(default_factory=Counter)
    captured: set[str] = field(default_factory=set)
    early: set[str] = field(default_factory=set)
    """Captured before they had a value."""


class _Lifting:
    """One function of the module and the closures in it."""

    def __init__(self, function: ir.Function, names: Counter[str]) -> None:
        self._function = function
        self._names = names
        self._made: list[ir.Function] = []
        self._free: dict[int, frozenset[str]] = {}
        self._kept: list[ir.Closure] = []
        """What `_free` knows by identity, kept alive."""
        self._temporaries = 0

    def run(self) -> list[ir.Function]:
        """The function, then those made of its closures."""
        function = self._function
        params = [p.name for p in function.params]
        made = self._convert(params, function.body, frozenset(), function.name)
        return [dataclasses.replace(function, body=made), *self._made]

    # --- what a closure sees
    def free(self, closure: ir.Closure) -> frozenset[str]:
        """The locals around it that a closure, or one in it, names; and ``this#``."""
        known = self._free.get(id(closure))
        if known is None:
            own = {p.name for p in closure.params} | _declared(closure.body) | {closure.rest}
            seen: set[str] = set()
            for node in _own_nodes(closure.body):
                match node:
                    case ir.Local(name):
                        seen.add(name)
                    case ir.This():
                        seen.add(THIS)
                    case ir.Closure():
                        seen |= self.free(node)
                    case ir.ForEach(name) | ir.ForIn(name):
                        seen.add(name)
            if closure.own_this:
                own.add(THIS)
            known = self._free[id(closure)] = frozenset(seen - own)
            self._kept.append(closure)
        return known

    # --- conversion
    def _convert(
        self, params: Iterable[str], body: tuple[ir.Stmt, ...], cells: frozenset[str], name: str
    ) -> tuple[ir.Stmt, ...]:
        """The body of one function without closures in it; ``cells`` are locals around it that come as cells."""
        scope = self._scope(params, body)
        own = frozenset(n for n in scope.captured if scope.defined[n] > 1 or n in scope.early or n not in scope.defined)
        made = _Conversion(self, scope, cells | own, own, name).block(body)
        first: list[ir.Stmt] = []
        params = list(params)
        for cell in sorted(own):
            if cell in params:
                kept = ir.Local(cell)
                first.append(ir.Let(cell, ir.NewCell(kept)))
            elif scope.lets[cell] != 1 and cell not in _looped(body):
                first.append(ir.Let(cell, ir.NewCell(_VOID)))
        return (*first, *made)

    def _scope(self, params: Iterable[str], body: tuple[ir.Stmt, ...]) -> _Scope:
        scope = _Scope()
        for param in params:
            scope.declared.add(param)
            scope.defined[param] += 1
        scope.declared |= _declared(body)
        for node in _in_order(body):
            match node:
                case ir.Let(name, _):
                    scope.defined[name] += 1
                    scope.lets[name] += 1
                case ir.ForEach(name) | ir.ForIn(name):
                    scope.defined[name] += 1
                case ir.Try(name=name) if name:
                    scope.defined[name] += 1
                case ir.Assign(ir.Local(name)):
                    scope.defined[name] += 1
                case ir.Closure():
                    for name in self.free(node) & scope.declared:
                        scope.captured.add(name)
                        if not scope.defined[name]:
                            scope.early.add(name)
                    for name in _assigned_within(node):
                        scope.defined[name] += 1
        return scope

    def closure(self, node: ir.Closure, cells: frozenset[str], around: str) -> ir.Expr:
        """A function of the module for the closure, and what makes its value here."""
        captures = sorted(self.free(node))
        name = self._name(f"{around}.{node.name or 'function'}")
        this = [THIS] if node.own_this else []
        fields = [ir.Field(c, ir.ANY, span=node.span) for c in (*captures, *this)]
        inner = frozenset(c for c in captures if c in cells)
        rest = (ir.Field(node.rest, ir.ANY, span=node.span),) if node.rest else ()
        params = (*node.params, *(r for r in rest if r.name not in {p.name for p in node.params}))
        body = self._convert((*this, *(p.name for p in params)), node.body, inner, name)
        self._made.append(
            ir.Function(
                name,
                (*fields, *params),
                body,
                captures=len(captures),
                own_this=node.own_this,
                rest=bool(node.rest),
                span=node.span,
            )
        )
        return ir.MakeClosure(name, tuple(ir.Local(c, span=node.span) for c in captures), span=node.span)

    def _name(self, wanted: str) -> str:
        wanted = wanted.encode()[:200].decode("utf-8", "ignore")
        self._names[wanted] += 1
        count = self._names[wanted]
        return wanted if count == 1 else f"{wanted} {count}"

    def _temporary(self, span: ir.Span) -> ir.Local:
        self._temporaries += 1
        return ir.Local(f"kept#{self._temporaries}", span=span)

    temporary = _temporary


class _Conversion:
    """The statements of one function, closures made and cells used."""

    def __init__(self, lifting: _Lifting, scope: _Scope, cells: frozenset[str], own: frozenset[str], name: str) -> None:
        self._lifting = lifting
        self._scope = scope
        self._cells = cells
        self._own = own
        self._name = name

    def block(self, statements: tuple[ir.Stmt, ...]) -> tuple[ir.Stmt, ...]:
        """Cells that are captured before their declaration are made where the block begins."""
        first = [
            ir.Let(s.name, ir.NewCell(None, span=s.span), span=s.span)
            for s in statements
            if isinstance(s, ir.Let) and self._is_early(s.name)
        ]
        return (*first, *(self._visit(s) for s in statements))

    def _is_early(self, name: str) -> bool:
        return name in self._own and name in self._scope.early and self._scope.lets[name] == 1

    def _visit(self, node: Any) -> Any:
        match node:
            case ir.Closure():
                return self._lifting.closure(node, self._cells, self._name)
            case ir.This():
                return ir.Local(THIS, span=node.span)
            case ir.Local(name) if name in self._cells:
                return ir.CellGet(dataclasses.replace(node, type=ir.ANY), _shown(name), type=node.type, span=node.span)
            case ir.Assign(ir.Local(name)) if name in self._cells:
                return self._assign(node, name)
            case ir.Let(name, value) if name in self._own:
                return self._let(node, name, None if value is None else self._visit(value))
            case ir.ForEach(name) | ir.ForIn(name) if name in self._cells:
                return self._each(node, name)
            case ir.Try(name=name) if name in self._own:
                return self._try(node, name)
            case tuple() if node and isinstance(node[0], ir.Stmt):
                return self.block(node)
            case tuple():
                return tuple(self._visit(part) for part in node)
            case ir.Node():
                return _rebuilt(node, self._visit)
        return node

    def _let(self, node: ir.Let, name: str, value: ir.Expr | None) -> ir.Stmt:
        local = ir.Local(name, span=node.span)
        if self._is_early(name) or self._scope.lets[name] != 1:
            return ir.Do(ir.CellSet(local, value or _VOID, span=node.span), span=node.span)
        return ir.Let(name, ir.NewCell(value or _VOID, span=node.span), span=node.span)

    def _assign(self, node: ir.Assign, name: str) -> ir.Expr:
        cell = ir.Local(name, span=node.span)
        value = self._visit(node.value)
        old = ir.CellGet(cell, _shown(name), span=node.span)
        if not node.op:
            return ir.CellSet(cell, value, type=node.type, span=node.span)
        if node.op in ("&&", "||", "??"):
            return ir.Logical(node.op, old, ir.CellSet(cell, value, span=node.span), type=node.type, span=node.span)
        if not node.old:
            new = ir.Binary(node.op, old, value, type=node.type, span=node.span)
            return ir.CellSet(cell, new, type=node.type, span=node.span)
        kept = self._lifting.temporary(node.span)
        new = ir.Binary(node.op, kept, value, type=node.type, span=node.span)
        steps = (ir.Assign(kept, old, span=node.span), ir.CellSet(cell, new, span=node.span), kept)
        return ir.Sequence(steps, type=node.type, span=node.span)

    def _each(self, node: Any, name: str) -> ir.Stmt:
        """A loop whose variable lives in a cell: a new one each turn, unless it was declared before the loop."""
        value = self._lifting.temporary(node.span)
        local = ir.Local(name, span=node.span)
        declared = name not in self._own or self._scope.lets[name]
        first: ir.Stmt = ir.Let(name, ir.NewCell(value), span=node.span)
        if declared:
            first = ir.Do(ir.CellSet(local, value), span=node.span)
        rebuilt = _rebuilt(dataclasses.replace(node, body=()), self._visit)
        made: ir.Stmt = dataclasses.replace(rebuilt, name=value.name, body=(first, *self.block(node.body)))
        return made

    def _try(self, node: ir.Try, name: str) -> ir.Stmt:
        value = self._lifting.temporary(node.span)
        first = ir.Let(name, ir.NewCell(value), span=node.span)
        handler = None if node.handler is None else (first, *self.block(node.handler))
        body, finalizer = self.block(node.body), self.block(node.finalizer)
        return dataclasses.replace(node, body=body, name=value.name, handler=handler, finalizer=finalizer)


def _shown(name: str) -> str:
    return name.partition("#")[0]


def _rebuilt(node: Any, visit: Any) -> Any:
    changes = {}
    for name in node.__dataclass_fields__:
        old = getattr(node, name)
        if name not in ("span", "type") and isinstance(old, ir.Node | tuple):
            new = visit(old)
            if new is not old:
                changes[name] = new
    return dataclasses.replace(node, **changes) if changes else node


def _own_nodes(body: Iterable[ir.Node]) -> Iterator[ir.Node]:
    """All nodes of a function's body, without those inside closures."""
    stack = list(body)[::-1]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ir.Closure):
            stack += reversed(ir.children(node))


def _in_order(body: Iterable[ir.Node]) -> Iterator[ir.Node]:
    """As ``_own_nodes``, each declaration and assignment after the value that it takes."""
    stack: list[tuple[ir.Node, bool]] = [(node, False) for node in reversed(list(body))]
    while stack:
        node, done = stack.pop()
        late = isinstance(node, ir.Let | ir.Assign)
        if done or not late:
            yield node
        if not done and not isinstance(node, ir.Closure):
            if late:
                stack.append((node, True))
            stack += [(child, False) for child in reversed(ir.children(node))]


def _declared(body: tuple[ir.Stmt, ...]) -> set[str]:
    """The locals that a function's body declares or sets without declaring (a class's and the compiler's own)."""
    names: set[str] = set()
    for node in _own_nodes(body):
        match node:
            case ir.Let(name, _) | ir.Modify(name, _):
                names.add(name)
            case ir.Try(name=name) if name:
                names.add(name)
    return names


def _assigned_within(closure: ir.Closure) -> Iterator[str]:
    for node in ir.walk(closure):
        match node:
            case ir.Assign(ir.Local(name)):
                yield name
            case ir.ForEach(name) | ir.ForIn(name):
                yield name


def _looped(body: tuple[ir.Stmt, ...]) -> set[str]:
    """Variables of for-of, for-in and catch clauses: their cells are made where they get their value."""
    names: set[str] = set()
    for node in _own_nodes(body):
        match node:
            case ir.ForEach(name) | ir.ForIn(name):
                names.add(name)
            case ir.Try(name=name) if name:
                names.add(name)
    return names
