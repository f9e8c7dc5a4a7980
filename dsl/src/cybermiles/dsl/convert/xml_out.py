"""XML as text: elements with attributes, indented, with nothing lost in character data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cybermiles.dsl.syntax.xml import XML, Element

_ATTRIBUTE = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}
_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


@dataclass(slots=True)
class Out:
    """An element to write; ``comments`` stand before its children."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Out] = field(default_factory=list)
    text: str = ""
    comments: list[str] = field(default_factory=list)

    def add(self, tag: str, text: str = "", **attributes: str) -> Out:
        """A new child; `_` at the end of an attribute's name is left out, `__` is a colon."""
        made = Out(tag, {k.rstrip("_").replace("__", ":"): v for k, v in attributes.items()}, text=text)
        self.children.append(made)
        return made


def write_xml(root: Out) -> str:
    """The text of a file."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    _write(root, 0, lines)
    return "\n".join(lines) + "\n"


def _write(out: Out, depth: int, lines: list[str]) -> None:
    pad = "  " * depth
    attributes = "".join(f' {name}="{_escaped(value, _ATTRIBUTE)}"' for name, value in out.attributes.items())
    start = f"{pad}<{out.tag}{attributes}"
    if not out.children and not out.comments:
        lines.append(f"{start}>{_data(out.text)}</{out.tag}>" if out.text else f"{start}/>")
        return
    lines.append(f"{start}>{_data(out.text)}")
    lines.extend(f"{pad}  <!--{comment}-->" for comment in out.comments)
    for child in out.children:
        _write(child, depth + 1, lines)
    lines.append(f"{pad}</{out.tag}>")


def _data(text: str) -> str:
    """Code is easier to read in a section of character data."""
    if ("<" in text or "&" in text) and "]]>" not in text:
        return f"<![CDATA[{text}]]>"
    return _escaped(text, _TEXT)


def _escaped(text: str, by: dict[str, str]) -> str:
    return re.sub("[" + re.escape("".join(by)) + "]", lambda m: by[m[0]], text)


class Foreign:
    """What other namespaces say, copied with prefixes of its own."""

    def __init__(self, taken: dict[str, str]) -> None:
        """``taken``: prefixes of the file by namespace."""
        self.prefixes = dict(taken)

    def copy(self, element: Element, out: Out, own: str) -> list[Out]:
        """Gives ``out`` the foreign attributes of an element, and returns its foreign children; ``own``: the
        namespace of the element's language."""
        for name, value in element.attributes.items():
            if name.namespace not in ("", own):
                out.attributes[f"{self._prefix(name.namespace, element)}:{name.local}"] = value
        return [self._whole(c) for c in element.children if c.name.namespace != own]

    def _whole(self, element: Element) -> Out:
        prefix = self._prefix(element.name.namespace, element) if element.name.namespace else ""
        made = Out(f"{prefix}:{element.local}" if prefix else element.local, text=element.text.value.strip())
        if not prefix:
            made.attributes["xmlns"] = ""
        for name, value in element.attributes.items():
            before = f"{self._prefix(name.namespace, element)}:" if name.namespace else ""
            made.attributes[before + name.local] = value
        made.children = [self._whole(c) for c in element.children]
        made.comments = list(element.comments)
        return made

    def _prefix(self, namespace: str, element: Element) -> str:
        if namespace == XML:
            return "xml"
        if namespace not in self.prefixes:
            wished = next((p for p, n in element.namespaces.items() if n == namespace and p), "")
            taken = set(self.prefixes.values())
            number = 1
            made = wished or "ns1"
            while made in taken:
                number += 1
                made = f"{wished or 'ns'}{number}"
            self.prefixes[namespace] = made
        return self.prefixes[namespace]
