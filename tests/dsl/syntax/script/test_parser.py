"""The parser of contract script: what it takes, where it puts semicolons, what it says of the rest."""

from __future__ import annotations

import pytest

from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.recursion import room
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.script.statements import parse_script

TAKEN = [
    "let a = 1, [b, , c = 2, ...d] = e, {f, g: h = 3, [i]: j, ...k} = l",
    "const f = (a, {b, c = 1} = {}, ...r) => ({a, b})",
    "x => x\ny => { return y }",
    "a = b ? (c, d) : e => f",
    "class A extends B { #x = 1; static y; constructor(a) { super(a) } get v() { return this.#x } "
    "static { this.y = 1 } [k]() {} 'quoted'() {} 12() {} get() {} set() {} static() {} has(o) { return #x in o } }",
    "for (const [k, v] of Object.entries(o)) { }\nfor (let k in o) ;\nfor (x.y of z) {}",
    "switch (a) { case 1: case 2: b(); break; default: c() }",
    "l: for (;;) { for (;;) { continue l; break l } }",
    "try { a() } catch { b() } finally { c() }\ntry { } catch ({message, code = 1}) { }",
    "a?.b?.[c]?.(d).e",
    "`a${`b${{c: `}`}.c}`}d`",
    "var {a} = b; ({a, b: [c]} = d); [a, b] = [b, a]",
    "a ??= b; a ||= c; a &&= d; a **= 2; a >>>= 1",
    "typeof void delete a.b, !~a",
    "(function () { })(); (() => {})(); (async => async)(1)",
    "let o = {get a() { return 1 }, set a(v) {}, get: 1, set: 2, async: 3, m() {}, ...p, 'q': 1, 1.5: 2, if: 3}",
    "0x1F + 0b101 + 0o17 + 1_000 + 1e3 + .5 + 5.",
    "'\\u{1F600}\\x41\\\n'",
    "new A; new A(1).b(); new (f())(2); new a.b.C(3)",
    "let of = 1, get = 2, set, from, as, async; of = 3",
    "const {a = 1, b: {c = 2} = {}} = {}",
    "(a) = 1; (a.b) = 2; [a.b, c[0]] = d",
    "a = b ? c : d ? e : f",
    "label: { break label }",
]


@pytest.mark.parametrize("text", TAKEN)
def test_takes(text: str) -> None:
    findings = Diagnostics()
    with room():
        assert parse_script("a.js", text, findings).body
    assert not findings.has_errors


def _error(text: str) -> tuple[str, int, int]:
    findings = Diagnostics()
    try:
        with room():
            parse_script("a.js", text, findings)
    except CompileError:
        pass
    first = next(d for d in findings if d.severity == "error")
    return first.code, first.line, first.column


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("let [a]", "syntax", 5),
        ("({a = 1})", "syntax", 5),
        ("a => {} ()", "syntax", 9),
        ("let let = 1", "syntax", 5),
        ("let yield", "unsupported", 5),
        ("let undefined = 1", "unsupported", 5),
        ("function* g(){}", "unsupported", 9),
        ("async function f(){}", "unsupported", 1),
        ("async x => x", "unsupported", 1),
        ("await x", "unsupported", 1),
        ("import a from 'b'", "unsupported", 1),
        ("export default 1", "unsupported", 1),
        ("with (a) {}", "unsupported", 1),
        ("debugger", "unsupported", 1),
        ("a?.b = 1", "not-a-place", 1),
        ("new.target", "unsupported", 4),
        ("f`x`", "unsupported", 2),
        ("1n", "bad-number", 1),
        ("017", "bad-number", 1),
        ("1__0", "bad-number", 1),
        ("'\\u12'", "syntax", 2),
        ("x = /a", "syntax", 5),
        ("class A { constructor(){} constructor(){} }", "duplicate-name", 27),
        ("class A { #x; #x }", "duplicate-name", 15),
        ("continue", "misplaced-statement", 1),
        ("switch(a){case 1: continue}", "misplaced-statement", 19),
        ("while (a) { function f() { break } }", "misplaced-statement", 28),
        ("a: { for (;;) { continue a } }", "misplaced-statement", 26),
        ("break l", "misplaced-statement", 7),
        ("l: l: ;", "duplicate-name", 4),
        ("for (let x = 1 of y);", "syntax", 6),
        ("({get a(b){}})", "syntax", 3),
        ("delete x", "syntax", 8),
        ("-1 ** 2", "syntax", 1),
        ("a || b ?? c", "syntax", 8),
        ("function f(a,a){}", "duplicate-name", 14),
        ("eval('1')", "unsupported", 1),
        ("arguments[0]", "unsupported", 1),
        ("[1,,2]", "unsupported", 1),
        ("if (a) let b = 1", "syntax", 8),
        ("a.prototype", "unsupported", 3),
        ("a.__proto__", "unsupported", 3),
        ("(a, b) = 1", "not-a-place", 2),
        ("1 = 2", "not-a-place", 1),
        ("(...a, b) => 1", "syntax", 6),
        ("(a)\n=> b", "syntax", 1),
        ("throw\na", "syntax", 1),
        ("switch (a) { default: default: }", "syntax", 23),
        ("try { }", "syntax", 8),
        ("@d class A {}", "syntax", 1),
        ("let x = #a", "syntax", 9),
        ("const {a, ...b.c} = {}", "syntax", 15),
    ],
)
def test_refuses(text: str, code: str, column: int) -> None:
    assert (_error(text)[0], _error(text)[2]) == (code, column)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a\n++b\nc", ["ExprStmt", "ExprStmt", "ExprStmt"]),
        ("return\na", ["ReturnStmt", "ExprStmt"]),
        ("let y = a\n(b)", ["LetStmt"]),
        ("x = a\n/b/g", ["ExprStmt"]),
        ("a = 1\n;[b] = c", ["ExprStmt", "ExprStmt"]),
        ("do x++; while (x < 5) y()", ["WhileStmt", "ExprStmt"]),
        ("if (a) b; else c", ["IfStmt"]),
        ("let a\nlet b", ["LetStmt", "LetStmt"]),
        ("{ }\n/re/.test(x)", ["BlockStmt", "ExprStmt"]),
        ("if (a) /re/.test(x)\nwhile (b) /c/.test(d)", ["IfStmt", "WhileStmt"]),
    ],
)
def test_semicolons_stand_where_javascript_puts_them(text: str, kinds: list[str]) -> None:
    assert [type(s).__name__ for s in parse_script("a.js", text, Diagnostics()).body] == kinds


def _value(text: str) -> t.Expr:
    [statement] = parse_script("a.js", text, Diagnostics()).body
    assert isinstance(statement, t.ExprStmt)
    return statement.value


@pytest.mark.parametrize(
    "text", ["x = /a[/]b/g", "f(/a/)", "[/a/]", "a ? /b/ : /c/", "!/a/.test(b)", "typeof /a/", "b => /a/"]
)
def test_a_slash_where_a_value_must_come_begins_a_regular_expression(text: str) -> None:
    assert "RegexExpr" in repr(_value(text))


@pytest.mark.parametrize(
    "text", ["a / b / c", "(a) / b / c", "a[0] / b / c", "f() / 2 / c", "a++ / 2 / c", "1 / 2 / c"]
)
def test_a_slash_after_a_value_divides(text: str) -> None:
    assert "RegexExpr" not in repr(_value(text))


def test_half_a_chain_is_optional_as_a_whole() -> None:
    made = _value("a?.b.c(d)?.[e]")
    assert isinstance(made, t.ChainExpr)
    assert "ChainExpr" not in repr(made.value)
    outer = _value("(a?.b).c")
    assert isinstance(outer, t.Member)
    assert isinstance(outer.object, t.ChainExpr)


def test_hostile_nesting_is_a_diagnostic() -> None:
    for text in (
        "(" * 5000,
        "[" * 120 + "]" * 120,
        "!" * 5000 + "a",
        "a => " * 5000 + "a",
        "a ? b : " * 5000 + "c",
        "x = " * 5000 + "1",
        "if (a) " * 5000 + ";",
        "l" + ": l".join(str(i) for i in range(5000)) + ": ;",
        "a" + ".b" * 5000,
        "a" + " + b" * 5000,
        "new " * 5000 + "a",
        "f(" * 90 + "x => " * 5000,
        "`${" * 500,
        "a" + "?.b" * 5000,
        "if (a) ; else " * 5000 + ";",
        "{" * 5000,
        "class A extends " * 3000 + "B {}",
        "- " * 5000 + "1",
        "a ** " * 5000 + "1",
        "function f() {" * 99 + "}" * 99,
    ):
        findings = Diagnostics()
        try:
            with room():
                parse_script("a.js", text, findings)
        except CompileError:
            pass
        assert text.startswith("function") or findings.has_errors, text[:20]
