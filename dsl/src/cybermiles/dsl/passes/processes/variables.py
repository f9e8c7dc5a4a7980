"""Which variables the parts of a process read and write."""

from __future__ import annotations

from collections.abc import Iterator

from cybermiles.dsl import ir


def codes(node: ir.Node) -> Iterator[ir.Code]:
    """All code of a process, node or flow, in document order."""
    return (n for n in ir.walk(node) if isinstance(n, ir.Code))


def names(process: ir.Process) -> frozenset[str]:
    """All variables that the process mentions."""
    found = {name for code in codes(process) for name in (*code.reads, *code.writes)}
    found |= {m.target for m in process.initial}
    for node in process.nodes:
        found |= {*node.locals, *(m.target for m in (*(node.inputs or ()), *(node.outputs or ())))}
        if node.repeat is not None:
            found |= {node.repeat.item, node.repeat.result} - {""}
    return frozenset(found)
