"""Sources made to hurt end soon, with one clear finding; no text at all makes the parser itself fail."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.syntax.parser import parse_rules

_BOUND = 10.0
"""Seconds of processor time; each case needs less than a fifth of it."""


def _codes(text: str) -> list[str]:
    """The codes of a source's errors, found in bounded time."""
    findings = Diagnostics()
    start = time.process_time()
    parse_rules("hostile.drl", text, findings)
    assert time.process_time() - start < _BOUND
    return [d.code for d in findings if d.severity == "error"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(
            "rule a when " + "(" * 50_000 + "A()" + ")" * 50_000 + " then end", "nesting-too-deep", id="groups"
        ),
        pytest.param("rule a when " + "not " * 50_000 + "A() then end", "nesting-too-deep", id="not"),
        pytest.param("rule a when " + "A() and " * 20_000 + "A() then end", "nesting-too-deep", id="and"),
        pytest.param("rule a when A() " + "do[x] " * 20_000 + "then end", "nesting-too-deep", id="do"),
        pytest.param("rule a when A(x " + "|| == 2 " * 20_000 + ") then end", "nesting-too-deep", id="restrictions"),
        pytest.param("rule a when A(x" + "#T" * 20_000 + ") then end", "nesting-too-deep", id="inline casts"),
        pytest.param("rule a when A(x " + "instanceof T " * 20_000 + ") then end", "nesting-too-deep", id="instanceof"),
        pytest.param("rule a when A(x " + "contains y " * 20_000 + ") then end", "nesting-too-deep", id="contains"),
        pytest.param("rule a when A(x " + "str[length] 1 " * 20_000 + ") then end", "nesting-too-deep", id="str"),
        pytest.param("rule a when A(x == " + "a." * 200_000 + "b) then end", "nesting-too-deep", id="members"),
        pytest.param("rule a when then " + "A." * 200_000 + "b = 1; end", "nesting-too-deep", id="a full name"),
        pytest.param("rule a when then " + "when x\nthen " * 20_000 + "end", "nesting-too-deep", id="nested when"),
        pytest.param("rule a when then x = " + "(int) " * 20_000 + "1; end", "nesting-too-deep", id="casts"),
        pytest.param("rule a when then " + "x = " * 20_000 + "1; end", "nesting-too-deep", id="assignments"),
        pytest.param("rule a when then x = " + "a ? b : " * 20_000 + "1; end", "nesting-too-deep", id="choices"),
        pytest.param("List<" * 100_000, "syntax", id="type arguments"),
        pytest.param("rule a salience " + "9" * 100_000 + " when then end", "bad-number", id="digits"),
        pytest.param("rule a when A(x == 0x" + "f" * 100_000 + ") then end", "bad-number", id="hexadecimal"),
        pytest.param("rule a when A(x == 1e" + "9" * 100_000 + ") then end", "bad-number", id="exponent"),
        pytest.param('rule a when A(x == "' + "a" * 900_000 + ") then end", "unclosed-text", id="text"),
        pytest.param("rule a /*" * 100_000, "unclosed-comment", id="comment"),
        pytest.param("rule a when A(", "syntax", id="bracket"),
        pytest.param("rule a when A() then x = 1", "syntax", id="rule"),
        pytest.param("declare A x : int", "syntax", id="declare"),
        pytest.param("rule a when then f() }", "syntax", id="brace"),
    ],
)
def test_one_finding_and_soon(text: str, code: str) -> None:
    assert _codes(text) == [code]


def test_findings_have_an_end() -> None:
    assert len(_codes("rule a when A() then\n" * 40_000)) == 200


def test_rules_have_an_end() -> None:
    findings = Diagnostics()
    made = parse_rules("many.drl", "rule a when then end\n" * 45_000, findings)
    assert len(made.items) == 4097


def _corpus() -> list[str]:
    folder = Path(__file__).parents[2] / "conformance" / "drl"
    cases = [c for path in sorted(folder.glob("*.yaml")) for c in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return [c["rules"] for c in cases if "rules" in c]


_PIECES = (
    *("(", ")", "[", "]", "{", "}", ":", ";", ",", "<", ">", "$", '"', "'", ".", "?", "!", "@", "#", "`", "/*", "str["),
    *("->", "\\", "0x", "1e99999", "**", "end", "when", "then", "not", "from", "accumulate", "\n", " "),
)


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(_corpus()),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(_PIECES)), min_size=1, max_size=4),
)
def test_a_damaged_rule_is_a_finding_or_another_rule(text: str, changes: list[tuple[float, int, str]]) -> None:
    for place, cut, piece in changes:
        at = int(place * len(text))
        text = text[:at] + piece + text[at + cut :]
    _codes(text)
