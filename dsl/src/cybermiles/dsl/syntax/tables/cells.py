"""The language of cells: ``-``, ``a, b``, ``[1..5)``, ``< 10``, ``not(...)``, and expressions of the rule language.

A text is cut into its parts here; which of them are constants depends on the column's type, and is decided later.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.ir import Span
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.lexer import Token, lex
from cybermiles.dsl.syntax.parser import parse_tokens

_NOT = re.compile(r"not\s*\((.*)\)", re.DOTALL | re.IGNORECASE)
_COMPARE = re.compile(r"(<=|>=|==|!=|<|>|=)(?!=)(.*)", re.DOTALL)
_OPERATORS_BEFORE = frozenset(
    ("", "(", "[", ",", "&&", "||", "!", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%")
)
INPUT = "?"
"""The name of the cell's own input in an expression."""


@dataclass(slots=True)
class Operand:
    """A literal or an expression as written, and where it begins in the cell's text."""

    text: str
    at: int


@dataclass(slots=True)
class Is:
    """Equal to the operand, or (an expression) what the operand says itself."""

    value: Operand
    explicit: bool = False
    """Written with ``==``: a bare word is a name, not a text."""


@dataclass(slots=True)
class Between:
    """``brackets`` are two of ``[ ] ( )``; a missing end is open."""

    brackets: str
    low: Operand | None
    high: Operand | None


@dataclass(slots=True)
class Unequal:
    """``!= x``."""

    value: Operand


Part = Is | Between | Unequal


@dataclass(slots=True)
class CellTest:
    """The parts of a cell, of which one must hold (``negated``: none); without parts anything will do."""

    parts: list[Part]
    negated: bool = False


def read_cell(cell: t.TableCell) -> CellTest:
    """The parts of an input cell's text. Raises ValueError with what is wrong."""
    text = cell.text
    if text.strip() in ("", "-"):
        return CellTest([])
    start, end = _trim(text, 0, len(text))
    if (found := _NOT.match(text, start, end)) and _closes(text, found.start(1) - 1, end - 1):
        return CellTest(_parts(text, found.start(1), end - 1), True)
    return CellTest(_parts(text, start, end))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _closes(text: str, open_: int, close: int) -> bool:
    """Whether the bracket at ``open_`` is closed by the one at ``close`` and not before."""
    return all(depth > 0 for at, _, depth in _walk(text, open_, close) if at < close)


def _walk(text: str, start: int, end: int) -> list[tuple[int, str, int]]:
    """Position, character and depth of brackets after it, without what stands in quotes."""
    out: list[tuple[int, str, int]] = []
    depth, at = 0, start
    while at < end:
        character = text[at]
        if character in "\"'":
            close = at + 1
            while close < end and text[close] != character:
                close += 2 if text[close] == "\\" else 1
            if close >= end:
                if character == '"':
                    raise ValueError("a text has no closing quote")
                close = at  # an apostrophe within a word
            at = close + 1
            out.append((at - 1, "", depth))
            continue
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth < 0:
                raise ValueError(f"`{character}` closes nothing")
        out.append((at, character, depth))
        at += 1
    return out


def _parts(text: str, start: int, end: int) -> list[Part]:
    walked = _walk(text, start, end)
    if walked and walked[-1][2] != 0:
        raise ValueError("a bracket is not closed")
    cuts = [start - 1, *(at for at, character, depth in walked if character == "," and depth == 0), end]
    return [_part(text, *_trim(text, a + 1, b)) for a, b in itertools.pairwise(cuts)]


def _part(text: str, start: int, end: int) -> Part:
    if start == end:
        raise ValueError("an entry of the list is empty")
    if text[start] in "([" and text[end - 1] in ")]":
        walked = _walk(text, start, end)
        within = [at for at, character, depth in walked if character == "." and depth == 1]
        pairs = [at for at in within if at + 1 in within]
        if pairs and _closes(text, start, end - 1):
            if len(pairs) > 1:
                raise ValueError("a range has two ends: `[low..high]`")
            low, high = _operand(text, start + 1, pairs[0]), _operand(text, pairs[0] + 2, end - 1)
            return Between(text[start] + text[end - 1], low, high)
    if found := _COMPARE.match(text, start, end):
        operand = _operand(text, found.start(2), end)
        match found[1]:
            case "==" | "=":
                return Is(operand, explicit=True)
            case "!=":
                return Unequal(operand)
            case "<" | "<=":
                return Between("()" if found[1] == "<" else "(]", None, operand)
            case _:
                return Between("()" if found[1] == ">" else "[)", operand, None)
    return Is(_operand(text, start, end))


def _operand(text: str, start: int, end: int) -> Operand:
    start, end = _trim(text, start, end)
    if start == end:
        raise ValueError("a value is missing")
    return Operand(text[start:end], start)


def parse_expression(operand: Operand, cell: t.TableCell, diagnostics: Diagnostics) -> t.Expr | None:
    """The syntax tree of an expression in a cell; None if it has errors, which are reported."""
    inner = Diagnostics()
    file = cell.span.file
    try:
        tokens = lex(file, operand.text, inner, java_numbers=True).tokens[:-1]
    except CompileError:
        for found in inner:
            diagnostics.add(found.code, found.message, cell.span, found.hint)
        return None
    before = ""
    for token in tokens:
        if token.text == "?" and token.type == "OP" and before in _OPERATORS_BEFORE:
            token.type, token.value = "NAME", INPUT
        before = token.text
        _place(token, operand, cell)
    around = [
        *(_word(cell.span, kind, text) for kind, text in (("NAME", "rule"), ("TEXT", '"cell"'))),
        *(_word(cell.span, kind, text) for kind, text in (("NAME", "when"), ("NAME", "eval"), ("OP", "("))),
        *tokens,
        *(_word(cell.span, kind, text) for kind, text in (("OP", ")"), ("NAME", "then"), ("NAME", "end"))),
        _word(cell.span, "END", ""),
    ]
    problems = Diagnostics()
    made = parse_tokens(around, problems)
    for found in problems:
        span = Span(found.file, found.line, found.column, found.end_line, found.end_column)
        diagnostics.add(found.code, found.message, span, found.hint)
    match made:
        case t.RuleFile([t.RuleItem(conditions=[t.TestNode(_, value)], body=[])]) if not problems.has_errors:
            return value
    if not problems.has_errors:
        diagnostics.add("table-cell", f"`{operand.text[:40]}` is no expression", cell.span)
    return None


def _place(token: Token, operand: Operand, cell: t.TableCell) -> None:
    """Moves a token to where it stands in the file, or to the whole cell."""
    span = cell.span
    if cell.inner is not None and "\n" not in operand.text:
        line, column = cell.inner
        shift = column + operand.at - 1
        token.line = token.end_line = line
        token.column, token.end_column = token.column + shift, token.end_column + shift
        return
    token.line, token.column, token.end_line, token.end_column = span[1:]


def _word(span: Span, kind: str, text: str) -> Token:
    value = "cell" if kind == "TEXT" else text
    newline = text in ("when", "then", "end", "")
    return Token(kind, text, span.line, span.column, span.end_line, span.end_column, span.file, newline, value)
