"""The XML reader: places, and input that is malformed, hostile or huge."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.syntax.xml import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, Element, decode_xml, read_xml

SOURCE = """<?xml version="1.0"?>
<a xmlns="u" xmlns:p="v" p:c="x &lt; y &amp;&amp; 'é' z"
   d = "1">é<b>
 if (a &lt; b) {
   <![CDATA[ x < 3 ]]>
 }</b></a>"""


def _root(text: str) -> Element:
    root = read_xml("f", text, Diagnostics()).root
    assert root is not None
    return root


def test_places_of_elements_and_attributes() -> None:
    root = _root(SOURCE)
    assert root.span == ("f", 2, 1, 2, 3)
    assert root.children[0].span == ("f", 3, 13, 3, 15)
    assert root.attribute_span("d") == ("f", 3, 9, 3, 10)
    assert root.attribute_span("c", "v")[:3] == ("f", 2, 31)
    assert root.attribute("d", "v") is None


def test_places_after_references_and_in_character_data() -> None:
    value = _root(SOURCE).attribute("c", "v")
    assert value is not None
    assert value.value == "x < y && 'é' z"
    assert [value.place(value.value.index(c)) for c in ("<", "y", "é", "z")] == [(2, 33), (2, 38), (2, 52), (2, 55)]
    text = _root(SOURCE).children[0].text
    assert text.place(text.value.index("b)")) == (4, 13)
    assert text.place(text.value.index("3")) == (5, 18)
    assert text.strip().span == ("f", 4, 2, 6, 3)


def test_lines_end_as_xml_says() -> None:
    root = _root("<a>\r\n<b/>\r<c/></a>")
    assert [c.span.line for c in root.children] == [2, 3]


BAD = {
    "": "xml-malformed",
    "<a>": "xml-malformed",
    "<a></b>": "xml-malformed",
    "<a b='1' b='2'/>": "xml-malformed",
    "<a xmlns:b='x' xmlns:c='x' b:d='1' c:d='1'/>": "xml-malformed",
    "<a>&unknown;</a>": "xml-malformed",
    "<p:a/>": "xml-malformed",
    "<a:/>": "xml-malformed",
    "\0": "xml-malformed",
    "<!DOCTYPE a><a/>": "xml-forbidden",
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>': "xml-forbidden",
    '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>': "xml-forbidden",
    "<a>" * (MAX_DEPTH + 1): "xml-too-large",
    "<a>" + "<b/>" * MAX_ELEMENTS + "</a>": "xml-too-large",
    "<a " + " ".join(f"a{i}=''" for i in range(300)) + "/>": "xml-too-large",
    "<a x='" + "y" * MAX_BYTES + "'/>": "xml-too-large",
}


@pytest.mark.parametrize(("text", "code"), BAD.items(), ids=[f"{n}: {t[:12]!r}" for n, t in enumerate(BAD)])
def test_bad_input_is_refused_soon(text: str, code: str) -> None:
    started = time.monotonic()
    with pytest.raises(CompileError) as caught:
        read_xml("f", text, Diagnostics())
    assert caught.value.diagnostics[0].code == code
    assert time.monotonic() - started < 5


@given(st.text(alphabet="<>/&;!ab='\" \n[]-?:#x\0é", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        root = _root(text)
    except CompileError:
        return
    for element in root.walk():
        assert element.span.line >= 1
        assert element.text.span.line >= 1
        for name in element.attributes:
            found = element.attribute(name.local, name.namespace)
            assert found is not None
            assert found.value == element.attributes[name]


def test_encodings() -> None:
    text = "<a b='é'/>"
    for data in (
        text.encode(),
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        f'<?xml version="1.0" encoding="ISO-8859-1"?>{text}'.encode("latin-1"),
        f'<?xml version="1.0" encoding="windows-1252"?>{text}'.encode("cp1252"),
    ):
        assert _root(decode_xml("f", data)).get("b") == "é"


@pytest.mark.parametrize("data", [b"<a>\xff</a>", b'<?xml version="1.0" encoding="x-mac"?><a/>'])
def test_bad_encodings(data: bytes) -> None:
    with pytest.raises(CompileError) as caught:
        decode_xml("f", data)
    assert caught.value.diagnostics[0].code == "xml-malformed"
