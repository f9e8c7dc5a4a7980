"""Round trips and strictness of CBOR, JSON and Python conversion, by hypothesis."""

import json
from decimal import Context, Decimal, Inexact
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cybermiles.platform import (
    CborError,
    Date,
    DateTime,
    Duration,
    JsonError,
    Period,
    Time,
    cbor_decode,
    cbor_encode,
    json_decode,
    json_encode,
)

settings.register_profile("codec", max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("codec")

EXACT = Context(prec=34, Emin=-6143, Emax=6144, clamp=1, traps=[Inexact])


def _exact(value: Decimal) -> bool:
    try:
        EXACT.plus(value)
    except ArithmeticError:
        return False
    return True


decimals = st.builds(
    lambda sign, digits, exponent: Decimal((sign, tuple(map(int, str(digits))), exponent)),
    st.integers(0, 1),
    st.integers(0, 10**34 - 1),
    st.one_of(st.integers(-40, 10), st.integers(-6176, 6111)),
)
numbers = st.one_of(
    st.integers(-(2**70), 2**70), st.integers(-(10**34), 10**34), decimals, st.integers(-300, 300)
).filter(lambda n: not isinstance(n, Decimal) or _exact(n))
text = st.text(st.characters(codec="utf-8"), max_size=20)
dates = st.dates().map(lambda d: Date(d.isoformat()))
times = st.times().map(lambda t: Time(t.isoformat()))
date_times = st.builds(
    lambda moment, offset: DateTime(moment.isoformat() + offset),
    st.datetimes(),
    st.sampled_from(["Z", "+02:00", "-09:30"]),
).filter(lambda _: True)
durations = st.builds(
    lambda sign, days, seconds, micros: Duration(f"{sign}P{days}DT{seconds}.{micros:06}S"),
    st.sampled_from(["", "-"]),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 999_999),
)
periods = st.builds(
    lambda months, days: Period(f"P{months}M{days}D"), st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6)
)
scalars = st.one_of(
    st.none(), st.booleans(), numbers, text, st.binary(max_size=20), dates, times, date_times, durations, periods
)
keys = st.one_of(text, st.sampled_from(["$type", "$date", "$number", "$record", "$bytes"]))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(keys, inner, max_size=5)),
    max_leaves=20,
)


def shuffled(value: Any) -> Any:
    """The same value with the entries of its dicts in another order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    if isinstance(value, list):
        return [shuffled(item) for item in value]
    return value


@given(values)
def test_cbor_round_trip(value: Any) -> None:
    encoded = cbor_encode(value)
    decoded = cbor_decode(encoded)
    assert decoded == value
    assert cbor_encode(decoded) == encoded
    assert cbor_encode(shuffled(value)) == encoded


@given(values)
def test_typed_json_round_trip(value: Any) -> None:
    written = json_encode(value, typed=True)
    assert json_decode(written, typed=True) == value
    json.loads(written)


@given(values)
def test_plain_json_is_json_without_numbers(value: Any) -> None:
    def refuse(text: str) -> None:
        raise AssertionError(text)

    json.loads(json_encode(value), parse_float=refuse, parse_int=refuse)


@given(st.binary(max_size=60))
def test_bytes_are_refused_or_canonical(data: bytes) -> None:
    try:
        value = cbor_decode(data)
    except CborError as error:
        assert 0 <= error.offset <= len(data)
        return
    assert cbor_encode(value) == data


@given(values, st.data())
def test_a_changed_byte_is_refused_or_another_value(value: Any, data: st.DataObject) -> None:
    encoded = bytearray(cbor_encode(value))
    at = data.draw(st.integers(0, len(encoded) - 1))
    encoded[at] ^= data.draw(st.integers(1, 255))
    try:
        changed = cbor_decode(bytes(encoded))
    except CborError:
        return
    assert cbor_encode(changed) == bytes(encoded)


@given(values, st.data())
def test_every_prefix_is_refused(value: Any, data: st.DataObject) -> None:
    encoded = cbor_encode(value)
    with pytest.raises(CborError):
        cbor_decode(encoded[: data.draw(st.integers(0, len(encoded) - 1))])


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**33), 10**33), text),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(text, inner, max_size=4)),
)


@given(json_values, st.booleans(), st.sampled_from([None, 1]))
def test_json_reads_what_python_writes(value: Any, ascii_only: bool, indent: int | None) -> None:
    assert json_decode(json.dumps(value, ensure_ascii=ascii_only, indent=indent)) == value


@given(st.text(st.sampled_from('{}[]",:0123456789.eE+-truefalsn \\u\n'), max_size=30))
def test_json_text_is_refused_where_python_refuses(source: str) -> None:
    try:
        mine = json_decode(source)
    except JsonError as error:
        if error.code in {"json-duplicate-key", "json-number-inexact"}:
            return
        with pytest.raises((ValueError, ZeroDivisionError)):
            json.loads(source, parse_constant=lambda _: 1 / 0)
        return
    assert mine == json.loads(source, parse_float=Decimal)


def test_numbers_of_a_json_text_are_exact() -> None:
    assert json_decode("[0.1, 1e2, 100.0, 0.30000000000000004]") == [
        Decimal("0.1"),
        100,
        100,
        Decimal("0.30000000000000004"),
    ]


@pytest.mark.parametrize(
    ("source", "code", "line", "column"),
    [
        ("", "json-truncated", 1, 1),
        ("[1,", "json-truncated", 1, 4),
        ("[1] 2", "json-trailing-text", 1, 5),
        ("[1,]", "json-syntax", 1, 4),
        ("{'a':1}", "json-syntax", 1, 2),
        ("NaN", "json-syntax", 1, 1),
        ("[01]", "json-number", 1, 2),
        ("[1.]", "json-number", 1, 2),
        ('{"a":1,\n "a":2}', "json-duplicate-key", 2, 2),
        ("1." + "1" * 34, "json-number-inexact", 1, 1),
        ("1e9999", "json-number-inexact", 1, 1),
        ("1e-9999", "json-number-inexact", 1, 1),
        ('"\t"', "json-string", 1, 2),
        (r'"\x"', "json-string", 1, 2),
        (r'"\ud800"', "json-surrogate", 1, 2),
        ("[" * 65 + "]" * 65, "json-too-deep", 1, 65),
    ],
)
def test_json_errors_have_code_and_place(source: str, code: str, line: int, column: int) -> None:
    with pytest.raises(JsonError) as caught:
        json_decode(source)
    assert (caught.value.code, caught.value.line, caught.value.column) == (code, line, column)


@pytest.mark.parametrize("source", ['{"$number":"1.50x"}', '{"$date":1}', '{"$bytes":"0"}', '{"$record":1}'])
def test_a_typed_value_out_of_form_is_refused(source: str) -> None:
    with pytest.raises(JsonError) as caught:
        json_decode(source, typed=True)
    assert caught.value.code == "json-typed-value"
    assert json_decode(source)  # plain: just a record


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (1.5, TypeError, "float"),
        ({1: 2}, TypeError, "keys of a record are str"),
        (object(), TypeError, "`object` is not a value"),
        (Decimal("NaN"), ValueError, "exact representation"),
        (Decimal("Infinity"), ValueError, "exact representation"),
        (Decimal("1." + "1" * 34), ValueError, "exact representation"),
        (10**34 + 1, ValueError, "exact representation"),
        pytest.param(10**7000, ValueError, "exact representation", id="ten to the 7000th"),
    ],
)
def test_what_is_no_value_is_refused(value: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        cbor_encode(value)


def test_tuples_are_lists_and_order_of_keys_is_by_code_point() -> None:
    decoded = cbor_decode(cbor_encode({"b": (1, 2), "aa": None}))
    assert decoded == {"b": [1, 2], "aa": None}
    assert list(decoded) == ["aa", "b"]
