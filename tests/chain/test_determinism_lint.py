"""Consensus code in Python holds only int, bytes, str and bool, and walks only what has an order.

What may differ between two machines is refused by name: floats and true division, clocks, chance, the environment,
hashes and identities, unordered sets. Drivers (who bring blocks) and clients are not consensus.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAIN = ROOT / "chain/src/cybermiles/chain"
ONCHAIN = ROOT / "catalog/src/cybermiles/catalog/onchain"
CONSENSUS = [
    *(CHAIN / name for name in ("modules.py", "application.py", "blocks.py", "messages.py")),
    *sorted((CHAIN / "staking").glob("*.py")),
    *sorted(ONCHAIN.glob("*.py")),
]
FORBIDDEN_MODULES = {
    *("time", "datetime", "random", "secrets", "os", "locale", "threading", "asyncio", "uuid", "decimal", "math"),
    *("fractions", "statistics", "platform", "socket", "urllib", "httpx", "zoneinfo", "calendar", "tempfile"),
}
FORBIDDEN_CALLS = {"hash", "id", "float", "open", "input", "print", "eval", "exec", "round", "vars", "dir"}


def findings(source: str) -> list[str]:
    """One line for each place that could make two validators differ."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=float()) | ast.Constant(value=complex()):
                found.append(f"{node.lineno}: a float")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                found.append(f"{node.lineno}: true division")
            case ast.Import(names=names):
                found += [f"{node.lineno}: {n.name}" for n in names if n.name.split(".")[0] in FORBIDDEN_MODULES]
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in FORBIDDEN_MODULES:
                found.append(f"{node.lineno}: {module}")
            case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_CALLS:
                found.append(f"{node.lineno}: {name}()")
            case ast.For(iter=walked) | ast.comprehension(iter=walked) if is_set(walked):
                found.append("a walk over a set")
            case ast.For(iter=ast.Call(func=ast.Attribute(attr="keys" | "values" | "items"))):
                found.append(f"{node.lineno}: a walk over a dict without sorted()")
    return found


def is_set(node: ast.expr) -> bool:
    """An expression whose order is nobody's."""
    match node:
        case ast.Set() | ast.SetComp() | ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
        case ast.BinOp(left=left, right=right):
            return is_set(left) or is_set(right)
    return False


@pytest.mark.parametrize("file", CONSENSUS, ids=lambda file: str(file.relative_to(ROOT)))
def test_consensus_code_cannot_differ_between_machines(file: Path) -> None:
    assert findings(file.read_text()) == []


@pytest.mark.parametrize(
    "bad",
    [
        "x = 0.1",
        "x = a / b",
        "import time",
        "from datetime import datetime",
        "hash(x)",
        "for x in {1, 2}: pass",
        "for x in set(a) - set(b): pass",
        "for k, v in d.items(): pass",
        "y = [x for x in {1, 2}]",
        "x /= 2",
        "open('f')",
    ],
)
def test_the_lint_sees_what_it_must_refuse(bad: str) -> None:
    assert findings(bad)
