"""The `studio` command's own words."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from cybermiles.studio import server, services_of, settings
from cybermiles.studio.cli import main
from cybermiles.studio.services.own_node import OwnNode


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
    services_of.use(None)


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["--port", str(port), "--home", str(tmp_path)])
    assert result.exit_code == 1
    assert "choose another port" in result.output
    settings.use(settings.Settings())


def test_a_home_that_is_in_use_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "serve", lambda *_, **__: None)
    node = OwnNode(tmp_path / "node")
    result = CliRunner().invoke(main, ["--port", "0", "--home", str(tmp_path)])
    node.close()
    services_of.use(None)
    settings.use(settings.Settings())
    assert result.exit_code == 1, result.output
    assert "is another studio running" in result.output


def test_nothing_is_told_to_anyone() -> None:
    options = server.options("127.0.0.1", 8501)
    assert options["browser.gatherUsageStats"] is False
    assert options["client.showErrorDetails"] == "none"
