"""What one token of lookahead cannot tell of the Java in a rule file: type arguments, arrays, casts."""

from __future__ import annotations

from cybermiles.dsl.syntax.lexer import Token

PRIMITIVES = frozenset(("boolean", "byte", "char", "double", "float", "int", "long", "short", "void"))
BOXES = frozenset(
    (
        *("BigDecimal", "BigInteger", "Boolean", "Byte", "Character", "Double", "Float", "Integer", "Long", "Number"),
        *("Object", "Short", "String", "List", "Map", "Set", "Collection"),
    )
)
GENERIC = frozenset(
    (
        *("ArrayList", "Class", "Collection", "Comparable", "Deque", "Entry", "HashMap", "HashSet", "Iterable"),
        *("Iterator", "LinkedHashMap", "LinkedHashSet", "LinkedList", "List", "Map", "Optional", "Queue", "Set"),
        *("SortedMap", "SortedSet", "TreeMap", "TreeSet", "Vector"),
    )
)
_IN_ARGUMENTS = frozenset((",", "?", ".", "<", ">", ">>", ">>>", "[", "]", "extends", "super"))
_MOST = 64
"""Tokens that type arguments or a full name may have: every token may be looked at as a beginning."""


def join_tokens(tokens: list[Token]) -> list[Token]:
    """``List<String>``, ``String[]`` and ``str[startsWith]`` as one token each."""
    made: list[Token] = []
    at = 0
    while at < len(tokens):
        end = _joined(tokens, at)
        made.append(tokens[at] if end == at else _join(tokens[at : end + 1]))
        at = end + 1
    return made


def _joined(tokens: list[Token], at: int) -> int:
    """The last token of what ``at`` begins."""
    token = tokens[at]
    if token.type != "NAME" or tokens[at + 1].text not in ("<", "[", "."):
        return at
    if tokens[at + 1].text == ".":
        return _qualified(tokens, at)
    if token.text == "str" and tokens[at + 2].type == "NAME" and tokens[at + 3].text == "]":
        return at + 3
    end = at
    if token.text in GENERIC and tokens[at + 1].text == "<":
        end = _arguments(tokens, at + 1)
    while tokens[end + 1].text == "[" and tokens[end + 2].text == "]" and _is_type(token.text):
        end += 2
    return end


def _qualified(tokens: list[Token], at: int) -> int:
    """``java.util.List<String> x =``: a local variable's type by its full name."""
    end = at
    while tokens[end + 1].text == "." and tokens[end + 2].type == "NAME" and end - at < _MOST:
        end += 2
    name = tokens[end]
    if tokens[at].text[:1] in "$" or not name.text[:1].isupper():
        return at
    if tokens[end + 1].text == "<" and name.text in GENERIC:
        end = _arguments(tokens, end + 1)
    declared, after = tokens[end + 1], tokens[min(end + 2, len(tokens) - 1)]
    if declared.type == "NAME" and not declared.newline and after.text in ("=", ";"):
        return end
    return at


def _arguments(tokens: list[Token], at: int) -> int:
    """The `>` that closes the `<` at ``at``, or the token before it."""
    depth = 0
    for i in range(at, min(at + _MOST, len(tokens))):
        text = tokens[i].text
        if tokens[i].type != "NAME" and text not in _IN_ARGUMENTS:
            break
        depth += text.count("<") - (text.count(">") if text in (">", ">>", ">>>") else 0)
        if depth == 0:
            return i
    return at - 1


def _join(tokens: list[Token]) -> Token:
    first, last = tokens[0], tokens[-1]
    text = "".join(t.text for t in tokens)
    if first.text == "str":
        kind, text = "STR_OP", "".join(t.text for t in tokens)
    else:
        kind = "NAME"
    return Token(kind, text, first.line, first.column, last.end_line, last.end_column, first.file, first.newline, text)


def _is_type(name: str) -> bool:
    return name in PRIMITIVES or name[:1].isupper()


def is_cast(tokens: list[Token], at: int) -> bool:
    """Whether the `(` at ``at`` begins a cast, ``(T) value``, rather than a group."""
    end = at + 1
    while tokens[end].type == "NAME" and tokens[end + 1].text == ".":
        end += 2
    name = tokens[end]
    if name.type != "NAME" or tokens[end + 1].text != ")":
        return False
    after = tokens[end + 2]
    if name.text in PRIMITIVES or name.text in BOXES:
        return after.type in ("NAME", "NUMBER", "TEXT") or after.text in ("(", "-")
    operand = after.type in ("NAME", "NUMBER", "TEXT") and after.text not in ("and", "or", "in", "not", "instanceof")
    return name.text[:1].isupper() and operand and not after.newline
