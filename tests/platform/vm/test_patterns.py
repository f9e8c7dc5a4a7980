"""Regular expressions: the same verdicts as Python's `re`, in time and gas that grow with the text's length."""

from __future__ import annotations

import random
import re

import pytest

import cybermiles.platform as kernel
from tests.platform.vm.library import call, method, run, trap

_ATOMS = ["a", "b", "é", ".", "[ab]", "[^a]", r"\d", r"\w", r"\s", r"\b", "^", "$", "x", "-", r"\.", "[a-z&&[^b]]"]
_TEXTS = ["", "a", "b", "ab", "ba", "aab", "abab", "a1", "1 a", "é", "aé b", "x-y", "a.b", "\n", "bbb ab"]


def _pattern(rng: random.Random, depth: int = 3) -> str:
    kind = rng.random()
    if depth == 0 or kind < 0.4:
        return rng.choice(_ATOMS[:-1])
    if kind < 0.6:
        return _pattern(rng, depth - 1) + _pattern(rng, depth - 1)
    if kind < 0.75:
        return f"(?:{_pattern(rng, depth - 1)}|{_pattern(rng, depth - 1)})"
    repeat = rng.choice(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{2,}"])
    repeated = f"(?:{_pattern(rng, depth - 1)})"
    # engines differ in what they prefer when what repeats is empty
    return repeated if re.search(repeated.replace("$", r"\Z"), "") or "\\b" in repeated else repeated + repeat


@pytest.mark.parametrize("seed", range(20))
def test_verdicts_are_those_of_python(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(60):
        pattern = _pattern(rng)
        # Python's `$` also matches before a last line break, ours at the end only
        oracle = re.compile(pattern.replace("$", r"\Z"), re.ASCII)
        for text in rng.sample(_TEXTS, 5):
            where = (pattern, text)
            assert call("matches", text, pattern) == (oracle.fullmatch(text) is not None), where
            first = oracle.search(text)
            assert call("find", text, pattern) == (first[0] if first else None), where
            parts = [m[0] for m in oracle.finditer(text)]
            if all(parts):  # engines differ in where they go on after an empty match; ours does as Java's
                assert call("find_all", text, pattern) == parts, where
                assert call("replace_all", text, pattern, "<>") == oracle.sub("<>", text), where
                assert call("split_at", text, pattern) == oracle.split(text), where


def test_empty_matches_stand_between_the_characters() -> None:
    assert call("replace_all", "aé", "x*", "-") == "-a-é-"
    assert call("find_all", "baaac", "a*") == ["", "aaa", "", ""]
    assert call("split_at", "a,b,,c", ",") == ["a", "b", "", "c"]
    assert call("split_at", "abc", "x*") == ["abc"]


def test_replacements_are_taken_as_they_are() -> None:
    assert call("replace_all", "2026-03-01", "[0-9]+", "$1\\") == "$1\\-$1\\-$1\\"


def test_null_matches_nothing_and_other_kinds_trap() -> None:
    assert call("matches", None, "a") is False
    assert trap("find", None, "a") == "null-operand"
    assert trap("matches", "a", None) == "null-operand"
    assert trap("matches", 1, "a") == "bad-argument"
    assert method("matches", "AB12", "[A-Z]+[0-9]+") is True


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (r"(a)\1", "a reference to a group"),
        ("a(?!b)", "looking around"),
        ("a*+", "a repetition of a repetition"),
        ("(", "unclosed group"),
        ("[", "unclosed character class"),
        ("((a{99}){99}){99}", "the repetitions make the pattern too large"),
        ("a" * 1001, "a pattern has at most 1000 bytes"),
        ("(" * 300 + ")" * 300, "groups are nested"),
        (r"\p{Nonsense}", "Unicode property not found"),
    ],
)
def test_bad_patterns_are_named(pattern: str, message: str) -> None:
    error = kernel.pattern_error(pattern)
    assert error is not None
    assert error[0].startswith(message)
    assert trap("matches", "a", pattern) == "bad-pattern"


def test_good_patterns_have_no_error() -> None:
    assert kernel.pattern_error(r"[A-Z]{2}\d{6}|(?i)straße\p{L}*") is None


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a?){25}a{25}", "(.*)*x", "(a|aa)+$x"])
def test_gas_of_hostile_patterns_grows_with_the_length(pattern: str) -> None:
    gas = [run("matches", "a" * size, pattern)["gas"] for size in (500, 1_000, 2_000)]
    assert gas[2] - gas[1] < 2.2 * (gas[1] - gas[0]) + 1_000


def test_gas_does_not_depend_on_what_is_at_hand() -> None:
    source = """module "t" version "1" import "matches" function "main" params 2 locals 2 {
      load 0 load 1 native 0 2 pop load 0 load 1 native 0 2 return }"""
    module = kernel.Module(kernel.asm_parse(source))
    cold = module.run("main", ["AB123456", r"[A-Z]{2}\d{6}"])["gas"]
    assert module.run("main", ["AB123456", r"[A-Z]{2}\d{6}"])["gas"] == cold
    fresh = kernel.Module(kernel.asm_parse(source))
    assert fresh.run("main", ["AB123456", r"[A-Z]{2}\d{6}"])["gas"] == cold
    short = kernel.Module(kernel.asm_parse(source))
    with pytest.raises(kernel.RunError) as caught:
        short.run("main", ["AB123456", r"[A-Z]{2}\d{6}"], gas_limit=cold - 1)
    assert caught.value.kind == "out_of_gas"


def test_a_pattern_is_paid_for_once_in_a_call() -> None:
    once = run("matches", "a", "[a-z]+")["gas"]
    source = """module "t" version "1" import "matches" function "main" params 2 locals 2 {
      load 0 load 1 native 0 2 pop load 0 load 1 native 0 2 return }"""
    twice = kernel.Module(kernel.asm_parse(source)).run("main", ["a", "[a-z]+"])["gas"]
    assert twice < 1.5 * once
