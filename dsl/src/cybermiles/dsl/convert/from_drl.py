"""DRL to YAML: patterns as lists, attributes as keys, consequences as blocks; comments are kept.

What the structured form cannot say stays a text of the rule language; each rule is read back and compared, and if its
structured form were not the same rule its conditions are written as one text.
"""

from __future__ import annotations

from collections.abc import Sequence

from cybermiles.dsl.archive.yaml_source import load
from cybermiles.dsl.convert import yaml_out as out
from cybermiles.dsl.convert.drl_conditions import WIDTH, DrlConditions
from cybermiles.dsl.convert.drl_tokens import OPEN, Range
from cybermiles.dsl.convert.equal import same_items
from cybermiles.dsl.diagnostics import CompileError, CompilerBug, Diagnostics
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.format import format_source
from cybermiles.dsl.syntax.lexer import Comment
from cybermiles.dsl.syntax.parser import parse_items
from cybermiles.dsl.syntax.yaml_pieces import ATTRIBUTES
from cybermiles.dsl.syntax.yaml_rules import parse_yaml_rules

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


class _Converter(DrlConditions):
    """Writes a file, item by item."""

    def __init__(self, file: str, source: str, plain: set[str]) -> None:
        super().__init__(file, source)
        self.plain = plain
        """Names of items whose conditions are written as one text."""
        self.items = list(parse_items(self.tokens, Diagnostics()))
        self.index = {id(token): at for at, token in enumerate(self.tokens)}

    def run(self) -> tuple[list[t.Item], str]:
        sections: dict[str, list[out.Entry]] = {}
        for item, first, last in self.items:
            inside = Range(self.index[id(first)], self.index[id(last)] + 1)
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

    # --- items
    def _item(self, item: t.Item, inside: Range) -> tuple[str, out.Entry]:
        while self.tokens[inside.end - 1].text == ";":
            inside.end -= 1
        at = self._begin(self.tokens[inside.start])
        word = self.tokens[inside.start].text.lower()
        rest = Range(inside.start + 1, inside.end)
        match word:
            case "package":
                return "package", out.Entry(out.Text(self._slice(rest)), out.Text("package"), at)
            case "import":
                return "imports", out.Entry(out.Text(self._slice(rest)), None, at)
            case "declare":
                return "declare", self._declare(item, rest, at)
            case "global":
                name = self.tokens[inside.end - 1].text
                of = self._slice(Range(rest.start, inside.end - 1))
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

    def _declare(self, item: t.Item, inside: Range, at: int) -> out.Entry:
        end = inside.end - 1
        if isinstance(item, t.EnumItem):
            return self._enum(item, inside, at)
        starts = self._fields(inside.start, end)
        header = self._slice(Range(inside.start, starts[0] if starts else end))
        entries = self._field_entries(starts, end)
        value = out.Mapping(entries) if entries else out.Raw("")
        return out.Entry(value, out.Text(" ".join(header.split())), at)

    def _enum(self, item: t.EnumItem, inside: Range, at: int) -> out.Entry:
        end = inside.end - 1
        starts = self._fields(inside.start, end)
        last = starts[0] if starts else end
        while self.tokens[last - 1].text in (",", ";"):
            last -= 1
        first = inside.start + 2
        while self.tokens[first].text in (".", "@", "("):
            first = self._close(first) + 1 if self.tokens[first].text == "(" else first + 2
        header = self._slice(Range(inside.start + 1, first))
        values = [
            out.Entry(out.Text(self._slice(part)), None, self._begin(self.tokens[part.start]))
            for part in self._split(first, last)
        ]
        flow = "[" + ", ".join(out.quote(self._slice(part), flow=True) for part in self._split(first, last)) + "]"
        commented = any(self._commented(self._begin(self.tokens[first]), self._end(self.tokens[end])))
        if not starts and not commented and len(flow) < WIDTH:
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
            if self.tokens[i].text in OPEN and self.tokens[i].type == "OP":
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
            value = " ".join(self._slice(Range(start + 2, last)).split("\n"))
            name = self.tokens[start]
            entries.append(out.Entry(out.Text(value), out.Text(name.text), self._begin(name)))
        return entries

    def _function(self, inside: Range, at: int) -> out.Entry:
        brace = next(i for i in range(inside.start, inside.end) if self.tokens[i].text == "{")
        header = self._slice(Range(inside.start, brace))
        body = self._body(self._end(self.tokens[brace]), self._begin(self.tokens[inside.end - 1]))
        value = out.Text(f"{body}\n" if "\n" in body else body) if body else out.Raw("")
        return out.Entry(value, out.Text(" ".join(header.split())), at)

    def _query(self, item: t.Item, inside: Range, at: int) -> out.Entry:
        name = self.tokens[inside.start]
        entries = [out.Entry(out.Text(str(name.value)), out.Text("name"), self._begin(name))]
        start, end = inside.start + 1, inside.end - 1
        if self.tokens[start].text == "(":
            close = self._close(start)
            parameters = [
                out.Entry(
                    out.Text(self._slice(Range(part.start, part.end - 1)))
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
            entries.append(self._when(item, Range(start, end), self._begin(self.tokens[start]) - 1))
        return out.Entry(out.Mapping(entries), None, at)

    # --- rules
    def _rule(self, item: t.Item, inside: Range, at: int) -> out.Entry:
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
                stop = self._close(stop) + 1 if tokens[stop].text in OPEN else stop + 1
            part = Range(i, stop)
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
                entries.append(self._when(item, Range(i + 1, then), self._begin(tokens[i])))
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

    def _attribute(self, part: Range) -> out.Entry:
        name = self.tokens[part.start]
        value = self.tokens[part.start + 1 : part.end]
        made: out.Node = out.Raw("true")
        if value and value[0].text == "(":
            inner = Range(part.start + 2, part.end - 1)
            text = self._slice(inner)
            made = out.Text(text) if name.text in ("salience", "enabled") else out.Raw(text)
        elif len(value) == 1 and value[0].type == "TEXT":
            made = out.Text(str(value[0].value))
        elif value:
            made = out.Raw(self._slice(Range(part.start + 1, part.end)))
        if name.text not in (*ATTRIBUTES, "strategy"):
            raise CompilerBug(f"no YAML for the attribute `{name.text}`")
        return out.Entry(made, out.Text(name.text), self._begin(name))

    def _when(self, item: t.Item, inside: Range, at: int) -> out.Entry:
        parts = None if _name(item) in self.plain else self._elements(inside.start, inside.end)
        if parts is None:
            text = self._slice(inside)
            return out.Entry(out.Text(f"{text}\n" if "\n" in text else text), out.Text("when"), at)
        entries = [out.Entry(self._condition(part), None, self._begin(self.tokens[part.start])) for part in parts]
        return out.Entry(out.Listing(entries), out.Text("when"), at)
