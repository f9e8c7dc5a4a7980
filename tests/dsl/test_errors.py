"""docs/errors is generated from the table."""

from pathlib import Path

from cybermiles.dsl import errors

FOLDER = Path(__file__).parents[2] / "docs" / "errors"


def test_pages_equal_the_table() -> None:
    found = {p.name: p.read_text(encoding="utf-8") for p in FOLDER.glob("*.md")}
    assert found == errors.pages(), "run: python -m cybermiles.dsl.errors docs/errors"
