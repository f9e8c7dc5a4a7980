"""The pages: links lead somewhere, and what the README tells a newcomer to type works as written."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    missing = [target for target in LINK.findall(text) if not (page.parent / target).exists()]
    assert missing == []


def test_the_first_rule_of_the_readme_works_as_written(tmp_path: Path) -> None:
    block = (
        (ROOT / "README.md")
        .read_text()
        .split("## Five minutes to your first rule")[1]
        .split("```sh\n")[1]
        .split("```")[0]
    )
    lines = [line for line in block.splitlines() if not line.startswith((". .venv", "studio"))]
    script = f'export PATH="{Path(sys.executable).parent}:$PATH"\nset -e\n' + "\n".join(lines)
    out = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert out.returncode == 0, out.stdout + out.stderr
    assert "fired Free shipping #1" in out.stdout
    assert "shipping: 0" in out.stdout


def test_the_template_commands_of_the_readme_work_as_written(tmp_path: Path) -> None:
    part = (ROOT / "README.md").read_text().split("Then take a template:")[1].split("## ")[0]
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", part)]
    folder = ROOT / next(span for span in spans if span.startswith("catalog/"))
    commands = [span.replace("DIR", f"'{folder}'") for span in spans if span.startswith("dsl ")]
    assert len(commands) == 3
    script = "\n".join([f'export PATH="{Path(sys.executable).parent}:$PATH"', "set -e", *commands])
    out = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert out.returncode == 0, out.stdout + out.stderr
    assert ", 0 failed" in out.stdout
    assert (tmp_path / "pricing.sbc").is_file()
    assert out.stdout.endswith('"80"\n')


def test_the_pages_name_only_targets_of_make_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"`make ([a-z-]+)", page.read_text())}
    assert named <= targets
