"""What the front end of scripts makes and the machine cannot run yet."""

from __future__ import annotations

from collections.abc import Iterable

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import Diagnostics

_WHAT: dict[type[ir.Node], str] = {
    ir.Closure: "functions as values",
    ir.CallValue: "calls of values",
    ir.ClassValue: "classes",
    ir.Construct: "classes",
    ir.SuperCall: "classes",
    ir.SuperMethod: "classes",
    ir.InstanceOf: "classes",
    ir.This: "`this` in functions",
    ir.Spread: "spread",
    ir.Chain: "optional chains",
    ir.Sequence: "commas",
    ir.Regex: "regular expressions",
    ir.Accessor: "getters and setters",
    ir.ForIn: "`for ... in`",
    ir.Labeled: "labels",
    ir.Switch: "`switch`",
    ir.Throw: "`throw` of values",
    ir.Try: "`try`",
}


def refuse_not_yet(functions: Iterable[ir.Function], diagnostics: Diagnostics) -> None:
    """Refuses it by name."""
    for function in functions:
        for node in ir.walk(function):
            what = _WHAT.get(type(node))
            if what is not None:
                diagnostics.add("unsupported", f"{what} are not supported yet", node.span)
