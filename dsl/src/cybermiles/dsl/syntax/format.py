"""Canonical layout: indentation and spaces between tokens; line breaks and comments stay where the author put them."""

from __future__ import annotations

from dataclasses import dataclass, field

from cybermiles.dsl.diagnostics import CompilerBug, Diagnostics
from cybermiles.dsl.recursion import room
from cybermiles.dsl.syntax.lexer import Comment, Lexed, Token
from cybermiles.dsl.syntax.parser import lex_rules, parse_tokens
from cybermiles.dsl.syntax.script.lexer import lex_script
from cybermiles.dsl.syntax.script.statements import parse_lexed

_TIGHT_BEFORE = frozenset((")", "]", ",", ";", ".", "?.", "!."))
_TIGHT_AFTER = frozenset(("(", "[", ".", "?.", "!.", "!", "~", "..."))
_CALLERS = frozenset(("NAME", "RPAR", "RSQB"))
_ELEMENTS = frozenset(
    ("ACCUMULATE", "ACC", "EVAL", "FORALL", "COLLECT", "INIT", "ACTION", "REVERSE", "RESULT", "WATCH")
)
"""Words of conditions that take brackets as a function does."""
_LABELLED = frozenset(("DO", "BREAK", "_THEN"))
_PATH_STARTS = frozenset((":", ":=", ",", "(", "?"))
_OPERANDS = frozenset(("NAME", "NUMBER", "TEXT", "TRUE", "FALSE", "NULL", "UNDEFINED", "RPAR", "RSQB", "RBRACE"))
_CONTINUES = frozenset((".", "?.", "!.", "+", "-", "*", "/", "%", "&&", "||", "??", "?", ":", "==", "!=", "<", ">"))


def format_source(file: str, text: str, language: str) -> str:
    """The text in canonical layout; raises CompileError if it does not parse."""
    diagnostics = Diagnostics()
    lexed = _read(file, text, diagnostics, language)
    diagnostics.check()
    made = format_lexed(lexed, language)
    again = _read(file, made, Diagnostics(), language)
    if [t.text for t in again.tokens] != [t.text for t in lexed.tokens]:
        raise CompilerBug(f"formatting `{file}` would change its tokens")
    return made


def _read(file: str, text: str, diagnostics: Diagnostics, language: str) -> Lexed:
    """Tokens that know their roles."""
    with room():
        if language == "script":
            lexed = lex_script(file, text, diagnostics)
            parse_lexed(lexed, diagnostics)
        else:
            lexed = lex_rules(file, text, diagnostics)
            parse_tokens(lexed.tokens, diagnostics)
    return lexed


def format_lexed(lexed: Lexed, language: str) -> str:
    """Tokens that know their roles, with comments, in canonical layout."""
    return _Formatter(lexed, language).run()


@dataclass(slots=True)
class _Line:
    items: list[Token | Comment] = field(default_factory=list)
    blank_before: bool = False


class _Formatter:
    def __init__(self, lexed: Lexed, language: str) -> None:
        self.drl = language == "drl"
        self.lines = _lines(lexed)
        self.brackets: list[tuple[str, int]] = []
        self.level = 0
        self.nested: list[int] = []
        self.declaring = False

    def run(self) -> str:
        out: list[str] = []
        for number, line in enumerate(self.lines):
            if line.blank_before and out:
                out.append("")
            indent = self._indent(line)
            out.append(("  " * indent + self._text(line, number)).rstrip())
        return "\n".join(out) + "\n" if out else ""

    # --- indentation
    def _indent(self, line: _Line) -> int:
        first = next((i for i in line.items if isinstance(i, Token)), None)
        closing = 0
        for item in line.items:
            if not isinstance(item, Token) or item.text not in (")", "]", "}"):
                break
            closing += 1
        kept = self.brackets[: len(self.brackets) - closing] if closing else self.brackets
        depth = len({number for _, number in kept}) + sum(kind == "switch" for kind, _ in kept)
        if first is not None and first.role == "CASE":
            depth -= 1
        if first is None or not isinstance(line.items[0], Token):
            return self.level + depth
        match first.role:
            case "RULE" | "DECLARE" | "QUERY" | "_END" | "PACKAGE" | "IMPORT":
                return depth
            case "_WHEN" if not self.nested and not self._in_body():
                return 1
            case "_WHEN":
                return self.level + depth
            case "_THEN":
                return (self.nested[-1] if self.nested else 1) + depth
            case "_NESTED_END":
                return self.nested[-1] + depth
        pulls = self.drl and first.text == "?" and not self._in_body() and not self._in_list()
        continues = first.text in _CONTINUES and not closing and not pulls
        body = not self.drl or self._in_body()
        hangs = body and not first.starts and not closing and not self._in_list()
        return self.level + depth + (1 if continues or (hangs and first.text != "{") else 0)

    _body = False

    def _in_body(self) -> bool:
        return self._body

    def _in_list(self) -> bool:
        return bool(self.brackets) and self.brackets[-1][0] in ("(", "[", "object")

    def _track(self, token: Token, number: int) -> None:
        text = token.text
        match token.role:
            case "RULE" | "QUERY":
                self.level, self._body = 1, False
            case "DECLARE":
                self.level, self.declaring = 1, True
            case "_WHEN" if self._body:
                self.nested.append(self.level)
                self.level += 1
            case "_WHEN":
                self.level = 2
            case "_THEN":
                self._body = True
                self.level = (self.nested[-1] if self.nested else 1) + 1
            case "_NESTED_END":
                self.level = self.nested.pop()
            case "_END":
                self.level, self._body, self.declaring = 0, False, False
                self.nested.clear()
        if text == "/" and self._before is not None and self._before.text in _PATH_STARTS:
            self._path = len(self.brackets)
        elif text in (",", ")") and len(self.brackets) == self._path:
            self._path = -1
        if text in ("(", "["):
            self.brackets.append((text, number))
        elif text == "{":
            kind = {"_LBLOCK": "block", "_LSWITCH": "switch"}.get(token.role, "object")
            self.brackets.append((kind, number))
        elif text in (")", "]", "}") and self.brackets:
            self.brackets.pop()

    # --- spaces
    def _text(self, line: _Line, number: int) -> str:
        out = ""
        before: Token | None = None
        for item in line.items:
            if isinstance(item, Comment):
                out += ("  " if out and item.text.startswith("//") else " " if out else "") + item.text.rstrip()
                before = None
                continue
            if not out:
                out = item.text
            elif before is None or self._space(before, item):
                out += " " + item.text
            else:
                out += item.text
            self._track(item, number)
            before = item
            self._previous = (self._before, item)
            self._before = item
        return out

    _path = -1
    """How many brackets are open around the OOPath that is being laid out."""
    _before: Token | None = None
    _previous: tuple[Token | None, Token] | None = None

    def _space(self, before: Token, token: Token) -> bool:
        a, b = before.text, token.text
        if a[-1:] == b[:1] and b[:1] in ("+", "-"):
            return True  # `+ +a` is not `++a`
        if token.type.startswith("TEMPLATE_NEXT") or before.type in ("TEMPLATE_START", "TEMPLATE_NEXT"):
            return False
        if a == "{" and b == "}":
            return False
        if b in _TIGHT_BEFORE or a in _TIGHT_AFTER:
            return False
        if "#" in (a, b) or a == "@" or (self._path >= 0 and "/" in (a, b)):
            return False
        if a == "?" and self.drl and not self._in_body():
            return not (before.newline or self._is_prefix(before))
        if b == "(":
            return before.role not in _CALLERS and before.role not in _ELEMENTS and a not in ("modify",)
        if b == "[":
            return before.role not in (*_CALLERS, *_LABELLED, "TEXT")
        if b in ("++", "--"):
            return before.role not in _OPERANDS
        if b == ":" and not self.drl:
            return token.role == "TERNARY"
        if b == ":":
            return not (self.brackets and self.brackets[-1][0] == "object")
        if b == "?" and self.declaring:
            return False
        if a in ("++", "--") or a in ("-", "+"):
            return not self._is_prefix(before)
        return True

    def _is_prefix(self, token: Token) -> bool:
        if self._previous is None or self._previous[1] is not token:
            return False
        earlier = self._previous[0]
        return earlier is None or token.starts or earlier.role not in _OPERANDS


def _lines(lexed: Lexed) -> list[_Line]:
    items: list[Token | Comment] = [t for t in lexed.tokens if t.type != "END"]
    items = sorted([*items, *lexed.comments], key=lambda i: (i.line, i.column))
    lines: list[_Line] = []
    last = 0
    for item in items:
        if not lines or item.line > last:
            lines.append(_Line(blank_before=bool(lines) and item.line > last + 1))
        lines[-1].items.append(item)
        last = item.end_line
    return lines
