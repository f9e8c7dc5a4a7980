"""The editor's bundle: small, with its licences, asking nobody else, and the very bytes that its sources give."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import cybermiles.studio.components
from cybermiles.studio.components import editor

ASSETS = Path(editor.__file__).parent / "assets"
FRONTEND = Path(cybermiles.studio.components.__file__).parents[4] / "frontend"


def test_the_bundle_is_small_and_names_its_licences() -> None:
    assert sum(file.stat().st_size for file in ASSETS.iterdir()) < 2 * 1024 * 1024
    notices = (ASSETS / "editor.licences.txt").read_text()
    for package in ("@codemirror/view", "@lezer/common", "style-mod"):
        assert f"{package} " in notices
    assert "MIT" in notices


def test_the_bundle_asks_only_our_own_route() -> None:
    bundle = (ASSETS / "editor.js").read_text()
    assert bundle.count("fetch(") == 1
    for way in ("XMLHttpRequest", "WebSocket", "importScripts", "EventSource", "sendBeacon"):
        assert way not in bundle
    addresses = set(re.findall(r"https?://[^\"'`\s)]+", bundle))
    assert all("www.w3.org" in address for address in addresses), addresses


def test_the_lock_file_names_no_registry() -> None:
    assert "http" not in re.sub(r'"(url|funding)": "[^"]*"', "", (FRONTEND / "package-lock.json").read_text())


@pytest.mark.skipif(not (shutil.which("npm") and FRONTEND.is_dir()), reason="needs npm and the sources")
def test_the_bundle_is_what_its_sources_give(tmp_path: Path) -> None:
    work = tmp_path / "frontend"
    shutil.copytree(FRONTEND, work, ignore=shutil.ignore_patterns("node_modules"))
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=work, check=True, capture_output=True, timeout=300)
    out = tmp_path / "out"
    subprocess.run(["node", "build.mjs", str(out)], cwd=work, check=True, capture_output=True, timeout=120)
    for file in sorted(ASSETS.iterdir()):
        assert (out / file.name).read_bytes() == file.read_bytes(), (
            f"run `npm run build` in studio/frontend: {file.name}"
        )
