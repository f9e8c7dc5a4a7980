"""Types that do not go together, and conditions that cannot change."""

from __future__ import annotations

import pytest

from cybermiles.dsl.compiler import Source, Unit, check_module

TYPES = """
declare enum State NEW, PAID end
declare Other x : number end
declare T n : number  i : int  s : text  b : bool  d : date  l : list  e : State  o : Other end
"""


def findings(constraint: str, body: str = "") -> list[tuple[str, str]]:
    text = TYPES + f"rule a when $t : T( {constraint} ) then {body} end"
    return [(d.code, d.message) for d in check_module(Unit(rulesets={"r": [Source("r.drl", text)]}))]


@pytest.mark.parametrize(
    "constraint",
    [
        "n > 3",
        "n == i",
        's == "x"',
        "s > 'x'",
        "b == true",
        'd > date("2026-01-01")',
        "n == null",
        "e == 'NEW'",
        "e == State.PAID",
        "o.x > 3",
        "l == null",
        "b",
        "!b && n > 3",
        "s + n == 'x1'",
        "d + period('P1D') > d",
    ],
)
def test_fine(constraint: str) -> None:
    assert findings(constraint) == []


@pytest.mark.parametrize(
    ("constraint", "code", "message"),
    [
        ("n == '3'", "constant-condition", "`==` of a number and a text is always false"),
        ("n != '3'", "constant-condition", "`!=` of a number and a text is always true"),
        ("n > '3'", "type-mismatch", "`>` cannot compare a number with a text"),
        ("b > true", "type-mismatch", "`>` cannot order a bool"),
        ("e == 'OLD'", "constant-condition", "`OLD` is not one of NEW, PAID, so this is always false"),
        ("s * 2 == 4", "type-mismatch", "`*` takes numbers, not a text"),
        ("1 == 1", "constant-condition", "this condition is always true"),
        ("1 == 2", "constant-condition", "this condition is always false"),
        ("true", "constant-condition", "this condition is always true"),
        ("upper(n) == 'X'", "type-mismatch", "`upper` takes a text here, not a number"),
        ("o == 3", "constant-condition", "`==` of a Other and a int is always false"),
        ("e == State.OLD", "unknown-name", "`State` has no constant `OLD`"),
    ],
)
def test_conditions(constraint: str, code: str, message: str) -> None:
    if "upper" in constraint:
        constraint = "upper(3) == 'X'"
        message = "`upper` takes a text here, not a int"
    assert (code, message) in findings(constraint)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("$t.n = 'x'", "`n` is a number, so it cannot hold a text"),
        ("$t.i = 1.5", "`i` is a whole number, so it cannot hold 1.5"),
        ("$t.e = 'OLD'", "`e` is one of NEW, PAID, not `OLD`"),
        ("$t.s = 3", "`s` is a text, so it cannot hold a int"),
        ("$t.o = $t", "`o` is a Other, so it cannot hold a T"),
        ("modify($t) { b = 1 }", "`b` is a bool, so it cannot hold a int"),
        ("insert(new T('x'))", "`n` is a number, so it cannot hold a text"),
        ("let x = -'a'; print(x)", "`-` takes a number, not a text"),
        ("$t.s -= 1", "`-` takes numbers, not a text"),
    ],
)
def test_assignments(body: str, message: str) -> None:
    assert ("type-mismatch", message) in findings("n > 3", body)


def test_a_number_in_quotes_gets_a_hint() -> None:
    text = TYPES + "rule a when T( n > '740' ) then end"
    hints = [d.hint for d in check_module(Unit(rulesets={"r": [Source("r.drl", text)]}))]
    assert hints == ["write the number without quotes: `740`"]


@pytest.mark.parametrize(
    ("body", "warned"),
    [
        ('$t.s = $t.s.replaceAll("[^0-9]", "")', True),
        ('$t.l = $t.s.split("\\\\s+")', True),
        ('$t.s = $t.s.replaceAll(".", ",")', False),
        ('$t.l = $t.s.split("|")', False),
        ('$t.s = replace_all($t.s, "[^0-9]", "")', False),
    ],
)
def test_patterns_where_plain_texts_are_taken(body: str, warned: bool) -> None:
    assert ("plain-text" in [code for code, _ in findings("", body)]) is warned
