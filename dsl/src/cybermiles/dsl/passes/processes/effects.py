"""Which variables a piece of process code may change: those it assigns, and those whose inside it may change.

The second is a flow-insensitive guess on the safe side: a record reached through fields, elements, lists and other
names counts as changed if one of them is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.natives import CHANGING_METHODS, METHODS

_PURE = frozenset(
    (
        *(name for methods in METHODS.values() for name, m in methods.items() if not m.effect),
        *("map", "filter", "find", "findIndex", "findLast", "some", "every", "reduce", "reduceRight", "forEach"),
        *("flatMap", "flat", "entries", "at", "has", "get", "trim", "padStart", "padEnd", "replace", "test"),
        *("replaceAll", "match", "matchAll", "repeat", "charAt", "toUpperCase", "toLowerCase", "with", "toSpliced"),
        *("toReversed", "toSorted", "isSubsetOf", "union", "intersection", "difference"),
    )
)
"""Methods that change nothing themselves; a function given to them may."""


def changed(body: Sequence[ir.Stmt], variables: Iterable[str], *, surely: bool = False) -> frozenset[str]:
    """The locals among ``variables`` that the statements may leave with another value; ``surely``: not those of which
    nothing is known but that they are given to something else."""
    alias: dict[str, set[str]] = {}
    touched: set[str] = set()
    assigned: set[str] = set()
    for node in (node for statement in body for node in ir.walk(statement)):
        match node:
            case ir.Let(name, value) if value is not None:
                alias.setdefault(name, set()).update(_roots(value))
            case ir.ForEach(name=name, items=items):
                alias.setdefault(name, set()).update(_roots(items))
            case ir.Assign(ir.Local(name), value):
                assigned.add(name)
                alias.setdefault(name, set()).update(_roots(value))
            case ir.Assign(ir.GetField(object=object_) | ir.GetIndex(object=object_), value):
                touched |= _roots(object_)
                for root in _roots(object_):
                    alias.setdefault(root, set()).update(_roots(value))
            case ir.Unary("delete", ir.GetField(object=object_) | ir.GetIndex(object=object_)):
                touched |= _roots(object_)
            case ir.Method(object_, name, args):
                if name in CHANGING_METHODS or (name not in _PURE and not surely):
                    touched |= _roots(object_).union(*map(_roots, args))
                elif any(isinstance(a, ir.Closure) for a in args):
                    for closure in (a for a in args if isinstance(a, ir.Closure)):
                        for param in closure.params:
                            alias.setdefault(param.name, set()).update(_roots(object_))
            case ir.Call(function) if function.startswith("decide "):
                pass  # a table changes nothing
            case ir.Call() | ir.CallValue() | ir.Construct() | ir.SuperCall() if surely:
                pass
            case ir.Call(_, args) | ir.CallValue(_, args) | ir.Construct(_, args) | ir.SuperCall(args):
                touched |= set().union(*map(_roots, args))
            case ir.Native(name, args) if name not in _HARMLESS:
                touched |= set().union(*map(_roots, args)) if _opaque(name) else set()
    open_ = list(touched)
    while open_:
        for other in alias.get(open_.pop(), ()):
            if other not in touched:
                touched.add(other)
                open_.append(other)
    return frozenset(v for v in variables if v in touched or v in assigned)


_HARMLESS = frozenset(("print", "text", "number", "emit", "transfer", "load_rules", "structuredClone"))


def _opaque(name: str) -> bool:
    """A native that may change its arguments."""
    return name in ("Object.assign", "Object.defineProperty", "rules_eval")


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
