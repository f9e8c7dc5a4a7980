"""The small notations of `cm:` attributes: lists of names, mappings, merge policies."""

from __future__ import annotations

import re

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.syntax.xml import Text

NAME = re.compile(r"[^\W\d][\w$]*|\$[\w$]*")
POLICIES = ("sum", "append", "first", "last")
_OPEN, _CLOSE = "([{", ")]}"


def is_name(text: str) -> bool:
    """Whether a text can name a variable."""
    return NAME.fullmatch(text) is not None


def items(text: Text) -> list[Text]:
    """The parts of a text between white space or commas that stand outside of brackets and quotes."""
    found: list[Text] = []
    start, depth, quote = -1, 0, ""
    for at, character in enumerate(text.value):
        if quote:
            quote = "" if character == quote and text.value[at - 1] != "\\" else quote
        elif character in "'\"`":
            quote = character
        elif character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth -= 1
        elif depth <= 0 and (character.isspace() or character == ","):
            if start >= 0:
                found.append(text.cut(start, at))
            start = -1
            continue
        if start < 0:
            start = at
    if start >= 0:
        found.append(text.cut(start, len(text.value)))
    return found


def pairs(text: Text) -> list[tuple[Text, Text | None]]:
    """`a b=c` as names, each with the expression after `=` if there is one."""
    made: list[tuple[Text, Text | None]] = []
    for item in items(text):
        name, equals, _ = item.value.partition("=")
        value = item.cut(len(name) + 1, len(item.value)) if equals else None
        made.append((item.cut(0, len(name)), value))
    return made


def merges(text: Text | None, diagnostics: Diagnostics) -> tuple[ir.Merge, ...]:
    """`total:sum items:append`: how the writes of parallel branches unite."""
    made: list[ir.Merge] = []
    for part in items(text) if text is not None else ():
        variable, _, policy = part.value.partition(":")
        if not is_name(variable) or policy not in POLICIES:
            hint = f"write `variable:policy`; the policies are {', '.join(POLICIES)}"
            diagnostics.add("process-bad-value", f"`{part.value[:80]}` says no merge", part.span, hint)
            continue
        made.append(ir.Merge(variable, policy, span=part.span))
    return tuple(made)
