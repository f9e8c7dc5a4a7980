"""Methods and list functions against Python's own lists, dicts and texts."""

from __future__ import annotations

import random
from decimal import Context, Decimal
from typing import Any

import pytest

import cybermiles.platform as kernel
from tests.platform.vm.library import call, method, trap


def _numbers(rng: random.Random) -> list[Any]:
    made = [
        rng.choice([rng.randint(-9, 9), Decimal(rng.randint(-99, 99)).scaleb(-1)]) for _ in range(rng.randint(0, 20))
    ]
    return [int(n) if n == int(n) else n for n in made]


@pytest.mark.parametrize("seed", range(30))
def test_lists_of_numbers(seed: int) -> None:
    rng = random.Random(seed)
    items = _numbers(rng)
    assert call("sort", items) == sorted(items)
    assert call("sort", items, True) == sorted(items, reverse=True)
    assert call("reversed", items) == items[::-1]
    assert call("distinct", items) == list(dict.fromkeys(items))
    assert call("sum", items) == sum(items)
    if items:
        assert call("avg", items) == Context(prec=34).divide(Decimal(sum(items)), Decimal(len(items)))
    wanted, at = rng.randint(-9, 9), rng.randint(0, 10)
    assert method("contains", items, wanted) is (wanted in items)
    assert method("indexOf", items, wanted) == (items.index(wanted) if wanted in items else -1)
    assert method("subList", items, at, at + 3) == items[at : at + 3]
    assert method("containsAll", items, items[:3]) is True
    if items:
        assert call("min", items) == min(items)
        assert call("max", items) == max(items)


@pytest.mark.parametrize("seed", range(10))
def test_records_are_sorted_by_a_field_and_equal_ones_stay(seed: int) -> None:
    rng = random.Random(seed)
    items = [{"k": rng.randint(0, 3), "n": n} for n in range(20)]
    assert call("sort_by", items, "k") == sorted(items, key=lambda item: item["k"])
    assert call("sort_by", items, "k", True) == sorted(items, key=lambda item: item["k"], reverse=True)


@pytest.mark.parametrize("seed", range(20))
def test_texts(seed: int) -> None:
    rng = random.Random(seed)

    def text(most: int) -> str:
        return "".join(rng.choice("aAbé ß\U0001f600") for _ in range(rng.randint(0, most)))

    one, other, start = text(12), text(2), rng.randint(0, 12)
    assert method("indexOf", one, other) == one.find(other)
    if start <= len(one):
        assert method("indexOf", one, other, start) == one.find(other, start)
    assert method("lastIndexOf", one, other) == one.rfind(other)
    assert method("substring", one, start) == one[start:]
    assert method("compareTo", one, other) == (one > other) - (one < other)
    assert method("equalsIgnoreCase", one, other) is (one.lower() == other.lower())
    assert method("isBlank", one) is (not one.strip())
    assert method("concat", one, other) == one + other
    assert method("length", one) == len(one)
    if other:
        assert method("split", one, other) == one.split(other)
        assert method("replaceAll", one, other, "-") == one.replace(other, "-")


def test_texts_are_sorted_by_code_points() -> None:
    texts = ["b", "a", "Z", "é", "\U0001f600", ""]
    assert call("sort", texts) == sorted(texts)
    assert call("earliest", texts) == ""
    assert call("latest", texts) == "\U0001f600"


def test_times_are_sorted_by_instant() -> None:
    early, late = kernel.DateTime("2026-01-01T12:00:00+02:00"), kernel.DateTime("2026-01-01T11:00:00Z")
    assert call("sort", [late, early]) == [early, late]


def test_what_has_no_order_traps() -> None:
    assert trap("sort", [1, "a"]) == "type-mismatch"
    assert trap("sort", [[1], [2]]) == "type-mismatch"
    assert trap("sort", [1, None]) == "null-operand"
    assert trap("sort", [None]) == "null-operand"
    assert trap("sum", [1, None]) == "null-operand"
    assert trap("sum", ["1"]) == "bad-argument"
    assert trap("sort", 1) == "bad-argument"
    assert trap("min", []) == "invalid-number"


def test_records_as_maps() -> None:
    record = {"a": 1, "b": None}
    assert method("get", record, "a") == 1
    assert method("get", record, "z") is None
    assert method("getOrDefault", record, "z", 9) == 9
    assert method("containsKey", record, "b") is True
    assert method("containsKey", record, "z") is False
    assert method("containsValue", record, 1) is True
    assert method("keySet", record) == ["a", "b"]
    assert method("values", record) == [1, None]
    assert method("size", record) == 2
    assert method("put", record, "a", 2) == 1
    assert method("remove", record, "a") == 1
    assert method("get", {"1": "one"}, 1) == "one"


def test_null_has_no_methods() -> None:
    with pytest.raises(kernel.RunError) as caught:
        method("trim", None)
    assert caught.value.code == "null-operand"
    with pytest.raises(kernel.RunError) as caught:
        method("nothing", "a")
    assert caught.value.code == "unknown-method"
