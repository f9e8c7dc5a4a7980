"""Conditions of DRL as nodes of YAML: what has a structured form gets it, all else stays a text."""

from __future__ import annotations

from cybermiles.dsl.convert import yaml_out as out
from cybermiles.dsl.convert.drl_tokens import CALLS, DrlTokens, Range

WIDTH = 96
"""Columns that a pattern in one line may have; a longer one gets `where`."""


class DrlConditions(DrlTokens):
    """Writes conditions."""

    def _condition(self, part: Range) -> out.Node:
        tokens = self.tokens
        first, at = tokens[part.start].text, self._begin(tokens[part.start])
        joined = self._joined(part)
        if joined is not None:
            return joined
        if self._element(part.start, part.end) != part.end:
            return self._text(part)
        called = part.start + 1 < part.end and tokens[part.start + 1].text == "("
        inner = Range(part.start + 2, part.end - 1)
        match first:
            case "not" | "exists":
                return out.Mapping([out.Entry(self._inner(Range(part.start + 1, part.end)), out.Text(first), at)])
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

    def _listed(self, part: Range) -> out.Entry:
        return out.Entry(self._condition(part), None, self._begin(self.tokens[part.start]))

    def _joined(self, part: Range) -> out.Node | None:
        """Conditions between `and` alone or `or` alone, as a list."""
        parts, words, i = [], set(), part.start
        while True:
            end = self._element(i, part.end)
            if end is None:
                return None
            parts.append(Range(i, end))
            if end >= part.end:
                break
            words.add({"&&": "and", "||": "or"}.get(self.tokens[end].text, self.tokens[end].text))
            i = end + 1
        if len(parts) < 2 or len(words) != 1 or not words <= {"and", "or"}:
            return None
        value = out.Listing([self._listed(member) for member in parts])
        return out.Mapping([out.Entry(value, out.Text(words.pop()), self._begin(self.tokens[part.start]))])

    def _inner(self, part: Range) -> out.Node:
        """What `not`, `exists` and `collect` are about, without needless brackets."""
        while self.tokens[part.start].text == "(" and self._close(part.start) == part.end - 1:
            part = Range(part.start + 1, part.end - 1)
            members = self._elements(part.start, part.end)
            if members is not None and len(members) > 1:
                return out.Listing([self._listed(member) for member in members])
        return self._condition(part)

    def _accumulate(self, part: Range) -> out.Node | None:
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
                        self._text(Range(fold.start + 2, fold.end)),
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
        source = self._inner(Range(start, inner))
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

    def _fits(self, part: Range) -> bool:
        first, last = self.tokens[part.start], self.tokens[part.end - 1]
        text = self.source[self._begin(first) : self._end(last)]
        return first.line == last.end_line and len(text) <= WIDTH and out.quote(text) == text

    def _text(self, part: Range) -> out.Node:
        text = self._slice(part)
        return out.Text(f"{text}\n" if "\n" in text else text)

    def _pattern(self, part: Range) -> out.Node:
        """A pattern with its binding as the key, and with `where` if it is long or binds fields."""
        tokens = self.tokens
        at = start = part.start
        head: str | None = None
        if tokens[start + 1].text == ":":
            head = tokens[start].text
            start += 2
        opening = next((i for i in range(start, part.end) if tokens[i].text == "("), None)
        if opening is None or (tokens[start].text in CALLS) or not tokens[start].text[:1].isalpha():
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
        whole = Range(start, close + 1)
        if head is not None and self._fits(whole):
            entries.append(out.Entry(self._text(whole), out.Text(head), self._begin(tokens[at])))
        else:
            name = self._slice(Range(start, opening))
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
            source = self._source(Range(close + 2, part.end))
            entries.append(out.Entry(source, out.Text("from"), self._begin(tokens[close + 1])))
        return out.Mapping(entries)

    def _source(self, part: Range) -> out.Node:
        """What stands behind `from`."""
        word = self.tokens[part.start].text
        called = part.end - part.start > 2 and self.tokens[part.start + 1].text == "("
        if called and self._close(part.start + 1) == part.end - 1:
            if word == "collect":
                inner = self._inner(Range(part.start + 2, part.end - 1))
                return out.Mapping([out.Entry(inner, out.Text(word), self._begin(self.tokens[part.start]))])
            if word in ("accumulate", "acc"):
                return self._accumulate(part) or self._text(part)
        return self._text(part)

    def _constraint(self, part: Range) -> out.Node:
        first = self.tokens[part.start]
        if first.text.startswith("$") and self.tokens[part.start + 1].text == ":":
            value = self._text(Range(part.start + 2, part.end))
            return out.Mapping([out.Entry(value, out.Text(first.text), self._begin(first) + 1)])
        return self._text(part)
