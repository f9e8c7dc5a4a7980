"""Dates of business against plain implementations with `datetime`."""

from __future__ import annotations

import calendar
import random
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction

import pytest

from tests.platform.vm.library import call, method, run, trap

_DAY = timedelta(days=1)
_HOLIDAYS = [date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25), date(2026, 12, 26)]


def _last(d: date) -> date:
    return d.replace(day=calendar.monthrange(d.year, d.month)[1])


def _dates(seed: int, count: int) -> list[date]:
    rng = random.Random(seed)
    edges = [date(2023, 2, 28), date(2024, 2, 28), date(2024, 2, 29), date(2023, 12, 31), date(2024, 12, 31)]
    edges += [date(2024, 1, 30), date(2024, 1, 31), date(2024, 3, 31), date(2100, 2, 28), date(2000, 2, 29)]
    return edges + [date(1990, 1, 1) + rng.randint(0, 40_000) * _DAY for _ in range(count)]


# --- months


def test_month_ends() -> None:
    for d in _dates(1, 300):
        assert call("end_of_month", d) == _last(d)
        assert call("start_of_month", d) == d.replace(day=1)
        assert call("days_in_month", d) == _last(d).day
        assert call("is_end_of_month", d) is (d == _last(d))
        assert call("is_leap_year", d) is calendar.isleap(d.year)
    assert call("end_of_month", date(9999, 12, 3)) == date(9999, 12, 31)
    assert call("is_leap_year", 1900) is False


def test_months_are_added_and_ends_stay_ends() -> None:
    for d in _dates(2, 200):
        for months in (-25, -12, -1, 0, 1, 2, 11, 12, 48):
            index = d.year * 12 + d.month - 1 + months
            first = date(index // 12, index % 12 + 1, 1)
            same = first.replace(day=min(d.day, _last(first).day))
            assert call("add_months", d, months) == same
            assert call("add_months", d, months, "same_day") == same
            want = _last(first) if d == _last(d) else same
            assert call("add_months", d, months, "end_of_month") == want
    assert trap("add_months", date(2026, 1, 1), 1, "other") == "bad-argument"
    assert trap("add_months", date(9999, 1, 1), 12) == "bad-time"
    assert call("add_days", date(2024, 2, 28), 2) == date(2024, 3, 1)


# --- business days


def _open(d: date, holidays: list[date], weekend: list[int]) -> bool:
    return d.isoweekday() not in weekend and d not in holidays


def _calendars() -> list[tuple[object, list[date], list[int]]]:
    shuffled = [*_HOLIDAYS[::-1], _HOLIDAYS[0]]
    return [
        (None, [], [6, 7]),
        (_HOLIDAYS, _HOLIDAYS, [6, 7]),
        ({"holidays": shuffled, "weekend": [5, 6]}, _HOLIDAYS, [5, 6]),
        ({"weekend": []}, [], []),
        ([d.isoformat() for d in _HOLIDAYS], _HOLIDAYS, [6, 7]),
        ({"holidays": []}, [], [6, 7]),
    ]


@pytest.mark.parametrize(("data", "holidays", "weekend"), _calendars())
def test_business_days(data: object, holidays: list[date], weekend: list[int]) -> None:
    rng = random.Random(3)
    for _ in range(150):
        d = date(2025, 12, 15) + rng.randint(0, 400) * _DAY
        assert call("is_business_day", d, data) is _open(d, holidays, weekend)

        def seek(d: date, step: int) -> date:
            while not _open(d, holidays, weekend):
                d += step * _DAY
            return d

        assert call("next_business_day", d, data) == seek(d + _DAY, 1)
        assert call("previous_business_day", d, data) == seek(d - _DAY, -1)
        following, preceding = seek(d, 1), seek(d, -1)
        assert call("adjust_date", d, "following", data) == following
        assert call("adjust_date", d, "preceding", data) == preceding
        modified = preceding if following.month != d.month else following
        assert call("adjust_date", d, "modified_following", data) == modified
        modified = following if preceding.month != d.month else preceding
        assert call("adjust_date", d, "MODIFIED PRECEDING", data) == modified
        assert call("adjust_date", d, "unadjusted", data) == d
        count, at = rng.randint(-30, 30), d
        for _ in range(abs(count)):
            at = seek(at + (1 if count > 0 else -1) * _DAY, 1 if count > 0 else -1)
        assert call("add_business_days", d, count, data) == at
        other = d + rng.randint(-90, 90) * _DAY
        first, last = min(d, other), max(d, other)
        between = sum(_open(first + n * _DAY, holidays, weekend) for n in range((last - first).days))
        assert call("business_days_between", d, other, data) == (between if d <= other else -between)


def test_bad_calendars() -> None:
    day = date(2026, 1, 1)
    assert trap("is_business_day", day, {"weekend": [1, 2, 3, 4, 5, 6, 7]}) == "bad-argument"
    assert trap("is_business_day", day, {"weekend": [0]}) == "bad-argument"
    assert trap("is_business_day", day, ["soon"]) == "bad-time"
    assert trap("is_business_day", day, [20260101]) == "bad-argument"
    assert trap("is_business_day", day, {"holidays": 3}) == "bad-argument"
    assert trap("is_business_day", None) == "null-operand"
    assert trap("adjust_date", day, "nearest") == "bad-argument"
    assert trap("add_business_days", date(9999, 12, 30), 3) == "bad-time"


def test_days_that_are_looked_at_are_paid_for() -> None:
    few = run("add_business_days", date(2026, 1, 1), 10)["gas"]
    many = run("add_business_days", date(2026, 1, 1), 1_000)["gas"]
    assert many - few > 990 * 1.4 * 10


# --- day counts


def _thirty(a: date, b: date, d1: int, d2: int) -> int:
    return 360 * (b.year - a.year) + 30 * (b.month - a.month) + d2 - d1


def _us(a: date, b: date) -> int:
    d1, d2 = a.day, b.day
    ends = a.month == 2 and a == _last(a)
    if ends and b.month == 2 and b == _last(b):
        d2 = 30
    if ends:
        d1 = 30
    if d2 == 31 and d1 in (30, 31):
        d2 = 30
    if d1 == 31:
        d1 = 30
    return _thirty(a, b, d1, d2)


def _isda(a: date, b: date) -> Fraction:
    if b < a:
        return -_isda(b, a)
    total = Fraction(0)
    while a < b:
        end = min(b, date(a.year + 1, 1, 1))
        total += Fraction((end - a).days, 366 if calendar.isleap(a.year) else 365)
        a = end
    return total


def _rounded(x: Fraction) -> Decimal:
    return Context(prec=34).divide(Decimal(x.numerator), Decimal(x.denominator))


def test_day_counts() -> None:
    dates = _dates(6, 120)
    rng = random.Random(7)
    for a in dates:
        for b in rng.sample(dates, 6):
            actual = (b - a).days
            european = _thirty(a, b, min(a.day, 30), min(b.day, 30))
            for name, days, fraction in [
                ("30/360", _us(a, b), Fraction(_us(a, b), 360)),
                ("30E/360", european, Fraction(european, 360)),
                ("act/360", actual, Fraction(actual, 360)),
                ("ACT/365", actual, Fraction(actual, 365)),
                ("act/act", actual, _isda(a, b)),
            ]:
                assert call("day_count", a, b, name) == days, (a, b, name)
                assert call("year_fraction", a, b, name) == _rounded(fraction), (a, b, name)


def test_published_day_counts() -> None:
    # the examples of ISDA's memorandum on act/act: 2003-11-01 to 2004-05-01
    assert call("year_fraction", date(2003, 11, 1), date(2004, 5, 1), "act/act isda") == _rounded(
        Fraction(61, 365) + Fraction(121, 366)
    )
    assert call("day_count", date(2024, 2, 29), date(2024, 8, 31), "30/360") == 180
    assert call("day_count", date(2024, 1, 31), date(2024, 3, 31), "30E/360") == 60
    assert trap("day_count", date(2024, 1, 1), date(2024, 1, 2), "act/364") == "bad-argument"


def test_methods_of_dates() -> None:
    d = date(2024, 1, 31)
    assert method("plusMonths", d, 1) == date(2024, 2, 29)
    assert method("minusYears", d, 1) == date(2023, 1, 31)
    assert method("plusWeeks", d, 1) == date(2024, 2, 7)
    assert method("isBefore", d, date(2024, 2, 1)) is True
    assert method("isAfter", d, date(2024, 2, 1)) is False
    assert method("getDayOfMonth", d) == 31
    assert method("compareTo", d, date(2024, 1, 1)) == 1
    assert method("toString", d) == "2024-01-31"
