"""Running functions: outcomes, bounds, the library."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

import cybermiles.platform as kernel

_IMPORTS = [row[1] for row in kernel.NATIVES if row[4] is None]
_HEAD = "\n".join(f'import "{name}"' for name in _IMPORTS)


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    for kind in ("Date", "Time", "DateTime", "Duration", "Period"):
        if isinstance(value, getattr(kernel, kind)):
            return f'{kind.lower()}"{value}"'
    return str(value)


def _module(code: str, consts: list[Any], params: int = 0) -> kernel.Module:
    table = "\n".join(f"const {_literal(value)}" for value in consts)
    source = f'module "t" version "1" {_HEAD} {table} function "f" params {params} locals {params + 2} {{ {code} }}'
    return kernel.Module(kernel.asm_parse(source))


def call(name: str, *args: Any) -> Any:
    """The result of a library function on constants."""
    code = " ".join(f"const {index}" for index in range(len(args)))
    module = _module(f"{code} native {_IMPORTS.index(name)} {len(args)} return", list(args))
    return module.run("f")["result"]


def method(receiver: Any, name: str, *args: Any) -> Any:
    """The result of a method, the receiver passed as an argument of the function."""
    consts = [name, *args]
    code = " ".join(f"const {index}" for index in range(1, len(consts)))
    module = _module(f"load 0 {code} method 0 {len(args)} return", consts, params=1)
    return module.run("f", [receiver])["result"]


def halted(source: str, gas_limit: int = 10_000_000_000) -> kernel.RunError:
    with pytest.raises(kernel.RunError) as raised:
        kernel.Module(kernel.asm_parse('module "t" version "1" ' + source)).run(0, gas_limit=gas_limit)
    return raised.value


def test_the_four_outcomes() -> None:
    error = halted('const "no" function "f" params 0 locals 0 { const 0 revert }')
    assert (error.kind, error.code, error.message, error.function, error.offset) == ("revert", "revert", "no", 0, 2)
    error = halted('function "f" params 0 locals 0 { int 1 int 0 div return }')
    assert (error.kind, error.code, error.offset) == ("trap", "division-by-zero", 4)
    error = halted('function "f" params 0 locals 0 { L: jump L }', gas_limit=100_000)
    assert (error.kind, error.code, error.gas) == ("out_of_gas", "out-of-gas", 100_000)


def test_an_endless_loop_ends() -> None:
    start = time.perf_counter()
    assert halted('function "f" params 0 locals 0 { L: jump L }', gas_limit=100_000_000).kind == "out_of_gas"
    assert time.perf_counter() - start < 5


def test_deep_recursion_traps() -> None:
    assert halted('function "f" params 0 locals 0 { call 0 0 return }').code == "call-depth"


def test_memory_bombs_trap() -> None:
    text = 'const "12345678" function "f" params 0 locals 1 { const 0 store 0 L: load 0 load 0 add store 0 jump L }'
    assert halted(text).code == "memory-limit"
    lists = 'function "f" params 0 locals 0 { L: new_list 0 pop jump L }'
    assert halted(lists).code == "memory-limit"


def test_long_messages_are_cut() -> None:
    source = 'const "é" const "repeat" function "f" params 0 locals 0 { const 0 int 5000 method 1 1 revert }'
    error = halted(source)
    assert error.kind == "revert"
    assert error.message == "é" * 512


@pytest.mark.parametrize(
    ("name", "args", "result"),
    [
        ("abs", (-3,), 3),
        ("sign", (Decimal("-0.5"),), -1),
        ("min", (3, 1, 2), 1),
        ("max", (3, Decimal("3.5")), Decimal("3.5")),
        ("round", (Decimal("2.5"),), 3),
        ("round", (Decimal("-2.5"),), -3),
        ("round", (Decimal("2.345"), 2), Decimal("2.35")),
        ("round", (Decimal("2.345"), 2, "half-even"), Decimal("2.34")),
        ("round", (1234, -2), 1200),
        ("floor", (Decimal("-0.5"),), -1),
        ("ceil", (Decimal("-0.5"),), 0),
        ("trunc", (Decimal("-1.5"),), -1),
        ("sqrt", (2,), Decimal("1.414213562373095048801688724209698")),
        ("ln", (10,), Decimal("2.302585092994045684017991454684364")),
        ("exp", (1,), Decimal("2.718281828459045235360287471352662")),
        ("pow", (2, 62), 2**62),
        ("pow", (2, -1), Decimal("0.5")),
        ("number", ("12.50",), Decimal("12.5")),
        ("is_integer", (Decimal("1.5"),), False),
        ("is_kind", (1, "number"), True),
        ("is_kind", ("1", "number"), False),
        ("text", (Decimal("1.50"),), "1.5"),
        ("upper", ("straße",), "STRASSE"),
        ("lower", ("ÀB",), "àb"),
        ("trim", ("  a ",), "a"),
        ("starts_with", ("abc", "ab"), True),
        ("ends_with", ("abc", "bc"), True),
        ("contains", ("abc", "x"), False),
        ("date", ("2026-03-01",), kernel.Date("2026-03-01")),
        ("date", (2026, 2, 28), kernel.Date("2026-02-28")),
        ("datetime", ("2026-03-01T10:00:00+02:00",), kernel.DateTime("2026-03-01T10:00:00+02:00")),
        ("year", (kernel.Date("2026-03-01"),), 2026),
        ("weekday", (kernel.Date("2026-11-23"),), 1),
        ("days_between", (kernel.Date("2026-01-01"), kernel.Date("2026-03-01")), 59),
        ("period_between", (kernel.Date("2025-01-31"), kernel.Date("2026-03-01")), kernel.Period("P1Y1M1D")),
        ("total_seconds", (kernel.Duration("PT1.5S"),), Decimal("1.5")),
        ("range", (3,), [0, 1, 2]),
        ("now", (), kernel.DateTime("1970-01-01T00:00:00Z")),
    ],
)
def test_functions(name: str, args: tuple[Any, ...], result: Any) -> None:
    assert call(name, *args) == result


@pytest.mark.parametrize(
    ("name", "args", "code"),
    [
        ("sqrt", (-1,), "invalid-number"),
        ("ln", (0,), "invalid-number"),
        ("exp", (100_000,), "number-overflow"),
        ("number", ("twelve",), "invalid-number"),
        ("abs", ("x",), "bad-argument"),
        ("round", (1, 0, "sideways"), "bad-argument"),
        ("date", (2026, 2, 30), "bad-time"),
        ("date", ("soon",), "bad-time"),
        ("year", (1,), "bad-argument"),
        ("balance", ("nobody",), "bad-address"),
        ("load_rules", ("x.rl",), "unknown-rules"),
        ("range", (10**12,), "memory-limit"),
    ],
)
def test_functions_trap(name: str, args: tuple[Any, ...], code: str) -> None:
    with pytest.raises(kernel.RunError) as raised:
        call(name, *args)
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("receiver", "name", "args", "result"),
    [
        ("Hello", "toUpperCase", (), "HELLO"),
        ("héllo", "indexOf", ("l",), 2),
        ("hello", "lastIndexOf", ("l",), 3),
        ("hello", "charAt", (9,), ""),
        ("hello", "slice", (-3, -1), "ll"),
        ("hello", "substring", (3, 1), "el"),
        ("a,b,,c", "split", (",",), ["a", "b", "", "c"]),
        ("hé", "split", ("",), ["h", "é"]),
        ("aXbX", "replace", ("X", "-"), "a-bX"),
        ("aXbX", "replaceAll", ("X", "-"), "a-b-"),
        ("ab", "repeat", (3,), "ababab"),
        ("7", "padStart", (3, "0"), "007"),
        ("7", "padEnd", (4, "ab"), "7aba"),
        ("a", "concat", (1, "b"), "a1b"),
        ("a", "equals", ("a",), True),
        ("", "isEmpty", (), True),
        ("héllo", "length", (), 5),
        ([1, 2], "push", (3,), 3),
        ([1, 2], "pop", (), 2),
        ([1, 2], "shift", (), 1),
        ([1, 2], "unshift", (0,), 3),
        ([1, 2, 3], "slice", (1,), [2, 3]),
        ([1], "concat", (2,), [1, 2]),
        ([1, 2], "reverse", (), [2, 1]),
        ([1, 2], "includes", (2,), True),
        ([1, 2], "indexOf", (3,), -1),
        ([1, None, "a"], "join", ("-",), "1--a"),
        ([1, 2], "get", (1,), 2),
        ([], "isEmpty", (), True),
        ([1], "size", (), 1),
        (Decimal("1.005"), "toFixed", (2,), "1.01"),
        (3, "toFixed", (2,), "3.00"),
        (-5, "toString", (), "-5"),
    ],
)
def test_methods(receiver: Any, name: str, args: tuple[Any, ...], result: Any) -> None:
    assert method(receiver, name, *args) == result


def test_unknown_methods_trap() -> None:
    for receiver, code in [("a", "unknown-method"), ({}, "unknown-method"), (None, "null-operand")]:
        with pytest.raises(kernel.RunError) as raised:
            method(receiver, "fly")
        assert raised.value.code == code


def test_temporal_operators() -> None:
    def operate(op: str, a: Any, b: Any) -> Any:
        return _module(f"const 0 const 1 {op} return", [a, b]).run("f")["result"]

    date, period, duration = kernel.Date("2024-01-31"), kernel.Period("P1M"), kernel.Duration("PT36H")
    moment = kernel.DateTime("2024-01-31T12:00:00Z")
    assert operate("add", date, period) == kernel.Date("2024-02-29")
    assert operate("sub", date, period) == kernel.Date("2023-12-31")
    assert operate("add", moment, duration) == kernel.DateTime("2024-02-02T00:00:00Z")
    assert operate("sub", moment, kernel.DateTime("2024-01-31T14:00:00+02:00")) == kernel.Duration("PT0S")
    assert operate("sub", kernel.Date("2024-03-01"), date) == kernel.Duration("P30D")
    assert operate("mul", duration, 2) == kernel.Duration("P3D")
    assert operate("div", duration, kernel.Duration("PT24H")) == Decimal("1.5")
    assert operate("lt", date, kernel.Date("2024-02-01")) is True
    assert operate("eq", moment, kernel.DateTime("2024-01-31T14:00:00+02:00")) is False
    with pytest.raises(kernel.RunError) as raised:
        operate("lt", period, period)
    assert raised.value.code == "type-mismatch"
    with pytest.raises(kernel.RunError) as raised:
        operate("add", kernel.Date("9999-12-31"), period)
    assert raised.value.code == "bad-time"


def test_what_a_run_reports() -> None:
    source = """module "t" version "1" permission "transfer"
        import "print" import "emit" import "transfer" import "this"
        variable "n": number = 1 const "hello" const "sold" const "price" const 0.5
        function "f" params 1 locals 1 {
          const 0 load 0 native 0 2 pop
          const 1 new_object dup load 0 set_field 2 native 1 2 pop
          native 3 0 const 3 native 2 2 pop
          get_variable 0 load 0 add dup set_variable 0 return }"""
    report = kernel.Module(kernel.asm_parse(source)).run("f", [41], variables={"n": 2})
    assert report["result"] == 43
    assert report["output"] == ["hello 41"]
    assert report["events"] == [("sold", {"price": 41})]
    assert report["transfers"] == [(b"\2" * 20, 5 * 10**17)]
    assert report["variables"] == {"n": 43}
    assert report["gas"] > 0


def test_amounts_are_exact() -> None:
    source = """module "t" version "1" permission "transfer" import "transfer" import "this" const 0.1
        function "f" params 1 locals 1 { native 1 0 load 0 native 0 2 return }"""
    module = kernel.Module(kernel.asm_parse(source))
    for amount in (-1, Decimal("1e-19"), Decimal("0.0000000000000000001")):
        with pytest.raises(kernel.RunError) as raised:
            module.run("f", [amount])
        assert raised.value.code == "amount-precision"


def test_arguments_and_parameters_are_checked() -> None:
    source = """module "t" version "1" const "limit" type "T" declared { "n": int }
        parameters {"type": "object", "properties": {"limit": {"type": "number", "minimum": 0, "default": 5}}}
        function "f" params 1 locals 1 { get_parameter 0 return }"""
    module = kernel.Module(kernel.asm_parse(source))
    assert module.run("f", [None])["result"] == 5
    assert module.run("f", [None], parameters={"limit": 6})["result"] == 6
    for bad in ({"limit": -1}, {"limit": "6"}, {"other": 1}):
        with pytest.raises(ValueError, match="parameters"):
            module.run("f", [None], parameters=bad)
    with pytest.raises(TypeError):
        module.run("f", [])
    with pytest.raises(KeyError):
        module.run("g", [])
    with pytest.raises(kernel.RunError) as raised:
        module.run("f", [{"$type": "T", "n": Decimal("1.5")}])
    assert raised.value.code == "not-whole"
    assert "`div(a, b)`" in str(raised.value)
    with pytest.raises(kernel.RunError) as raised:
        module.run("f", [{"$type": "T", "m": 1}])
    assert raised.value.code == "unknown-field"


def test_gas_is_the_same_each_time() -> None:
    module = _module("const 0 const 0 add return", ["abc"])
    assert len({module.run("f")["gas"] for _ in range(5)}) == 1
