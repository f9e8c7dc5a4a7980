"""Mutated scripts: no text makes the compiler itself fail.

python -m tests.dsl.script_fuzz COUNT [SEED]    tries that many and prints those that fail
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator

from cybermiles.dsl import ir
from cybermiles.dsl.compiler import ScriptEndpoint, Source, Unit, compile_module
from cybermiles.dsl.diagnostics import CompileError
from tests.dsl.script_corpus import load

_TOKEN = re.compile(r"\s+|[\w$#]+|'[^']*'|`[^`]*`|=>|\?\.|\.\.\.|[-+*/%&|<>=!?]{1,3}|.", re.DOTALL)
_WORDS = (
    *("let", "const", "var", "function", "class", "extends", "super", "this", "return", "throw", "try", "catch"),
    *("finally", "switch", "case", "default", "for", "of", "in", "while", "do", "break", "continue", "new", "typeof"),
    *("delete", "void", "instanceof", "static", "get", "set", "async", "await", "yield", "null", "undefined", "#x"),
    *("(", ")", "[", "]", "{", "}", ",", ";", ":", "?", "?.", ".", "...", "=>", "=", "==", "+=", "??=", "&&", "??"),
    *(
        "+",
        "-",
        "/",
        "**",
        "++",
        "!",
        "~",
        "&",
        "`",
        "${",
        "'",
        "/a/",
        "0",
        "1.5",
        "a",
        "b",
        "x",
        "\n",
        "//",
        "constructor",
    ),
)


_KINDS = (
    re.compile(r"[A-Za-z_$#][\w$]*"),
    re.compile(r"\d[\w.]*|'[^']*'|`[^`$]*`"),
    re.compile(r"[-+*/%<>]=?|[=!]==?|&&|\|\||\?\?|\*\*"),
)
"""Tokens that may take each other's place so that most scripts still parse."""


def mutated(seed: int) -> Iterator[str]:
    """Endless scripts, each a snippet of the corpus or two with some tokens changed, gently or not."""
    choose = random.Random(seed)
    snippets = [_TOKEN.findall(s.source) for s in load()]
    while True:
        tokens = list(choose.choice(snippets))
        if choose.random() < 0.5:
            _swap(tokens, choose)
        else:
            _break(tokens, choose.choice(snippets), choose)
        yield "".join(tokens)


def _swap(tokens: list[str], choose: random.Random) -> None:
    """Tokens take the place of others of their kind."""
    for _ in range(choose.randint(1, 3)):
        at = choose.randrange(len(tokens))
        kind = next((k for k in _KINDS if k.fullmatch(tokens[at])), None)
        if kind is not None:
            tokens[at] = choose.choice([token for token in tokens if kind.fullmatch(token)])


def _break(tokens: list[str], other: list[str], choose: random.Random) -> None:
    """Any token anywhere."""
    if choose.random() < 0.3:
        at, start = choose.randrange(len(tokens)), choose.randrange(len(other))
        tokens[at:at] = other[start : start + choose.randint(1, 30)]
    for _ in range(choose.randint(1, 3)):
        at = choose.randrange(len(tokens) or 1)
        match choose.randrange(4):
            case 0:
                del tokens[at : at + choose.randint(1, 3)]
            case 1:
                tokens.insert(at, choose.choice(_WORDS))
            case 2:
                tokens[at : at + 1] = [choose.choice(_WORDS)]
            case 3:
                tokens[at:at] = tokens[at : at + choose.randint(1, 8)]


def compiled(text: str) -> bool:
    """Whether a script compiles; anything but CompileError goes through."""
    endpoint = ScriptEndpoint(ir.Endpoint("e", (), ir.ANY, "endpoint e"), Source("fuzz.js", text))
    try:
        compile_module(Unit(endpoints=[endpoint]))
    except CompileError as error:
        assert any(d.severity == "error" for d in error.diagnostics)
        return False
    return True


def main() -> None:
    """The command."""
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    good = 0
    for at, text in zip(range(count), mutated(seed), strict=False):
        try:
            good += compiled(text)
        except Exception as error:
            print(f"--- {at}: {type(error).__name__}: {str(error)[:300]}\n{text}\n", flush=True)
    print(f"{count} tried, {good} compile")


if __name__ == "__main__":
    main()
