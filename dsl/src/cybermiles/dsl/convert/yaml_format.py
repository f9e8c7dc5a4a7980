"""Canonical layout of YAML: two spaces a level, one entry a line, texts and comments as the author wrote them."""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from cybermiles.dsl.archive.yaml_source import Document, Path, load
from cybermiles.dsl.convert import yaml_out as out
from cybermiles.dsl.convert.yaml_texts import canonical_texts
from cybermiles.dsl.diagnostics import CompilerBug, Diagnostics

_COMMENT = re.compile(r"#(.*)")
_HEADER = re.compile(r"([|>][0-9+-]*)[ \t]*(?:[ \t]#(.*))?\r?(?:\n|$)")


def format_yaml(file: str, text: str) -> str:
    """The text in canonical layout; raises CompileError if it is not YAML that we read."""
    document = load(text.encode("utf-8"), file, Diagnostics())
    if not isinstance(document.root, MappingNode | SequenceNode):
        return text
    texts = canonical_texts(document)
    root = _Nodes(document, texts).node(document.root)
    if not isinstance(root, out.Mapping | out.Listing):  # a collection in one line is a whole file
        made = f"{root.text}\n" if isinstance(root, out.Flow) else text
    else:
        rest = out.place_comments(root, notes(document))
        made = out.emit(root, rest)
    again = load(made.encode("utf-8"), file, Diagnostics())
    for path, written in texts.items():
        _put(document.data, path, written)
    if again.data != document.data:
        raise CompilerBug(f"formatting `{file}` would change its data")
    return made


def _put(data: Any, path: Path, value: str) -> None:
    for key in path[:-1]:
        data = data[key]
    data[path[-1]] = value


def notes(document: Document) -> list[out.Note]:
    """The comments of a YAML text."""
    source = document.source
    ranges = sorted((s.start, s.end) for s in (*document.scalars.values(), *document.keys.values()) if s.end > s.start)
    starts = [start for start, _ in ranges]
    found: list[out.Note] = []
    for scalar in document.scalars.values():
        if scalar.style in ("|", ">") and (header := _HEADER.match(source, scalar.start)) and header[2] is not None:
            found.append(out.Note((header[2].rstrip(),), header.start(2), True))
    for match in _COMMENT.finditer(source):
        at = match.start()
        index = bisect.bisect_right(starts, at) - 1
        if index >= 0 and at < ranges[index][1]:
            continue
        before = source[source.rfind("\n", 0, at) + 1 : at]
        if before and not before[-1].isspace():
            continue
        blank = (
            not before.strip() and re.match(r"\r?\n[ \t]*\r?\n", source[match.end() : match.end() + 200]) is not None
        )
        above = re.search(r"\n[ \t]*\r?\n[ \t]*$", source[max(0, at - 200) : at]) is not None
        found.append(out.Note((match[1].rstrip(),), at, bool(before.strip()), blank, above))
    return sorted(found, key=lambda n: n.at)


class _Nodes:
    """From YAML's nodes to ours."""

    def __init__(self, document: Document, texts: Mapping[Path, str]) -> None:
        self.source = document.source
        self.texts = {document.scalars[path].start: text for path, text in texts.items()}
        """What is written in place of the scalar that begins there."""
        self.comments = [note.at for note in notes(document)]

    def node(self, node: Node) -> out.Node:
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        start, end = node.start_mark.index, node.end_mark.index
        assert isinstance(node, MappingNode | SequenceNode)
        if node.flow_style and not self._has_comment(start, end):
            text = self._flow(node)
            if text is not None and len(text) + node.start_mark.column <= out.WIDTH:
                return out.Flow(text)
        if isinstance(node, MappingNode):
            return out.Mapping([self._entry(value, key) for key, value in node.value])
        return out.Listing([self._entry(value, None) for value in node.value])

    def _entry(self, value: Node, key: Node | None) -> out.Entry:
        first = key or value
        at = first.start_mark.index
        made = None
        if isinstance(key, ScalarNode):
            scalar = self._scalar(key)
            made = scalar if isinstance(scalar, out.Raw) else out.Text(key.value)
        return out.Entry(self.node(value), made, at, blank_before=self._blank_before(at))

    def _blank_before(self, at: int) -> bool:
        """Whether a blank line stands before the entry, or before the comments above it."""
        blank = False
        end = self.source.rfind("\n", 0, at)
        while end > 0:
            start = self.source.rfind("\n", 0, end) + 1
            line = self.source[start:end].strip()
            if line and not line.startswith("#"):
                return blank
            blank = not line
            end = start - 1
        return blank

    def _has_comment(self, start: int, end: int) -> bool:
        index = bisect.bisect_left(self.comments, start)
        return index < len(self.comments) and self.comments[index] < end

    def _scalar(self, node: ScalarNode) -> out.Node:
        start = node.start_mark.index
        text = self.source[start : node.end_mark.index]
        if start in self.texts and not (node.style in ("|", ">") and "\n" in self.texts[start].rstrip("\n")):
            return out.Text(self.texts[start])
        if node.style in ("|", ">"):
            return self._block(node, text)
        if "\n" in text:
            return out.Text(node.value)
        return out.Raw(text)

    def _block(self, node: ScalarNode, text: str) -> out.Node:
        header = _HEADER.match(text)
        assert header is not None
        indicator = header[1]
        if re.search(r"[0-9]", indicator):
            return out.Raw(out.quote(node.value))  # leading spaces: quotes are the clearer way
        if (changed := self.texts.get(node.start_mark.index)) is not None:
            return out.Text(changed)
        lines = text[header.end() :].replace("\r\n", "\n").split("\n")
        if lines and not lines[-1]:
            lines.pop()
        indent = next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), 0)
        if "+" not in indicator:
            while lines and not lines[-1].strip():
                lines.pop()
        return out.Block(indicator, [line[indent:] for line in lines])

    def _flow(self, node: Node) -> str | None:
        """A flow collection on one line."""
        if isinstance(node, ScalarNode):
            text = self.source[node.start_mark.index : node.end_mark.index]
            changed = self.texts.get(node.start_mark.index)
            if changed is not None:
                return out.quote(changed, flow=True)
            return out.quote(node.value, flow=True) if "\n" in text else text
        if isinstance(node, SequenceNode):
            items = [self._flow(item) for item in node.value]
            return None if None in items else "[" + ", ".join(i for i in items if i is not None) + "]"
        assert isinstance(node, MappingNode)
        pairs = [(self._flow(key), self._flow(value)) for key, value in node.value]
        return "{" + ", ".join(f"{key}: {value}".rstrip() for key, value in pairs) + "}"
