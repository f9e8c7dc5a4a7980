"""A file of rules to its syntax tree, in whichever notation it is written: the one place that tells them apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from cybermiles.dsl.archive.yaml_source import Document, load
from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.parser import parse_rules
from cybermiles.dsl.syntax.tables.csv_table import csv_text, parse_csv_table
from cybermiles.dsl.syntax.tables.xlsx_table import holds_table, parse_xlsx_table, xlsx_text
from cybermiles.dsl.syntax.tables.yaml_table import parse_yaml_table
from cybermiles.dsl.syntax.yaml_rules import ITEM_KEYS, parse_yaml_rules

DRL_SUFFIXES = (".drl", ".rl")
YAML_SUFFIXES = (".yaml", ".yml")
TABLE_SUFFIXES = (".csv", ".xlsx")
RULE_SUFFIXES = (*DRL_SUFFIXES, *YAML_SUFFIXES, *TABLE_SUFFIXES)
"""How the names of rule files end."""

_YAML: dict[str, Callable[[Document, Diagnostics], t.RuleFile]] = {
    **dict.fromkeys(ITEM_KEYS, parse_yaml_rules),
    "table": parse_yaml_table,
}
"""By a top-level key that only files of the kind have."""


def parse_rule_file(file: str, text: str, diagnostics: Diagnostics) -> t.RuleFile:
    """The items of a rule file; an item with errors is reported and left out."""
    suffix = PurePath(file).suffix
    if suffix == ".csv":
        return parse_csv_table(file, text, diagnostics)
    if suffix == ".xlsx":
        return parse_xlsx_table(file, text, diagnostics)
    if suffix not in YAML_SUFFIXES:
        return parse_rules(file, text, diagnostics)
    try:
        document = load(text.encode("utf-8", "replace"), file, diagnostics)
    except CompileError:
        return t.RuleFile([])
    return _reader(document)(document, diagnostics)


def source_text(file: str, data: bytes) -> str:
    """The text of a rule file: what the compiler reads; of a workbook, its sheets as JSON. Raises CompileError."""
    suffix = PurePath(file).suffix
    if suffix == ".csv":
        return csv_text(data, file)
    if suffix == ".xlsx":
        return xlsx_text(data, file)
    return data.decode("utf-8").removeprefix("\ufeff")


def is_table_file(file: str, data: bytes) -> bool:
    """Whether a CSV file or a workbook is meant to hold a decision table; one that cannot be read is."""
    try:
        text = source_text(file, data)
    except CompileError:
        return True
    if PurePath(file).suffix == ".csv":
        return text.lstrip('"').lower().startswith("table")
    return holds_table(text)


def is_rules_yaml(file: str, text: str) -> bool:
    """Whether a YAML file is meant to hold rules, rather than a manifest, scenarios or anything else."""
    try:
        document = load(text.encode("utf-8", "replace"), file, Diagnostics())
    except CompileError:
        return False
    return isinstance(document.data, dict) and any(key in _YAML for key in document.data)


def _reader(document: Document) -> Callable[[Document, Diagnostics], t.RuleFile]:
    keys = document.data if isinstance(document.data, dict) else ()
    if "table" in keys:
        return parse_yaml_table
    return next((_YAML[key] for key in keys if key in _YAML), parse_yaml_rules)
