"""Pass 2, attributes: what a rule says of itself besides conditions and consequence (Drools' rule attributes)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import Diagnostics, suggest
from cybermiles.dsl.syntax import tree as t

_MAX_SALIENCE = 2**31 - 1
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DROOLS_DATE = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?")
_FLAGS = ("no-loop", "lock-on-active", "auto-focus")
_TEXTS = ("agenda-group", "ruleflow-group", "activation-group")
_DATES = ("date-effective", "date-expires")
_DIALECTS = ("mvel", "java")
STRATEGIES = ("drools", "depth")
NAMES = ("salience", *_FLAGS, *_TEXTS, *_DATES, "enabled", "dialect")
"""All attributes of a rule."""


@dataclass(slots=True)
class Attributes:
    """What the attributes of a rule say; expressions are not resolved yet."""

    salience: t.Expr | None = None
    no_loop: bool = False
    lock_on_active: bool = False
    auto_focus: bool = False
    agenda_group: str = "MAIN"
    activation_group: str = ""
    enabled: t.Expr | bool = True
    effective: ir.Temporal | None = None
    expires: ir.Temporal | None = None


def strategy_of(files: Iterable[t.RuleFile], diagnostics: Diagnostics) -> str:
    """The conflict resolution that the files ask for: ``strategy "depth"``, or Drools' own."""
    chosen = "drools"
    for item in (item for file in files for item in file.items):
        if isinstance(item, t.AttributeItem) and item.attribute.name == "strategy":
            value = _text(item.attribute)
            if value not in STRATEGIES:
                _bad(diagnostics, item.attribute, '`strategy` takes `"drools"` or `"depth"`')
            else:
                chosen = value
    return chosen


def defaults_of(file: t.RuleFile) -> list[t.Attribute]:
    """The attributes that stand outside the file's rules: they hold for each rule that does not say otherwise."""
    found = [item.attribute for item in file.items if isinstance(item, t.AttributeItem)]
    return [attribute for attribute in found if attribute.name != "strategy"]


def attributes_of(own: Sequence[t.Attribute], defaults: Sequence[t.Attribute], diagnostics: Diagnostics) -> Attributes:
    """A rule's attributes; problems are reported on the way."""
    seen: dict[str, t.Attribute] = {}
    for attribute in own:
        if attribute.name in seen:
            message = f"the attribute `{attribute.name}` is given twice"
            diagnostics.add("duplicate-name", message, attribute.span)
        seen[attribute.name] = attribute
    made = Attributes()
    for attribute in [*(d for d in defaults if d.name not in seen), *seen.values()]:
        _apply(made, attribute, diagnostics)
    return made


def _apply(made: Attributes, attribute: t.Attribute, diagnostics: Diagnostics) -> None:
    name = attribute.name
    if name in _FLAGS:
        setattr(made, name.replace("-", "_"), _flag(attribute, diagnostics))
    elif name in _TEXTS:
        value = _text(attribute)
        if not value:
            _bad(diagnostics, attribute, f"`{name}` takes a text: the group's name")
        elif name == "activation-group":
            made.activation_group = value
        else:
            made.agenda_group = value
    elif name in _DATES:
        moment = _moment(attribute)
        if moment is None:
            _bad(diagnostics, attribute, f'`{name}` takes a date: `"2026-03-31"`, `"31-Mar-2026"` or with a time')
        elif name == "date-effective":
            made.effective = moment
        else:
            made.expires = moment
    elif name == "salience":
        made.salience = _salience(attribute, diagnostics)
    elif name == "enabled":
        literal = isinstance(attribute.value, t.Literal)
        made.enabled = attribute.value if attribute.value and not literal else _flag(attribute, diagnostics)
    elif name == "dialect":
        if _text(attribute) not in _DIALECTS:
            _bad(diagnostics, attribute, '`dialect` takes `"mvel"` or `"java"`')
    else:
        hint = suggest(name, NAMES)
        diagnostics.add("unsupported", f"the attribute `{name}` is not supported", attribute.span, hint)


def _bad(diagnostics: Diagnostics, attribute: t.Attribute, message: str) -> None:
    diagnostics.add("bad-attribute", message, attribute.span)


def _flag(attribute: t.Attribute, diagnostics: Diagnostics) -> bool:
    match attribute.value:
        case None:
            return True
        case t.Literal(value=bool() as value):
            return value
    _bad(diagnostics, attribute, f"`{attribute.name}` takes `true` or `false`")
    return True


def _text(attribute: t.Attribute) -> str:
    match attribute.value:
        case t.Literal(value=str() as value):
            return value
    return ""


def _salience(attribute: t.Attribute, diagnostics: Diagnostics) -> t.Expr | None:
    match attribute.value:
        case t.Literal(value=bool() | str() | None) | None:
            _bad(diagnostics, attribute, "`salience` takes a whole number")
            return None
        case t.Literal(value=number) if not isinstance(number, int) or abs(number) > _MAX_SALIENCE:
            _bad(diagnostics, attribute, "`salience` takes a whole number of 32 bits")
            return None
    return attribute.value


def _moment(attribute: t.Attribute) -> ir.Temporal | None:
    """A date is the first moment of its day, in UTC."""
    text = _text(attribute)
    if found := _DROOLS_DATE.fullmatch(text):
        day, month, year, hour, minute, second = found.groups()
        if month.lower() not in _MONTHS:
            return None
        number = _MONTHS.index(month.lower()) + 1
        text = f"{year}-{number:02}-{int(day):02}T{hour or '00'}:{minute or '00'}:{second or '00'}Z"
    try:
        if len(text) == len("2026-03-31"):
            return ir.Temporal("datetime", f"{date.fromisoformat(text).isoformat()}T00:00:00Z")
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return ir.Temporal("datetime", text if moment.tzinfo else text + "Z")
