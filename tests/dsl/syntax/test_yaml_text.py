"""Places of characters within YAML scalars: the quick way and the walk agree, and both point at the character."""

from __future__ import annotations

from pathlib import Path

import pytest

from cybermiles.dsl.archive.yaml_source import Document, load
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.syntax.yaml_text import line_places, places

FILES = sorted((Path(__file__).parents[2] / "conformance").rglob("*.yaml"))
KINDS = """\
plain: some text
long: some text
  that goes on

  after a blank line
'single': 'it''s here'
"double": "a \\"quote\\", a tab\\t, \\u00e9\\x41, a \\
  continued line
  and a folded one"
literal: |
  first
    indented

  last
strip: |-
    four
     five
explicit: |2
   one more than two
  two
folded: >
  these are
  one line

  and another
    kept
    as it is
  end
flow: [a b, "c", {d: 'e'}]
"""


def _document(text: str) -> Document:
    return load(text.encode(), "a.yaml", Diagnostics())


def _quick(document: Document) -> int:
    """How many scalars have the quick form; each agrees with the walk."""
    count = 0
    for scalar in (*document.scalars.values(), *document.keys.values()):
        lines = line_places(document.source, scalar)
        if lines is None:
            continue
        count += 1
        walked = places(document.source, scalar)
        line, start = 0, 0
        for at, character in enumerate(scalar.text):
            if character == "\n":
                line, start = line + 1, at + 1
            else:
                assert walked[at] == (lines[line][0], lines[line][1] + at - start)
    return count


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_quick_way_agrees_with_the_walk(path: Path) -> None:
    assert _quick(_document(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_each_character_is_where_it_stands(newline: str) -> None:
    document = _document(KINDS.replace("\n", newline))
    lines = document.source.split("\n")
    for scalar in document.scalars.values():
        found = places(document.source, scalar)
        assert len(found) == len(scalar.text) + 1
        assert found == sorted(found)
        for character, (line, column) in zip(scalar.text, found, strict=False):
            at = lines[line - 1][column - 1 : column]
            if not character.isspace():
                assert at == character or (at == "\\" and scalar.style == '"'), (scalar, character)
    assert _quick(document)
