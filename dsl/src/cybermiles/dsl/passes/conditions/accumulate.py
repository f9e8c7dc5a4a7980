"""``accumulate`` in both forms, and ``collect``: values made of all matches of some conditions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import suggest
from cybermiles.dsl.passes.conditions import custom_folds, patterns, sources, values
from cybermiles.dsl.passes.conditions.folds import FOLDS, Fresh, collected
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.types import family, strip

if TYPE_CHECKING:
    from cybermiles.dsl.passes.conditions.resolver import Conditions


def collect(of: Conditions, node: t.PatternNode, source: t.CollectSource) -> Sequence[ir.Condition]:
    """``$l : List( size > 2 ) from collect( T(...) )``."""
    result = _result_name(of, node)
    with of.scope():
        inner = _inner(of, source.inner)
        last = next((c for c in reversed(inner) if isinstance(c, ir.Pattern | ir.From)), None)
        kind: ir.Type = ir.Ref(last.of) if isinstance(last, ir.Pattern) else ir.ANY
        value = ir.Local(last.binding if last else "", type=kind, span=source.span)
        fold = collected(_fresh(of, source.span), result, value, source.span)
    given = ir.Local(result, type=ir.ListOf(kind), span=node.span)
    return [ir.Accumulate(tuple(inner), (fold,), span=source.span), *_tests(of, node, given)]


def from_accumulate(of: Conditions, node: t.PatternNode, source: t.AccumulateSource) -> Sequence[ir.Condition]:
    """``$n : Number( ... ) from accumulate( ... )``."""
    result = _result_name(of, node)
    with of.scope():
        inner = _inner(of, source.inner)
        if source.custom is not None:
            fold = custom_folds.fold(of, result, source.custom)
        elif len(source.functions) == 1:
            [call] = source.functions
            if call.binding is not None:
                hint = f"name the pattern: `{call.binding.text} : {node.type}( ... ) from accumulate( ... )`"
                message = "`from accumulate` names its value before the pattern"
                of.diagnostics.add("misplaced-binding", message, call.span, hint)
            fold = _fold(of, result, call)
        else:
            hint = "write `accumulate( ...; $a : f(x), $b : g(x) )` without `from`"
            message = "`from accumulate` gives one value"
            raise of.diagnostics.fail("syntax", message, source.span, hint)
    given = ir.Local(result, type=fold.result.type, span=node.span)
    return [ir.Accumulate(tuple(inner), (fold,), span=source.span), *_tests(of, node, given)]


def accumulate(of: Conditions, node: t.AccumulateNode) -> Sequence[ir.Condition]:
    """``accumulate( conditions ; $a : f(x), ... ; constraints )``."""
    made: list[tuple[t.Name | None, ir.Fold]] = []
    with of.scope():
        inner = _inner(of, node.inner)
        if node.custom is not None:
            hint = "write `$x : T() from accumulate( ... )`"
            message = "a fold of one's own has no name in this form"
            raise of.diagnostics.fail("unsupported", message, node.custom.span, hint)
        for call in node.functions:
            name = call.binding.text if call.binding else call.name
            made.append((call.binding, _fold(of, of.names.unique(name), call)))
    for binding, fold in made:
        if binding is not None:
            of.bind(binding, ir.Local(fold.name, type=fold.result.type, span=binding.span))
    tests: list[ir.Condition] = []
    with of.matching(None):
        for constraint in node.constraints:
            tests.append(ir.Test(patterns.truth(of, constraint), span=constraint.span))
    return [ir.Accumulate(tuple(inner), tuple(fold for _, fold in made), span=node.span), *tests]


def _inner(of: Conditions, node: t.Condition) -> list[ir.Condition]:
    return of.alternative(node, "`accumulate`")


def _fresh(of: Conditions, span: ir.Span) -> Fresh:
    return lambda name, type_: of.fresh(name, type_, span)


def _fold(of: Conditions, result: str, call: t.FoldCall) -> ir.Fold:
    known = FOLDS.get(call.name)
    if known is None:
        hint = suggest(call.name, FOLDS) or "write it as `init( ... ) action( ... ) result( ... )`"
        message = f"`accumulate` has no function `{call.name}`"
        raise of.diagnostics.fail("unknown-function", message, call.name_span, hint)
    if not known.least <= len(call.args) <= 1:
        wanted = "1" if known.least else "0 or 1"
        message = f"`{call.name}` takes {wanted} argument{'s' if wanted != '1' else ''}, not {len(call.args)}"
        raise of.diagnostics.fail("wrong-argument-count", message, call.span)
    with of.matching(None):
        value = of.names.expr(call.args[0]) if call.args else ir.Const(1, type=ir.INT, span=call.span)
    given = family(value.type)
    if known.of is not None and given is not None and given not in known.of and given != "null":
        message = f"`{call.name}` does not take a {ir.show_type(strip(value.type))}"
        of.diagnostics.add("type-mismatch", message, value.span)
    return known.make(_fresh(of, call.span), result, value, call.span)


# --- the pattern around the result
def _result_name(of: Conditions, node: t.PatternNode) -> str:
    return of.names.unique(node.binding.text if node.binding else "result")


def _tests(of: Conditions, node: t.PatternNode, given: ir.Local) -> Sequence[ir.Condition]:
    """What the pattern around the result says of it: its type and its constraints."""
    patterns.refuse(of, node)
    types, short = of.context.types, node.type.rsplit(".", 1)[-1]
    wanted = sources.named_type(of, node)
    if wanted == ir.INT and given.type in (ir.ANY, ir.NUMBER):
        wanted = ir.NUMBER
    test = values.kind_test(types, given, wanted, short, node.type_span)
    known = given if values.narrower(given.type, wanted) else ir.Local(given.name, type=wanted, span=node.span)
    if node.binding is not None:
        of.bind(node.binding, known, fact=isinstance(known.type, ir.Ref))
    of.facts[id(node)] = known
    made = patterns.inside(of, node, known)
    tests = [*([test] if test else []), *made.constraints]
    return [*(ir.Test(value, span=value.span) for value in tests), *made.after]
