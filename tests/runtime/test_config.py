"""The home folder: what it holds, and what is said of a bad one."""

import time
from pathlib import Path

import pytest

from cybermiles.chain.console import report_errors
from cybermiles.runtime.config import Config, ConfigError, Home
from cybermiles.runtime.node import Node
from tests.chain.people import genesis


def write(home: Home, text: str) -> Home:
    home.config_file.parent.mkdir(parents=True)
    home.config_file.write_text(text)
    return home


def test_the_template_reads_back(tmp_path: Path) -> None:
    config = Config(rest_port=1234, log_format="json")
    assert write(Home(tmp_path), config.to_toml()).load_config() == config


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[rest]\nport = 'x'\n", "`rest.port`"),
        ("[rest]\nporrt = 1\n", "`rest.porrt`"),
        ("[rests]\nport = 1\n", "`rests`"),
        ("port", "TOML"),
        ("[log]\nlevel = 'loud'\n", "`log.level`"),
        ("[solo]\nmempool_size = -1\n", "`solo.mempool_size`"),
        ("[rest]\nport = 99999\n", "`rest.port`"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, part: str) -> None:
    with pytest.raises(ConfigError) as refused:
        write(Home(tmp_path), text).load_config()
    assert refused.value.code == "bad-config"
    assert part in str(refused.value)


def test_a_folder_without_a_node(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        Home(tmp_path).require()
    assert refused.value.code == "no-home"
    assert "runtime init" in refused.value.hint


def test_a_block_log_behind_its_state_is_named(tmp_path: Path) -> None:
    node = Node(genesis(), tmp_path, Config(rest_port=0, block_interval=5, empty_block_interval=20))
    node.start()
    deadline = time.monotonic() + 20
    while node.application.info()["height"] < 5 and time.monotonic() < deadline:
        time.sleep(0.02)
    node.stop()
    (log,) = (tmp_path / "blocks").glob("*.log")
    log.write_bytes(log.read_bytes()[:-20])
    with pytest.raises(ConfigError) as refused:
        Node(genesis(), tmp_path, Config(rest_port=0))
    assert refused.value.code == "log-behind"


def test_files_that_are_no_text_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(SystemExit), report_errors():
        (tmp_path / "x").read_text(encoding="utf-8")
    with pytest.raises(SystemExit), report_errors():
        (tmp_path / "none").read_text(encoding="utf-8")
    shown = capsys.readouterr().err
    assert "not-text" in shown
    assert "io" in shown
