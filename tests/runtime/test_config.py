"""The home folder: what it holds, and what is said of a bad one."""

from pathlib import Path

import pytest

from cybermiles.runtime.config import Config, ConfigError, Home


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
