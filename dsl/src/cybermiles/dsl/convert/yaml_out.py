"""YAML text from a tree of nodes with comments: one layout for what we format and for what we convert."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

WIDTH = 120
"""Columns that a line with a flow collection may have."""


@dataclass(slots=True)
class Text:
    """A text: written plain if it can be, else in quotes, or as a block if it has several lines."""

    value: str


@dataclass(slots=True)
class Raw:
    """A scalar that is written as it stands: a number, a truth value, null, a text already in quotes."""

    text: str


@dataclass(slots=True)
class Block:
    """A literal or folded block: its header (`|`, `>-` ...) and its lines without their indentation."""

    header: str
    lines: list[str]


@dataclass(slots=True)
class Flow:
    """A collection on one line, as it stands."""

    text: str


@dataclass(slots=True)
class Entry:
    """An entry of a mapping (with a key) or of a list, and where it stood in the source it comes from."""

    value: Node
    key: Raw | Text | None = None
    at: int = 0
    blank_before: bool = False
    comments: list[str] = field(default_factory=list)
    """Lines before it, without `#`."""
    trailing: str | None = None


@dataclass(slots=True)
class Mapping:
    """Keys and values."""

    entries: list[Entry]


@dataclass(slots=True)
class Listing:
    """A list, one entry a line."""

    entries: list[Entry]


Node: TypeAlias = Text | Raw | Block | Flow | Mapping | Listing


def emit(root: Mapping | Listing, end_comments: Sequence[str] = ()) -> str:
    """The text of a file."""
    lines: list[str] = []
    _entries(root, 0, lines)
    lines += [_comment(c) for c in end_comments]
    while lines and not lines[0]:
        del lines[0]
    return "\n".join(lines) + "\n" if lines else ""


BLANK = "\0"
"""In place of a comment: an empty line between comments."""


def _comment(text: str) -> str:
    return "" if text == BLANK else f"#{text}".rstrip()


def _entries(node: Mapping | Listing, indent: int, lines: list[str], first: str | None = None) -> None:
    """Writes the entries; `first` is what stands already on the line of the first one (`- `)."""
    pad = " " * indent
    for entry in node.entries:
        start = pad
        if first is None:
            if entry.blank_before and lines and lines[-1]:
                lines.append("")
            lines += [(pad + _comment(c)).rstrip() for c in entry.comments]
        else:
            start, first = first, None
        _entry(entry, indent, start, lines)


def _entry(entry: Entry, indent: int, start: str, lines: list[str]) -> None:
    trailing = f"  {_comment(entry.trailing)}" if entry.trailing is not None else ""
    value = entry.value
    if entry.key is not None:
        head = f"{start}{_scalar(entry.key)}:"
        inner = indent + 2
    else:
        head, inner = f"{start}-", indent + 2
        if isinstance(value, Mapping | Listing) and value.entries:
            hoisted = value.entries[0].comments
            if trailing or hoisted:
                lines.append(head + trailing)
                _entries(value, inner, lines)
            else:
                _entries(value, inner, lines, f"{head} ")
            return
    match value:
        case Mapping(entries=[]):
            lines.append(f"{head} {{}}{trailing}")
        case Listing(entries=[]):
            lines.append(f"{head} []{trailing}")
        case Mapping() | Listing():
            lines.append(head + trailing)
            _entries(value, inner, lines)
        case Block(header, body):
            _block(head, header, body, inner, trailing, lines)
        case Text(text) if "\n" in text and (found := _as_block(text)) is not None:
            _block(head, found.header, found.lines, inner, trailing, lines)
        case Text() | Raw():
            lines.append(f"{head} {_scalar(value)}".rstrip() + trailing)
        case Flow(text):
            lines.append(f"{head} {text}{trailing}")


def _block(head: str, header: str, body: Sequence[str], indent: int, trailing: str, lines: list[str]) -> None:
    lines.append(f"{head} {header}{trailing}")
    lines += [(" " * indent + line).rstrip() if line.strip() else "" for line in body]


def _as_block(text: str) -> Block | None:
    """The text as a literal block, if one can hold it."""
    body = text.removesuffix("\n")
    lines = body.split("\n")
    plain = all(line == line.rstrip() and all(c == "\t" or c.isprintable() for c in line) for line in lines)
    if not plain or not lines[0] or lines[0][0] in " \t" or not lines[-1]:
        return None
    return Block("|" if text.endswith("\n") else "|-", lines)


def _scalar(node: Text | Raw) -> str:
    return node.text if isinstance(node, Raw) else quote(node.value)


_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`]([^\n]*\S)?|-[^\s-]([^\n]*\S)?")
_LOOKS = re.compile(
    r"-?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][-+]?[0-9]+)?|[-+.0-9][-+.0-9_:xobtzTZeE]*|~|null|true|false|yes|no|on|off|y|n|<<|=",
    re.IGNORECASE,
)


def quote(text: str, *, flow: bool = False) -> str:
    """The text as a YAML scalar on one line: plain if it reads back as the same text, else in quotes."""
    plain = _PLAIN.fullmatch(text) is not None and not _LOOKS.fullmatch(text) and text.isprintable()
    plain = plain and ": " not in text and " #" not in text and not text.endswith(":")
    if plain and not (flow and any(c in text for c in ",[]{}")):
        return text
    if text.isprintable() and text:
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escape(c) for c in text) + '"'


def _escape(character: str) -> str:
    known = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    if character in known or character.isprintable():
        return known.get(character, character)
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def every_entry(node: Node) -> Iterator[Entry]:
    """All entries in the order of the text."""
    if isinstance(node, Mapping | Listing):
        for entry in node.entries:
            yield entry
            yield from every_entry(entry.value)


@dataclass(frozen=True, slots=True)
class Note:
    """A comment of the source: its lines without the signs, its offset, and whether it stands behind something."""

    lines: tuple[str, ...]
    at: int
    behind: bool
    blank_after: bool = False
    blank_before: bool = False


def place_comments(root: Node, notes: Sequence[Note]) -> list[str]:
    """Puts each comment before the entry that follows it, or behind the one that it stands behind; returns the rest."""
    entries = [*every_entry(root)]
    entries.reverse()
    entries.sort(key=lambda e: e.at)  # of equal places the innermost first
    places = [entry.at for entry in entries]
    rest: list[str] = []
    following: dict[int, list[str]] = {}
    for note in notes:
        index = bisect.bisect_right(places, note.at)
        lines = [*note.lines, BLANK] if note.blank_after else [*note.lines]
        before = bisect.bisect_left(places, places[index - 1]) if index else 0
        if note.behind and index and len(note.lines) == 1 and entries[before].trailing is None:
            entries[before].trailing = note.lines[0]
        elif index == len(entries):
            rest += [BLANK, *lines] if note.blank_before and not rest else lines
        else:
            equal = range(index, bisect.bisect_right(places, places[index]))
            if not index and note.blank_after:  # about the file
                following.setdefault(equal[-1], []).extend(lines)
                continue
            listed = [i for i in equal if entries[i].key is None]
            following.setdefault(listed[-1] if listed else index, []).extend(lines)
    for index, above in following.items():
        entries[index].comments = above + entries[index].comments
    while rest and rest[-1] == BLANK:
        rest.pop()
    return rest
