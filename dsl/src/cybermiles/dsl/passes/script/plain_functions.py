"""Functions that capture nothing and are only called become functions of the module: a call of one is a plain call."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cybermiles.dsl import ir


@dataclass(slots=True)
class _Candidate:
    closure: ir.Closure
    free: set[str]
    """Locals that it does not declare itself."""
    called: bool = True
    """All that is done with it is calling it, after it is there."""


def plain_functions(
    name: str, body: tuple[ir.Stmt, ...], hoisted: Collection[str]
) -> tuple[tuple[ir.Stmt, ...], list[ir.Function]]:
    """The statements without such functions, and these; ``name`` begins their names. Names of locals are unique."""
    candidates = _candidates(body)
    if not candidates:
        return body, []
    _uses(body, candidates, hoisted)
    chosen = {local: c for local, c in candidates.items() if c.called}
    while True:
        out = [local for local, c in chosen.items() if not c.free <= chosen.keys()]
        if not out:
            break
        for local in out:
            del chosen[local]
    if not chosen:
        return body, []
    names = {local: f"{name}.{local}" for local in chosen}
    change = _Change(names, chosen)
    functions = []
    for local, candidate in chosen.items():
        closure = candidate.closure
        params = closure.params
        if closure.rest:
            params += (ir.Field(closure.rest, ir.ANY, span=closure.span),)
        functions.append(ir.Function(names[local], params, change.statements(closure.body), span=closure.span))
    return change.statements(body), functions


def _candidates(body: Iterable[ir.Stmt]) -> dict[str, _Candidate]:
    found: dict[str, _Candidate] = {}
    twice: set[str] = set()
    for node in (n for s in body for n in ir.walk(s)):
        match node:
            case ir.Let(name, ir.Closure() as closure):
                if name in found:
                    twice.add(name)
                free = _free(closure)
                if free is not None:
                    found[name] = _Candidate(closure, free)
            case ir.Assign(ir.Local(name)):
                twice.add(name)
    return {name: c for name, c in found.items() if name not in twice}


def _free(closure: ir.Closure) -> set[str] | None:
    """The locals that a closure does not declare itself; None: it knows a `this` or a `super`."""
    used: set[str] = set()
    declared = {p.name for p in closure.params} | {closure.rest}
    stack: list[tuple[ir.Node, bool]] = [(s, False) for s in closure.body]
    while stack:
        node, inner = stack.pop()
        match node:
            case ir.Local(name):
                used.add(name)
            case ir.Let(name=name) | ir.ForEach(name=name) | ir.ForIn(name=name) | ir.Try(name=name):
                declared.add(name)
            case ir.Closure(params=params, rest=rest, own_this=own):
                declared |= {p.name for p in params} | {rest}
                inner = inner or own
            case ir.This() | ir.SuperCall() | ir.SuperMethod() if not inner:
                return None
        stack.extend((child, inner) for child in ir.children(node))
    return used - declared


def _uses(body: Iterable[ir.Stmt], candidates: dict[str, _Candidate], hoisted: Collection[str]) -> None:
    """Finds the candidates that something else is done with, or that may be called too early."""
    seen: set[str] = set(hoisted)
    callees: set[int] = set()
    for node in (n for s in body for n in ir.walk(s)):
        match node:
            case ir.Let(name, ir.Closure()):
                seen.add(name)
            case ir.CallValue(ir.Local(name) as callee, args, None) if name in candidates:
                if name in seen and _fits(candidates[name].closure, args):
                    callees.add(id(callee))
            case ir.Local(name) if name in candidates and id(node) not in callees:
                candidates[name].called = False


def _fits(closure: ir.Closure, args: tuple[ir.Expr, ...]) -> bool:
    if any(isinstance(a, ir.Spread) for a in args):
        return False
    extra = () if closure.rest else args[len(closure.params) :]
    return all(isinstance(a, ir.Const | ir.Local) for a in extra)


class _Change:
    """Takes the functions out and makes plain calls of their calls."""

    def __init__(self, names: dict[str, str], chosen: dict[str, _Candidate]) -> None:
        self._names = names
        self._chosen = chosen

    def statements(self, body: Iterable[ir.Stmt]) -> tuple[ir.Stmt, ...]:
        """Statements changed."""
        made = self._value(tuple(body))
        assert isinstance(made, tuple)
        return made

    def _value(self, value: object) -> object:
        if isinstance(value, tuple):
            kept = [v for v in value if not (isinstance(v, ir.Let) and v.name in self._chosen)]
            made = tuple(self._value(v) for v in kept)
            same = len(made) == len(value) and all(a is b for a, b in zip(made, value, strict=True))
            return value if same else made
        if not isinstance(value, ir.Node):
            return value
        node = ir.with_children(value, self._value)
        if isinstance(node, ir.CallValue) and isinstance(node.callee, ir.Local) and node.callee.name in self._names:
            closure = self._chosen[node.callee.name].closure
            count = len(closure.params)
            missing = ir.Const(ir.UNDEFINED, span=node.span)
            args = node.args[:count] + (missing,) * (count - len(node.args))
            if closure.rest:
                args += (ir.NewList(node.args[count:], type=ir.ListOf(ir.ANY), span=node.span),)
            return ir.Call(self._names[node.callee.name], args, span=node.span)
        return node
