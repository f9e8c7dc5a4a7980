"""What `tests.benchmarks.gas` measures: a short program for each instruction, library function and method, and rule
sets whose work is mostly one kind of matching event."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import cybermiles.platform as kernel

# --- parts of programs


@dataclass(frozen=True, slots=True)
class Local:
    """A place of the measured function that holds a value."""

    slot: int


@dataclass(frozen=True, slots=True)
class Made:
    """A value that a library function makes where it is used."""

    function: str
    args: tuple[Any, ...]


NUMBERS, TEXTS, DATES, RECORDS, WIDE, LONG, CALENDAR = (Local(n) for n in range(1, 8))
TYPED, OPEN, UNTYPED, LIST = (Local(n) for n in range(8, 12))
COUNTER, SCRATCH = Local(12), Local(13)
CLOSURE, CLASS, INSTANCE, CELL = (Local(n) for n in range(14, 18))

ARGUMENTS: tuple[Any, ...] = (
    [n * 7919 % 1000 for n in range(100)],
    [f"text {n * 7919 % 1000}" for n in range(100)],
    [kernel.Date(f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}") for n in range(100)],
    [{"k": n * 7919 % 1000, "n": n} for n in range(100)],
    {f"field{n}": n for n in range(20)},
    "a" * 200,
    {"holidays": [kernel.Date(f"2026-{n % 12 + 1:02}-01") for n in range(12)], "weekend": [6, 7]},
)
"""Values of the function's parameters after the first, in the places `NUMBERS` to `CALENDAR`."""


class Program:
    """Constants and imports that a piece of code names."""

    def __init__(self) -> None:
        self.consts: list[str] = ['"a"']
        self.imports: list[str] = []
        self.tables: list[str] = []

    def const(self, text: str) -> int:
        """Index of a constant, written as the assembly does."""
        if text not in self.consts:
            self.consts.append(text)
        return self.consts.index(text)

    def load(self, value: Any) -> str:
        """Code that pushes a value."""
        match value:
            case Local(slot):
                return f"load {slot}"
            case Made(function, args):
                return " ".join([*map(self.load, args), f"native {self.native(function)} {len(args)}"])
            case None | bool():
                return {None: "null", True: "true", False: "false"}[value]
            case int():
                return f"int {value}"
            case Decimal():
                return f"const {self.const(str(value))}"
            case str():
                return f"const {self.const(json.dumps(value, ensure_ascii=False))}"
            case _:
                kind = type(value).__name__.lower()
                return f"const {self.const(f'{kind}{json.dumps(str(value))}')}"

    def native(self, name: str) -> int:
        """Index of an import."""
        if name not in self.imports:
            self.imports.append(name)
        return self.imports.index(name)

    def source(self, body: str, repeat: int) -> str:
        """A module whose `main` runs the body so many times in each round."""
        self.const('"m"')
        head = "\n".join(f"const {text}" for text in self.consts)
        imports = " ".join(f'import "{name}"' for name in self.imports)
        parameters = {"type": "object", "properties": {"a": {"type": "number", "default": 1}}}
        return f"""module "gas" version "1"
type "Fact" declared {{ "a": number "b": text "c": any }}
type "Part" declared extends 0 {{ "d": number }}
type "Open" open {{ "a": any }}
{head}
{imports}
permission "transfer"
variable "v": number = 1
parameters {json.dumps(parameters)}
function "callee" params 2 locals 3 {{ load 0 return }}
function "closure" params 2 locals 3 captures 1 {{ load 1 return }}
function "method" params 2 locals 2 this {{ load 1 return }}
function "constructor" params 1 locals 1 this {{ load 0 return }}
{chr(10).join(self.tables)}
function "main" params 8 locals 20 {{
  new_record 1 store {TYPED.slot} new_record 2 store {OPEN.slot}
  new_object store {UNTYPED.slot} load {UNTYPED.slot} int 1 set_field 0
  int 1 int 2 int 3 new_list 3 store {LIST.slot}
  int 1 make_closure 1 1 store {CLOSURE.slot}
  undefined make_closure 3 0 make_class 0 {self.load("m")} make_closure 2 0 define_method store {CLASS.slot}
  load {CLASS.slot} construct 0 store {INSTANCE.slot}
  undefined new_cell store {CELL.slot}
  int 0 store {COUNTER.slot}
  L: load {COUNTER.slot} load 0 lt jump_if_false E
  {" ".join([body] * repeat)}
  load {COUNTER.slot} int 1 add store {COUNTER.slot} jump L
  E: null return }}"""


Build = Callable[[Program], str]


def raw(text: str, *values: Any) -> Build:
    """Code in assembly text; `{0}` pushes the first value, and so on."""
    return lambda program: text.format(*(program.load(value) for value in values))


def call(name: str, *args: Any) -> Build:
    """A call of a function."""

    def build(program: Program) -> str:
        loads = " ".join(program.load(arg) for arg in args)
        return f"{loads} native {program.native(name)} {len(args)} pop"

    return build


def method(name: str, value: Any, *args: Any) -> Build:
    """A call of a method."""

    def build(program: Program) -> str:
        loads = " ".join(program.load(arg) for arg in (value, *args))
        return f"{loads} method {program.const(json.dumps(name))} {len(args)} pop"

    return build


def table(inputs: tuple[Any, ...], rows: list[tuple[str, ...]], code: str = "table_rows 0 {n} pop") -> Build:
    """A question to a table; a cell is written as in the assembly, with `<value>` for constants (JSON texts)."""

    def build(program: Program) -> str:
        def cell(text: str) -> str:
            return re.sub("<(.*?)>", lambda found: str(program.const(found[1])), text)

        lines = " ".join(f"row [{', '.join(map(cell, row))}] gives [0]" for row in rows)
        program.tables.append(f'table "t" inputs {len(inputs)} outputs 1 {{ {lines} }}')
        return " ".join(map(program.load, inputs)) + " " + code.replace("{n}", str(len(inputs)))

    return build


def both(*parts: Build) -> Build:
    """One after the other."""
    return lambda program: " ".join(part(program) for part in parts)


# --- instructions

_SHORT, _OTHER = "a text of some forty characters, no more", "another text of some forty characters too"
_A, _B = Decimal("12.345678901234567890123456789012"), Decimal("9.8765432109876543210987654321")
_TENTH, _HALF = Decimal("0.1"), Decimal("1.5")
_DATE, _MOMENT = kernel.Date("2026-03-01"), kernel.DateTime("2026-03-01T13:45:00Z")
_TIME, _SPAN, _MONTHS = kernel.Time("13:45:00"), kernel.Duration("PT3H"), kernel.Period("P1M")

INSTRUCTIONS: dict[str, Build] = {
    "int, store, load": raw("int 5 store 13 load 13 pop"),
    "null, undefined": raw("null pop undefined pop"),
    "true, false": raw("true pop false pop"),
    "const": raw("{0} pop", _TENTH),
    "dup, swap": raw("int 1 dup swap pop pop"),
    "add (small)": raw("int 5 int 7 add pop"),
    "sub (small)": raw("int 5 int 7 sub pop"),
    "mul (small)": raw("int 5 int 7 mul pop"),
    "neg": raw("int 5 neg pop"),
    "neg (decimal)": raw("{0} neg pop", _A),
    "add (decimal)": raw("{0} {1} add pop", _A, _B),
    "add (far apart)": raw("{0} {1} add pop", Decimal("1e30"), Decimal("1e-30")),
    "sub (decimal)": raw("{0} {1} sub pop", _A, _B),
    "mul (decimal)": raw("{0} {1} mul pop", _A, _B),
    "div": raw("int 10 int 7 div pop"),
    "div (decimal)": raw("{0} {1} div pop", _A, _B),
    "rem": raw("int 10 int 7 rem pop"),
    "rem (decimal)": raw("{0} {1} rem pop", _A, _TENTH),
    "pow (small)": raw("int 3 int 20 pow pop"),
    "pow (large)": raw("{0} int 1000 pow pop", _HALF),
    "pow (fraction)": raw("{0} {1} pow pop", _A, _HALF),
    "eq, not": raw("{0} {1} eq not pop", _SHORT, _OTHER),
    "ne": raw("{0} {1} ne pop", _SHORT, _OTHER),
    **{f"{op} (small)": raw(f"int 5 int 7 {op} pop") for op in ("lt", "le", "gt", "ge")},
    **{f"{op}_or_false (small)": raw(f"int 5 int 7 {op}_or_false pop") for op in ("lt", "le", "gt", "ge")},
    "lt_or_false (null)": raw("null int 7 lt_or_false pop"),
    "le_or_false (text)": raw("{0} {1} le_or_false pop", _SHORT, _OTHER),
    "gt_or_false (decimal)": raw("{0} {1} gt_or_false pop", _A, _B),
    "ge_or_false (long texts)": raw("{0} {1} ge_or_false pop", "b" * 2000 + "c", "b" * 2000 + "d"),
    "typeof": raw("int 1 typeof pop"),
    "jump_if_true": raw("true jump_if_true N{{n}} N{{n}}: null pop"),
    "jump_if_false_keep": raw("false jump_if_false_keep N{{n}} null N{{n}}: pop"),
    "jump_if_true_keep": raw("true jump_if_true_keep N{{n}} null N{{n}}: pop"),
    "jump_if_absent_keep": raw("null jump_if_absent_keep N{{n}} null N{{n}}: pop"),
    "jump_unless_absent_keep": raw("null jump_unless_absent_keep N{{n}} null N{{n}}: pop"),
    "new_record": raw("new_record 0 pop"),
    "new_object": raw("new_object pop"),
    "new_list": raw("int 1 int 2 int 3 new_list 3 pop"),
    "get_slot": raw("{0} get_slot 0 0 pop", TYPED),
    "set_slot": raw("{0} int 5 set_slot 0 0", TYPED),
    "is_type": raw("{0} is_type 0 pop", TYPED),
    "get_field (typed)": raw("{0} get_field 0 pop", TYPED),
    "get_field (open)": raw("{0} get_field 0 pop", OPEN),
    "get_field (untyped)": raw("{0} get_field 0 pop", UNTYPED),
    "get_field (wide)": lambda p: f"load {WIDE.slot} get_field {p.const(chr(34) + 'field19' + chr(34))} pop",
    "get_field_or_null": raw("null get_field_or_null 0 pop"),
    "set_field (open)": raw("{0} int 5 set_field 0", OPEN),
    "set_field (untyped)": raw("{0} int 5 set_field 0", UNTYPED),
    "has_field": raw("{0} has_field 0 pop", UNTYPED),
    "delete_field": raw("{0} int 5 set_field 0 {0} delete_field 0 pop", UNTYPED),
    "get_index (list)": raw("{0} int 1 get_index pop", LIST),
    "set_index (list)": raw("{0} int 1 int 5 set_index", LIST),
    "get_index (text)": raw("{0} int 3 get_index pop", _SHORT),
    "get_index (record)": raw("{0} {1} get_index pop", UNTYPED, "a"),
    "length": raw("{0} length pop", LIST),
    "length (wide record)": raw("{0} length pop", WIDE),
    "texts: join": raw("{0} {1} add pop", _SHORT, _OTHER),
    "texts: join a number": raw("{0} {1} add pop", "a", _A),
    "texts: join a list": raw("{0} {1} add pop", "a", NUMBERS),
    "call": raw("int 1 int 2 call 0 2 pop"),
    "temporal add": raw("{0} {1} add pop", _MOMENT, _SPAN),
    "temporal sub": raw("{0} {1} sub pop", _DATE, _MONTHS),
    "temporal order": raw("{0} {1} lt pop", _MOMENT, kernel.DateTime("2026-03-01T13:45:00+02:00")),
    "same": raw("int 5 int 7 same pop"),
    "same (undefined)": raw("undefined null same pop"),
    "new_cell": raw("int 1 new_cell pop"),
    "empty_cell": raw("empty_cell pop"),
    "cell_get": raw("{0} cell_get 0 pop", CELL),
    "cell_set": raw("{0} int 1 cell_set pop", CELL),
    "make_closure": raw("int 1 make_closure 1 1 pop"),
    "call_value": raw("{0} int 1 call_value 1 pop", CLOSURE),
    "call_value (missing)": raw("{0} call_value 0 pop", CLOSURE),
    "call_with": raw("{0} undefined int 1 call_with 1 pop", CLOSURE),
    "call_spread": raw("{0} undefined {1} call_spread pop", CLOSURE, LIST),
    "call_method": lambda p: f"load {INSTANCE.slot} int 1 call_method {p.const(chr(34) + 'm' + chr(34))} 1 pop",
    "method_spread": lambda p: (
        f"load {INSTANCE.slot} load {LIST.slot} method_spread {p.const(chr(34) + 'm' + chr(34))} pop"
    ),
    "native_spread": lambda p: f"load {LIST.slot} native_spread {p.native('max')} pop",
    "make_class": raw("undefined undefined make_class 0 pop"),
    "define_method": raw("{0} {1} {2} define_method pop", CLASS, "a", CLOSURE),
    "define_getter": raw("new_object {0} {1} define_getter pop", "a", CLOSURE),
    "define_setter": raw("new_object {0} {1} define_setter pop", "a", CLOSURE),
    "statics": raw("{0} statics pop pop", CLASS),
    "construct": raw("{0} construct 0 pop", CLASS),
    "construct (error)": lambda p: f"native {p.native('class Error')} 0 {p.load('a')} construct 1 pop",
    "construct_spread": raw("{0} {1} construct_spread pop", CLASS, LIST),
    "super": raw("{0} {1} super 0 pop", CLASS, INSTANCE),
    "super_spread": raw("{0} {1} {2} super_spread pop", CLASS, INSTANCE, LIST),
    "get_super": lambda p: f"load {CLASS.slot} load {INSTANCE.slot} get_super {p.const(chr(34) + 'm' + chr(34))} pop",
    "instance_of": raw("{0} {1} instance_of pop", INSTANCE, CLASS),
    "try, end_try": raw("try N{{n}} end_try jump M{{n}} N{{n}}: pop M{{n}}: null pop"),
    "throw": raw("try N{{n}} int 1 throw N{{n}}: pop"),
    "throw (a trap)": raw("try N{{n}} int 1 int 0 div pop end_try jump M{{n}} N{{n}}: pop M{{n}}: null pop"),
    "iter_next (list)": raw("{0} int 0 iter_next N{{n}} pop N{{n}}: pop pop", LIST),
    "iter_next (text)": raw("{0} int 0 iter_next N{{n}} pop N{{n}}: pop pop", _SHORT),
    "append": raw("new_list 0 int 1 append pop"),
    "extend": raw("new_list 0 {0} extend pop", NUMBERS),
    "copy_fields": raw("new_object {0} copy_fields pop", WIDE),
    "new_regexp": lambda p: f"new_regexp {p.const(chr(34) + 'a+' + chr(34))} {p.const(chr(34) + 'g' + chr(34))} pop",
    "get_variable": raw("get_variable 0 pop"),
    "set_variable": raw("int 5 set_variable 0"),
    "get_parameter": raw("get_parameter 0 pop"),
}
"""Family to code that leaves the stack as it was."""


def _ranges(count: int) -> list[tuple[str, ...]]:
    """Rows as those of a price list: a category, a range of scores, any amount or one below a limit."""
    return [
        (
            f'in (<"C{n % 10}">)',
            f'in ("[)" <{n // 10 * 7 % 600}> <{n // 10 * 7 % 600 + 7}>)',
            f'in ("(]" none <{n % 500}>)' if n % 3 else "any",
        )
        for n in range(count)
    ]


def _wide(count: int) -> list[tuple[str, ...]]:
    """Rows of which half are true of 500."""
    return [(f'in ("[)" <{n}> none)',) for n in range(1000 - 2 * count, 1000, 2)]


INSTRUCTIONS |= {
    "table: one row": table((5,), [("any",)]),
    "table: 30 rows": table(("C3", 14, 100), _ranges(30)),
    "table: 3,000 rows": table(("C3", 300, 100), _ranges(3_000)),
    "table: 3,000 rows, none true": table(("none", None, 1000), _ranges(3_000)),
    "table: 100 open ranges": table((900,), _wide(100)),
    "table: 100 rows, all true": table((5,), [("any",)] * 100),
    "table: texts": table(
        (_SHORT,), [(f'in ("[)" <"t{n}"> none)',) for n in range(50)] + [(f'in (<"x{n}">)',) for n in range(50)]
    ),
    "table: 6 columns": table(
        (1, 2, 3, 4, 5, 6), [tuple(f"in (<{n % (c + 2)}>)" for c in range(6)) for n in range(100)]
    ),
    "table_output": table((5,), [("any",)], "int 0 table_output 0 0 {n} pop"),
}

OF_SESSIONS = frozenset(
    (
        "insert",
        "update",
        "update_slots",
        "delete",
        "facts",
        "halt",
        "insert_logical",
        "focus",
        "get_global",
        "set_global",
    )
)
"""Instructions that need working memory: `MATCHING` measures them."""

ONCE = frozenset(("return", "revert", "trap", "jump", "jump_if_false", "table_conflict"))
"""Instructions that end a run, or that every loop here contains."""

# --- the library

_HOSTILE = "(a?){20}a{20}"
_CONVENTIONS = ("30/360", "30E/360", "act/365", "act/act")

LIBRARY: dict[str, Build] = {
    **{
        f"class {name}": call(f"class {name}")
        for name in ("Error", "TypeError", "RangeError", "ReferenceError", "SyntaxError", "BpmnError")
    },
    "abs": call("abs", -5),
    "sign": call("sign", _A),
    "min": call("min", 5, 6),
    "min (list)": call("min", NUMBERS),
    "max": call("max", _A, _B, 3),
    "round": call("round", _A, 2),
    "round (mode)": call("round", _A, 2, "half_even"),
    "floor": call("floor", _A),
    "ceil": call("ceil", _A),
    "trunc": call("trunc", _A),
    "sqrt": call("sqrt", _A),
    "ln": call("ln", _A),
    "ln (near one)": call("ln", Decimal("1.000000000000000000000000000000001")),
    "exp": call("exp", _HALF),
    "exp (large)": call("exp", Decimal("1234.5678")),
    "pow": call("pow", 3, 20),
    "number": call("number", "12345.6789"),
    "is_integer": call("is_integer", _A),
    "div": call("div", _A, _TENTH),
    "div (small)": call("div", 7, 2),
    "mod": call("mod", _A, _TENTH),
    "floor_div": call("floor_div", Decimal(-7), 2),
    "floor_div (decimal)": call("floor_div", -_A, _TENTH),
    "floor_mod": call("floor_mod", -_A, _TENTH),
    "percent": call("percent", _A, 19),
    "add_percent": call("add_percent", _A, 19),
    "percent_of": call("percent_of", _A, _B),
    "minor_units": call("minor_units", "USD"),
    "minor_units (last)": call("minor_units", "UYW"),
    "round_currency": call("round_currency", _A, "USD"),
    "days_in_month": call("days_in_month", _DATE),
    "is_leap_year": call("is_leap_year", _DATE),
    "start_of_month": call("start_of_month", _DATE),
    "end_of_month": call("end_of_month", _DATE),
    "is_end_of_month": call("is_end_of_month", _DATE),
    "add_days": call("add_days", _DATE, 30),
    "add_months": call("add_months", _DATE, 13),
    "add_months (end)": call("add_months", _DATE, 13, "end_of_month"),
    "is_business_day": call("is_business_day", _DATE),
    "is_business_day (calendar)": call("is_business_day", _DATE, CALENDAR),
    "is_business_day (100 holidays)": call("is_business_day", _DATE, DATES),
    "next_business_day": call("next_business_day", _DATE, CALENDAR),
    "previous_business_day": call("previous_business_day", _DATE, CALENDAR),
    "adjust_date": call("adjust_date", _DATE, "modified_following", CALENDAR),
    "add_business_days": call("add_business_days", _DATE, 10),
    "add_business_days (250)": call("add_business_days", _DATE, 250, CALENDAR),
    "business_days_between": call("business_days_between", _DATE, kernel.Date("2036-03-01"), CALENDAR),
    **{f"day_count ({name})": call("day_count", _DATE, kernel.Date("2027-07-31"), name) for name in _CONVENTIONS},
    **{f"year_fraction ({n})": call("year_fraction", _DATE, kernel.Date("2027-07-31"), n) for n in _CONVENTIONS},
    "text": call("text", 12345),
    "text (decimal)": call("text", _A),
    "text (datetime)": call("text", _MOMENT),
    "upper": call("upper", _SHORT),
    "lower": call("lower", _SHORT),
    "trim": call("trim", _SHORT),
    "starts_with": call("starts_with", _SHORT, "a text"),
    "ends_with": call("ends_with", _SHORT, "more"),
    "contains": call("contains", _SHORT, "forty"),
    "contains (list)": call("contains", TEXTS, "text"),
    "contains (long)": call("contains", LONG, "aaaaaaab"),
    "date": call("date", "2026-03-01"),
    "date (parts)": call("date", 2026, 3, 1),
    "time": call("time", "13:45:00"),
    "datetime": call("datetime", "2026-03-01T13:45:00Z"),
    "duration": call("duration", "P1DT2H3M4S"),
    "period": call("period", "P1Y2M"),
    **{n: call(n, _MOMENT) for n in ("year", "month", "day", "weekday", "day_of_year", "hour", "minute", "second")},
    "days_between": call("days_between", _DATE, _MOMENT),
    "period_between": call("period_between", _DATE, kernel.Date("2027-01-31")),
    "total_seconds": call("total_seconds", _SPAN),
    "keys": call("keys", UNTYPED),
    "keys (wide)": call("keys", WIDE),
    "values": call("values", WIDE),
    "range": call("range", 100),
    "is_kind": call("is_kind", _A, "number"),
    "print": call("print", _SHORT),
    "caller": call("caller"),
    "this": call("this"),
    "value": call("value"),
    "now": call("now"),
    "height": call("height"),
    "balance": call("balance"),
    "sum": call("sum", NUMBERS),
    "sum (few)": call("sum", 1, 2),
    "avg": call("avg", NUMBERS),
    "earliest": call("earliest", DATES),
    "latest": call("latest", TEXTS),
    "sort": call("sort", NUMBERS),
    "sort (texts)": call("sort", TEXTS),
    "sort (few)": call("sort", LIST),
    "sort_by": call("sort_by", RECORDS, "k"),
    "distinct": call("distinct", NUMBERS),
    "distinct (few)": call("distinct", LIST),
    "reversed": call("reversed", NUMBERS),
    "matches": call("matches", "AB123456", "[A-Z]{2}[0-9]{6}"),
    "matches (fails at once)": call("matches", "xB123456", "[A-Z]{2}[0-9]{6}"),
    "matches (any text)": call("matches", _SHORT, ".*forty.*"),
    "matches (Unicode)": call("matches", "Grüße", r"\p{L}+"),
    "matches (hostile)": call("matches", LONG, _HOSTILE),
    "matches (many alternatives)": call("matches", "z", "|".join(f"x{n}" for n in range(100))),
    "find": call("find", _SHORT, "[0-9]+"),
    "find_all": call("find_all", _SHORT, "[a-z]+"),
    "replace_all": call("replace_all", _SHORT, "[aeiou]", "-"),
    "split_at": call("split_at", _SHORT, " +"),
}
"""Family to a call; the first word is the function."""

ROUNDS = {"print": 60}
"""Most rounds of a family that a limit of the machine would end."""

# the slowest arguments that were found, and patterns that no call before has used
LIBRARY |= {
    "sqrt (slowest)": call("sqrt", Decimal("6.856727267947697362119773106E-267")),
    "ln (slowest)": call("ln", Decimal("1.126287631236471080719459515E+133")),
    "exp (slowest)": call("exp", Decimal(9269)),
    "pow (slowest)": call(
        "pow", Decimal("4.157215237258098817145592694E+133"), Decimal("29.94846646900278881898652652")
    ),
}


def _new_regexp(pattern: str, flags: str = "") -> Build:
    """`new RegExp` with a pattern that differs each time."""

    def build(program: Program) -> str:
        joined = f"{program.load(pattern)} load {COUNTER.slot} add int {{n}} add {program.load(flags)}"
        return f"{joined} native {program.native('new RegExp')} 2 pop"

    return build


def _unused(pattern: str) -> Build:
    """`matches` with a pattern that differs each time."""

    def build(program: Program) -> str:
        joined = f"{program.load(pattern)} load {COUNTER.slot} add int {{n}} add"
        return f"{program.load('b')} {joined} native {program.native('matches')} 2 pop"

    return build


PATTERNS: dict[str, Build] = {
    "pattern": _unused("[A-Z]{2}[0-9]{6}"),
    "pattern (any)": _unused(".*forty.*"),
    "pattern (long)": _unused("abcdefghij" * 90),
    "pattern (alternatives)": _unused("|".join(f"x{n}" for n in range(200))),
    "pattern (Unicode)": _unused(r"\p{L}+"),
    "pattern (many classes)": _unused(r"\p{L}\p{N}[\p{Lu}&&\p{Greek}]\p{Han}" * 4),
    "pattern (folded)": _unused("(?i)[b-\U0010ffff]"),
    "pattern (folded, negated)": _unused("(?i)[^a]" * 20),
    "pattern (folded texts)": _unused("(?i)" + "kelvin" * 100),
    "pattern (repeated)": _unused("((a{20}){20}){20}"),
    "pattern (repeated classes)": _unused(r"\p{L}{20}"),
    "pattern (groups)": _unused("(" * 39 + "a" + ")" * 39),
    "pattern (script)": _new_regexp("[A-Z]{2}[0-9]{6}"),
    "pattern (script, long)": _new_regexp("abcdefghij" * 90),
    "pattern (script, Unicode)": _new_regexp(r"\p{L}+\p{N}+", "u"),
    "pattern (script, folded)": _new_regexp(r"[a-z\p{L}]+", "iu"),
    "pattern (script, folded text)": _new_regexp("kelvin" * 100, "i"),
    "pattern (script, repeated)": _new_regexp("((a{20}){20}){20}"),
}
"""Families of reading and compiling a pattern."""

_GLOBAL = Made("new RegExp", ("[aeiou]", "g"))
_PAIR = Made("new RegExp", ("([a-z]+) ([a-z]+)",))
_PAIRS = Made("Object.entries", (WIDE,))
_JSON = json.dumps({"a": [1, 2.5, "text", None, True], "b": {"c": "another"}})
LIBRARY |= {
    "Number": call("Number", "12345.6789"),
    **{f"Number.{name}": call(f"Number.{name}", _A) for name in ("isInteger", "isSafeInteger", "isFinite")},
    "parseInt": call("parseInt", "12345 px"),
    "parseInt (radix)": call("parseInt", "zzzzzzzzzzzzzzzzzzzzzz", 36),
    "parseFloat": call("parseFloat", "12345.6789 px"),
    "Number.parseInt": call("Number.parseInt", "12345 px"),
    "Number.parseFloat": call("Number.parseFloat", "12345.6789 px"),
    "Boolean": call("Boolean", _A),
    "String": call("String", 12345),
    "String (decimal)": call("String", _A),
    "String.fromCodePoint": call("String.fromCodePoint", 97, 128512),
    "String.fromCharCode": call("String.fromCharCode", 97, 98),
    "Array.isArray": call("Array.isArray", NUMBERS),
    "Array.of": call("Array.of", 1, 2, 3),
    "Array.from": call("Array.from", NUMBERS),
    "Array.from (text)": call("Array.from", _SHORT),
    "new Array": call("new Array", 1, 2),
    **{f"Object.{name}": call(f"Object.{name}", WIDE) for name in ("keys", "values", "entries", "isFrozen")},
    "Object.keys (positions)": call("Object.keys", NUMBERS),
    "Object.assign": call("Object.assign", UNTYPED, WIDE),
    "Object.fromEntries": call("Object.fromEntries", _PAIRS),
    "Object.hasOwn": call("Object.hasOwn", WIDE, "field19"),
    "Object.is": call("Object.is", 1, 2),
    "Object.freeze": call("Object.freeze", Made("Array.of", (1,))),
    "is_object": call("is_object", WIDE),
    "structuredClone": call("structuredClone", WIDE),
    "structuredClone (records)": call("structuredClone", RECORDS),
    "JSON.stringify": call("JSON.stringify", WIDE),
    "JSON.stringify (records)": call("JSON.stringify", RECORDS, None, 2),
    "JSON.parse": call("JSON.parse", _JSON),
    "new Map": call("new Map", _PAIRS),
    "new Set": call("new Set", NUMBERS),
    "new RegExp": call("new RegExp", "[a-z]+", "g"),
}

_MATH = ("abs", "sign", "floor", "ceil", "round", "trunc", "sqrt", "cbrt", "exp", "expm1", "log", "log10", "log2")
_ANGLES = ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh")
_SINE = Decimal("0.1234567890123456789012345678901234")
LIBRARY |= {
    **{f"Math.{name}": call(f"Math.{name}", _A) for name in (*_MATH, "log1p")},
    **{f"Math.{name}": call(f"Math.{name}", _A if name == "acosh" else _SINE) for name in _ANGLES},
    "Math.sin (large)": call("Math.sin", Decimal("9e33")),
    "Math.atan (large)": call("Math.atan", Decimal("9e6000")),
    "Math.sinh (large)": call("Math.sinh", Decimal("12345.6789")),
    "Math.acosh (large)": call("Math.acosh", Decimal("9e6000")),
    "Math.acos (near one)": call("Math.acos", Decimal("0.9999999999999999999999999999999999")),
    "Math.tan (near a pole)": call("Math.tan", Decimal("1.570796326794896619231321691639751")),
    "Math.log1p (far apart)": call("Math.log1p", Decimal("1e-35")),
    "Math.cbrt (large)": call("Math.cbrt", Decimal("9.9e6000")),
    "Math.max": call("Math.max", _A, _B, 3),
    "Math.min": call("Math.min", 5, 6),
    "Math.pow": call("Math.pow", 3, 20),
    "Math.atan2": call("Math.atan2", _A, _B),
    "Math.atan2 (far apart)": call("Math.atan2", Decimal("9e3000"), Decimal("-9e-3000")),
    "Math.hypot": call("Math.hypot", _A, _B),
    **{name: call(name, 12345, 7) for name in ("bit_and", "bit_or", "bit_xor", "shift_left", "shift_right")},
    "bit_and (decimal)": call("bit_and", Decimal("1e30"), _A),
    "bit_not": call("bit_not", 5),
    "shift_right_unsigned": call("shift_right_unsigned", -5, 1),
    "delete_key": call("delete_key", UNTYPED, "none"),
    "has_key": call("has_key", WIDE, "field19"),
}

WITH_FUNCTIONS = frozenset(
    (
        "Object.groupBy",
        "map.forEach",
        *("function.call", "function.apply", "function.bind"),
        "set.forEach",
        *(f"list.{name}" for name in ("forEach", "map", "filter", "find", "findIndex", "findLast", "findLastIndex")),
        *(f"list.{name}" for name in ("some", "every", "flatMap", "reduce", "reduceRight")),
    )
)
"""What calls a function for each item: the calls are paid for as any, the rest as the like that calls none."""

OF_HOST = frozenset(
    (
        *("transfer", "call", "emit", "load_rules", "rules_eval"),
        *("start_process", "load_process", "correlate", "signal", "bpmn_error"),
        *("people refuse", "people form", "people note", "people set note"),
    )
)
"""Functions whose cost is mostly their host's: `tests.benchmarks.application` measures them."""

_TEXT_METHODS: dict[str, tuple[Any, ...]] = {
    "startsWith": ("a text",),
    "endsWith": ("more",),
    "includes": ("forty",),
    "contains": ("forty",),
    "indexOf": ("forty",),
    "lastIndexOf": ("forty",),
    "charAt": (3,),
    "slice": (2, 9),
    "substring": (2, 9),
    "split": (" ",),
    "replace": ("e", "x"),
    "replaceAll": ("e", "x"),
    "replaceFirst": ("e", "x"),
    "repeat": (5,),
    "padStart": (60,),
    "padEnd": (60,),
    "concat": (_OTHER,),
    "equals": (_OTHER,),
    "equalsIgnoreCase": (_SHORT.upper(),),
    "compareTo": (_OTHER,),
    "matches": ("[a-z ,]*",),
    "at": (-3,),
    "codePointAt": (3,),
    "charCodeAt": (3,),
    "substr": (2, 9),
    "match": (_GLOBAL,),
    "matchAll": (_GLOBAL,),
    "search": (_PAIR,),
}
_NUMBER_METHODS: dict[str, tuple[Any, ...]] = {
    "toFixed": (2,),
    **dict.fromkeys(("equals", "compareTo", "add", "subtract", "multiply", "divide", "min", "max"), (_B,)),
    "remainder": (_TENTH,),
    "pow": (2,),
    "setScale": (2, "HALF_UP"),
    "toPrecision": (5,),
    "toExponential": (5,),
}
_LIST_METHODS: dict[str, tuple[Any, ...]] = {
    "slice": (10, 90),
    "concat": (NUMBERS,),
    "includes": (-1,),
    "indexOf": (-1,),
    "contains": (-1,),
    "get": (5,),
    "set": (5, 1),
    "containsAll": (LIST,),
    "subList": (10, 90),
    "equals": (LIST,),
    "at": (-5,),
    "toSpliced": (5, 2, 1),
    "lastIndexOf": (-1,),
    "with": (5, 1),
    "fill": (1, 10, 20),
    "copyWithin": (10, 20, 30),
    "flat": (),
    "sort": (False,),
    "toSorted": (),
}
_LIST_PAIRS: dict[str, Build] = {
    "push": both(method("push", LIST, 1), method("pop", LIST)),
    "pop": both(method("push", LIST, 1), method("pop", LIST)),
    "shift": both(method("unshift", NUMBERS, 1), method("shift", NUMBERS)),
    "unshift": both(method("unshift", NUMBERS, 1), method("shift", NUMBERS)),
    "add": both(method("add", NUMBERS, 0, 1), method("remove", NUMBERS, 0)),
    "addAll": both(raw("new_list 0 store 13"), method("addAll", SCRATCH, NUMBERS)),
    "remove": both(method("add", NUMBERS, 1), method("remove", NUMBERS, 100)),
    "clear": both(method("add", LIST, 1), method("clear", LIST)),
    "splice": both(method("splice", NUMBERS, 5, 1), method("splice", NUMBERS, 5, 0, 1)),
}
_MAP, _SET = Made("new Map", (_PAIRS,)), Made("new Set", (NUMBERS,))
_TABLE_METHODS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("get", "has", "delete", "add"), ("field19",)),
    "set": ("field19", 1),
}
_RECORD_METHODS: dict[str, tuple[Any, ...]] = {
    "get": ("field19",),
    "getOrDefault": ("none", 1),
    "put": ("field19", 1),
    "putIfAbsent": ("field19", 1),
    "putAll": (UNTYPED,),
    "containsKey": ("field19",),
    "containsValue": (-1,),
    "equals": (WIDE,),
}


def _temporal_args(name: str, value: Any) -> tuple[Any, ...]:
    if name.startswith(("plus", "minus")):
        return (3,)
    return (value,) if name in ("equals", "compareTo", "before", "after") or name.startswith("is") else ()


def _methods() -> dict[str, Build]:
    values = {
        "number": (_A, _NUMBER_METHODS),
        "text": (_SHORT, _TEXT_METHODS),
        "list": (NUMBERS, _LIST_METHODS),
        "record": (WIDE, _RECORD_METHODS),
        "boolean": (True, {"equals": (True,), "compareTo": (True,)}),
        "map": (_MAP, _TABLE_METHODS),
        "set": (_SET, _TABLE_METHODS),
        "regexp": (_PAIR, {"test": (_SHORT,), "exec": (_SHORT,)}),
    }
    temporal = {"date": _DATE, "time": _TIME, "datetime": _MOMENT, "duration": _SPAN, "period": _MONTHS}
    made: dict[str, Build] = {}
    for kind, name, least, *_ in kernel.METHODS:
        if f"{kind}.{name}" in WITH_FUNCTIONS:
            continue
        if kind == "list" and name in _LIST_PAIRS:
            made[f"list.{name}"] = _LIST_PAIRS[name]
        elif kind == "record" and name == "remove":
            made["record.remove"] = both(method("put", WIDE, "new", 1), method("remove", WIDE, "new"))
        elif kind in temporal:
            made[f"{kind}.{name}"] = method(name, temporal[kind], *_temporal_args(name, temporal[kind]))
        elif kind in values:
            value, arguments = values[kind]
            args = arguments.get(name, ())
            if len(args) < least - 1:
                raise AssertionError(f"no arguments for {kind}.{name}")
            made[f"{kind}.{name}"] = method(name, value, *args)
    return made


METHODS = _methods()
"""Family to a call of each method of each kind of value but sessions."""


# --- matching


@dataclass(frozen=True, slots=True)
class Matching:
    """Rules and the facts that are inserted before they fire."""

    rules: str
    facts: list[dict[str, Any]] = field(default_factory=list)


def _facts(type_: str, count: int, **fields: Callable[[int], Any]) -> list[dict[str, Any]]:
    return [{"$type": type_, **{name: made(n) for name, made in fields.items()}} for n in range(count)]


_TYPES = "declare A x : int  y : int end declare B x : int  y : int end declare C x : int end "
_AB = [
    *_facts("A", 60, x=lambda n: n % 3, y=lambda n: n),
    *_facts("B", 600, x=lambda n: n % 3, y=lambda n: n - 10_000),
]

MATCHING: dict[str, Matching] = {
    "facts no rule looks at": Matching(
        _TYPES + "rule r when C( x == 1 ) then end", _facts("A", 4000, x=int, y=lambda n: 1)
    ),
    "activation: a constant": Matching(
        _TYPES + "rule r when A( x == 5 ) then end", _facts("A", 4000, x=lambda n: 1, y=lambda n: 1)
    ),
    "activation: 100 constants": Matching(
        _TYPES + " ".join(f"rule r{n} when A( x == {n} ) then end" for n in range(100)),
        _facts("A", 4000, x=lambda n: -1, y=lambda n: 1),
    ),
    "activation: 100 ranges": Matching(
        _TYPES + " ".join(f"rule r{n} when A( x > {n + 10} ) then end" for n in range(100)),
        _facts("A", 2000, x=lambda n: 1, y=lambda n: 1),
    ),
    "activation: 20 computed tests": Matching(
        _TYPES + " ".join(f"rule r{n} when A( x * {n + 2} == y + {n} ) then end" for n in range(20)),
        _facts("A", 2000, x=lambda n: 1, y=lambda n: -5),
    ),
    "candidate: equal key, test fails": Matching(
        _TYPES + "rule r when A( $x : x, $y : y ) B( x == $x, y * 2 > $y ) then end", _AB
    ),
    "candidate: range": Matching(_TYPES + "rule r when A( $y : y ) B( y > $y ) then end", _AB),
    "candidate: computed": Matching(_TYPES + "rule r when A( $y : y ) B( y - 1 > $y ) then end", _AB),
    "tuple: equal key": Matching(_TYPES + "rule r when A( $x : x ) B( x == $x ) C( x == $x ) then end", _AB),
    "tuple: all pairs": Matching(_TYPES + "rule r when A() B() C() then end", _AB),
    "match: all pairs, none fires": Matching(
        _TYPES + "rule stop salience 1 when A( x == 1 ) then drools.halt() end rule r when A() B() then end", _AB
    ),
    "firing": Matching(_TYPES + "rule r when A() then end", _facts("A", 3000, x=int, y=int)),
    "firing: pairs": Matching(_TYPES + "rule r when A() B() then end", _AB[:20] + _AB[-200:]),
    "not": Matching(
        _TYPES + "rule r when A( $x : x ) not B( x == $x ) then end", _facts("A", 2000, x=int, y=int) + _AB
    ),
    "exists": Matching(
        _TYPES + "rule r when A( $x : x ) exists B( x == $x ) then end",
        _AB + _facts("A", 2000, x=lambda n: n % 4, y=int),
    ),
    "accumulate": Matching(
        _TYPES + "rule r when C( $x : x ) accumulate( B( x == $x, $y : y ); $s : sum($y) ) then end",
        _AB + _facts("C", 100, x=lambda n: n % 3),
    ),
    "modify": Matching(
        _TYPES + "rule r when $a : A( x < 3000 ) then modify($a) { x = $a.x + 1 } end",
        _facts("A", 1, x=int, y=int),
    ),
    "update": Matching(
        _TYPES + "rule r when $a : A( x < 3000 ) then $a.x = $a.x + 1; update($a) end",
        _facts("A", 1, x=int, y=int),
    ),
    "insert": Matching(
        _TYPES + "rule r when A( $x : x < 3000 ) then A a = new A(); a.x = $x + 1; insert(a) end",
        _facts("A", 1, x=int, y=int),
    ),
    "delete": Matching(_TYPES + "rule r when $a : A() then delete($a) end", _facts("A", 3000, x=int, y=int)),
    "insertLogical": Matching(
        _TYPES + "rule r when A( $x : x ) then C c = new C(); c.x = $x; insertLogical(c) end",
        _facts("A", 2000, x=int, y=int),
    ),
    "globals": Matching(
        _TYPES + "global int n\nrule r when A( $x : x ) then n = $x end", _facts("A", 3000, x=int, y=int)
    ),
    "focus": Matching(
        _TYPES
        + 'rule r when A( $x : x ) then drools.setFocus("g") end rule g agenda-group "g" when A( x == -1 ) then end',
        _facts("A", 2000, x=int, y=int),
    ),
}
"""Family to rules whose run is mostly this event."""
