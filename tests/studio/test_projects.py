"""Projects: templates are copied, files stay inside, a write is whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from cybermiles.studio.services.projects import Project, ProjectError, Workspace, language, templates


def test_a_template_is_copied_and_never_changed(home: Path) -> None:
    workspace = Workspace(home / "projects")
    first, second = workspace.copy_template("pricing"), workspace.copy_template("pricing")
    assert (first.name, second.name) == ("pricing", "pricing-2")
    before = (templates()["pricing"] / "contract.yaml").read_text()
    first.write("contract.yaml", "name: changed\n")
    assert (templates()["pricing"] / "contract.yaml").read_text() == before
    assert second.read("contract.yaml") == before
    assert [project.name for project in workspace.projects()] == ["pricing", "pricing-2"]


def test_files_stand_in_reading_order(pricing: Project) -> None:
    assert pricing.files() == [
        "contract.yaml",
        "README.md",
        "logo.svg",
        "rules/pricing.drl",
        "scripts/quote.js",
        "tests/quote.yaml",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "../x",
        "rules/../../x",
        "x.drl",
        "secret/x.drl",
        "rules\\x",
        "rules/\0",
        ".studio/deployments.json",
    ],
)
def test_no_way_leads_out_of_a_project(pricing: Project, name: str) -> None:
    with pytest.raises(ProjectError):
        pricing.read(name)
    with pytest.raises(ProjectError):
        pricing.write(name, "text")


def test_a_link_is_no_file_of_a_project(pricing: Project, tmp_path: Path) -> None:
    (tmp_path / "outside.drl").write_text("secret")
    (pricing.root / "rules" / "link.drl").symlink_to(tmp_path / "outside.drl")
    assert "rules/link.drl" not in pricing.files()
    with pytest.raises(ProjectError, match="leads out"):
        pricing.read("rules/link.drl")


def test_a_text_that_is_too_large_is_refused_and_the_old_one_stays(pricing: Project) -> None:
    before = pricing.read("rules/pricing.drl")
    with pytest.raises(ProjectError) as refused:
        pricing.write("rules/pricing.drl", "x" * 10_000_000)
    assert refused.value.code == "text-too-large"
    assert pricing.read("rules/pricing.drl") == before


def test_sources_show_what_is_being_typed(pricing: Project) -> None:
    assert pricing.sources("rules/pricing.drl", "rule")["rules/pricing.drl"] == b"rule"
    assert pricing.sources()["rules/pricing.drl"] != b"rule"


def test_opening_a_folder_without_a_manifest_says_so(home: Path) -> None:
    with pytest.raises(ProjectError) as refused:
        Workspace(home).open(str(home / "nothing"))
    assert refused.value.code == "not-a-project"


def test_the_language_follows_the_name() -> None:
    assert [language(name) for name in ("rules/a.drl", "rules/a.rl", "a.js", "contract.yaml", "README.md")] == [
        "drl",
        "drl",
        "javascript",
        "yaml",
        "text",
    ]
