"""Rules and scripts have parsers of their own: what both can say, they read alike."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.parser import parse_rules
from cybermiles.dsl.syntax.script.statements import parse_script

SHARED = [
    "return 1 + 2 * 3 - -4 % 5 ** 6",
    "return a && b || !c && d",
    "return (a ?? b) + c",
    "return a < b == c >= d",
    "return a ? b : c ? d : e",
    "return a.b.c[d].e(f, 1)(2)",
    "return [1, 'a', \"b\", [], true, false, null]",
    "return {a: 1, 'b c': [2], d}",
    "return a == b && c != d || e === f && g !== h",
    "return x > 3 && < 9",
    "return x contains y && y not contains z",
    "return x matches 'a+' || x memberOf y || x excludes z",
    "return x in (1, 2, 3)",
    "return x not in (1, 2)",
    "return a + b * (c - d) / e",
    "return -a + +b - !c",
    "return `x${a}y${b + 1}z`",
    "a = 1; a += 2; a.b -= 3; a[0] *= 4; a /= 5; a %= 6; a **= 7; a ??= 8; a ||= 9; a &&= 10",
    "a++; --b; c.d++",
    "let x = 1, y; const z = 2; var w = 3",
    "if (a) { b = 1 } else if (c) d = 2; else { e = 3 }",
    "while (a) { b(); break } do { c(); continue } while (d)",
    "for (let i = 0; i < 3; i++) { a(i) }",
    "for (let x of xs) { a(x) }",
    "for (x of xs) a(x)",
    "{ let a = 1; { let b = a } }",
    "throw 'x'",
    "return new Message(1, 'a')",
    "return 1.50 + .5 + 1e3 + 1_000",
    "return a\nb = 2\nc = d\n+ e",
]


def _plain(value: Any) -> Any:
    """A tree without its places."""
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if dataclasses.is_dataclass(value):
        fields = (f.name for f in dataclasses.fields(value) if not f.name.endswith("span"))
        return (type(value).__name__, [_plain(getattr(value, name)) for name in fields])
    return value


@pytest.mark.parametrize("text", SHARED)
def test_both_parsers_agree(text: str) -> None:
    findings = Diagnostics()
    [item] = parse_rules("a.drl", f"function any f() {{\n{text}\n}}", findings).items
    assert isinstance(item, t.FunctionItem)
    script = parse_script("a.js", text, findings)
    assert not list(findings)
    assert _plain(script.body) == _plain(item.body)
