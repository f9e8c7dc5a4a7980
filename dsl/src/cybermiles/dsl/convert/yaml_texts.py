"""The texts of YAML rules in canonical layout: spaces between tokens, and the indentation of statements."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace

from cybermiles.dsl.archive.yaml_source import Document, Path
from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.syntax.format import format_lexed
from cybermiles.dsl.syntax.lexer import Comment, Lexed, Token
from cybermiles.dsl.syntax.parser import lex_rules
from cybermiles.dsl.syntax.yaml_pieces import Piece
from cybermiles.dsl.syntax.yaml_rules import read_items

_FORMATTED = ("rules", "queries", "functions")
_KEPT = ("name", "extends", "annotations")


def canonical_texts(document: Document) -> dict[Path, str]:
    """Each text of the rule language that would be written in another way; nothing if the rules have errors."""
    if not isinstance(document.data, dict) or not any(key in document.data for key in _FORMATTED):
        return {}
    findings = Diagnostics()
    try:
        items = read_items(document, findings)
    except CompileError:
        return {}
    if findings.has_errors:
        return {}
    found: dict[Path, str] = {}
    for item in items:
        kept = {id(token) for token in item.tokens}
        for piece in item.pieces:
            if piece.path is None or piece.path[0] not in _FORMATTED or piece.path[-1] in _KEPT:
                continue
            before = document.scalars[piece.path].text
            parts = [part for part in piece.parts if isinstance(part[0], Comment) or id(part[0]) in kept]
            made = _line(parts) if "\n" not in before.rstrip("\n") else _statements(parts, piece.path)
            if made is not None and before.endswith("\n"):
                made += "\n"
            if made is not None and made != before and _same(made, piece):
                found[piece.path] = made
    return found


def _line(parts: Sequence[tuple[Token | Comment, int]]) -> str | None:
    if any(isinstance(part, Comment) for part, _ in parts) or parts[0][0].text in ("/", "?"):
        return None  # what a path or a call of a query looks like depends on what stands before it
    made = format_lexed(_placed(parts, 1), "drl").strip()
    return made if made and "\n" not in made else None


def _statements(parts: Sequence[tuple[Token | Comment, int]], path: Path) -> str | None:
    """The lines of a consequence, as if it stood in a rule; conditions on several lines stay as they are."""
    if path[0] != "functions" and not any(str(key).startswith("then") for key in path):
        return None
    lexed = _placed(parts, 2)
    last = max([2, *(t.end_line for t in lexed.tokens), *(c.end_line for c in lexed.comments)])
    head = (("rule", "RULE"), ("a", "NAME"), ("then", "_THEN"))
    lexed.tokens[:0] = [_token(word, role, 1, at) for at, (word, role) in enumerate(head)]
    lexed.tokens.append(_token("end", "_END", last + 1, 1))
    lines = format_lexed(lexed, "drl").split("\n")
    return textwrap.dedent("\n".join(lines[1:-2])).strip("\n")


def _placed(parts: Sequence[tuple[Token | Comment, int]], first: int) -> Lexed:
    """The tokens and comments on lines of their own, from line `first`."""
    out = Lexed([])
    for column, (part, line) in enumerate(parts, 1):
        at = first + line
        if isinstance(part, Comment):
            out.comments.append(Comment(part.text, at, column, at + part.text.count("\n")))
        else:
            end = at + part.text.count("\n")
            out.tokens.append(replace(part, line=at, column=column, end_line=end))
    return out


def _token(text: str, role: str, line: int, column: int) -> Token:
    return Token("NAME", text, line, column + 1, line, column + 1, "", True, text, role)


def _same(text: str, piece: Piece) -> bool:
    """Whether the text has the tokens and comments of the piece."""
    try:
        lexed = lex_rules("", text, Diagnostics())
    except CompileError:
        return False
    made: list[Token | Comment] = [*lexed.tokens[:-1], *lexed.comments]
    made.sort(key=lambda p: (p.line, p.column))
    return [p.text.rstrip() for p in made] == [part.text.rstrip() for part, _ in piece.parts]
