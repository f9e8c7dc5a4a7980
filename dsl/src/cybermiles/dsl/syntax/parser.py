"""Tokens to syntax tree: drives lark's LALR tables by hand.

The driver decides with the table of acceptable tokens at hand what a lexer alone cannot know: whether a word is a
keyword here, whether a line break ends a statement (as JavaScript does it: only where the next token could not
go on), whether `{` opens a block. The parser itself is a loop, so no source can exhaust the stack.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

from lark import Lark
from lark.lexer import Lexer, PatternStr

from cybermiles.dsl.diagnostics import CompileError, CompilerBug, Diagnostics, suggest
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.automaton import Automaton, Tables, Unexpected, tables_of
from cybermiles.dsl.syntax.builder import Builder
from cybermiles.dsl.syntax.java import is_cast, join_tokens
from cybermiles.dsl.syntax.lexer import Lexed, Token, lex

MAX_RULES = 4096
"""Rules of a unit: more than a module can hold, so that what is too large by far is refused before the work."""

MAX_OPERATORS = 1000
"""How many operators one statement may chain; with the lexer's limit on brackets it bounds every tree's depth."""

_CHAINING = frozenset(
    [
        "+",
        "-",
        "*",
        "/",
        "%",
        "**",
        "==",
        "!=",
        "===",
        "!==",
        "<",
        "<=",
        ">",
        ">=",
        "&&",
        "||",
        "??",
        "?",
        "!",
        ".",
        "?.",
        "!.",
        "=",
        "+=",
        "-=",
        "*=",
        "/=",
        "%=",
        "**=",
        ")",
        "]",
        "#",
    ]
)
_CHAINING_WORDS = frozenset(
    [
        *("ELSE", "IF", "NOT", "EXISTS", "INSTANCEOF", "CONTAINS", "EXCLUDES", "MEMBEROF", "MATCHES", "STR_OP"),
        "IN",
    ]
)
_WORD_OPERATORS = frozenset(["contains", "excludes", "memberOf", "matches", "not", "in", "instanceof"])
_RESERVED = frozenset(
    [
        "if",
        "else",
        "for",
        "while",
        "do",
        "return",
        "break",
        "continue",
        "throw",
        "new",
        "true",
        "false",
        "null",
        "function",
        "let",
        "const",
        "var",
    ]
)
_ENDS = frozenset(("_TERM", "_LBLOCK", "RBRACE", "_THEN", "_WHEN", "_END", "_NESTED_END"))
_CASED = {"rule": "RULE", "end": "_END", "when": "_WHEN", "then": "_THEN"}
_SHOWN = {
    "NAME": "a name",
    "NUMBER": "a number",
    "TEXT": "a text",
    "_TERM": "the end of the statement",
    "_LBLOCK": "`{`",
    "_LBRACE": "`{`",
    "_END": "`end`",
    "_WHEN": "`when`",
    "_THEN": "`then`",
    "RULE": "`rule`",
    "ATTRIBUTE": "a rule attribute",
    "$END": "the end of the file",
}

_TIMES = ("temporal operators", "compare times with `<` and `>`")
_WINDOWS = ("windows (stream processing)", "keep what is recent in a state table, and compare times in a constraint")
_NOT_YET_DRL = {
    "groupby": ("`groupby`", "use a pattern for the key and `accumulate` for its facts"),
    "over": _WINDOWS,
    "window": _WINDOWS,
    "entry": ("entry points", "insert all facts into working memory; tell them apart by a field"),
    "soundslike": ("`soundslike`", "compare codes that you store with the facts"),
    **dict.fromkeys(("after", "before", "coincides", "during", "includes", "finishes", "finishedby", "meets"), _TIMES),
    **dict.fromkeys(("metby", "overlaps", "overlappedby", "starts", "startedby"), _TIMES),
    "try": ("`try`", "check before you act: a trap undoes the whole call"),
    "switch": ("`switch`", "use `if ... else if`"),
    "synchronized": ("`synchronized`", "a call runs alone: leave it out"),
    "trait": ("traits", "declare a type that extends another"),
    "unit": ("rule units", "leave the line out: an archive is the unit"),
    "->": ("lambdas", "write a loop"),
}
_PLURAL = frozenset(
    [
        "arrow functions",
        "classes",
        "functions within expressions",
        "generators",
        "modules",
        "entry points",
        "lambdas",
        "rule units",
        "traits",
        "temporal operators",
        "windows (stream processing)",
    ]
)
_BITS = {"&", "|", "^", "~", "<<", ">>", ">>>"}
_TIMER = "schedule a call of an endpoint; a state table keeps what must last"
_NOT_YET_ATTRIBUTES = {
    "duration": _TIMER,
    "timer": _TIMER,
    "calendars": "compare the date in a condition: `is_business_day(...)`",
    "refract": "use `no-loop`",
    "direct": None,
}
ATTRIBUTES = (
    *("salience", "no-loop", "lock-on-active", "agenda-group", "ruleflow-group", "auto-focus", "activation-group"),
    *("enabled", "date-effective", "date-expires", "dialect", "strategy"),
)
_ATTRIBUTE_WORDS = frozenset(name.split("-")[0] for name in (*ATTRIBUTES, *_NOT_YET_ATTRIBUTES))
_ITEM_STARTS = frozenset(["rule", "Rule", "RULE", "declare", "query", "function", "global", "import", "package"])


@dataclass(frozen=True)
class _Language:
    tables: Tables
    builder: Builder
    words: dict[str, str]
    operators: dict[str, str]


@functools.cache
def _language() -> _Language:
    folder = resources.files("cybermiles.dsl.syntax")
    grammar = "\n".join(
        folder.joinpath(f"{part}.lark").read_text(encoding="utf-8") for part in ("expression", "statement", "drl")
    )
    start = "item"
    builder = Builder()
    lark = Lark(grammar, parser="lalr", lexer=_NoLexer, start=start, transformer=builder, maybe_placeholders=True)
    words: dict[str, str] = {}
    operators: dict[str, str] = {}
    for terminal in lark.terminals:
        if isinstance(terminal.pattern, PatternStr):
            text = terminal.pattern.value
            (words if text[0].isalpha() else operators)[text] = terminal.name
    for word, terminal_name in _CASED.items():
        for form in (word, word.capitalize(), word.upper()):
            words[form] = terminal_name
    operators[";"] = "_TERM"
    return _Language(tables_of(lark, start), builder, words, operators)


class _NoLexer(Lexer):
    """Lark wants a lexer; ours runs before it."""

    def __init__(self, conf: Any) -> None:
        """Nothing to set up."""

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Any]:
        return iter(())


class _Driver:
    """Feeds one item of a rule file to the parser."""

    def __init__(self, language: _Language, tokens: list[Token], at: int, diagnostics: Diagnostics) -> None:
        self._language = language
        self._tokens = tokens
        self.at = at
        self._diagnostics = diagnostics
        self._automaton = Automaton(language.tables)
        self._accepts = self._automaton.accepts
        self._operators = 0
        self._whens = 0
        self._bases: list[int] = []
        self._closed_block = False
        self._after_end = True
        self._conditions = False
        self._stuck = -1
        """The bracket on a new line that does not end a condition after all."""

    # --- what the tables say
    def _can_end(self) -> bool:
        """Whether a statement could end before this token; not where one could begin, so nothing empty is made."""
        return self._accepts("_TERM") and not self._accepts("_LBLOCK")

    def _peek(self, ahead: int = 1) -> Token:
        return self._tokens[min(self.at + ahead, len(self._tokens) - 1)]

    def _feed(self, token: Token, kind: str) -> Any:
        self._language.builder.token = token
        return self._automaton.feed(token, kind)

    def run(self) -> Any:
        """Parses from the current token; leaves ``at`` behind what it took."""
        while True:
            token = self._tokens[self.at]
            if self._accepts("$END") and not self._acceptable(token):
                return self._finish(token)
            kind = self._kind(token)
            if kind is None:
                if self._end_statement(token):
                    continue
                if self._stuck == self.at or token.text not in ("(", "["):
                    raise self._refuse(token)
                self._stuck = self.at
                continue
            if kind == "$END":
                return self._finish(token)
            try:
                self._step(token, kind)
            except Unexpected:
                if kind == "_NESTED_END" and self._ends_rule(token):
                    self.at += 1
                elif not self._end_statement(token):
                    raise self._refuse(token) from None
                continue
            self.at += 1

    def _ends_rule(self, token: Token) -> bool:
        """Takes an `end` that no nested `when` waits for as the rule's own: the tables alone cannot tell them apart."""
        try:
            self._step(token, "_END")
        except Unexpected:
            return False
        return True

    def _acceptable(self, token: Token) -> bool:
        return token.type != "END" and self._kind(token) is not None

    def _finish(self, token: Token) -> Any:
        try:
            return self._feed(token, "$END")
        except Unexpected:
            raise self._refuse(token) from None

    def _step(self, token: Token, kind: str) -> None:
        if self._accepts("_PATTERN") and self._starts_pattern():
            mark = Token("_PATTERN", "", token.line, token.column, token.line, token.column, token.file, False)
            self._feed(mark, "_PATTERN")
            kind = self._kind(token) or kind
        if self._conditions and self._starts_binding(token):
            self._mark("_BIND", token)
        elif token.text == "(" and self._accepts("_CAST") and is_cast(self._tokens, self.at):
            self._mark("_CAST", token)
        self._feed(token, kind)
        if kind in ("_WHEN", "_THEN", "QUERY"):
            self._conditions = kind != "_THEN"
        token.role, token.starts = kind, self._after_end
        labelled = token.text == "]" and self.at > 2 and self._tokens[self.at - 3].role == "_THEN"
        self._after_end = kind in _ENDS or labelled
        self._bound(token, kind)

    def _mark(self, kind: str, before: Token) -> None:
        self._feed(Token(kind, "", before.line, before.column, before.line, before.column, before.file, False), kind)

    def _starts_binding(self, token: Token) -> bool:
        """Whether `$x :` stands within a constraint, not at its start."""
        if token.type != "NAME" or self._peek().text not in (":", ":=") or not self._accepts("_BIND"):
            return False
        before = self._tokens[self.at - 1].text
        return before in ("&&", "||") or (before == "(" and self._tokens[self.at - 2].type != "NAME")

    def _bound(self, token: Token, kind: str) -> None:
        text = token.text
        if self._closed_block and text not in ("else", "while"):
            self._operators = self._bases[-1] if self._bases else 0
        self._closed_block = False
        if kind == "_TERM":
            self._operators = self._bases[-1] if self._bases else 0
        elif text in ("(", "[", "{") or token.type in ("TEMPLATE_START",):
            self._bases.append(self._operators)
        elif text in (")", "]", "}") or token.type == "TEMPLATE_NEXT_END":
            if self._bases:
                self._operators = self._bases.pop()
            self._closed_block = text == "}"
        if kind == "_WHEN":
            self._whens += 1
            if self._whens > MAX_OPERATORS:
                message = f"more than {MAX_OPERATORS} `when` stand within each other"
                raise self._diagnostics.fail("nesting-too-deep", message, token.span)
        elif kind == "_NESTED_END":
            self._whens -= 1
        if (text in _CHAINING and token.type == "OP") or kind in _CHAINING_WORDS:
            self._operators += 1
            if self._operators > MAX_OPERATORS:
                message = f"more than {MAX_OPERATORS} operators in one statement"
                raise self._diagnostics.fail("nesting-too-deep", message, token.span)

    def _end_statement(self, token: Token) -> bool:
        """Puts in the `;` that a line break, a `}`, an `end` or the end of the file stands for, if it may."""
        if not self._can_end():
            return False
        closes = token.text in ("}", ")")
        ends = token.newline or closes or token.type == "END"
        if not ends and self._language.words.get(token.text) not in ("_END", "_THEN", "_WHEN"):
            return False
        mark = Token("_TERM", "", token.line, token.column, token.line, token.column, token.file, False)
        try:
            self._feed(mark, "_TERM")
        except Unexpected:
            return False
        self._after_end = True
        self._operators = self._bases[-1] if self._bases else 0
        return True

    # --- what a token is here
    def _kind(self, token: Token) -> str | None:
        """The terminal that the token is at this place, or None if it cannot stand here."""
        jumped = self.at and self._tokens[self.at - 1].role in ("RETURN", "BREAK", "CONTINUE")
        if jumped and token.newline and self._can_end():
            return None
        match token.type:
            case "NAME":
                return self._word(token)
            case "OP":
                return self._operator(token)
            case "END":
                return "$END" if self._accepts("$END") else None
            case kind:
                return kind if self._accepts(kind) else None

    def _operator(self, token: Token) -> str | None:
        text = token.text
        if text == "{":
            return next((k for k in ("_LBLOCK", "_LBRACE") if self._accepts(k)), None)
        if token.newline and text in ("++", "--") and self._can_end():
            return None
        if (
            token.newline
            and text in ("(", "[")
            and self._conditions
            and self._accepts("_TERM")
            and self._stuck != self.at
            and self._ends_element()
        ):
            return None
        kind = self._language.operators.get(text)
        return kind if kind and self._accepts(kind) else None

    def _ends_element(self) -> bool:
        """Whether a condition can end here: an expression after `from` is not called by the next line's `(`."""
        if not self._conditions or not self._accepts("_TERM"):
            return False
        return self._accepts("_THEN") or (self._accepts("_END") and not self._accepts("_NESTED_END"))

    def _word(self, token: Token) -> str | None:
        text = token.text
        kind = self._language.words.get(text)
        before = self._tokens[self.at - 1].text if self.at else ""
        follows = self._peek().text
        if kind and before not in (".", "?.", "!.") and (keyword := self._keyword(token, kind, follows)):
            return keyword
        if token.newline and text in _WORD_OPERATORS and kind and self._can_end():
            return None
        if kind == "_END" and self._accepts("_THEN") and follows not in (":", "(", "."):
            return None
        if token.newline and before == "*" and self._can_end():
            return None  # `import a.*`
        known = text.split("-")[0] in _ATTRIBUTE_WORDS
        attribute = follows != ":" and self._accepts("ATTRIBUTE")
        if attribute and (known or not (self._accepts("RULE") or self._accepts("NAME"))):
            return self._attribute(token)
        if token.newline and text in _ITEM_STARTS and self._can_end() and self._peek().type in ("NAME", "TEXT"):
            return None
        declares = text in ("let", "const", "var")
        if text in _RESERVED and not declares and before not in (".", "?.", "!.") and follows != ":":
            return None
        if self._accepts("TYPE_NAME") and self._is_type(token):
            return "TYPE_NAME"
        return "NAME" if self._accepts("NAME") else None

    def _keyword(self, token: Token, kind: str, follows: str) -> str | None:
        text = token.text
        if text == "in" and follows == "(":
            kind = "_IN_LIST"
        if text == "modify" and follows != "(":
            return None
        if text in _WORD_OPERATORS and token.newline and self._can_end():
            return None
        if text in _WORD_OPERATORS and self._names_field(text):
            return None
        if kind == "_END":
            if self._accepts("_NESTED_END") and self._ends_nested():
                return "_NESTED_END"
            if follows in (":", "=", ".") and self._accepts("NAME"):
                return None
        if text in ("not", "exists") and self._accepts("_PATTERN"):
            return kind if self._starts_pattern() else None
        if kind == "_WHEN" or kind == "_THEN" or kind == "RULE":
            return kind if self._accepts(kind) else None
        if follows == ":" and self._accepts("NAME") and text not in ("true", "false", "null", "undefined"):
            return None
        return kind if self._accepts(kind) else None

    def _names_field(self, word: str) -> bool:
        """Whether a word that may also compare (`contains`) is a field's name, as it stands where an operand can."""
        if not self._accepts("NAME") or self._accepts("EXISTS"):
            return False
        if word == "not":
            return self._peek().text not in _WORD_OPERATORS and self._peek().type != "STR_OP"
        return self._tokens[self.at - 1].text not in ("&&", "||", "(", "not") or self._peek().type == "OP"

    def _ends_nested(self) -> bool:
        follows = self._peek()
        item = follows.text in _ITEM_STARTS and (follows.newline or self._peek(2).type in ("NAME", "TEXT"))
        return follows.type != "END" and not item

    def _is_type(self, token: Token) -> bool:
        after = self._peek()
        return (after.type == "NAME" and not after.newline and self._peek(2).text in ("=", ";", ",", ":", "")) or (
            after.type == "NAME" and not after.newline and self._peek(2).newline
        )

    def _starts_pattern(self) -> bool:
        ahead = 0
        if self._peek(0).text in ("not", "exists"):
            ahead = 1
        if self._peek(ahead).type == "NAME" and self._peek(ahead + 1).text == ":":
            return True
        while self._peek(ahead).type == "NAME" and self._peek(ahead + 1).text == ".":
            ahead += 2
        name = self._peek(ahead)
        return name.type == "NAME" and name.text[:1].isupper() and self._peek(ahead + 1).text == "("

    def _attribute(self, token: Token) -> str:
        """Joins `no-loop` and its like, which are three tokens to the lexer."""
        while (
            self._peek().text == "-"
            and self._peek(2).type == "NAME"
            and self._peek().span[1:3] == token.span[3:]
            and self._peek(2).span[1:3] == self._peek().span[3:]
        ):
            last = self._peek(2)
            token.text += "-" + last.text
            token.end_line, token.end_column = last.end_line, last.end_column
            del self._tokens[self.at + 1 : self.at + 3]
        if token.text in _NOT_YET_ATTRIBUTES:
            message = f"the attribute `{token.text}` is not supported"
            raise self._diagnostics.fail("unsupported", message, token.span, _NOT_YET_ATTRIBUTES[token.text])
        return "ATTRIBUTE"

    # --- what to say
    def _refuse(self, token: Token) -> CompileError:
        return _refusal(self._language, self._automaton, self._tokens, self.at, token, self._diagnostics)


def _refusal(
    language: _Language,
    automaton: Automaton,
    tokens: list[Token],
    at: int,
    token: Token,
    diagnostics: Diagnostics,
) -> CompileError:
    terminals = [k for k in automaton.symbols() if k.lstrip("_$").isupper() and k != "_PATTERN"]
    expected = sorted({_name(language, k) for k in terminals})
    words: dict[str, tuple[str, str | None]] = dict(_NOT_YET_DRL)
    for found in (token, tokens[at - 1] if at else token, *_callees(tokens, at)):
        if found.text in words and (found is token or found.type == "NAME"):
            what, hint = words[found.text]
            verb = "are" if what in _PLURAL else "is"
            return diagnostics.fail("unsupported", f"{what} {verb} not supported", found.span, hint)
    if token.text in _BITS:
        return diagnostics.fail("unsupported", f"the bit operator `{token.text}` is not supported", token.span)
    if language.words.get(token.text) == "_END" and "_THEN" in terminals:
        return diagnostics.fail("syntax", f"unexpected `{token.text}`, expected `then`", token.span)
    shown = "end of the file" if token.type == "END" else f"`{_short(token.text)}`"
    message = f"unexpected {shown}"
    if 0 < len(expected) <= 5:
        message += ", expected " + (
            expected[0] if len(expected) == 1 else ", ".join(expected[:-1]) + " or " + expected[-1]
        )
    hint = None
    if token.type == "END" and not {"$END"} & set(terminals):
        hint = "the last rule or declaration has no `end`"
    if token.text == "#" and token.newline:
        hint = "a comment begins with `//`"
    if token.type == "NAME":
        near = [w for w in language.words if automaton.accepts(language.words[w])]
        hint = suggest(token.text, near)
    return diagnostics.fail("syntax", message, token.span, hint)


def _callees(tokens: list[Token], at: int) -> list[Token]:
    """A word like `groupby` shortly before that was taken for a name in front of `(`."""
    wanted = ("groupby",)
    near = range(at - 1, max(0, at - 40), -1)
    return [tokens[i - 1] for i in near if tokens[i].text == "(" and tokens[i - 1].text in wanted][:1]


def _short(text: str) -> str:
    line = text.splitlines()[0] if text else ""
    return line if len(line) <= 40 else line[:37] + "..."


def _name(language: _Language, kind: str) -> str:
    if kind in _SHOWN:
        return _SHOWN[kind]
    for table in (language.operators, language.words):
        for text, terminal in table.items():
            if terminal == kind:
                return f"`{text}`"
    return kind.strip("_").lower().replace("_", " ")


def lex_rules(file: str, text: str, diagnostics: Diagnostics) -> Lexed:
    """Tokens and comments of a rule file."""
    lexed = lex(file, text, diagnostics, java_numbers=True)
    lexed.tokens = join_tokens(lexed.tokens)
    return lexed


def parse_tokens(tokens: list[Token], diagnostics: Diagnostics) -> t.RuleFile:
    """The syntax tree of a rule file; the tokens learn their roles."""
    return _rule_file(tokens, diagnostics)


def parse_rules(file: str, text: str, diagnostics: Diagnostics) -> t.RuleFile:
    """The items of a rule file; an item with a syntax error is reported and left out."""
    try:
        tokens = lex_rules(file, text, diagnostics).tokens
    except CompileError:
        return t.RuleFile([])
    return _rule_file(tokens, diagnostics)


def _rule_file(tokens: list[Token], diagnostics: Diagnostics) -> t.RuleFile:
    items: list[t.Item] = []
    rules = 0
    for item, _, _ in parse_items(tokens, diagnostics):
        items.append(item)
        rules += isinstance(item, t.RuleItem)
        if rules > MAX_RULES:  # the compiler refuses it; the rest is not worth reading
            break
    return t.RuleFile(items)


def parse_items(tokens: list[Token], diagnostics: Diagnostics) -> Iterator[tuple[t.Item, Token, Token]]:
    """Each item of a rule file with its first and its last token; the tokens learn their roles."""
    language = _language()
    at = 0
    while tokens[at].type != "END":
        if tokens[at].text == ";":
            at += 1
            continue
        driver = _Driver(language, tokens, at, diagnostics)
        try:
            _refuse_declaration(tokens, at, diagnostics)
            item = driver.run()
        except CompileError:
            if diagnostics.is_full:
                return
            at = _next_item(tokens, max(driver.at, at + 1))
            continue
        if driver.at == at:
            raise CompilerBug("the parser took nothing")
        yield item, tokens[at], tokens[driver.at - 1]
        at = driver.at


_DECLARATIONS = {
    "trait": ("traits are not supported", "declare a type that extends another"),
    "entry": ("entry points are not supported", "insert all facts into working memory; tell them apart by a field"),
    "window": ("windows (stream processing) are not supported", _WINDOWS[1]),
}


def _refuse_declaration(tokens: list[Token], at: int, diagnostics: Diagnostics) -> None:
    """`declare trait T` and its like."""
    first, kind = tokens[at : at + 2]
    after = tokens[at + 2] if at + 2 < len(tokens) else kind
    if first.text == "declare" and kind.text in _DECLARATIONS and (after.type == "NAME" or after.text == "-"):
        message, hint = _DECLARATIONS[kind.text]
        raise diagnostics.fail("unsupported", message, kind.span, hint)


def _next_item(tokens: list[Token], at: int) -> int:
    """Where to go on after a syntax error: the next item that begins a line."""
    while tokens[at].type != "END":
        follows = tokens[at + 1].type if at + 1 < len(tokens) else "END"
        if tokens[at].newline and tokens[at].text in _ITEM_STARTS and follows in ("NAME", "TEXT"):
            return at
        at += 1
    return at
