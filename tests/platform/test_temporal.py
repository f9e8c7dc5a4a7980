"""Dates and times as Python values: text forms, order, bounds. Calendar arithmetic is tested beside the Rust code."""

import datetime as dt
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cybermiles.platform import Date, DateTime, Duration, Period, Time


@given(st.dates())
def test_every_date_reads_and_prints(day: dt.date) -> None:
    assert str(Date(day.isoformat())) == day.isoformat()


@given(st.datetimes(), st.datetimes(), st.integers(-1439, 1439))
def test_instants_are_ordered_as_pythons(a: dt.datetime, b: dt.datetime, minutes: int) -> None:
    zone = dt.timezone(dt.timedelta(minutes=minutes))
    first, second = a.replace(tzinfo=zone), b.replace(tzinfo=dt.UTC)
    assert (DateTime(first.isoformat()) < DateTime(second.isoformat())) == (first < second)


@pytest.mark.parametrize(
    ("kind", "text", "printed"),
    [
        (Date, "2024-02-29", "2024-02-29"),
        (Time, "09:00:00.250", "09:00:00.25"),
        (Time, "23:59:59.999999999", "23:59:59.999999999"),
        (DateTime, "2026-03-01T00:00:00+00:00", "2026-03-01T00:00:00Z"),
        (DateTime, "2026-03-01T00:00:00.10-09:30", "2026-03-01T00:00:00.1-09:30"),
        (Duration, "PT36H", "P1DT12H"),
        (Duration, "PT0S", "PT0S"),
        (Duration, "P1D", "P1D"),
        (Duration, "-PT0.5S", "-PT0.5S"),
        (Duration, "PT90M", "PT1H30M"),
        (Period, "P14M", "P1Y2M"),
        (Period, "P2W", "P14D"),
        (Period, "P0D", "P0D"),
        (Period, "-P1Y2M3D", "-P1Y2M3D"),
        (Period, "P1M-3D", "P1M-3D"),
    ],
)
def test_text_forms(kind: type, text: str, printed: str) -> None:
    value = kind(text)
    assert str(value) == printed
    assert kind(printed) == value
    assert hash(kind(printed)) == hash(value)
    assert repr(value) == f"{kind.__name__}('{printed}')"
    assert pickle.loads(pickle.dumps(value)) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *[(Date, t) for t in ["", "2023-02-29", "1900-02-29", "2023-13-01", "0000-01-01", "2023-1-1", "20230101"]],
        *[(Date, t) for t in ["10000-01-01", "2023-01-01Z", " 2023-01-01", "-001-01-01", "２023-01-01"]],
        *[(Time, t) for t in ["24:00:00", "12:60:00", "12:00:60", "12:00", "12:00:00.", "12:00:00.1234567890"]],
        *[(DateTime, t) for t in ["2026-03-01", "2026-03-01T00:00:00", "2026-03-01 00:00:00Z", "2026-03-01T00:00:00z"]],
        *[
            (DateTime, t)
            for t in ["2026-03-01T00:00:00-00:00", "2026-03-01T00:00:00+24:00", "2026-03-01T00:00:00+0200"]
        ],
        *[(Duration, t) for t in ["P", "PT", "P1DT", "P1M", "P1Y", "PT1S1M", "PT1.5M", "PT1S1S", "1D", "+P1D", "P-1D"]],
        *[(Duration, t) for t in ["P999999999999999D", "PT1000000000000000S", "P1W"]],
        *[(Period, t) for t in ["P", "PT1H", "P1D1M", "P1.5D", "P9999999999D", "P1D1D", "1Y"]],
    ],
)
def test_other_texts_are_refused(kind: type, text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        kind(text)


def test_a_period_has_no_order_and_kinds_do_not_mix() -> None:
    with pytest.raises(TypeError):
        Period("P1M") < Period("P30D")  # type: ignore[operator] # noqa: B015
    with pytest.raises(TypeError):
        Date("2026-01-01") < Time("00:00:00")  # type: ignore[operator] # noqa: B015
    assert Date("2026-01-01") != "2026-01-01"
    assert DateTime("2026-01-01T00:00:00Z") != DateTime("2026-01-01T01:00:00+01:00")
    assert DateTime("2026-01-01T00:00:00Z") <= DateTime("2026-01-01T01:00:00+01:00")


def test_values_are_immutable() -> None:
    with pytest.raises(AttributeError):
        Date("2026-01-01").text = "x"  # type: ignore[attr-defined]
