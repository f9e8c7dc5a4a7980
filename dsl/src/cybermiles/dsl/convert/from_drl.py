"""DRL to YAML: patterns as lists, attributes as keys, consequences as blocks; comments are kept.

What the structured form cannot say stays a text of the rule language; each rule is read back and compared, and if its
structured form were not the same rule its conditions are written as one text.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cybermiles.dsl.archive.yaml_source import load
from cybermiles.dsl.convert import yaml_out as out
from cybermiles.dsl.convert.equal import same_items
from cybermiles.dsl.diagnostics import CompileError, CompilerBug, Diagnostics
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.format import format_source
from cybermiles.dsl.syntax.lexer import Comment, Token
from cybermiles.dsl.syntax.parser import lex_language, parse_items
from cybermiles.dsl.syntax.yaml_rules import ATTRIBUTES, parse_yaml_rules

_WIDTH = 96
"""Columns that a pattern in one line may have; a longer one gets `where`."""
_OPEN = {"(": ")", "[": "]", "{": "}"}
_CALLS = frozenset(("forall", "eval", "accumulate", "acc", "groupby"))
_SECTIONS = ("package", "imports", "attributes", "declare", "globals", "functions", "queries", "rules")


def drl_to_yaml(file: str, text: str) -> str:
    """The rules in YAML; raises CompileError if they do not parse."""
    source = format_source(file, text, "drl")
    plain: set[str] = set()
    while True:
        items, made = _Converter(file, source, plain).run()
        findings = Diagnostics()
        try:
            document = load(made.encode("utf-8"), "converted.yaml", findings)
            again = parse_yaml_rules(document, findings).items
        except CompileError as error:
            raise CompilerBug(f"`{file}` becomes no YAML: {error}") from error
        if same_items(items, again):
            return made
        wrong = _different(items, again) - plain
        if not wrong:
            raise CompilerBug(f"converting `{file}` would change its meaning")
        plain |= wrong


def _different(items: Sequence[t.Item], again: Sequence[t.Item]) -> set[str]:
    """Names of the rules and queries whose structured form is not the same."""
    found = {_name(item): item for item in again}
    return {_name(item) for item in items if _name(item) not in found or not same_items([item], [found[_name(item)]])}


def _name(item: t.Item) -> str:
    return f"{type(item).__name__} {getattr(item, 'name', '')}"


@dataclass(slots=True)
class _Range:
    """Tokens from `start` up to, not including, `end`."""

    start: int
    end: int

    def __bool__(self) -> bool:
        return self.end > self.start


class _Converter:
    def __init__(self, file: str, source: str, plain: set[str]) -> None:
        self.source = source
        self.plain = plain
        """Names of items whose conditions are written as one text."""
        lexed = lex_language(file, source, Diagnostics(), "drl")
        self.comments = lexed.comments
        self.tokens = lexed.tokens
        self.items = list(parse_items(self.tokens, Diagnostics()))
        self.index = {id(token): at for at, token in enumerate(self.tokens)}
        self.starts = [0]
        for at, character in enumerate(source):
            if character == "\n":
                self.starts.append(at + 1)
        self.taken: set[int] = set()
        """Comments that stand within a text."""

    def run(self) -> tuple[list[t.Item], str]:
        sections: dict[str, list[out.Entry]] = {}
        for item, first, last in self.items:
            inside = _Range(self.index[id(first)], self.index[id(last)] + 1)
            key, entry = self._item(item, inside)
            sections.setdefault(key, []).append(entry)
        entries = []
        for key in _SECTIONS:
            found = sections.get(key)
            if not found:
                continue
            if key == "package":
                entries.append(found[-1])
                continue
            listing = key in ("imports", "queries", "rules")
            value = out.Listing(found) if listing else out.Mapping(found)
            for entry in found[1:] if key == "rules" else ():
                entry.blank_before = True
            entries.append(out.Entry(value, out.Text(key), found[0].at, blank_before=bool(entries)))
        root = out.Mapping(entries)
        rest = out.place_comments(root, self._notes())
        return [item for item, _, _ in self.items], out.emit(root, rest)

    # --- places
    def _at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column - 1

    def _begin(self, token: Token) -> int:
        return self._at(token.line, token.column)

    def _end(self, token: Token) -> int:
        return self._at(token.end_line, token.end_column)

    def _slice(self, inside: _Range) -> str:
        """The source of some tokens, with the comments among them."""
        first, last = self.tokens[inside.start], self.tokens[inside.end - 1]
        begin, end = self._begin(first), self._end(last)
        for number, comment in enumerate(self.comments):
            at = self._at(comment.line, comment.column)
            if begin <= at < end:
                self.taken.add(number)
        head = self.source.rfind("\n", 0, begin) + 1
        indent = self.source[head:begin]
        return textwrap.dedent((indent if indent.isspace() else "") + self.source[begin:end]).strip()

    def _body(self, begin: int, end: int) -> str:
        """Statements between two offsets, with all their comments."""
        for number, comment in enumerate(self.comments):
            if begin <= self._at(comment.line, comment.column) < end:
                self.taken.add(number)
        text = self.source[begin:end]
        first = text.split("\n", 1)[0]
        if first.strip() and "\n" in text:  # a comment behind `then`
            text = first.strip() + "\n" + textwrap.dedent(text.split("\n", 1)[1])
        return textwrap.dedent(text).strip("\n").rstrip()

    def _notes(self) -> list[out.Note]:
        notes = []
        for number, comment in enumerate(self.comments):
            if number in self.taken:
                continue
            at = self._at(comment.line, comment.column)
            line = self.starts[comment.line - 1]
            behind = bool(self.source[line:at].strip())
            after = self.starts[comment.end_line] if comment.end_line < len(self.starts) else len(self.source)
            notes.append(out.Note(_lines(comment), at, behind, not behind and self.source[after : after + 1] == "\n"))
        return notes

    # --- items
    def _item(self, item: t.Item, inside: _Range) -> tuple[str, out.Entry]:
        while self.tokens[inside.end - 1].text == ";":
            inside.end -= 1
        at = self._begin(self.tokens[inside.start])
        word = self.tokens[inside.start].text.lower()
        rest = _Range(inside.start + 1, inside.end)
        match word:
            case "package":
                return "package", out.Entry(out.Text(self._slice(rest)), out.Text("package"), at)
            case "import":
                return "imports", out.Entry(out.Text(self._slice(rest)), None, at)
            case "declare":
                return "declare", self._declare(item, rest, at)
            case "global":
                name = self.tokens[inside.end - 1].text
                of = self._slice(_Range(rest.start, inside.end - 1))
                return "globals", out.Entry(out.Text(of), out.Text(name), at)
            case "function":
                return "functions", self._function(rest, at)
            case "query":
                return "queries", self._query(item, rest, at)
            case "rule":
                return "rules", self._rule(item, rest, at)
        if isinstance(item, t.AttributeItem):
            return "attributes", self._attribute(inside)
        raise CompilerBug(f"no YAML for `{word}`")

    def _declare(self, item: t.Item, inside: _Range, at: int) -> out.Entry:
        end = inside.end - 1
        if isinstance(item, t.EnumItem):
            return self._enum(item, inside, at)
        starts = self._fields(inside.start, end)
        header = self._slice(_Range(inside.start, starts[0] if starts else end))
        entries = self._field_entries(starts, end)
        value = out.Mapping(entries) if entries else out.Raw("")
        return out.Entry(value, out.Text(" ".join(header.split())), at)

    def _enum(self, item: t.EnumItem, inside: _Range, at: int) -> out.Entry:
        end = inside.end - 1
        starts = self._fields(inside.start, end)
        last = starts[0] if starts else end
        while self.tokens[last - 1].text in (",", ";"):
            last -= 1
        first = inside.start + 2
        while self.tokens[first].text in (".", "@", "("):
            first = self._close(first) + 1 if self.tokens[first].text == "(" else first + 2
        header = self._slice(_Range(inside.start + 1, first))
        values = [
            out.Entry(out.Text(self._slice(part)), None, self._begin(self.tokens[part.start]))
            for part in self._split(first, last)
        ]
        flow = "[" + ", ".join(out.quote(self._slice(part), flow=True) for part in self._split(first, last)) + "]"
        commented = any(self._commented(self._begin(self.tokens[first]), self._end(self.tokens[end])))
        if not starts and not commented and len(flow) < _WIDTH:
            return out.Entry(out.Flow(f"{{enum: {flow}}}"), out.Text(" ".join(header.split())), at)
        entries = [out.Entry(out.Listing(values), out.Text("enum"), values[0].at - 1)]
        if starts:
            fields = self._field_entries(starts, end)
            entries.append(out.Entry(out.Mapping(fields), out.Text("fields"), fields[0].at))
        return out.Entry(out.Mapping(entries), out.Text(" ".join(header.split())), at)

    def _commented(self, begin: int, end: int) -> list[Comment]:
        return [c for c in self.comments if begin <= self._at(c.line, c.column) < end]

    def _fields(self, start: int, end: int) -> list[int]:
        """Where the fields of a type begin."""
        found, i = [], start
        while i < end:
            if self.tokens[i].text in _OPEN and self.tokens[i].type == "OP":
                i = self._close(i)
            elif self.tokens[i].type == "NAME" and self.tokens[i + 1].text == ":":
                found.append(i)
            i += 1
        return found

    def _field_entries(self, starts: Sequence[int], end: int) -> list[out.Entry]:
        entries = []
        for start, following in zip(starts, [*starts[1:], end], strict=False):
            last = following
            while self.tokens[last - 1].text in (",", ";"):
                last -= 1
            value = " ".join(self._slice(_Range(start + 2, last)).split("\n"))
            name = self.tokens[start]
            entries.append(out.Entry(out.Text(value), out.Text(name.text), self._begin(name)))
        return entries

    def _function(self, inside: _Range, at: int) -> out.Entry:
        brace = next(i for i in range(inside.start, inside.end) if self.tokens[i].text == "{")
        header = self._slice(_Range(inside.start, brace))
        body = self._body(self._end(self.tokens[brace]), self._begin(self.tokens[inside.end - 1]))
        value = out.Text(f"{body}\n" if "\n" in body else body) if body else out.Raw("")
        return out.Entry(value, out.Text(" ".join(header.split())), at)

    def _query(self, item: t.Item, inside: _Range, at: int) -> out.Entry:
        name = self.tokens[inside.start]
        entries = [out.Entry(out.Text(str(name.value)), out.Text("name"), self._begin(name))]
        start, end = inside.start + 1, inside.end - 1
        if self.tokens[start].text == "(":
            close = self._close(start)
            parameters = [
                out.Entry(
                    out.Text(self._slice(_Range(part.start, part.end - 1)))
                    if part.end - part.start > 1
                    else out.Raw(""),
                    out.Text(self.tokens[part.end - 1].text),
                    self._begin(self.tokens[part.start]),
                )
                for part in self._split(start + 1, close)
            ]
            if parameters:
                value = out.Mapping(parameters)
                entries.append(out.Entry(value, out.Text("parameters"), self._begin(self.tokens[start])))
            start = close + 1
        if start < end:
            entries.append(self._when(item, _Range(start, end), self._begin(self.tokens[start]) - 1))
        return out.Entry(out.Mapping(entries), None, at)

    # --- rules
    def _rule(self, item: t.Item, inside: _Range, at: int) -> out.Entry:
        tokens = self.tokens
        entries = [
            out.Entry(out.Text(str(tokens[inside.start].value)), out.Text("name"), self._begin(tokens[inside.start]))
        ]
        i, end = inside.start + 1, inside.end - 1
        if tokens[i].text == "extends":
            entries.append(out.Entry(out.Text(str(tokens[i + 1].value)), out.Text("extends"), self._begin(tokens[i])))
            i += 2
        annotations: list[out.Entry] = []
        while tokens[i].role not in ("_WHEN", "_THEN"):
            stop = i + 1
            while tokens[stop].role not in ("ATTRIBUTE", "_WHEN", "_THEN") and tokens[stop].text != "@":
                stop = self._close(stop) + 1 if tokens[stop].text in _OPEN else stop + 1
            part = _Range(i, stop)
            while tokens[part.end - 1].text in (",", ";"):
                part.end -= 1
            if tokens[i].text == "@":
                annotations.append(out.Entry(out.Text(self._slice(part)), None, self._begin(tokens[i])))
            elif part:
                entries.append(self._attribute(part))
            i = stop
        if annotations:
            entries.append(out.Entry(out.Listing(annotations), out.Text("annotations"), annotations[0].at - 1))
        if tokens[i].role == "_WHEN":
            then = next(j for j in range(i, end) if tokens[j].role == "_THEN")
            if then > i + 1:
                entries.append(self._when(item, _Range(i + 1, then), self._begin(tokens[i])))
            i = then
        while i < end:
            key, body = "then", i + 1
            if tokens[body].text == "[" and i + 4 <= end:
                key, body = f"then[{tokens[body + 1].text}]", body + 3
            stop = next((j for j in range(body, end) if tokens[j].role == "_THEN" and tokens[j + 1].text == "["), end)
            text = self._body(self._end(tokens[body - 1]), self._begin(tokens[stop]))
            value: out.Node = out.Text(f"{text}\n") if text else out.Raw("")
            entries.append(out.Entry(value, out.Text(key), self._begin(tokens[i])))
            i = stop
        return out.Entry(out.Mapping(entries), None, at)

    def _attribute(self, part: _Range) -> out.Entry:
        name = self.tokens[part.start]
        value = self.tokens[part.start + 1 : part.end]
        made: out.Node = out.Raw("true")
        if value and value[0].text == "(":
            inner = _Range(part.start + 2, part.end - 1)
            text = self._slice(inner)
            made = out.Text(text) if name.text in ("salience", "enabled") else out.Raw(text)
        elif len(value) == 1 and value[0].type == "TEXT":
            made = out.Text(str(value[0].value))
        elif value:
            made = out.Raw(self._slice(_Range(part.start + 1, part.end)))
        if name.text not in (*ATTRIBUTES, "strategy"):
            raise CompilerBug(f"no YAML for the attribute `{name.text}`")
        return out.Entry(made, out.Text(name.text), self._begin(name))

    # --- conditions
    def _when(self, item: t.Item, inside: _Range, at: int) -> out.Entry:
        parts = None if _name(item) in self.plain else self._elements(inside.start, inside.end)
        if parts is None:
            text = self._slice(inside)
            return out.Entry(out.Text(f"{text}\n" if "\n" in text else text), out.Text("when"), at)
        entries = [out.Entry(self._condition(part), None, self._begin(self.tokens[part.start])) for part in parts]
        return out.Entry(out.Listing(entries), out.Text("when"), at)

    def _condition(self, part: _Range) -> out.Node:
        tokens = self.tokens
        first, at = tokens[part.start].text, self._begin(tokens[part.start])
        joined = self._joined(part)
        if joined is not None:
            return joined
        if self._element(part.start, part.end) != part.end:
            return self._text(part)
        called = part.start + 1 < part.end and tokens[part.start + 1].text == "("
        inner = _Range(part.start + 2, part.end - 1)
        match first:
            case "not" | "exists":
                return out.Mapping([out.Entry(self._inner(_Range(part.start + 1, part.end)), out.Text(first), at)])
            case "forall" if called and (members := self._elements(inner.start, inner.end)):
                value = out.Listing([self._listed(member) for member in members])
                return out.Mapping([out.Entry(value, out.Text(first), at)])
            case "eval" if called:
                return out.Mapping([out.Entry(self._text(inner), out.Text(first), at)])
            case "accumulate" | "acc" if called:
                return self._accumulate(part) or self._text(part)
        if tokens[part.start + 1].text == ":" and first.startswith("$"):
            return self._pattern(part)
        return self._pattern(part) if not self._fits(part) else self._text(part)

    def _listed(self, part: _Range) -> out.Entry:
        return out.Entry(self._condition(part), None, self._begin(self.tokens[part.start]))

    def _joined(self, part: _Range) -> out.Node | None:
        """Conditions between `and` alone or `or` alone, as a list."""
        parts, words, i = [], set(), part.start
        while True:
            end = self._element(i, part.end)
            if end is None:
                return None
            parts.append(_Range(i, end))
            if end >= part.end:
                break
            words.add({"&&": "and", "||": "or"}.get(self.tokens[end].text, self.tokens[end].text))
            i = end + 1
        if len(parts) < 2 or len(words) != 1 or not words <= {"and", "or"}:
            return None
        value = out.Listing([self._listed(member) for member in parts])
        return out.Mapping([out.Entry(value, out.Text(words.pop()), self._begin(self.tokens[part.start]))])

    def _inner(self, part: _Range) -> out.Node:
        """What `not`, `exists` and `collect` are about, without needless brackets."""
        while self.tokens[part.start].text == "(" and self._close(part.start) == part.end - 1:
            part = _Range(part.start + 1, part.end - 1)
            members = self._elements(part.start, part.end)
            if members is not None and len(members) > 1:
                return out.Listing([self._listed(member) for member in members])
        return self._condition(part)

    def _accumulate(self, part: _Range) -> out.Node | None:
        """`accumulate( conditions; functions; constraints )`, if its form is a plain one."""
        tokens, at = self.tokens, self._begin(self.tokens[part.start])
        start, end = part.start + 2, part.end - 1
        inner = self._element(start, end)
        while inner is not None and inner < end and tokens[inner].text in ("and", "&&", "or", "||"):
            inner = self._element(inner + 1, end)
        if (
            inner is None
            or inner + 1 >= end
            or tokens[inner].text not in (",", ";")
            or tokens[inner + 1].text == "init"
        ):
            return None
        second = next((i for i in self._separators(inner + 1, end) if tokens[i].text == ";"), end)
        folds = self._split(inner + 1, second)
        bound = [fold for fold in folds if tokens[fold.start + 1].text == ":"]
        compute: out.Node
        if len(bound) == len(folds):
            compute = out.Mapping(
                [
                    out.Entry(
                        self._text(_Range(fold.start + 2, fold.end)),
                        out.Text(tokens[fold.start].text),
                        self._begin(tokens[fold.start]),
                    )
                    for fold in folds
                ]
            )
        elif len(folds) == 1:
            compute = self._text(folds[0])
        else:
            return None
        source = self._inner(_Range(start, inner))
        if isinstance(source, out.Mapping) and source.entries[0].key == out.Text("and"):
            source = source.entries[0].value
        entries = [
            out.Entry(source, out.Text("accumulate"), at),
            out.Entry(compute, out.Text("compute"), self._end(tokens[inner])),
        ]
        if second + 1 < end:
            constraints = [
                out.Entry(self._text(c), None, self._begin(tokens[c.start])) for c in self._split(second + 1, end)
            ]
            entries.append(out.Entry(out.Listing(constraints), out.Text("where"), self._begin(tokens[second])))
        return out.Mapping(entries)

    def _separators(self, start: int, end: int) -> Iterator[int]:
        """Commas and semicolons outside of brackets."""
        i = start
        while i < end:
            if self.tokens[i].text in _OPEN and self.tokens[i].type == "OP":
                i = self._close(i)
            elif self.tokens[i].text in (",", ";"):
                yield i
            i += 1

    def _fits(self, part: _Range) -> bool:
        first, last = self.tokens[part.start], self.tokens[part.end - 1]
        text = self.source[self._begin(first) : self._end(last)]
        return first.line == last.end_line and len(text) <= _WIDTH and out.quote(text) == text

    def _text(self, part: _Range) -> out.Node:
        text = self._slice(part)
        return out.Text(f"{text}\n" if "\n" in text else text)

    def _pattern(self, part: _Range) -> out.Node:
        """A pattern with its binding as the key, and with `where` if it is long or binds fields."""
        tokens = self.tokens
        at = start = part.start
        head: str | None = None
        if tokens[start + 1].text == ":":
            head = tokens[start].text
            start += 2
        opening = next((i for i in range(start, part.end) if tokens[i].text == "("), None)
        if opening is None or (tokens[start].text in _CALLS) or not tokens[start].text[:1].isalpha():
            return self._text(part)
        if head is not None and not head.startswith("$"):
            return self._text(part)
        close = self._close(opening)
        entries: list[out.Entry] = []
        if any(tokens[i].text == ";" for i in self._separators(opening + 1, close)):
            return self._text(part)
        has_from = close + 1 < part.end and tokens[close + 1].text == "from"
        if close + 1 < part.end and not has_from:
            return self._text(part)
        whole = _Range(start, close + 1)
        if head is not None and self._fits(whole):
            entries.append(out.Entry(self._text(whole), out.Text(head), self._begin(tokens[at])))
        else:
            name = self._slice(_Range(start, opening))
            key = head if head is not None else "type"
            entries.append(out.Entry(out.Text(name), out.Text(key), self._begin(tokens[at])))
            constraints = [
                out.Entry(self._constraint(c), None, self._begin(tokens[c.start]))
                for c in self._split(opening + 1, close)
            ]
            if constraints:
                value = out.Listing(constraints)
                entries.append(out.Entry(value, out.Text("where"), self._begin(tokens[opening])))
        if has_from:
            source = self._source(_Range(close + 2, part.end))
            entries.append(out.Entry(source, out.Text("from"), self._begin(tokens[close + 1])))
        return out.Mapping(entries)

    def _source(self, part: _Range) -> out.Node:
        """What stands behind `from`."""
        word = self.tokens[part.start].text
        called = part.end - part.start > 2 and self.tokens[part.start + 1].text == "("
        if called and self._close(part.start + 1) == part.end - 1:
            if word == "collect":
                inner = self._inner(_Range(part.start + 2, part.end - 1))
                return out.Mapping([out.Entry(inner, out.Text(word), self._begin(self.tokens[part.start]))])
            if word in ("accumulate", "acc"):
                return self._accumulate(part) or self._text(part)
        return self._text(part)

    def _constraint(self, part: _Range) -> out.Node:
        first = self.tokens[part.start]
        if first.text.startswith("$") and self.tokens[part.start + 1].text == ":":
            value = self._text(_Range(part.start + 2, part.end))
            return out.Mapping([out.Entry(value, out.Text(first.text), self._begin(first) + 1)])
        return self._text(part)

    # --- where things end
    def _close(self, opening: int) -> int:
        """The bracket that closes this one."""
        depth = 0
        for i in range(opening, len(self.tokens)):
            text = self.tokens[i].text
            if self.tokens[i].type == "OP":
                depth += (text in _OPEN) - (text in (")", "]", "}"))
            if not depth:
                return i
        raise CompilerBug("a bracket is never closed")

    def _split(self, start: int, end: int) -> list[_Range]:
        """The parts between commas."""
        parts, begin, i = [], start, start
        while i < end:
            text = self.tokens[i].text
            if text in _OPEN and self.tokens[i].type == "OP":
                i = self._close(i)
            elif text == ",":
                parts.append(_Range(begin, i))
                begin = i + 1
            i += 1
        return [p for p in [*parts, _Range(begin, end)] if p]

    def _elements(self, start: int, end: int) -> list[_Range] | None:
        """The conditions that stand one after the other, or None if their form is not a plain one."""
        parts = []
        i = start
        while i < end:
            begin = i
            while True:
                found = self._element(i, end)
                if found is None:
                    return None
                i = found
                if i >= end or self.tokens[i].text not in ("and", "or", "&&", "||"):
                    break
                i += 1
            parts.append(_Range(begin, i))
            while i < end and self.tokens[i].text in (",", ";"):
                i += 1
        return parts

    def _element(self, i: int, end: int) -> int | None:
        """Where one condition ends."""
        tokens = self.tokens
        while i < end and tokens[i].text in ("not", "exists"):
            i += 1
        if i >= end:
            return None
        if tokens[i].text == "(" or (tokens[i].text in _CALLS and tokens[i + 1].text == "("):
            return self._close(i if tokens[i].text == "(" else i + 1) + 1
        if tokens[i].text in ("do", "break") and tokens[i + 1].text == "[":
            return i + 4
        if tokens[i].text == "if" and tokens[i + 1].text == "(":
            return self._choice(i, end)
        if tokens[i + 1].text in (":", ":="):
            i += 2
            if tokens[i].text == "(":
                return self._close(i) + 1
        i += tokens[i].text == "?"
        while i < end and tokens[i].type == "NAME" and tokens[i + 1].text == ".":
            i += 2
        if i >= end or tokens[i].type != "NAME" or tokens[i + 1].text != "(":
            return None
        i = self._close(i + 1) + 1
        if i + 2 < end and tokens[i].text == "@" and tokens[i + 2].text == "(":
            i = self._close(i + 2) + 1
        return min(self._from(i, end), end)

    def _from(self, i: int, end: int) -> int:
        """Where `from` and what it names end, if it stands here."""
        tokens = self.tokens
        if i >= end or tokens[i].text != "from":
            return i
        i += 1
        i += tokens[i].text == "new"
        i = self._close(i) + 1 if tokens[i].text in _OPEN else i + 1
        while i < end and tokens[i].text in (".", "?.", "!.", "(", "[", "#"):
            i = self._close(i) + 1 if tokens[i].text in _OPEN else i + 2
        return i

    def _choice(self, i: int, end: int) -> int | None:
        """`if (..) do[a] else if (..) break[b] else do[c]`."""
        tokens = self.tokens
        while i < end and tokens[i].text == "if":
            i = self._close(i + 1) + 5
            if i >= end or tokens[i].text != "else":
                return min(i, end)
            i += 1
        return min(i + 4, end)


def _lines(comment: Comment) -> tuple[str, ...]:
    """The lines of a comment without its signs."""
    text = comment.text
    if text.startswith("//"):
        return (text[2:].rstrip(),)
    inner = text[2:-2].strip("\n").split("\n")
    lines = [line.strip().removeprefix("*").strip() for line in inner]
    return tuple(f" {line}".rstrip() for line in lines if line or len(lines) == 1)
