"""`dsl fmt` on YAML: one layout, nothing lost, and nothing to do the second time."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cybermiles.dsl.archive.yaml_source import load
from cybermiles.dsl.convert import yaml_out
from cybermiles.dsl.convert.yaml_format import format_yaml
from cybermiles.dsl.diagnostics import Diagnostics

ROOT = Path(__file__).parents[3]
FILES = sorted(
    path
    for folder in ("tests", "catalog/src", "studio/src")
    for path in (ROOT / folder).rglob("*.yaml")
    if ".venv" not in path.parts
)
UGLY = """\
# header

# about a
a:   1   # one


b:
    - x: 1
      # inner
      y:   [1,2,
           3]
    -   - p
        - q
    - "quoted \\
      text"
    - |   # header comment
        code # not a comment
          more

        end
    - plain text
      goes on
  # odd
c: {a: 1, b: [x,   y], # comment
   c: 3}
d: >-
   folded
   text

# the end
"""
PRETTY = """\
# header

# about a
a: 1  # one

b:
  - x: 1
    # inner
    y: [1, 2, 3]
  - - p
    - q
  - quoted text
  - |  # header comment
    code # not a comment
      more

    end
  - plain text goes on
# odd
c:
  a: 1
  b: [x, y]  # comment
  c: 3
d: >-
  folded
  text

# the end
"""


def test_the_layout() -> None:
    assert format_yaml("a.yaml", UGLY) == PRETTY


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_second_time_changes_nothing(path: Path) -> None:
    once = format_yaml(path.name, path.read_text(encoding="utf-8"))
    assert format_yaml(path.name, once) == once


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "yes",
        "no",
        "1",
        "-",
        "- a",
        "a: b",
        "a #b",
        "#",
        "0x1",
        "1e3",
        "null",
        "~",
        "a\nb\n",
        "a\n\n",
        " a",
        "'",
        '"',
        "[",
        "2026-01-01",
    ]
)
_VALUES = st.recursive(
    _TEXTS | st.booleans() | st.none() | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)


def _node(value: object) -> yaml_out.Node:
    if isinstance(value, dict):
        return yaml_out.Mapping([yaml_out.Entry(_node(v), yaml_out.Text(k)) for k, v in value.items()])
    if isinstance(value, list):
        return yaml_out.Listing([yaml_out.Entry(_node(v)) for v in value])
    if isinstance(value, str):
        return yaml_out.Text(value)
    return yaml_out.Raw("null" if value is None else str(value).lower())


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(_TEXTS, _VALUES, min_size=1, max_size=4))
def test_what_is_written_reads_back(data: dict[str, object]) -> None:
    root = _node(data)
    assert isinstance(root, yaml_out.Mapping)
    text = yaml_out.emit(root)
    assert load(text.encode(), "a.yaml", Diagnostics()).data == data
    once = format_yaml("a.yaml", text)
    assert format_yaml("a.yaml", once) == once


RULES = """\
rules:
  - name: a
    salience: $n*2
    when:
      - $c: Customer(score>700,name=="x")   # c
      - {type: Order, where: [total>3, {$n: n}, "x in (1,2)"]}
      - |
        A( x>1 )
          or B( y>2 )
    then: |
      // hi
      if($c.score>3){
      print( 1 )   // t
        if (true) {
         x=2
       }
      }
functions:
  int f(int n): return n*2
"""
LAID_OUT = """\
rules:
  - name: a
    salience: $n * 2
    when:
      - $c: Customer(score > 700, name == "x")  # c
      - {type: Order, where: [total > 3, {$n: n}, 'x in (1, 2)']}
      - |
        A( x>1 )
          or B( y>2 )
    then: |
      // hi
      if ($c.score > 3) {
        print(1)  // t
        if (true) {
          x = 2
        }
      }
functions:
  int f(int n): return n * 2
"""


def test_the_texts_of_rules() -> None:
    assert format_yaml("a.yaml", RULES) == LAID_OUT
    assert format_yaml("a.yaml", LAID_OUT) == LAID_OUT
    broken = RULES.replace("score>700", "score>>700")
    assert "score>>700" in format_yaml("a.yaml", broken)
