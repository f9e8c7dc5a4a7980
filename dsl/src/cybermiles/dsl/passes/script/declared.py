"""Which names a script's statements declare and assign, before any of them has a meaning."""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cybermiles.dsl.syntax import tree as t


@dataclass(frozen=True, slots=True)
class Survey:
    """What one walk over a script finds."""

    single: frozenset[str]
    """Names that are assigned once at most, wherever they are declared."""
    assigned: frozenset[str]
    """Names that something assigns beside their declaration."""
    has_try: bool


def survey(body: Sequence[t.Stmt]) -> Survey:
    """Walks over all of a script."""
    found = _Found()
    stack: list[object] = [*body]
    push = stack.append
    while stack:
        node = stack.pop()
        kind = type(node)
        if isinstance(node, list | tuple):
            stack.extend(node)
            continue
        fields = _fields(kind)  # type: ignore[arg-type]  # classes hash
        if not fields:
            continue
        if kind in _TELLING:
            found.look(node)
        for name in fields:
            push(getattr(node, name))
    single = frozenset(name for name, count in found.counts.items() if count == 1)
    return Survey(single, frozenset(found.assigned), found.has_try)


class _Found:
    """What the nodes seen so far say."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.assigned: set[str] = set()
        self.has_try = False

    def look(self, node: object) -> None:
        """One more node."""
        match node:
            case t.LetStmt(names=names):
                for target, value in names:
                    plain = isinstance(target, t.Name) and value is not None
                    self.counts.update(dict.fromkeys((n.text for n in bound(target)), 1 if plain else 2))
            case t.AssignExpr(target=t.Name(text=text)) | t.StepExpr(target=t.Name(text=text)):
                self.counts[text] += 1
                self.assigned.add(text)
            case t.AssignExpr(target=t.ListTarget() | t.ObjectTarget() as target):
                self._assigned(target)
            case t.ForOfStmt(kind="", name=target) | t.ForInStmt(kind="", name=target):
                self._assigned(target)
            case t.FunctionStmt(name=name) | t.ClassStmt(name=name):
                self.counts[name.text] += 2
            case t.TryStmt():
                self.has_try = True

    def _assigned(self, target: t.Expr) -> None:
        names = [n.text for n in bound(target)]
        self.counts.update(dict.fromkeys(names, 2))
        self.assigned.update(names)


_TELLING = frozenset(
    (*(t.LetStmt, t.AssignExpr, t.StepExpr, t.ForOfStmt, t.ForInStmt, t.FunctionStmt, t.ClassStmt, t.TryStmt),)
)


@functools.cache
def _fields(kind: type[object]) -> tuple[str, ...]:
    """What may hold nodes in a node of a class; nothing if it is no node."""
    if not dataclasses.is_dataclass(kind) or kind.__module__ != t.__name__:
        return ()
    return tuple(f.name for f in dataclasses.fields(kind) if f.name not in ("span", "name_span", "type_span"))


def bound(target: t.Expr | None) -> Iterator[t.Name]:
    """The bare names at the leaves of a pattern."""
    match target:
        case t.Name():
            yield target
        case t.ListTarget(items=items, rest=rest):
            for item in items:
                yield from bound(None if item is None else item.target)
            yield from bound(rest)
        case t.ObjectTarget(entries=entries, rest=rest):
            for _, default in entries:
                yield from bound(default.target)
            yield from bound(rest)


def lexical(body: Iterable[t.Stmt]) -> Iterator[tuple[t.Name, str]]:
    """The names that `let`, `const`, `class` and `function` statements of one block declare, with the word."""
    for statement in body:
        match statement:
            case t.LetStmt(kind="let" | "const" as kind, names=names):
                for target, _ in names:
                    for name in bound(target):
                        yield name, kind
            case t.ClassStmt(name=name):
                yield name, "class"
            case t.FunctionStmt(name=name):
                yield name, "function"


def function_wide(body: Iterable[t.Stmt]) -> Iterator[t.Name]:
    """The names that `var` declares anywhere in a function, not in those inside it."""
    stack: list[t.Stmt] = [*body]
    while stack:
        match stack.pop():
            case t.LetStmt(kind="var", names=names):
                for target, _ in names:
                    yield from bound(target)
            case t.IfStmt(branches=branches, orelse=orelse):
                stack += [s for _, then in branches for s in then] + orelse
            case t.ForOfStmt(kind=kind, name=target, body=inner) | t.ForInStmt(kind=kind, name=target, body=inner):
                if kind == "var":
                    yield from bound(target)
                stack += inner
            case t.ForStmt(init=init, body=inner):
                stack += init + inner
            case t.WhileStmt(body=inner) | t.BlockStmt(body=inner) | t.LabeledStmt(body=inner):
                stack += inner
            case t.SwitchStmt(cases=cases):
                stack += [s for case in cases for s in case.body]
            case t.TryStmt(body=inner, handler=handler, finalizer=finalizer):
                stack += inner + (handler or []) + (finalizer or [])
