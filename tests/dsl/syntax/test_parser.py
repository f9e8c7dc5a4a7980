"""Where statements end, which words are keywords, and what the parser says when it cannot go on."""

from __future__ import annotations

import pytest

from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.parser import parse_rules
from cybermiles.dsl.syntax.script.statements import parse_script


def script(text: str) -> list[t.Stmt]:
    return parse_script("s.js", text, Diagnostics()).body


def rule(text: str) -> t.RuleItem:
    findings = Diagnostics()
    item = parse_rules("r.drl", text, findings).items[0]
    assert not findings.has_errors
    assert isinstance(item, t.RuleItem)
    return item


def error(text: str, language: str = "script") -> tuple[str, int, int, str]:
    findings = Diagnostics()
    try:
        if language == "drl":
            parse_rules("r.drl", text, findings)
        else:
            parse_script("s.js", text, findings)
    except CompileError:
        pass
    first = next(d for d in findings if d.severity == "error")
    return first.code, first.line, first.column, first.message


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a = 1\nb = 2", ["ExprStmt", "ExprStmt"]),
        ("a = 1 +\n2", ["ExprStmt"]),
        ("a = 1\n+ 2", ["ExprStmt"]),
        ("a\n++\nb", ["ExprStmt", "ExprStmt"]),
        ("return\n1", ["ReturnStmt", "ExprStmt"]),
        ("if (a) b = 1; else c = 2", ["IfStmt"]),
        ("if (a) { b }\nelse { c }\nd", ["IfStmt", "ExprStmt"]),
        ("while (a) { b }\nc", ["WhileStmt", "ExprStmt"]),
        ("do { a } while (b)\nc", ["WhileStmt", "ExprStmt"]),
        ("for (;;) { break }", ["ForStmt"]),
        ("let a = 1, b\nconst c = { x: 1 }", ["LetStmt", "LetStmt"]),
        ("{ a }\n{ b }", ["BlockStmt", "BlockStmt"]),
        ("f(1,\n2)\n;g()", ["ExprStmt", "ExprStmt"]),
        ("`a${b}c`\nd", ["ExprStmt", "ExprStmt"]),
        ("", []),
        ("// only a comment", []),
    ],
)
def test_statements_end_as_in_javascript(text: str, kinds: list[str]) -> None:
    assert [type(s).__name__ for s in script(text)] == kinds


def test_else_if_is_flat() -> None:
    [made] = script("if (a) x\nelse if (b) y\nelse if (c) z\nelse w")
    assert isinstance(made, t.IfStmt)
    assert len(made.branches) == 3
    assert len(made.orelse) == 1


def test_two_statements_on_a_line_need_a_semicolon() -> None:
    assert error("a = 1 b = 2") == ("syntax", 1, 7, "unexpected `b`, expected `;` or a new line")


def test_keywords_are_names_where_no_keyword_can_stand() -> None:
    made = rule("rule a when T( rule == 1, salience > 2, not == 3 ) then $x = m.when; print($x) end")
    assert [type(p).__name__ for p in made.conditions] == ["PatternNode"]


def test_capital_keywords_and_bare_names() -> None:
    assert rule("Rule Pricing\nWhen\nThen\nEnd").name == "Pricing"


def test_end_of_a_nested_when() -> None:
    inner = rule("rule a when then when x > 1 then y = 1 end z = 2 end").body
    assert [type(s).__name__ for s in inner] == ["WhenStmt", "ExprStmt"]
    shared = rule("rule a when then\nwhen x > 1\nthen y = 1\nz = 2\nend").body
    assert [type(s).__name__ for s in shared] == ["WhenStmt"]


def test_a_syntax_error_does_not_hide_the_next_rule() -> None:
    findings = Diagnostics()
    text = 'rule "a"\nwhen\n  T( >\nthen\nend\n\nrule "b"\nwhen\nthen\nend\n\nrule "c"\nwhen T(] then end\n'
    parse_rules(
        "r.drl", "rule a when T( n n ) then end\nrule b when then end\nrule c when T( m m ) then end\n", findings
    )
    assert [d.line for d in findings] == [1, 3]
    del text


@pytest.mark.parametrize(
    ("language", "text", "code", "line", "column"),
    [
        ("drl", "rule a when T( n > ) then end", "syntax", 1, 20),
        ("drl", "rule a when T( n > 3 then end", "syntax", 1, 14),
        ("drl", "rule a when T( n == 'x ) then end", "unclosed-text", 1, 21),
        ("drl", "/* x", "unclosed-comment", 1, 1),
        ("drl", "rule a when then x = “y” end", "unexpected-character", 1, 22),
        ("script", "let if = 3", "syntax", 1, 5),
        ("script", "a = (1", "syntax", 1, 5),
        ("script", "a = 1)", "syntax", 1, 6),
        ("script", "a = [1)", "syntax", 1, 7),
        ("script", "a = 3x", "bad-number", 1, 5),
        ("script", "a = `x${1", "syntax", 1, 5),
    ],
)
def test_errors_have_code_and_place(language: str, text: str, code: str, line: int, column: int) -> None:
    assert error(text, language)[:3] == (code, line, column)


def test_message_names_what_was_expected() -> None:
    assert "expected `)`" in error("f(1 2)")[3] or "expected" in error("rule a whne T() then end", "drl")[3]


def test_a_misspelt_keyword_gets_a_hint() -> None:
    findings = Diagnostics()
    parse_rules("r.drl", "rulle a when then end", findings)
    assert [d.hint for d in findings] == ["did you mean `rule`?"]


def test_a_comment_of_older_rules_gets_a_hint() -> None:
    findings = Diagnostics()
    parse_rules("r.drl", "rule a when A()\n# all of them\nthen end", findings)
    assert [(d.line, d.message, d.hint) for d in findings] == [(2, "unexpected `#`", "a comment begins with `//`")]


def test_deep_nesting_is_refused_before_it_can_hurt() -> None:
    for text in ("(" * 100_000, "a = " + "!" * 100_000 + "b", "[" * 5000 + "]" * 5000, "if (a) " * 20_000 + "b"):
        assert error(text)[0] in ("nesting-too-deep", "syntax")


def test_many_statements_are_no_nesting() -> None:
    assert len(script("a = b + c * d\n" * 3000)) == 3000
    assert len(script("if (a) { b = 1 }\n" * 3000)) == 3000


def test_an_import_of_all_ends_with_its_line() -> None:
    findings = Diagnostics()
    items = parse_rules("r.drl", 'import a.b.*\ndialect "mvel"\nrule a when then end', findings).items
    assert [type(item) for item in items] == [t.ImportItem, t.AttributeItem, t.RuleItem]
    assert not list(findings)
