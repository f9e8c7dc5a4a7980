"""XML to a tree in which every element, attribute and text knows its place; strict, bounded and without entities.

The standard library's expat does the well-formedness. Document types are refused, and with them entities of any kind;
sizes and depth are counted while reading, so hostile input costs no more than the bounds say. Namespaces are resolved
here, because the prefixes are kept for what is written back.
"""

from __future__ import annotations

import bisect
import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.ir import Span

MAX_BYTES = 4 * 1024 * 1024
MAX_ELEMENTS = 100_000
MAX_DEPTH = 100
MAX_ATTRIBUTES = 200
XML = "http://www.w3.org/XML/1998/namespace"

_ENCODINGS = frozenset(("utf-8", "ascii", "iso8859-1", "cp1252"))
_DECLARED = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")
_REFERENCE = re.compile(r"&(#x[0-9a-fA-F]+|#[0-9]+|lt|gt|amp|quot|apos);")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its namespace; ``namespace`` is empty where there is none."""

    namespace: str
    local: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the document and where its characters stand."""

    value: str
    file: str
    marks: tuple[tuple[int, int, int], ...]
    """(offset, line, column), ascending: from there on columns count up until a line break or the next mark."""
    span: Span

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character."""
        at = bisect.bisect_right(self.marks, offset, key=lambda mark: mark[0]) - 1
        start, line, column = self.marks[max(at, 0)]
        before = self.value[start:offset]
        breaks = before.count("\n")
        if breaks:
            return line + breaks, offset - (start + before.rindex("\n"))
        return line, column + offset - start

    def cut(self, start: int, end: int) -> Text:
        """The part from ``start`` to ``end``."""
        first = self.place(start)
        marks = [(0, *first), *((at - start, line, column) for at, line, column in self.marks if start < at < end)]
        return Text(self.value[start:end], self.file, tuple(marks), Span(self.file, *first, *self.place(end)))

    def strip(self) -> Text:
        """Without white space around it."""
        start = len(self.value) - len(self.value.lstrip())
        return self.cut(start, max(start, len(self.value.rstrip())))


@dataclass(slots=True)
class Element:
    """An element: its name, attributes in order, children in order, and its own text."""

    name: Name
    prefix: str
    document: Document = field(repr=False)
    attributes: dict[Name, str]
    namespaces: dict[str, str] = field(repr=False)
    """Those in scope, by prefix."""
    start: int
    """Offset of its ``<`` in the document's bytes."""
    children: list[Element] = field(default_factory=list)
    pieces: list[tuple[int, str]] = field(default_factory=list, repr=False)
    """(offset in the document's bytes, text) of the characters directly inside."""
    comments: list[str] = field(default_factory=list, repr=False)

    @property
    def local(self) -> str:
        """The name without its namespace."""
        return self.name.local

    @property
    def span(self) -> Span:
        """From ``<`` to the end of the tag's name."""
        shown = len(self.prefix) + len(self.local) + (2 if self.prefix else 1)
        line, column = self.document.place(self.start)
        return Span(self.document.file, line, column, line, column + shown)

    def get(self, local: str, namespace: str = "") -> str | None:
        """An attribute's value."""
        return self.attributes.get(Name(namespace, local))

    def attribute(self, local: str, namespace: str = "") -> Text | None:
        """An attribute's value with its places."""
        value = self.get(local, namespace)
        if value is None:
            return None
        found = self._raw(local, namespace)
        if found is None:
            line, column = self.document.place(self.start)
            return Text(value, self.document.file, ((0, line, column),), self.span)
        at, raw = found
        return self.document.text([(at, raw)], self.span, attribute=True)

    def attribute_span(self, local: str, namespace: str = "") -> Span:
        """The place of an attribute's value; the element's, if it has no such attribute."""
        found = self.attribute(local, namespace)
        return self.span if found is None else found.span

    def _raw(self, local: str, namespace: str) -> tuple[int, str] | None:
        """Offset and undecoded characters of an attribute's value."""
        data = self.document.data
        at = self.start + 1
        while data[at : at + 1] not in (b" ", b"\t", b"\r", b"\n", b">", b"/"):
            at += 1
        while found := _ATTRIBUTE.match(data, at):
            prefix, _, name = found[1].decode().rpartition(":")
            if name == local and (self.namespaces.get(prefix, "") if prefix else "") == namespace:
                return found.start(2) + 1, found[2][1:-1].decode()
            at = found.end()
        return None

    @property
    def text(self) -> Text:
        """The characters directly inside."""
        return self.document.text(self.pieces, self.span)

    def all(self, *locals_: str, namespace: str | None = None) -> Iterator[Element]:
        """Children by local name, of this element's namespace unless another is given."""
        wanted = self.name.namespace if namespace is None else namespace
        return (c for c in self.children if c.local in locals_ and c.name.namespace == wanted)

    def child(self, local: str, namespace: str | None = None) -> Element | None:
        """The first child of a local name."""
        return next(self.all(local, namespace=namespace), None)

    def walk(self) -> Iterator[Element]:
        """The element and all inside it, in document order."""
        stack = [self]
        while stack:
            top = stack.pop()
            yield top
            stack.extend(reversed(top.children))


@dataclass(slots=True)
class Document:
    """A whole file."""

    file: str
    data: bytes
    """The text as UTF-8."""
    lines: list[int] = field(default_factory=list)
    """Offsets at which lines begin."""
    root: Element | None = None

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, in characters, of a byte."""
        line = bisect.bisect_right(self.lines, offset)
        start = self.lines[line - 1]
        return line, len(self.data[start:offset].decode("utf-8", "replace")) + 1

    def text(self, pieces: Sequence[tuple[int, str]], otherwise: Span, *, attribute: bool = False) -> Text:
        """Pieces of text as one; the pieces of an attribute are undecoded."""
        parts: list[str] = []
        marks: list[tuple[int, int, int]] = []
        length = 0
        expected = -1
        for at, piece in _decode(pieces[0]) if attribute else pieces:
            if at != expected:
                marks.append((length, *self.place(at)))
            parts.append(piece)
            length += len(piece)
            expected = at + len(piece.encode())
        value = "".join(parts)
        if not marks:
            return Text("", self.file, ((0, otherwise.line, otherwise.column),), otherwise)
        made = Text(value, self.file, tuple(marks), otherwise)
        end = made.place(length)
        return Text(value, self.file, made.marks, Span(self.file, marks[0][1], marks[0][2], *end))


def _decode(piece: tuple[int, str]) -> Iterator[tuple[int, str]]:
    """The decoded parts of an attribute's value: what stands as it is, and references."""
    at, raw = piece
    done = 0
    for found in _REFERENCE.finditer(raw):
        if plain := raw[done : found.start()]:
            yield at, _normal(plain)
            at += len(plain.encode())
        code = found[1]
        if code in _NAMED:
            yield at, _NAMED[code]
        else:
            yield at, chr(int(code[2:], 16) if code.startswith("#x") else int(code[1:]))
        at += len(found[0])
        done = found.end()
    if rest := raw[done:]:
        yield at, _normal(rest)


def _normal(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ")


def decode_xml(file: str, data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or what its declaration names. Raises CompileError."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        data = data.removeprefix(codecs.BOM_UTF8)
        declared = _DECLARED.match(data[:200])
        encoding = "utf-8"
        if declared is not None:
            try:
                encoding = codecs.lookup(declared[1].decode()).name
            except LookupError:
                encoding = declared[1].decode()
        if encoding not in _ENCODINGS:
            message = f"the encoding `{encoding}` is not supported"
            raise Diagnostics().fail("xml-malformed", message, Span(file, 1, 1, 1, 1), "save the file as UTF-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as cause:
        line = data[: cause.start].count(b"\n") + 1
        message = f"the text is not {encoding.upper()}"
        span = Span(file, line, 1, line, 1)
        raise Diagnostics().fail("xml-malformed", message, span, "save the file as UTF-8") from cause


def read_xml(file: str, text: str, diagnostics: Diagnostics) -> Document:
    """The tree of a text. Raises CompileError with one of the codes ``xml-malformed``, ``xml-forbidden``,
    ``xml-too-large``, whatever the text."""
    # a carriage return is a line break for XML as well: then bytes and lines agree
    data = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    document = Document(file, data, [0, *(m.end() for m in re.finditer(rb"\n", data[: MAX_BYTES + 1]))])
    if len(data) > MAX_BYTES:
        message = f"the file has more than {MAX_BYTES} bytes"
        raise diagnostics.fail("xml-too-large", message, Span(file, 1, 1, 1, 1), "split it over several files")
    _Reader(document, diagnostics).run()
    return document


class _Reader:
    def __init__(self, document: Document, diagnostics: Diagnostics) -> None:
        self._document = document
        self._diagnostics = diagnostics
        self._open: list[Element] = []
        self._count = 0
        parser = expat.ParserCreate("utf-8")
        parser.ordered_attributes = True
        parser.buffer_text = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.CommentHandler = self._comment
        parser.StartDoctypeDeclHandler = self._doctype
        self._parser = parser

    def run(self) -> None:
        try:
            self._parser.Parse(self._document.data, True)
        except expat.ExpatError as error:
            line = max(error.lineno, 1)
            column = error.offset + 1
            span = Span(self._document.file, line, column, line, column + 1)
            message = f"this is not well-formed XML: {expat.errors.messages[error.code]}"
            raise self._diagnostics.fail("xml-malformed", message, span) from None

    def _at(self) -> Span:
        line, column = self._document.place(self._parser.CurrentByteIndex)
        return Span(self._document.file, line, column, line, column + 1)

    def _fail(self, code: str, message: str, hint: str | None = None) -> CompileError:
        return self._diagnostics.fail(code, message, self._at(), hint)

    def _doctype(self, *_: object) -> None:
        hint = "remove the declaration; entities are not needed"
        raise self._fail("xml-forbidden", "a document type declaration (DOCTYPE) is not allowed", hint)

    def _start(self, tag: str, attributes: list[str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise self._fail("xml-too-large", f"more than {MAX_ELEMENTS} elements", "split it over several files")
        if len(self._open) >= MAX_DEPTH:
            raise self._fail("xml-too-large", f"elements are nested more than {MAX_DEPTH} deep")
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            raise self._fail("xml-too-large", f"an element with more than {MAX_ATTRIBUTES} attributes")
        scope = self._open[-1].namespaces if self._open else {"xml": XML}
        pairs = list(zip(attributes[::2], attributes[1::2], strict=True))
        declared = {n[6:]: v for n, v in pairs if n == "xmlns" or n.startswith("xmlns:")}
        if declared:
            scope = scope | declared
        prefix, local = self._split(tag)
        name = Name(self._namespace(prefix, scope) if prefix else scope.get("", ""), local)
        made: dict[Name, str] = {}
        for text, value in pairs:
            if text == "xmlns" or text.startswith("xmlns:"):
                continue
            before, own = self._split(text)
            key = Name(self._namespace(before, scope) if before else "", own)
            if key in made:
                raise self._fail("xml-malformed", f"the attribute `{text}` stands twice")
            made[key] = value
        element = Element(name, prefix, self._document, made, scope, self._parser.CurrentByteIndex)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._document.root = element
        self._open.append(element)

    def _split(self, name: str) -> tuple[str, str]:
        prefix, colon, local = name.partition(":")
        if not colon:
            return "", name
        if not prefix or not local or ":" in local:
            raise self._fail("xml-malformed", f"`{name[:80]}` is not a name with a namespace prefix")
        return prefix, local

    def _namespace(self, prefix: str, scope: dict[str, str]) -> str:
        if not scope.get(prefix):
            hint = f"declare it: `xmlns:{prefix[:80]}=...`"
            raise self._fail("xml-malformed", f"the namespace prefix `{prefix[:80]}` is not declared", hint)
        return scope[prefix]

    def _end(self, _: str) -> None:
        self._open.pop()

    def _characters(self, text: str) -> None:
        self._open[-1].pieces.append((self._parser.CurrentByteIndex, text))

    def _comment(self, text: str) -> None:
        if self._open:
            self._open[-1].comments.append(text)
