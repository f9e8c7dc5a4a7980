"""A file of rules to its syntax tree, in whichever notation it is written: the one place that tells them apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from cybermiles.dsl.archive.yaml_source import Document, load
from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.parser import parse_rules
from cybermiles.dsl.syntax.yaml_rules import ITEM_KEYS, parse_yaml_rules

DRL_SUFFIXES = (".drl", ".rl")
YAML_SUFFIXES = (".yaml", ".yml")
RULE_SUFFIXES = (*DRL_SUFFIXES, *YAML_SUFFIXES)
"""How the names of rule files end."""

_YAML: dict[str, Callable[[Document, Diagnostics], t.RuleFile]] = dict.fromkeys(ITEM_KEYS, parse_yaml_rules)
"""By a top-level key that only files of the kind have."""


def parse_rule_file(file: str, text: str, diagnostics: Diagnostics) -> t.RuleFile:
    """The items of a rule file; an item with errors is reported and left out."""
    if PurePath(file).suffix not in YAML_SUFFIXES:
        return parse_rules(file, text, diagnostics)
    try:
        document = load(text.encode("utf-8", "replace"), file, diagnostics)
    except CompileError:
        return t.RuleFile([])
    return _reader(document)(document, diagnostics)


def is_rules_yaml(file: str, text: str) -> bool:
    """Whether a YAML file is meant to hold rules, rather than a manifest, scenarios or anything else."""
    try:
        document = load(text.encode("utf-8", "replace"), file, Diagnostics())
    except CompileError:
        return False
    return isinstance(document.data, dict) and any(key in _YAML for key in document.data)


def _reader(document: Document) -> Callable[[Document, Diagnostics], t.RuleFile]:
    keys = document.data if isinstance(document.data, dict) else ()
    return next((_YAML[key] for key in keys if key in _YAML), parse_yaml_rules)
