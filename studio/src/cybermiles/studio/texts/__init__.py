"""Every word that a person reads, from one catalogue a language."""

from __future__ import annotations

import functools
import importlib.resources
from typing import Any

import yaml


@functools.cache
def catalogue(language: str = "en") -> dict[str, str]:
    """Dotted key to text."""
    source = (importlib.resources.files(__name__) / f"{language}.yaml").read_text(encoding="utf-8")
    return dict(_flatten("", yaml.safe_load(source)))


def _flatten(prefix: str, node: dict[str, Any]) -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    for key, value in node.items():
        if isinstance(value, dict):
            entries += _flatten(f"{prefix}{key}.", value)
        else:
            entries.append((f"{prefix}{key}", str(value)))
    return entries


def t(key: str, /, **values: object) -> str:
    """The text of a key, its `{places}` filled in; a missing key is a mistake of ours and raises KeyError."""
    text = catalogue()[key]
    return text.format(**values) if values else text
