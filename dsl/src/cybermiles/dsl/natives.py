"""The library and host functions that rules and scripts may call.

Names, numbers of arguments, permissions and effects are the kernel's own table; the types stand here.
"""

from __future__ import annotations

from dataclasses import dataclass

from cybermiles import platform as kernel
from cybermiles.dsl import ir


@dataclass(frozen=True, slots=True)
class NativeDef:
    """A function of the kernel: what it takes and gives, and what it needs."""

    name: str
    least: int
    most: int
    args: tuple[ir.Type, ...]
    """Types of the first arguments; any for the others."""
    returns: ir.Type
    permission: str | None
    effect: bool
    """It changes something or depends on more than its arguments: not for conditions."""
    script_only: bool
    doc: str


_N, _T, _A, _B, _I, _D = ir.NUMBER, ir.TEXT, ir.ANY, ir.BOOL, ir.INT, ir.DATE
_L = ir.ListOf(_A)

_TYPES: dict[str, tuple[tuple[ir.Type, ...], ir.Type]] = {
    **dict.fromkeys(("abs", "sign", "floor", "ceil", "trunc", "sqrt", "ln", "exp"), ((_N,), _N)),
    **dict.fromkeys(("min", "max", "number"), ((), _N)),
    "round": ((_N, _N, _T), _N),
    "pow": ((_N, _N), _N),
    "is_integer": ((), _B),
    "is_kind": ((_A, _T), _B),
    "text": ((), _T),
    **dict.fromkeys(("upper", "lower", "trim"), ((_T,), _T)),
    **dict.fromkeys(("starts_with", "ends_with"), ((_T, _T), _B)),
    "contains": ((), _B),
    "date": ((), ir.DATE),
    "time": ((), ir.TIME),
    "datetime": ((), ir.DATETIME),
    "duration": ((_T,), ir.DURATION),
    "period": ((_T,), ir.PERIOD),
    **dict.fromkeys(("year", "month", "day", "weekday", "day_of_year", "hour", "minute", "second"), ((), ir.INT)),
    "days_between": ((), ir.INT),
    **dict.fromkeys(("div", "floor_div"), ((_N, _N), _I)),
    **dict.fromkeys(("mod", "floor_mod", "percent", "add_percent", "percent_of"), ((_N, _N), _N)),
    "minor_units": ((_T,), _I),
    "round_currency": ((_N, _T, _T), _N),
    "days_in_month": ((), _I),
    **dict.fromkeys(("is_leap_year", "is_end_of_month", "is_business_day"), ((), _B)),
    **dict.fromkeys(("start_of_month", "end_of_month"), ((), _D)),
    **dict.fromkeys(("next_business_day", "previous_business_day"), ((), _D)),
    "add_days": ((_A, _N), _D),
    "add_months": ((_A, _N, _T), _D),
    "adjust_date": ((_A, _T), _D),
    "add_business_days": ((_A, _N), _D),
    "business_days_between": ((), _I),
    "day_count": ((_A, _A, _T), _I),
    "year_fraction": ((_A, _A, _T), _N),
    "matches": ((_T, _T), _B),
    "find": ((_T, _T), ir.Optional(_T)),
    **dict.fromkeys(("find_all", "split_at"), ((_T, _T), ir.ListOf(_T))),
    "replace_all": ((_T, _T, _T), _T),
    "sum": ((), _N),
    "avg": ((), ir.Optional(_N)),
    **dict.fromkeys(("earliest", "latest"), ((), _A)),
    "sort": ((_L, _B), _L),
    "sort_by": ((_L, _T, _B), _L),
    **dict.fromkeys(("distinct", "reversed"), ((_L,), _L)),
    "period_between": ((), ir.PERIOD),
    "total_seconds": ((ir.DURATION,), _N),
    "keys": ((), ir.ListOf(_T)),
    "values": ((), ir.ListOf(_A)),
    "range": ((_N, _N), ir.ListOf(ir.INT)),
    "print": ((), ir.NULL),
    "caller": ((), _T),
    "this": ((), _T),
    "value": ((), _N),
    "now": ((), ir.DATETIME),
    "height": ((), ir.INT),
    "balance": ((_T,), _N),
    "transfer": ((_T, _N), ir.NULL),
    "emit": ((_T,), ir.NULL),
    "load_rules": ((_T,), ir.SESSION),
}
_FOR_RULES = frozenset(("print", "now"))
_INTERNAL = frozenset(("rules_eval",))


def _table() -> dict[str, NativeDef]:
    made = {}
    for family, name, least, most, permission, effect, _, doc in kernel.NATIVES:
        if name not in _INTERNAL:
            args, returns = _TYPES.get(name, ((), _A))
            script_only = family in ("host", "rules") and name not in _FOR_RULES
            made[name] = NativeDef(name, least, most, args, returns, permission, effect, script_only, doc)
    return made


NATIVES = _table()
"""All library and host functions by name."""

_SESSION_RETURNS: dict[str, ir.Type] = {
    "send": ir.INT,
    "insert": ir.INT,
    "fire": ir.INT,
    "facts": ir.ListOf(ir.RECORD),
    "fired": ir.ListOf(ir.TEXT),
}

SESSION_METHODS: dict[str, tuple[int, int, ir.Type]] = {
    name: (least - 1, most - 1, _SESSION_RETURNS.get(name, _A))
    for family, name, least, most, *_ in kernel.METHODS
    if family == "session"
}
"""Methods of a rule session: fewest and most arguments, and what they give."""
