"""The IR's text form reads back to the same tree."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cybermiles.dsl import ir

spans = st.builds(
    ir.Span,
    st.text(max_size=8),
    *(st.integers(0, 99) for _ in range(4)),
)
scalars = st.sampled_from(list(ir.SCALARS.values()))
types = st.recursive(
    scalars | st.builds(ir.Ref, st.text(max_size=5)) | st.builds(ir.Enum, st.lists(st.text(max_size=3)).map(tuple)),
    lambda inner: st.builds(ir.ListOf, inner) | st.builds(ir.Optional, inner),
    max_leaves=3,
)
constants = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False).filter(lambda d: d != d.to_integral_value()),
    st.text(),
    st.just(ir.UNDEFINED),
    st.builds(ir.Temporal, st.sampled_from(["date", "time"]), st.text(max_size=4)),
)
leaves = st.builds(ir.Const, constants, type=types, span=spans) | st.builds(ir.Local, st.text(max_size=4), span=spans)
exprs = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(ir.Binary, st.sampled_from(["+", "=="]), inner, inner, st.booleans(), span=spans),
        st.builds(ir.GetField, inner, st.text(max_size=4), span=spans),
        st.builds(ir.Native, st.text(max_size=4), st.lists(inner, max_size=3).map(tuple), type=types),
        st.builds(ir.Assign, inner, inner),
    ),
    max_leaves=8,
)


@given(exprs)
def test_round_trip(node: ir.Expr) -> None:
    text = ir.show(node)
    back = ir.parse(text)
    assert back == node
    assert ir.show(back) == text


def test_statements_and_rules_round_trip() -> None:
    rule = ir.Rule(
        "a",
        3,
        True,
        (ir.Pattern("join", "m", "T", (ir.Binding("x", ir.Local("m")),), (ir.Const(True),)),),
        (ir.If(ir.Const(Decimal("1.5")), (ir.Break(), ir.Return(None))), ir.Let("y", None)),
        span=ir.Span("rules/a b.drl", 1, 2, 3, 4),
    )
    module = ir.Module("m", "1", (ir.TypeDef("T", True, None, ()),), (ir.RuleSet("r", "drools", (rule,)),))
    assert ir.show(ir.parse(ir.show(module))) == ir.show(module)
    assert ir.parse(ir.show(module, spans=False)) == module


@pytest.mark.parametrize("text", ["", "(", "(what 1)", "(local)", ")", "1 2", "(local 1 2 3)", "what"])
def test_bad_text_is_refused(text: str) -> None:
    with pytest.raises(ir.BadTextError):
        ir.parse(text)
