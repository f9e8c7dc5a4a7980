"""Assembly text: what is printed parses back to equal bytes."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cybermiles.platform as kernel
from tests.platform.module.sample import SAMPLE

_INDEX = st.integers(0, 2**32 - 1)
_NAME = st.text(max_size=8)
_SCALAR_TYPES = st.sampled_from(
    ["any", "bool", "number", "int", "text", "bytes", "date", "time", "datetime", "duration", "period", "record"]
)
_TYPE: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        _SCALAR_TYPES,
        st.tuples(st.just("type"), _INDEX).map(list),
        st.tuples(st.just("enum"), st.lists(_NAME, max_size=3)).map(list),
    ),
    lambda inner: st.tuples(st.sampled_from(["list", "optional"]), inner).map(list),
    max_leaves=4,
)
_SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20),
    _NAME,
    st.binary(max_size=8),
    st.dates().map(lambda day: kernel.Date(day.isoformat())),
    st.times().map(lambda time: kernel.Time(time.isoformat())),
    st.integers(-(10**6), 10**6).map(lambda n: kernel.Duration(f"PT{n}S" if n >= 0 else f"-PT{-n}S")),
    st.integers(0, 10**4).map(lambda n: kernel.Period(f"P{n}M")),
    st.datetimes(timezones=st.just(None)).map(lambda moment: kernel.DateTime(moment.isoformat() + "+02:00")),
)
_DATA: st.SearchStrategy[Any] = st.recursive(
    _SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_NAME, inner, max_size=3)),
    max_leaves=6,
)
_FIELD = st.fixed_dictionaries({"name": _NAME, "type": _TYPE}, optional={"default": _DATA})


def _leb(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


@st.composite
def _instruction(draw: st.DrawFn) -> bytes:
    code, kinds = kernel.OPS[draw(st.sampled_from(sorted(kernel.OPS)))]
    out = bytes([code])
    for kind in kinds:
        if kind == "int":
            value = draw(st.integers(-(2**63), 2**63 - 1))
            out += _leb(value * 2 if value >= 0 else -value * 2 - 1)
        elif kind == "label":
            out += draw(st.integers(0, 40)).to_bytes(4, "little")
        elif kind == "slots":
            slots = draw(st.lists(_INDEX, max_size=4))
            out += _leb(len(slots)) + b"".join(map(_leb, slots))
        else:
            out += _leb(draw(_INDEX))
    return out


_CODE = st.one_of(st.lists(_instruction(), max_size=8).map(b"".join), st.binary(max_size=8))
_MAYBE_INDEX = st.one_of(st.none(), _INDEX)
_INDEXES = st.lists(_INDEX, max_size=2)
_RULESET = st.fixed_dictionaries(
    {
        "name": _NAME,
        "strategy": st.sampled_from(["drools", "depth"]),
        "alphas": st.lists(
            st.one_of(
                st.tuples(st.just("type"), _INDEX).map(list),
                st.tuples(st.just("compare"), _INDEX, _INDEX, st.sampled_from(["eq", "lt", "ge"]), _INDEX).map(list),
                st.tuples(st.just("code"), _INDEX, _INDEX).map(list),
            ),
            max_size=3,
        ),
        "globals": st.lists(_FIELD, max_size=2),
        "betas": st.lists(
            st.one_of(
                st.fixed_dictionaries(
                    {
                        "kind": st.sampled_from(["join", "not", "exists"]),
                        "left": _MAYBE_INDEX,
                        "right": _INDEX,
                        "keys": st.lists(st.tuples(_INDEX, _MAYBE_INDEX, _INDEX).map(list), max_size=2),
                        "tests": _INDEXES,
                        "watch": st.one_of(st.none(), _INDEXES),
                    }
                ),
                st.fixed_dictionaries({"kind": st.just("test"), "left": _MAYBE_INDEX, "tests": _INDEXES}),
                st.fixed_dictionaries(
                    {"kind": st.just("from"), "left": _MAYBE_INDEX, "items": _INDEX, "tests": _INDEXES}
                ),
                st.fixed_dictionaries(
                    {"kind": st.sampled_from(["not_group", "exists_group"]), "left": _MAYBE_INDEX, "right": _INDEX}
                ),
                st.fixed_dictionaries(
                    {
                        "kind": st.just("accumulate"),
                        "left": _MAYBE_INDEX,
                        "right": _INDEX,
                        "init": _INDEX,
                        "step": _INDEX,
                        "result": _INDEX,
                    }
                ),
            ),
            max_size=3,
        ),
        "rules": st.lists(
            st.fixed_dictionaries(
                {
                    "name": _NAME,
                    "salience": st.integers(-(2**31), 2**31 - 1),
                    "salience_function": _MAYBE_INDEX,
                    "no_loop": st.booleans(),
                    "lock_on_active": st.booleans(),
                    "agenda_group": _NAME,
                    "auto_focus": st.booleans(),
                    "activation_group": _NAME,
                    "beta": _MAYBE_INDEX,
                    "function": _INDEX,
                }
            ),
            max_size=2,
        ),
    }
)
_MODULE = st.fixed_dictionaries(
    {
        "format": st.just(1),
        "name": _NAME,
        "version": _NAME,
        "types": st.lists(
            st.fixed_dictionaries(
                {
                    "name": _NAME,
                    "open": st.booleans(),
                    "extends": st.one_of(st.none(), _INDEX),
                    "fields": st.lists(_FIELD, max_size=3),
                    "keys": _INDEXES,
                }
            ),
            max_size=3,
        ),
        "consts": st.lists(_DATA, max_size=4),
        "functions": st.lists(
            st.fixed_dictionaries({"name": _NAME, "params": _INDEX, "locals": _INDEX, "code": _CODE}), max_size=3
        ),
        "imports": st.lists(_NAME, max_size=3),
        "rulesets": st.lists(_RULESET, max_size=2),
        "parameters": _DATA,
        "variables": st.lists(_FIELD, max_size=2),
        "endpoints": st.lists(
            st.fixed_dictionaries(
                {"name": _NAME, "args": st.lists(_FIELD, max_size=2), "returns": _TYPE, "function": _INDEX}
            ),
            max_size=2,
        ),
        "permissions": st.lists(_NAME, max_size=2),
    }
)


@settings(max_examples=300, deadline=None)
@given(_MODULE)
def test_any_module_prints_and_parses_back(form: dict[str, Any]) -> None:
    data = kernel.module_encode(form)
    text = kernel.asm_print(data)
    assert kernel.asm_parse(text) == data, text


def test_printing_settles() -> None:
    text = kernel.asm_print(kernel.asm_parse(SAMPLE))
    assert kernel.asm_print(kernel.asm_parse(text)) == text
    assert 'get_parameter 2 ; "threshold"' in text


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, "`module` is expected, not the end"),
        ('module "t" version "1"\n  fnord', 2, 3, "`fnord` is no part of a module"),
        ('module "t" version "1" function "f" params 0 locals 0 { nop }', 1, 57, "the instruction `nop` is unknown"),
        ('module "t" version "1" function "f" params 0 locals 0 { jump X }', 1, 62, "the label `X` is unknown"),
        ('module "t" version "1" const date"yesterday"', 1, 30, "the date cannot be read"),
        ('module "t', 1, 10, "the text is not closed"),
        ('module "t" version "1" #', 1, 24, "the character `#` has no meaning here"),
    ],
)
def test_errors_name_the_place(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(kernel.AsmError) as raised:
        kernel.asm_parse(text)
    assert (raised.value.line, raised.value.column, raised.value.message) == (line, column, message)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.integers(0, len(SAMPLE)))
def test_no_text_crashes_the_parser(text: str, cut: int) -> None:
    for source in (text, SAMPLE[:cut] + text + SAMPLE[cut:]):
        with contextlib.suppress(kernel.AsmError):
            kernel.asm_parse(source)
