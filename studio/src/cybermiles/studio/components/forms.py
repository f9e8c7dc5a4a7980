"""Forms from types: a JSON Schema's parameters, an endpoint's arguments, rows of facts.

Numbers stay exact: they are texts until they are decimals, never floats.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd
import streamlit as st

from cybermiles.dsl import ir
from cybermiles.studio.texts import t

Number = int | Decimal
_NUMBER = re.compile(r"[+-]?\d{1,34}(\.\d{1,34})?")


class FieldError(ValueError):
    """What was typed does not fit; the message is for the person who typed it."""


def number(text: str) -> Number:
    """An exact number in plain decimal notation."""
    cleaned = text.strip().replace(" ", "").replace("_", "")
    if not _NUMBER.fullmatch(cleaned):
        raise FieldError(t("form.not_a_number"))
    try:
        value = Decimal(cleaned)
    except InvalidOperation as cause:  # pragma: no cover - the pattern leaves nothing that Decimal refuses
        raise FieldError(t("form.not_a_number")) from cause
    return int(value) if value == value.to_integral_value() else value


def show(value: Any) -> str:
    """A value as its author would write it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case dict():
            return "{" + ", ".join(f"{key}: {show(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(show(item) for item in value) + "]"
        case _:
            return str(value)


def exact_json(text: str) -> Any:
    """JSON whose numbers stay exact."""
    try:
        return json.loads(text, parse_float=lambda digits: number(f"{Decimal(digits):f}"), parse_constant=_refuse)
    except ValueError as cause:
        raise FieldError(t("form.not_json")) from cause


def _refuse(_name: str) -> Any:
    raise FieldError(t("form.not_json"))


def parse(kind: ir.Type, text: str) -> Any:
    """What was typed, as a value of the type."""
    match kind:
        case ir.Optional(item):
            return None if not text.strip() else parse(item, text)
        case ir.Enum(values):
            if text not in values:
                raise FieldError(t("form.choose"))
            return text
        case ir.Scalar("number"):
            return number(text)
        case ir.Scalar("int"):
            value = number(text)
            if not isinstance(value, int):
                raise FieldError(t("form.not_whole"))
            return value
        case ir.Scalar("bool"):
            if text.strip().lower() not in ("true", "false"):
                raise FieldError(t("form.choose"))
            return text.strip().lower() == "true"
        case ir.Scalar("text"):
            return text
        case ir.Scalar("date"):
            try:
                datetime.date.fromisoformat(text.strip())
            except ValueError as cause:
                raise FieldError(t("form.not_a_date")) from cause
            return text.strip()
        case ir.Scalar("time" | "datetime" | "duration" | "period" | "bytes"):
            if not text.strip():
                raise FieldError(t("form.required"))
            return text.strip()
        case _:
            return exact_json(text)


@dataclass
class Filled:
    """A form's values; `complete` is false while something does not fit."""

    values: dict[str, Any] = field(default_factory=dict)
    complete: bool = True


def parameters(schema: Mapping[str, Any], key: str) -> Filled:
    """Inputs for the parameters of a contract, from the closed subset of JSON Schema that archives use."""
    filled = Filled()
    properties: Mapping[str, Any] = schema.get("properties") or {}
    required = set(schema.get("required") or ())
    for row in _rows(list(properties.items())):
        for column, (name, rules) in zip(st.columns(2), row, strict=False):
            with column:
                _parameter(name, rules, name in required or "default" in rules, filled, f"{key}-{name}")
    return filled


def _parameter(name: str, rules: Mapping[str, Any], required: bool, filled: Filled, key: str) -> None:
    label, default = str(rules.get("title") or name), rules.get("default")
    key = f"{key}-{show(default)}"  # another default is another field, so that it is seen
    hint = " ".join(part for part in (str(rules.get("description") or ""), _bounds(rules)) if part)
    kind = rules.get("type")
    if "enum" in rules:
        options = list(rules["enum"])
        index = options.index(default) if default in options else 0
        filled.values[name] = st.selectbox(
            label, options, index=index, key=key, help=str(rules.get("description") or "") or None
        )
        return
    if kind == "boolean":
        filled.values[name] = st.toggle(label, value=bool(default), key=key)
        st.caption(hint)
        return
    text = st.text_input(label, value="" if default is None else show(default), key=key)
    note = st.empty()
    try:
        if not text.strip() and not required:
            note.caption(hint)
            return
        filled.values[name] = check_parameter(rules, text)
        note.caption(hint)
    except FieldError as problem:
        filled.complete = False
        note.markdown(f":red[:material/error: {problem}]")


def check_parameter(rules: Mapping[str, Any], text: str) -> Any:
    """The value of one parameter; FieldError says which rule it breaks."""
    match rules.get("type"):
        case "number" | "integer" as kind:
            value = number(text)
            if kind == "integer" and not isinstance(value, int):
                raise FieldError(t("form.not_whole"))
            if "minimum" in rules and value < Decimal(str(rules["minimum"])):
                raise FieldError(t("form.too_small", minimum=show(rules["minimum"])))
            if "maximum" in rules and value > Decimal(str(rules["maximum"])):
                raise FieldError(t("form.too_large", maximum=show(rules["maximum"])))
            return value
        case "string":
            if not text and rules.get("minLength", 0):
                raise FieldError(t("form.required"))
            return text
        case _:
            return exact_json(text)


def _bounds(rules: Mapping[str, Any]) -> str:
    if "minimum" not in rules or "maximum" not in rules:
        return ""
    minimum, maximum = show(rules["minimum"]), show(rules["maximum"])
    said = set(re.findall(r"[\d.]*\d", str(rules.get("description") or "")))
    return "" if {minimum, maximum} <= said else t("form.between", minimum=minimum, maximum=maximum)


def _rows(items: list[Any], width: int = 2) -> list[list[Any]]:
    return [items[at : at + width] for at in range(0, len(items), width)]


def arguments(
    fields: Sequence[ir.Field], types: Sequence[ir.TypeDef], key: str, given: Mapping[str, Any] | None = None
) -> Filled:
    """Inputs for the arguments of an endpoint."""
    filled = Filled()
    given = given or {}
    plain = [entry for entry in fields if not _is_facts(entry)]
    for row in _rows(plain):
        for column, entry in zip(st.columns(2), row, strict=False):
            with column:
                _argument(entry, given.get(entry.name), filled, f"{key}-{entry.name}")
    for entry in fields:
        if _is_facts(entry):
            filled.values[entry.name] = facts(types, f"{key}-{entry.name}", given.get(entry.name) or [], filled)
    return filled


def _is_facts(entry: ir.Field) -> bool:
    return isinstance(entry.type, ir.ListOf) and isinstance(entry.type.item, ir.Scalar | ir.Ref)


def _argument(entry: ir.Field, given: Any, filled: Filled, key: str) -> None:
    kind, label, key = entry.type, entry.name, f"{key}-{show(given)}"
    match kind:
        case ir.Enum(values):
            filled.values[entry.name] = st.selectbox(
                label, values, index=values.index(given) if given in values else 0, key=key
            )
            return
        case ir.Scalar("bool"):
            filled.values[entry.name] = st.toggle(label, value=bool(given), key=key)
            return
        case (
            ir.Scalar("number" | "int" | "text" | "date" | "time" | "datetime" | "duration" | "period" | "bytes")
            | ir.Optional()
        ):
            text = st.text_input(
                label, value="" if given is None else show(given), key=key, placeholder=ir.show_type(kind)
            )
        case _:
            text = st.text_area(
                label, value="" if given is None else json.dumps(given, default=str), key=key, help=t("form.as_json")
            )
    if not text.strip() and not isinstance(kind, ir.Optional) and kind != ir.TEXT:
        filled.complete = False
        return
    try:
        filled.values[entry.name] = parse(kind, text)
    except FieldError as problem:
        filled.complete = False
        st.markdown(f":red[:material/error: {problem}]")


def facts(
    types: Sequence[ir.TypeDef], key: str, given: Sequence[Mapping[str, Any]], filled: Filled
) -> list[dict[str, Any]]:
    """Rows of facts, one table a fact type."""
    rows: list[dict[str, Any]] = []
    for declared in types:
        st.markdown(f"<div class='cm-label'>{t('form.facts_of', type=declared.name)}</div>", unsafe_allow_html=True)
        start = [
            {
                entry.name: show(fact[entry.name]) if fact.get(entry.name) is not None else ""
                for entry in declared.fields
            }
            for fact in given
            if fact.get("$type") == declared.name
        ]
        frame = pd.DataFrame(start, columns=[entry.name for entry in declared.fields], dtype=str)
        edited = st.data_editor(
            frame,
            key=f"{key}-{declared.name}",
            num_rows="dynamic",
            hide_index=True,
            width="stretch",
            column_config={entry.name: _column(entry) for entry in declared.fields},
        )
        for record in edited.to_dict("records"):
            fact = _fact(declared, {str(name): value for name, value in record.items()}, filled)
            if fact:
                rows.append(fact)
    return rows


def _column(entry: ir.Field) -> Any:
    kind = entry.type.item if isinstance(entry.type, ir.Optional) else entry.type
    if isinstance(kind, ir.Enum):
        return st.column_config.SelectboxColumn(entry.name, options=list(kind.values))
    if kind == ir.BOOL:
        return st.column_config.SelectboxColumn(entry.name, options=["true", "false"])
    return st.column_config.TextColumn(entry.name, help=ir.show_type(entry.type))


def _fact(declared: ir.TypeDef, record: Mapping[str, Any], filled: Filled) -> dict[str, Any]:
    fact: dict[str, Any] = {"$type": declared.name}
    for entry in declared.fields:
        text = record.get(entry.name)
        if not isinstance(text, str) or not text.strip():
            continue
        try:
            fact[entry.name] = parse(entry.type, text)
        except FieldError as problem:
            filled.complete = False
            st.markdown(f":red[:material/error: {entry.name}: {problem}]")
    return fact if len(fact) > 1 else {}
