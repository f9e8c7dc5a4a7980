"""The library of contract script against Python, and with arguments that mean harm: each traps or is paid for."""

from __future__ import annotations

import json
import random
import re
import time
from decimal import Decimal
from typing import Any

import pytest

import cybermiles.platform as kernel
from tests.platform.vm.library import call, method, run, trap


def script(code: str, *args: Any, gas_limit: int = 100_000_000) -> dict[str, Any]:
    """Runs assembly over its arguments; `RunError` for a trap."""
    imports = list(dict.fromkeys(re.findall(r"native '([^']+)'", code)))
    consts = list(dict.fromkeys(re.findall(r"(?:const|method) ('[^']*')", code)))
    for at, name in enumerate(imports):
        code = code.replace(f"native '{name}'", f"native {at}")
    for at, name in enumerate(consts):
        code = code.replace(f"const {name}", f"const {at}").replace(f"method {name}", f"method {at}")
    head = " ".join(f"const {json.dumps(c[1:-1])}" for c in consts) + " " + " ".join(f'import "{n}"' for n in imports)
    body = f'function "main" params {len(args)} locals 8 {{ {code} }}'
    return kernel.Module(kernel.asm_parse(f'module "t" version "1" {head} {body}')).run(
        "main", list(args), gas_limit=gas_limit
    )


def halt(code: str, *args: Any, **options: Any) -> str:
    """The code that a run ends early with."""
    with pytest.raises(kernel.RunError) as caught:
        script(code, *args, **options)
    return caught.value.code


# --- against Python


@pytest.mark.parametrize("seed", range(40))
def test_splice_and_its_kin(seed: int) -> None:
    rng = random.Random(seed)
    items: list[Any] = [rng.randint(0, 5) for _ in range(rng.randint(0, 8))]
    start, count = rng.randint(-10, 10), rng.randint(-2, 10)
    at = max(len(items) + start, 0) if start < 0 else min(start, len(items))
    cut = min(max(count, 0), len(items) - at)
    assert method("splice", items, start, count, "x") == items[at : at + cut]
    assert method("toSpliced", items, start, count, "x") == [*items[:at], "x", *items[at + cut :]]
    assert method("toReversed", items) == items[::-1]
    assert method("entries", items) == [[i, x] for i, x in enumerate(items)]
    wanted = rng.randint(0, 5)
    last = max((i for i, x in enumerate(items) if x == wanted), default=-1)
    assert method("lastIndexOf", items, wanted) == last
    assert method("fill", items, 9, 1, -1) == [9 if 1 <= i < len(items) - 1 else x for i, x in enumerate(items)]
    assert method("sort", items) == sorted(items, key=str)
    assert method("toSorted", items, True) == sorted(items, reverse=True)


@pytest.mark.parametrize("seed", range(40))
def test_json_as_pythons(seed: int) -> None:
    rng = random.Random(seed)

    def made(depth: int) -> Any:
        kind = rng.randint(0, 6 if depth else 4)
        if kind == 5:
            return [made(depth - 1) for _ in range(rng.randint(0, 3))]
        if kind == 6:
            return {rng.choice("abcdef"): made(depth - 1) for _ in range(rng.randint(0, 3))}
        texts = ["", 'a"\\', "\n\t\b\f\r\x00\x1f", "é\u2028😀"]
        return [None, rng.random() < 0.5, rng.randint(-9, 9), rng.choice(texts), rng.randint(1, 99) / 4][kind]

    value = made(4)
    exact = json.loads(json.dumps(value), parse_float=Decimal)
    text = call("JSON.stringify", exact)
    assert json.loads(text) == value
    assert call("JSON.parse", json.dumps(value, indent=rng.choice([None, 1]))) == exact
    if isinstance(value, list | dict) and value:
        assert call("JSON.stringify", [1, [2]], None, 2) == json.dumps([1, [2]], indent=2)


@pytest.mark.parametrize("seed", range(60))
def test_patterns_as_pythons(seed: int) -> None:
    rng = random.Random(seed)

    def made(depth: int) -> str:
        if depth == 0:
            return rng.choice(["a", "b", ".", "[ab]", "[^a]", "c", r"\d", r"\w", "^", "$", r"\b"])
        kind = rng.randint(0, 5)
        inner = made(depth - 1)
        if kind <= 1:
            return inner + made(depth - 1)
        if kind == 2:
            return f"(?:{inner}|{made(depth - 1)})"
        if kind == 3:
            return f"({inner})"
        return f"(?:{inner}x){rng.choice(['*', '+', '?', '{1,2}', '*?', '+?', '??'])}"

    pattern = made(3)
    text = "".join(rng.choice("abcx1 ") for _ in range(12))
    found = re.compile(pattern, re.ASCII).search(text)
    place = script("load 1 load 0 const '' native 'new RegExp' 2 method 'search' 1 return", pattern, text)["result"]
    assert place == (found.start() if found else -1)
    whole = script("load 0 const '' native 'new RegExp' 2 load 1 method 'exec' 1 return", pattern, text)["result"]
    assert (whole is None) == (found is None)
    if found:
        assert whole[0] == found[0]


@pytest.mark.parametrize("seed", range(20))
def test_bits_are_those_of_32(seed: int) -> None:
    rng = random.Random(seed)
    a, b = rng.randint(-(2**40), 2**40), rng.randint(-(2**33), 2**33)

    def signed(value: int) -> int:
        low = value % 2**32
        return low - 2**32 if low >= 2**31 else low

    assert call("bit_and", a, b) == signed(a & b)
    assert call("bit_or", a, b) == signed(a | b)
    assert call("bit_xor", a, b) == signed(a ^ b)
    assert call("bit_not", a) == signed(~a)
    assert call("shift_left", a, b) == signed(signed(a) << (b & 31))
    assert call("shift_right", a, b) == signed(a) >> (b & 31)
    assert call("shift_right_unsigned", a, b) == (a % 2**32) >> (b & 31)
    assert call("bit_or", Decimal("1e30") + Decimal("0.5"), 0) == signed(10**30)


def test_maps_keep_their_order_and_gaps() -> None:
    code = (
        "load 0 native 'new Map' 1 store 1 load 1 const 'b' method 'delete' 1 pop"
        " load 1 const 'b' int 9 method 'set' 2 pop load 1 method 'entries' 0 return"
    )
    assert script(code, [["a", 1], ["b", 2], ["c", 3]])["result"] == [
        ["a", 1],
        ["c", 3],
        ["b", 9],
    ]


# --- what means harm


@pytest.mark.parametrize(
    ("name", "args", "code"),
    [
        ("Array.from", ({"length": 10**15},), "memory-limit"),
        ("Array.from", ({"length": -1},), "bad-argument"),
        ("Array.from", ({"length": Decimal("1.5")},), "bad-argument"),
        ("new Array", (10**9,), "index-range"),
        ("JSON.parse", ("[" * 100_000,), "bad-json"),
        ("JSON.parse", ("1e999999999",), "bad-json"),
        ("JSON.parse", ("0." + "1" * 40,), "bad-json"),
        ("JSON.parse", ('"\\ud800"',), "bad-json"),
        ("JSON.parse", (5,), "bad-argument"),
        ("parseInt", ("9" * 7000,), "number-overflow"),
        ("parseInt", ("z" * 5000, 36), "number-overflow"),
        ("parseInt", ("12", 1), "bad-argument"),
        ("parseFloat", ("",), "invalid-number"),
        ("parseFloat", ("-.",), "invalid-number"),
        ("Number", ("12px",), "invalid-number"),
        ("Number", ("1" * 20_000,), "invalid-number"),
        ("Number", ([5],), "bad-argument"),
        ("String.fromCodePoint", (0xD800,), "bad-argument"),
        ("String.fromCodePoint", (-1,), "bad-argument"),
        ("Object.keys", (5,), "bad-argument"),
        ("Object.keys", (None,), "null-operand"),
        ("Object.fromEntries", ([1],), "type-mismatch"),
        ("Object.assign", (None, {}), "null-operand"),
        ("new Map", ([1],), "type-mismatch"),
        ("new Set", (5,), "type-mismatch"),
        ("new RegExp", ("(",), "bad-pattern"),
        ("new RegExp", ("a{99999}",), "bad-pattern"),
        ("new RegExp", ("(((a{99}){99}){99}){99}",), "bad-pattern"),
        ("new RegExp", ("(" * 5000,), "bad-pattern"),
        ("new RegExp", (r"(a)\1",), "bad-pattern"),
        ("new RegExp", ("a", "z"), "bad-pattern"),
        ("Math.sqrt", (-1,), "invalid-number"),
        ("Math.sin", (Decimal("1e40"),), "invalid-number"),
        ("Math.max", ([1, 2],), "bad-argument"),
        ("Math.exp", (99999,), "number-overflow"),
        ("Math.hypot", (Decimal("1e6000"),), "number-overflow"),
        ("bit_and", ("5", 1), "bad-argument"),
    ],
)
def test_traps_of_functions(name: str, args: tuple[Any, ...], code: str) -> None:
    assert trap(name, *args) == code


@pytest.mark.parametrize(
    ("name", "value", "args", "code"),
    [
        ("padStart", "x", (10**15,), "memory-limit"),
        ("repeat", "x" * 100, (10**18,), "memory-limit"),
        ("replaceAll", "a" * 60_000, ("a", "b" * 60_000), "memory-limit"),
        ("replaceAll", "a" * 60_000, ("", "b" * 60_000), "memory-limit"),
        ("charCodeAt", "abc", (3,), "index-range"),
        ("with", [1], (1, 0), "index-range"),
        ("at", [1], ("0",), "bad-argument"),
        ("toString", 5, (37,), "bad-argument"),
        ("toString", Decimal("0.5"), (2,), "not-whole"),
        ("toString", Decimal("1e40"), (2,), "bad-argument"),
        ("toPrecision", 5, (0,), "bad-argument"),
        ("toPrecision", 5, (101,), "bad-argument"),
        ("toExponential", 5, (-1,), "bad-argument"),
        ("map", [1], (5,), "type-mismatch"),
        ("forEach", [1], (None,), "type-mismatch"),
        ("reduce", [1], ({},), "type-mismatch"),
        ("sort", [1, 2], ("a",), "type-mismatch"),
        ("sort", [1, "a"], (False,), "type-mismatch"),
        ("search", "a", ("(",), "bad-pattern"),
        ("matchAll", "a", ("a",), "bad-argument"),
        ("localeCompare", "a", ("b",), "unknown-method"),
    ],
)
def test_traps_of_methods(name: str, value: Any, args: tuple[Any, ...], code: str) -> None:
    with pytest.raises(kernel.RunError) as caught:
        method(name, value, *args)
    assert caught.value.code == code


_ITSELF = "load 0 load 0 method 'push' 1 pop"


@pytest.mark.parametrize(
    "code",
    [
        f"{_ITSELF} load 0 native 'JSON.stringify' 1 return",
        f"{_ITSELF} load 0 int 99999 method 'flat' 1 return",
        f"{_ITSELF} load 0 native 'String' 1 return",
        f"{_ITSELF} load 0 return",
    ],
)
def test_a_list_that_contains_itself(code: str) -> None:
    assert halt(code, [1]) == "too-deep"


def test_a_copy_of_a_list_that_contains_itself_does_too() -> None:
    copied = f"{_ITSELF} load 0 native 'structuredClone' 1 store 1 load 1 load 1 int 1 get_index eq return"
    assert script(copied, [1])["result"] is True


def test_a_list_that_doubles_ends_in_the_memory_limit() -> None:
    code = "L: load 0 load 0 method 'concat' 1 store 0 jump L"
    assert halt(code, [1], gas_limit=10**12) == "memory-limit"
    code = "L: load 0 load 0 method 'flat' 0 method 'push' 1 pop jump L"
    assert halt(code, [1], gas_limit=10**9) in ("memory-limit", "out-of-gas", "too-deep")


@pytest.mark.parametrize("kind", ["list", "record"])
def test_what_is_frozen_stays(kind: str) -> None:
    change = "const 'a' int 1 set_index" if kind == "record" else "int 0 int 5 set_index"
    assert (
        halt(f"load 0 native 'Object.freeze' 1 {change} null return", {"a": 0} if kind == "record" else [1]) == "frozen"
    )


_CHANGES = [
    *("int 1 method 'push' 1", "method 'pop' 0", "method 'shift' 0", "int 1 method 'unshift' 1", "method 'reverse' 0"),
    *("method 'sort' 0", "int 0 int 1 method 'splice' 2", "int 7 method 'fill' 1", "int 0 int 1 method 'copyWithin' 2"),
    *("int 1 method 'add' 1", "int 0 method 'remove' 1", "method 'clear' 0", "int 0 int 5 method 'set' 2"),
]


@pytest.mark.parametrize("change", _CHANGES)
def test_no_method_changes_a_frozen_list(change: str) -> None:
    assert halt(f"load 0 native 'Object.freeze' 1 {change} return", [2, 1]) == "frozen"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("(a+)+b", "a"), ("(a|a)*b", "a"), ("(.*)*x", "a"), ("(a?){40}a{40}b", "a"), (r"(\w+\s?)+!", "a ")],
)
def test_a_hostile_pattern_costs_as_its_text_grows(pattern: str, text: str) -> None:
    code = "load 0 const '' native 'new RegExp' 2 load 1 method 'test' 1 return"
    short, long = (script(code, pattern, text * n, gas_limit=10**10)["gas"] for n in (200, 2_000))
    assert long < 11 * short


def test_patterns_are_paid_for_and_quick() -> None:
    started = time.monotonic()
    for pattern in (r"(\p{L}|\p{N}){99}", "(?:[a-z]|[à-ý]){500}", "((((a?)?)?)?)*" * 40, "|".join("abcdefghij" * 80)):
        code = "load 0 const 'iu' native 'new RegExp' 2 load 1 method 'test' 1 return"
        try:
            script(code, pattern, "aéb" * 300, gas_limit=50_000_000)
        except kernel.RunError as error:
            assert error.code in ("out-of-gas", "bad-pattern")
    assert time.monotonic() - started < 5


def test_gas_grows_with_the_size() -> None:
    for name, args in [
        ("Object.keys", lambda n: ({f"k{i}": i for i in range(n)},)),
        ("structuredClone", lambda n: ([{"a": i} for i in range(n)],)),
        ("JSON.stringify", lambda n: (list(range(n)),)),
        ("JSON.parse", lambda n: (json.dumps(list(range(n))),)),
        ("Array.from", lambda n: ("é" * n,)),
        ("parseInt", lambda n: ("1" + "0" * n,)),
    ]:
        small, large = (run(name, *args(n))["gas"] for n in (100, 1_000))
        assert 5 * small < large < 20 * small, name


def test_keys_are_told_apart_as_values() -> None:
    keys = [1, "1", True, None, Decimal("1.5"), kernel.Date("2026-03-01"), "true"]
    code = "load 0 native 'new Set' 1 native 'Array.from' 1 return"
    assert script(code, [*keys, *keys])["result"] == keys


def test_what_lives_in_a_call_cannot_leave_it() -> None:
    for code in ("native 'new Map' 0 return", "native 'new Set' 0 return", "const 'a' native 'new RegExp' 1 return"):
        assert halt(code) == "not-data"
        inner = code.replace(" return", " new_list 1 return")
        assert halt(inner) == "not-data"
