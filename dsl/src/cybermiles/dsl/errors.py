"""Writes a page for each diagnostic: ``python -m cybermiles.dsl.errors docs/errors``."""

from __future__ import annotations

import sys
from pathlib import Path

from cybermiles.dsl.error_page import Page
from cybermiles.dsl.error_table import PAGES


def render(page: Page) -> str:
    """The page as Markdown."""
    example = page.example if len(page.example) < 600 else ""
    shown = f"\n## Example\n\n```{page.language}\n{example.rstrip()}\n```\n" if example else ""
    return (
        f"# `{page.code}`: {page.title}\n\nSeverity: {page.severity}\n\n{page.explanation}\n"
        f"{shown}\n## What to do\n\n{page.fix}\n"
    )


def render_index() -> str:
    """The list of all pages."""
    rows = "\n".join(f"| [`{p.code}`]({p.code}.md) | {p.severity} | {p.title} |" for p in PAGES.values())
    return (
        "# Diagnostics\n\nEvery diagnostic of the compiler has a stable code. These pages are generated from "
        "`cybermiles/dsl/error_table.py` by `python -m cybermiles.dsl.errors docs/errors`.\n\n"
        f"| code | severity | meaning |\n|---|---|---|\n{rows}\n"
    )


def pages() -> dict[str, str]:
    """File name to text, for all pages and the index."""
    return {"README.md": render_index(), **{f"{code}.md": render(page) for code, page in PAGES.items()}}


def main(argv: list[str]) -> int:
    """Writes all pages into a folder and removes those of codes that no longer exist."""
    if len(argv) != 1:
        sys.stderr.write("usage: python -m cybermiles.dsl.errors FOLDER\n")
        return 2
    folder = Path(argv[0])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for old in folder.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
