"""Cases of the rule language with a few tokens changed: most are refused, the others are programs nobody would write.

``python -m tests.dsl.specification.mutations COUNT SEED`` prints those that crash the compiler, or that the kernel and
the specification do not agree on.
"""

from __future__ import annotations

import functools
import random
import re
import sys
from collections.abc import Iterator
from typing import Any

from cybermiles.dsl.compiler import Compiled, Source
from cybermiles.dsl.diagnostics import CompileError
from cybermiles.dsl.evaluate import EPOCH, compile_for
from cybermiles.dsl.facts import typed_facts
from cybermiles.dsl.specification import Session
from cybermiles.platform import Module, RuleSession
from tests.dsl.specification.test_conformance import on_kernel, on_specification
from tests.dsl.test_conformance import _cases

GAS = 2 * 10**7
_TOKEN = re.compile(r'"[^"\n]*"|[\w$]+|[^\s\w]|\s+')
_WORDS = (
    *("not", "exists", "and", "or", "<", ">", "==", "!=", "&&", "||", "contains", "sum", "count", "max", "min"),
    *("collectList", "1", "2", "3", "null", "0", "this"),
)


@functools.cache
def _originals() -> list[dict[str, Any]]:
    cases = [case.values[0] for case in _cases()]
    return [case for case in cases if case.get("facts") and len(case.get("rules", "")) in range(1, 4000)]


def mutated(seed: int) -> tuple[str, list[dict[str, Any]]]:
    """A changed text, and the facts of its case."""
    rng = random.Random(seed)
    case = rng.choice(_originals())
    tokens = _TOKEN.findall(case["rules"])
    for _ in range(rng.choice((1, 1, 2, 3))):
        _change(tokens, rng)
    return "".join(tokens), case["facts"]


def _change(tokens: list[str], rng: random.Random) -> None:
    at, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    names = [i for i, token in enumerate(tokens) if re.match(r"[\w$]", token)]
    words = [i for i, token in enumerate(tokens) if token in _WORDS]
    match rng.randrange(5):
        case 0 if len(tokens) > 20:
            del tokens[at : at + rng.randint(1, 3)]
        case 1:
            tokens[at:at] = tokens[other : other + rng.randint(1, 20)]
        case 2 if words:
            tokens[rng.choice(words)] = rng.choice(_WORDS)
        case 3 if names:
            tokens[rng.choice(names)] = tokens[rng.choice(names)]
        case _:
            tokens[at], tokens[other] = tokens[other], tokens[at]


def compiled(text: str, facts: list[dict[str, Any]]) -> tuple[Compiled, list[dict[str, Any]]] | None:
    """The program, or None if it is refused; anything else than a refusal is raised."""
    try:
        made = compile_for([Source("mutated.drl", text)], facts)
        return made, typed_facts(facts, made.ir.types)
    except CompileError:
        return None


def difference(program: Compiled, facts: list[dict[str, Any]]) -> str:
    """What the kernel and the specification do not agree on; empty if nothing."""
    found = on_kernel(RuleSession(Module(program.code), "rules", gas_limit=GAS, now=EPOCH), facts)
    if found["ended"] and found["ended"][0] == "out_of_gas":
        return ""
    wanted = on_specification(lambda: Session(program.ir, now=EPOCH), facts)
    parts = [part for part in found if found[part] != wanted[part] and not (part == "work" and found["ended"])]
    return "; ".join(f"{part}: the kernel {found[part]}, the specification {wanted[part]}" for part in parts)


def failures(seeds: range) -> Iterator[tuple[int, str, str]]:
    """Seed, text and reason of each that fails."""
    for seed in seeds:
        text, facts = mutated(seed)
        try:
            made = compiled(text, facts)
            reason = difference(*made) if made else ""
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
        if reason:
            yield seed, text, reason


if __name__ == "__main__":
    count, first = (int(arg) for arg in (*sys.argv[1:3], "1000", "0")[:2])
    for seed, text, reason in failures(range(first, first + count)):
        print(f"== seed {seed}: {reason[:1000]}\n{text}")
