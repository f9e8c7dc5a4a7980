"""The `studio` command's own words."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from cybermiles.studio import server, settings
from cybermiles.studio.cli import main


def test_help_has_examples() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert "Examples:" in result.output


def test_a_folder_that_is_not_there_is_wrong_usage() -> None:
    assert CliRunner().invoke(main, ["/no/such/folder"]).exit_code == 2


def test_choices_reach_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[str, int]] = []
    monkeypatch.setattr(server, "serve", lambda host, port, **_: served.append((host, port)))
    result = CliRunner().invoke(
        main, [str(tmp_path), "--node", "http://127.0.0.1:1", "--port", "8700", "--home", str(tmp_path / "home")]
    )
    assert result.exit_code == 0, result.output
    assert served == [("127.0.0.1", 8700)]
    assert settings.current().node == "http://127.0.0.1:1"
    assert settings.current().open == tmp_path.resolve()
    settings.use(settings.Settings())


def test_nothing_is_told_to_anyone() -> None:
    options = server.options("127.0.0.1", 8501)
    assert options["browser.gatherUsageStats"] is False
    assert options["client.showErrorDetails"] == "none"
