"""Nanoseconds per unit of gas, op family by op family: the figures in platform/src/vm/gas.rs are set by this table.

Each family is a short piece of code, repeated in a loop; the empty loop is taken off. A family whose gas buys more than
three times the median's time is under-priced.

    python -m tests.benchmarks.gas
"""

from __future__ import annotations

import statistics
import time

import cybermiles.platform as kernel

_REPEAT = 20
_ROUNDS = 3_000

_HEAD = """module "gas" version "1"
type "Fact" declared { "a": number "b": text "c": any }
type "Part" declared extends 0 { "d": number }
type "Open" open { "a": any }
const 0.1 const 12.345678901234567890123456789012 const 9.8765432109876543210987654321 const "a" const "b"
const "a text of some forty characters, no more" const "another text of some forty characters too" const "push"
const 1.5 const "toFixed" const "slice" const 340.25 const "x"
const datetime"2026-03-01T13:45:00Z" const duration"PT3H" const "replaceAll" const "e"
import "abs" import "min" import "round" import "sqrt" import "ln" import "exp" import "number" import "text"
import "upper" import "contains" import "year" import "days_between" import "keys" import "caller" import "print"
import "range" import "pow"
variable "v": number = 1
parameters {"type": "object", "properties": {"a": {"type": "number", "default": 1}}}
function "callee" params 2 locals 3 { load 0 return }
"""

# family -> code that leaves the stack as it was; locals: 1 a record, 2 an open record, 3 an untyped one, 4 a list
FAMILIES = {
    "constants, locals": "int 5 store 5 load 5 pop",
    "dup, swap": "int 1 dup swap pop pop",
    "add (small)": "int 5 int 7 add pop",
    "mul (small)": "int 5 int 7 mul pop",
    "add (decimal)": "const 1 const 2 add pop",
    "mul (decimal)": "const 1 const 2 mul pop",
    "div": "int 10 int 7 div pop",
    "div (decimal)": "const 1 const 2 div pop",
    "rem": "const 1 const 0 rem pop",
    "pow (small)": "int 3 int 20 pow pop",
    "pow (large)": "const 8 int 1000 pow pop",
    "pow (fraction)": "const 1 const 8 pow pop",
    "comparison (small)": "int 5 int 7 lt pop",
    "comparison (decimal)": "const 1 const 2 lt pop",
    "comparison (text)": "const 5 const 6 lt_or_false pop",
    "eq, not": "const 5 const 6 eq not pop",
    "typeof": "int 1 typeof pop",
    "new_record": "new_record 0 pop",
    "new_object": "new_object pop",
    "new_list": "int 1 int 2 int 3 new_list 3 pop",
    "get_slot": "load 1 get_slot 0 0 pop",
    "set_slot": "load 1 int 5 set_slot 0 0",
    "is_type": "load 1 is_type 0 pop",
    "get_field (typed)": "load 1 get_field 3 pop",
    "get_field (untyped)": "load 3 get_field 3 pop",
    "set_field (open)": "load 2 int 5 set_field 4",
    "get_index (list)": "load 4 int 1 get_index pop",
    "set_index (list)": "load 4 int 1 int 5 set_index",
    "get_index (text)": "const 5 int 3 get_index pop",
    "length": "load 4 length pop",
    "texts: join": "const 5 const 6 add pop",
    "texts: join a number": "const 3 const 1 add pop",
    "call": "int 1 int 2 call 0 2 pop",
    "native abs": "int -5 native 0 1 pop",
    "native min": "int 5 int 6 native 1 2 pop",
    "native round": "const 1 int 2 native 2 2 pop",
    "native sqrt": "const 1 native 3 1 pop",
    "native ln": "const 1 native 4 1 pop",
    "native exp": "const 8 native 5 1 pop",
    "native number": "const 3 pop int 5 native 7 1 native 6 1 pop",
    "native upper": "const 5 native 8 1 pop",
    "native contains": "const 5 const 4 native 9 2 pop",
    "native year": "const 13 native 10 1 pop",
    "native keys": "load 3 native 12 1 pop",
    "native caller": "native 13 0 pop",
    "native range": "int 100 native 15 1 pop",
    "temporal add": "const 13 const 14 add pop",
    "method toFixed": "const 1 int 2 method 9 1 pop",
    "method slice": "const 5 int 2 int 9 method 10 2 pop",
    "method replaceAll": "const 5 const 16 const 12 method 15 2 pop",
    "get_variable": "get_variable 0 pop",
    "set_variable": "int 5 set_variable 0",
    "get_parameter": "get_parameter 3 pop",
}


def _source(body: str, repeat: int) -> str:
    return f"""{_HEAD}
    function "main" params 1 locals 8 {{
      new_record 1 store 1 new_record 2 store 2 new_object store 3 load 3 int 1 set_field 3
      int 1 int 2 int 3 new_list 3 store 4
      int 0 store 6
      L: load 6 load 0 lt jump_if_false E
      {" ".join([body] * repeat)}
      load 6 int 1 add store 6 jump L
      E: null return }}"""


def _measure(body: str, rounds: int) -> tuple[float, int]:
    """Best seconds and gas of a loop of so many rounds."""
    module = kernel.Module(kernel.asm_parse(_source(body, _REPEAT)))
    best, gas = float("inf"), 0
    for _ in range(5):
        start = time.perf_counter()
        gas = module.run("main", [rounds])["gas"]
        best = min(best, time.perf_counter() - start)
    return best, gas


def table() -> list[tuple[str, float, float]]:
    """(family, nanoseconds an operation, nanoseconds a unit of gas)."""
    rows = []
    base_seconds, base_gas = _measure("", _ROUNDS)
    for family, body in FAMILIES.items():
        _, probe = _measure(body, 10)
        rounds = max(20, min(_ROUNDS, 30_000_000 // max(1, probe)))
        seconds, gas = _measure(body, rounds)
        share = rounds / _ROUNDS
        spent = max(0.0, seconds - base_seconds * share)
        paid = gas - base_gas * share
        rows.append((family, spent / (rounds * _REPEAT) * 1e9, spent / paid * 1e9))
    return rows


def main() -> int:
    """Prints the table; 1 if a family is under-priced."""
    rows = table()
    median = statistics.median(row[2] for row in rows)
    print(f"{'family':24} {'ns/op':>9} {'ns/gas':>8} {'x median':>9}")
    bad = 0
    for family, op, gas in rows:
        mark = "  under-priced" if gas > 3 * median else ""
        bad += bool(mark)
        print(f"{family:24} {op:9.1f} {gas:8.3f} {gas / median:9.2f}{mark}")
    print(f"median {median:.3f} ns a unit of gas")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
