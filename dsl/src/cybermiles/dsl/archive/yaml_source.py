"""YAML with places: plain data plus the span of every node, so that a finding points at the line.

YAML 1.2 by ruamel.yaml (PyYAML, of YAML 1.1, does not read `{pid: text?}`). Strict where YAML is treacherous: no
anchors or aliases (no bombs), no duplicate keys, no tags, no merge keys, bounded depth and size; numbers are exact (int
or Decimal, never float); `yes`, `no`, `on`, `off` and dates are texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.ir import Span

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar as written: its text after YAML's quoting, and from where to where it stands in the source."""

    text: str
    style: str | None
    """The character that begins it: a quote, `|`, `>`, or None for a plain scalar."""
    start: int
    end: int
    line: int
    column: int
    """Of the start, counted from 1."""


@dataclass
class Document:
    """The data of a YAML file and where each part of it stands."""

    file: str
    data: Any
    spans: Mapping[Path, Span] = field(default_factory=dict)
    source: str = ""
    scalars: Mapping[Path, Scalar] = field(default_factory=dict)
    keys: Mapping[Path, Scalar] = field(default_factory=dict)
    """The key of each entry of a mapping, by the path of the entry."""
    root: Node | None = None

    def span(self, path: Path) -> Span:
        """The place of a part, or of the nearest part around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.spans:
                return self.spans[path[:end]]
        return Span(self.file, 1, 1, 1, 1)


_INT = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+([eE][-+]?[0-9]{1,4})?|-?(0|[1-9][0-9]*)[eE][-+]?[0-9]{1,4}")
_TAGS = frozenset(("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value"))
_TAG = "tag:yaml.org,2002:str"
"""What every node gets: what a scalar is, we decide by its text."""
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


def load(text: bytes, file: str, findings: Diagnostics) -> Document:
    """Parses one YAML document. Raises CompileError with codes `yaml-*`."""
    if len(text) > MAX_BYTES:
        raise findings.fail("yaml-too-large", f"`{file}` has more than {MAX_BYTES} bytes", Span(file, 1, 1, 1, 1))
    try:
        source = text.decode("utf-8").removeprefix("\ufeff")
        root = _compose(source, file, findings)
    except UnicodeDecodeError as cause:
        raise findings.fail("yaml-syntax", f"`{file}` is not UTF-8 text", Span(file, 1, 1, 1, 1)) from cause
    except MarkedYAMLError as cause:
        mark = cause.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = (cause.problem or "cannot be read").splitlines()[0]
        hint = "put a text that contains `: ` into quotes" if "mapping values" in problem else None
        raise findings.fail("yaml-syntax", problem, Span(file, line, column, line, column + 1), hint) from cause
    except (YAMLError, RecursionError, ValueError) as cause:
        raise findings.fail("yaml-syntax", "the text cannot be read as YAML", Span(file, 1, 1, 1, 1)) from cause
    if root is None:
        return Document(file, None)
    builder = _Builder(file, findings)
    data = builder.build(root, ())
    return Document(file, data, builder.spans, source, builder.scalars, builder.keys, root)


def _compose(source: str, file: str, findings: Diagnostics) -> Node | None:
    """The one document of a text as nodes, without recursion; stops at an alias and at too much depth."""
    root: list[Node] = []
    open_: list[tuple[Node, list[Any]]] = []
    documents = 0
    for event in YAML(typ="safe", pure=True).parse(source):
        at = event.start_mark
        span = Span(file, at.line + 1, at.column + 1, at.line + 1, at.column + 2)
        if getattr(event, "anchor", None) is not None:
            raise findings.fail("yaml-alias", "anchors and aliases are not allowed", span)
        tag = getattr(event, "tag", None)
        if tag is not None and str(tag).rpartition(":")[2] not in _TAGS:
            raise findings.fail("yaml-syntax", f"tags are not allowed: `{tag}`", span)
        match event:
            case DocumentStartEvent():
                documents += 1
                if documents > 1:
                    raise findings.fail("yaml-syntax", "a file holds one document", span)
            case ScalarEvent():
                node: Node = ScalarNode(_TAG, event.value, at, event.end_mark, style=event.style)
                (open_[-1][1] if open_ else root).append(node)
            case SequenceStartEvent() | MappingStartEvent():
                if len(open_) > MAX_DEPTH:
                    raise findings.fail("yaml-too-deep", f"nested deeper than {MAX_DEPTH} levels", span)
                made = SequenceNode if isinstance(event, SequenceStartEvent) else MappingNode
                node = made(_TAG, [], at, None, flow_style=event.flow_style)
                (open_[-1][1] if open_ else root).append(node)
                open_.append((node, []))
            case SequenceEndEvent() | MappingEndEvent():
                node, items = open_.pop()
                node.end_mark = event.end_mark
                pairs = isinstance(node, MappingNode)
                node.value = list(zip(items[::2], items[1::2], strict=True)) if pairs else items
    return root[0] if root else None


@dataclass
class _Builder:
    file: str
    findings: Diagnostics
    spans: dict[Path, Span] = field(default_factory=dict)
    scalars: dict[Path, Scalar] = field(default_factory=dict)
    keys: dict[Path, Scalar] = field(default_factory=dict)

    def build(self, node: Node, path: Path) -> Any:
        span = _span(node, self.file)
        self.spans[path] = span
        if isinstance(node, ScalarNode):
            self.scalars[path] = _place(node)
            return _scalar(node, span, self.findings)
        if isinstance(node, SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key_span = _span(key_node, self.file)
            if not isinstance(key_node, ScalarNode):
                raise self.findings.fail("yaml-syntax", "a key must be a text", key_span)
            key = key_node.value
            if key in result:
                raise self.findings.fail("yaml-duplicate-key", f"the key `{key}` stands twice", key_span)
            self.keys[*path, key] = _place(key_node)
            result[key] = self.build(value_node, (*path, key))
        return result


def is_value(text: str) -> bool:
    """Whether a plain scalar is a number, a truth value or null, and no text."""
    return text in _WORDS or _INT.fullmatch(text) is not None or _DECIMAL.fullmatch(text) is not None


def _scalar(node: ScalarNode, span: Span, findings: Diagnostics) -> Any:
    text: str = node.value
    if node.style is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > 400 and (_INT.fullmatch(text) or _DECIMAL.fullmatch(text)):
        raise findings.fail("yaml-syntax", "a number has too many digits", span)
    if _INT.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text


def _place(node: ScalarNode) -> Scalar:
    start = node.start_mark
    return Scalar(node.value, node.style, start.index, node.end_mark.index, start.line + 1, start.column + 1)


def _span(node: Node, file: str) -> Span:
    start, end = node.start_mark, node.end_mark
    if end.line > start.line and not isinstance(node, ScalarNode):
        return Span(file, start.line + 1, start.column + 1, start.line + 1, start.column + 2)
    return Span(file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
