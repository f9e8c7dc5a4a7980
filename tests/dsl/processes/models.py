"""Models of processes as IR, written shortly: ``Model()`` with nodes and flows by id, code as text of the IR."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

from cybermiles.dsl import ir


class Model:
    """Collects nodes and flows; ``module()`` gives the module."""

    def __init__(self, name: str = "p", **more: Any) -> None:
        self.name, self.more = name, more
        self.nodes: list[ir.ProcessNode] = []
        self.flows: list[ir.Flow] = []
        self.functions: list[ir.Function] = []
        self.others: list[Model] = []

    # --- code
    def code(self, reads: tuple[str, ...], writes: tuple[str, ...], body: tuple[ir.Stmt, ...], *extra: str) -> ir.Code:
        """A function over variables."""
        name = f"{self.name}_{len(self.functions)}"
        params = tuple(ir.Field(n, ir.ANY) for n in (*reads, *extra))
        self.functions.append(ir.Function(name, params, body))
        return ir.Code(name, reads, writes, extra)

    def expression(self, reads: str, value: ir.Expr) -> ir.Code:
        """An expression over variables, named with spaces between."""
        return self.code(tuple(reads.split()), (), (ir.Return(value),))

    def assign(self, name: str, value: ir.Expr, reads: str = "") -> ir.Code:
        """``name = value``."""
        names = tuple(dict.fromkeys((name, *reads.split())))
        body = (ir.Do(ir.Assign(ir.Local(name), value)), ir.Return(ir.NewList((ir.Local(name),))))
        return self.code(names, (name,), body)

    def raises(self, code: str) -> ir.Code:
        """A script that throws an error of the process's own."""
        return self.code((), (), (ir.Do(ir.Native("bpmn_error", (ir.Const(code),))),))

    # --- graph
    def at(self, id: str) -> int:
        """The index of a node."""
        return next(n for n, node in enumerate(self.nodes) if node.id == id)

    def node(self, id: str, kind: str, parent: str | None = None, host: str | None = None, **more: Any) -> int:
        """Adds a node."""
        at = None if host is None else self.at(host)
        inside = None if parent is None else self.at(parent)
        if at is not None:
            inside = self.nodes[at].parent
        self.nodes.append(ir.ProcessNode(id, "", kind, inside, host=at, **more))
        return len(self.nodes) - 1

    def flow(self, *ids: str, condition: ir.Code | None = None, name: str = "") -> int:
        """Adds flows from each node to the next; the index of the last."""
        for source, target in itertools.pairwise(ids):
            id = f"f{len(self.flows)}"
            self.flows.append(ir.Flow(id, name, self.at(source), self.at(target), condition))
        return len(self.flows) - 1

    def change(self, id: str, **more: Any) -> None:
        """Changes a node."""
        self.nodes[self.at(id)] = dataclasses.replace(self.nodes[self.at(id)], **more)

    def process(self) -> ir.Process:
        """The process."""
        file = f"{self.name}.bpmn"
        return ir.Process(file, self.name, "", tuple(self.nodes), tuple(self.flows), **self.more)

    def module(self) -> ir.Module:
        """A module of this process and the other ones."""
        all_ = [self, *self.others]
        functions = tuple(f for model in all_ for f in model.functions)
        return ir.Module("m", "1", functions=functions, processes=tuple(model.process() for model in all_))


def number(value: int) -> ir.Expr:
    """A constant."""
    return ir.Const(value)


def plus(name: str, value: int) -> ir.Expr:
    """``(name ?? 0) + value``."""
    return ir.Binary("+", ir.Logical("??", ir.Local(name), ir.Const(0)), ir.Const(value))


def less(name: str, value: int) -> ir.Expr:
    """``(name ?? 0) < value``."""
    return ir.Binary("<", ir.Logical("??", ir.Local(name), ir.Const(0)), ir.Const(value))
