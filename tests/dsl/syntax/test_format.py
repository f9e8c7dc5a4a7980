"""Formatting changes layout only, and twice is once."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.syntax.format import format_source
from cybermiles.dsl.syntax.lexer import lex

ROOT = Path(__file__).parents[2] / "conformance"
FILES = sorted(ROOT.rglob("*.drl"))
RULES = [
    case["rules"]
    for path in sorted((ROOT / "drl").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
    if "rules" in case and "want_error" not in case
]


def test_rules() -> None:
    text = (
        'rule "a" salience 10\nno-loop\nwhen\n$o:Order( total>3&&<9,$n:name) // hi\n'
        'not Order(name==$n)\nthen\nif($n=="x"){\n$o.total=-3+ 4;}\nwhen\n$o.total>3\nthen\nx=[1,\n2]\nend\nend'
    )
    assert format_source("a.drl", text, "drl") == (
        'rule "a" salience 10\n  no-loop\n  when\n    $o : Order(total > 3 && < 9, $n : name)  // hi\n'
        '    not Order(name == $n)\n  then\n    if ($n == "x") {\n      $o.total = -3 + 4; }\n    when\n'
        "      $o.total > 3\n    then\n      x = [1,\n        2]\n    end\nend\n"
    )


def test_conditions() -> None:
    text = (
        "query q( int $a )\nP( $a:=x )\n?q( $a; )\nend\n"
        'rule "x" extends "y"\nwhen\n$p:P( "a",$b;$t:/wife/kids#Girl[0,age>1]/toys,x/2>3 )@watch( !x,* )\n'
        "accumulate( A( $x:x );$s:sum( $x );$s>3 )\n"
        "Number()from accumulate( A( $x:x ),init( int t=0; )action( t+=$x; )result( t ) )\n"
        "not( A() and B() )\nQ()do[first]\nif( $s>3 )do[a]else break[b]\n"
        "then\nprint(1)\nthen[first]\nprint(2)\nthen[a] then[b]\nend"
    )
    assert format_source("a.drl", text, "drl") == (
        "query q(int $a)\n  P($a := x)\n  ?q($a;)\nend\n"
        'rule "x" extends "y"\n  when\n'
        '    $p : P("a", $b; $t : /wife/kids#Girl[0, age > 1]/toys, x / 2 > 3) @watch(!x, *)\n'
        "    accumulate(A($x : x); $s : sum($x); $s > 3)\n"
        "    Number() from accumulate(A($x : x), init(int t = 0;) action(t += $x;) result(t))\n"
        "    not (A() and B())\n    Q() do[first]\n    if ($s > 3) do[a] else break[b]\n"
        "  then\n    print(1)\n  then[first]\n    print(2)\n  then[a] then[b]\nend\n"
    )


def test_script() -> None:
    text = "let a=1,b={x:1};\nfunction f(x){return -x*2}\nfor(let i=0;i<10;i++){\na+=f(i)\n}\nreturn a?b:`q ${a+1}`"
    assert format_source("a.js", text, "script") == (
        "let a = 1, b = { x: 1 };\nfunction f(x) { return -x * 2 }\nfor (let i = 0; i < 10; i++) {\n"
        "  a += f(i)\n}\nreturn a ? b : `q ${a + 1}`\n"
    )


@pytest.mark.parametrize("text", RULES)
def test_twice_is_once(text: str) -> None:
    once = format_source("a.drl", text, "drl")
    assert format_source("a.drl", once, "drl") == once


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_twice_is_once(path: Path) -> None:
    once = format_source("a.drl", path.read_text(encoding="utf-8"), "drl")
    assert format_source("a.drl", once, "drl") == once


_WORDS = st.sampled_from(
    [
        "a",
        "b",
        "$x",
        "1",
        "2.5",
        "'q'",
        '"r"',
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ";",
        ":",
        ".",
        "?",
        "=",
        "==",
        "<",
        "+",
        "-",
        "*",
        "!",
        "&&",
        "||",
        "++",
        "\n",
        "//",
        "/**/",
        "if",
        "else",
        "for",
        "while",
        "return",
        "let",
        "function",
        "new",
        "x.y",
        "f(1)",
        "{a:1}",
        "`t${1}u`",
    ]
)


@settings(deadline=None)
@given(st.lists(_WORDS, max_size=25).map(" ".join))
def test_any_script_that_parses_formats_once(text: str) -> None:
    try:
        once = format_source("a.js", text, "script")
    except CompileError:
        return
    assert format_source("a.js", once, "script") == once
    before = [t.text for t in lex("a", text, Diagnostics()).tokens]
    assert [t.text for t in lex("a", once, Diagnostics()).tokens] == before
