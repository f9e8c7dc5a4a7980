"""docs/bytecode.md is made from the kernel's tables."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_is_current() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "bytecode-doc"))
    text = (ROOT / "docs" / "bytecode.md").read_text(encoding="utf-8")
    assert script["page"](text) == text, "run scripts/bytecode-doc"
