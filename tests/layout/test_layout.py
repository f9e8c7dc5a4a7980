"""The layout that everything else relies on: namespace package, layers, commands, no committed machine facts."""

import platform
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MEMBERS = ["dsl", "chain", "catalog", "runtime", "studio"]


def tracked_files() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_cybermiles_is_a_namespace() -> None:
    import cybermiles

    assert not getattr(cybermiles, "__file__", None)
    homes = [ROOT / member / "src" for member in MEMBERS] + [ROOT / "platform" / "python"]
    assert not [home for home in homes if (home / "cybermiles" / "__init__.py").exists()]
    assert not (ROOT / "platform" / "__init__.py").exists()


@pytest.mark.parametrize("flags", [["-c"], ["-P", "-c"]])
def test_the_standard_platform_module_is_not_shadowed(flags: list[str]) -> None:
    assert Path(platform.__file__ or "").parent == Path(sysconfig.get_paths()["stdlib"])
    out = subprocess.run(
        [sys.executable, *flags, "import platform; print(platform.python_implementation())"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert out.stdout.strip() == platform.python_implementation()


@pytest.mark.parametrize("name", ["runtime", "dsl", "catalog", "studio"])
def test_each_user_facing_folder_is_a_command(name: str) -> None:
    command = Path(sys.executable).parent / name
    out = subprocess.run([command, "--help"], capture_output=True, text=True, check=False)
    assert out.returncode == 0, out.stderr
    assert out.stdout.startswith("Usage:")


def test_no_lock_file_names_a_registry() -> None:
    files = {path.name: path for path in tracked_files()}
    assert not {"uv.lock", "poetry.lock", "Cargo.lock"} & set(files)
    for path in tracked_files():
        if path.name == "package-lock.json":
            assert '"resolved"' not in path.read_text(), path
        if path.name == "crates.lock":
            assert "\nsource = " not in path.read_text(), path


def test_no_tracked_file_is_large_or_names_this_machine() -> None:
    home = re.escape(str(Path.home()))
    pattern = re.compile(rf"(?<![\w.-])(?:{re.escape(str(ROOT))}/|{home}/)")
    for path in tracked_files():
        assert path.stat().st_size <= 2 * 1024 * 1024, path
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        assert not pattern.search(text), path
