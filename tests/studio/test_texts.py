"""The catalogue of texts is complete, and nothing in it is unused."""

from __future__ import annotations

import re
from pathlib import Path

import cybermiles.studio.texts
from cybermiles.studio.texts import catalogue, t

SOURCE = Path(cybermiles.studio.texts.__file__).parents[1]
USED = re.compile(r"""\bt\(\s*["']([a-z_.]+)["']""")
EDITOR = {f"editor.{name}" for name in ("none", "error", "errors", "warning", "warnings", "line", "offline")}


def test_each_text_exists_and_each_is_used() -> None:
    used = {key for file in SOURCE.rglob("*.py") for key in USED.findall(file.read_text())} | EDITOR
    assert used == set(catalogue())


def test_places_are_filled_in() -> None:
    assert t("status.height", height="7") == "Block 7"


def test_no_page_speaks_past_the_catalogue() -> None:
    spoken = re.compile(r'st\.(?:title|header|subheader|caption|info|success|warning|button|write)\(\s*f?"[A-Za-z]')
    for file in SOURCE.rglob("*.py"):
        assert not spoken.search(file.read_text()), file
