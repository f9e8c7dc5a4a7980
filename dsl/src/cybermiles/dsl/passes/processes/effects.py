"""Which variables a piece of process code may change: those it assigns, and those whose inside it may change.

The second is a guess on the safe side that ignores the order of statements. A local may be another one, or a part of
it (`let a = o.items`); then changing it changes that one. A local may hold another one (`o.first = x`); then a change
somewhere inside it may be a change of that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cybermiles.dsl import ir
from cybermiles.dsl.natives import CHANGING_METHODS, METHODS

_CALLING = frozenset(
    (
        *("map", "filter", "find", "findIndex", "findLast", "findLastIndex", "some", "every", "reduce", "reduceRight"),
        *("forEach", "flatMap", "toSorted", "replace", "replaceAll"),
    )
)
"""Methods that change nothing themselves; a function given to them may."""
_PURE = _CALLING | frozenset(
    (
        *(name for methods in METHODS.values() for name, m in methods.items() if not m.effect),
        *("entries", "at", "has", "get", "flat", "trim", "padStart", "padEnd", "test", "match", "matchAll", "repeat"),
        *("charAt", "toUpperCase", "toLowerCase", "with", "toSpliced", "toReversed", "exec"),
    )
)
_CHANGING = CHANGING_METHODS - _CALLING - {"match", "matchAll", "search", "test", "exec"}
_DEEP = 1_000
"""Steps into an object when nobody knows how many."""
_KEEPING = frozenset(("push", "unshift", "add", "set", "splice", "fill", "addAll", "put"))
"""Methods that change their object alone: their arguments become part of it."""


def changed(body: Sequence[ir.Stmt], variables: Iterable[str], *, surely: bool = False) -> frozenset[str]:
    """The locals among ``variables`` that the statements may leave with another value; ``surely``: not those of which
    nothing is known but that they are given to something else."""
    found = _Effects(surely)
    for node in (node for statement in body for node in ir.walk(statement)):
        found.see(node)
    touched = found.touched()
    return frozenset(v for v in variables if v in touched or v in found.assigned)


@dataclass(slots=True)
class _Effects:
    surely: bool
    assigned: set[str] = field(default_factory=set)
    changes: list[tuple[str, int]] = field(default_factory=list)
    """Locals that are changed, and how many steps inside: 0 for the local's own fields."""
    part_of: dict[str, set[tuple[str, bool]]] = field(default_factory=dict)
    """By local: what it may be; True: what it may be a part of."""
    holds: dict[str, dict[str, int]] = field(default_factory=dict)
    """By local: what became a part of it, at least so many steps inside."""

    def see(self, node: ir.Node) -> None:
        """Takes one node into account."""
        match node:
            case ir.Let(name, value) if value is not None:
                self._bind(name, value)
            case ir.ForEach(name=name, items=items):
                self.part_of.setdefault(name, set()).update((root, True) for root in _roots(items))
            case ir.Assign(ir.Local(name), value):
                self.assigned.add(name)
                self._bind(name, value)
            case ir.Assign(ir.GetField(object=object_) | ir.GetIndex(object=object_), value):
                self._change(object_)
                self._hold(object_, (value,))
            case ir.Unary("delete", ir.GetField(object=object_) | ir.GetIndex(object=object_)):
                self._change(object_)
            case ir.Method(object_, name, args):
                self._method(object_, name, args)
            case ir.Call(function) if function.startswith("decide "):
                pass  # a table changes nothing
            case ir.Call(_, args) | ir.CallValue(_, args) | ir.Construct(_, args) | ir.SuperCall(args):
                if not self.surely:
                    self._give(args)
            case ir.Native("Object.assign" | "Object.defineProperty", args) if args:
                self._change(args[0])
                self._hold(args[0], args[1:])
            case ir.Native("rules_eval", args):
                self._give(args)

    def _method(self, object_: ir.Expr, name: str, args: tuple[ir.Expr, ...]) -> None:
        for closure in (a for a in args if isinstance(a, ir.Closure)):
            for param in closure.params:
                self.part_of.setdefault(param.name, set()).update((root, True) for root in _roots(object_))
        if name in _CHANGING or (name not in _PURE and not self.surely):
            self._change(object_)
            if name in _KEEPING:
                self._hold(object_, args)
            else:
                self._give(args)

    def _bind(self, name: str, value: ir.Expr) -> None:
        direct = {value.name} if isinstance(value, ir.Local) else set()
        places = self.part_of.setdefault(name, set())
        places.update((root, root not in direct) for root in _roots(value))

    def _change(self, object_: ir.Expr) -> None:
        steps = _steps(object_)
        self.changes += ((root, _DEEP if steps is None else steps) for root in _roots(object_))

    def _give(self, args: Iterable[ir.Expr]) -> None:
        self.changes += ((root, _DEEP) for arg in args for root in _roots(arg))

    def _hold(self, object_: ir.Expr, values: Iterable[ir.Expr]) -> None:
        steps = (_steps(object_) or 0) + 1
        for root in _roots(object_):
            known = self.holds.setdefault(root, {})
            for held in set().union(*map(_roots, values)):
                known[held] = min(steps, known.get(held, steps))

    def touched(self) -> set[str]:
        """All locals that may be changed."""
        holds: dict[str, dict[str, int]] = {}
        for local, held in self.holds.items():
            for whole in self._wholes(local):
                known = holds.setdefault(whole, {})
                for name, steps in held.items():
                    steps = steps if whole == local else 1
                    known[name] = min(steps, known.get(name, steps))
        seen: set[tuple[str, int]] = set()
        open_ = list(self.changes)
        while open_:
            local, inside = change = open_.pop()
            if change in seen:
                continue
            seen.add(change)
            open_ += ((other, _DEEP if part else inside) for other, part in self.part_of.get(local, ()))
            open_ += ((name, _DEEP) for name, steps in holds.get(local, {}).items() if inside >= steps)
        return {local for local, _ in seen}

    def _wholes(self, local: str) -> set[str]:
        """The local, and all that it may be or be a part of."""
        seen, open_ = {local}, [local]
        while open_:
            for other, _ in self.part_of.get(open_.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    open_.append(other)
        return seen


def _roots(value: ir.Expr) -> set[str]:
    """The locals whose inside the value of an expression may be a part of."""
    match value:
        case ir.Local(name):
            return {name}
        case ir.GetField(object=inner) | ir.GetIndex(object=inner) | ir.Present(inner) | ir.Chain(inner):
            return _roots(inner)
        case ir.Spread(inner) | ir.Assign(_, inner):
            return _roots(inner)
        case ir.Conditional(_, a, b) | ir.Logical(_, a, b):
            return _roots(a) | _roots(b)
        case ir.NewList(items):
            return set().union(*map(_roots, items))
        case ir.NewObject(_, items):
            return set().union(*map(_roots, items))
        case ir.Sequence(values):
            return _roots(values[-1])
        case ir.Method(object_, _, args):
            return _roots(object_).union(*map(_roots, args))
        case ir.Call(_, args) | ir.CallValue(_, args) | ir.Native(_, args) | ir.New(_, args) | ir.Construct(_, args):
            return set().union(*map(_roots, args))
    return set()


def _steps(value: ir.Expr) -> int | None:
    """How many fields and elements an expression goes into a local; None: nobody knows."""
    steps = 0
    while isinstance(value, ir.GetField | ir.GetIndex | ir.Present | ir.Chain):
        steps += isinstance(value, ir.GetField | ir.GetIndex)
        value = value.object if not isinstance(value, ir.Chain) else value.value
    return steps if isinstance(value, ir.Local) else None
