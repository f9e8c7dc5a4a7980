"""A studio in a process of its own and a browser that drives it, for tests and for the documentation's pictures."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Where Chromium is, if it is installed."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def studio(home: Path, *options: str) -> Iterator[str]:
    """A running studio; its address."""
    port = free_port()
    home.mkdir(parents=True, exist_ok=True)
    with (home / "studio.log").open("wb") as log:
        process = start(home, port, options, log)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address, process, home / "studio.log")
            yield address
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def start(home: Path, port: int, options: tuple[str, ...], log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Starts the command as its user would."""
    command = [sys.executable, "-m", "cybermiles.studio", "--port", str(port), "--home", str(home), *options]
    environment = {**os.environ, "HOME": str(home)}
    return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    """Until the server answers."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the studio did not start:\n{log.read_text()}")


@contextmanager
def browser() -> Iterator[Browser]:
    """Headless Chromium with an empty profile."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            yield launched
        finally:
            launched.close()


def button(page: Page, label: str) -> Locator:
    """A button by the words on it; an icon may stand before them."""
    return page.get_by_role("button", name=re.compile(rf"(^|\s){re.escape(label)}$"))


def go(page: Page, title: str) -> None:
    """Turns to another page by the navigation at the top."""
    page.get_by_role("link", name=re.compile(rf"(^|\s){title}$")).first.click()


def figure(page: Page, name: str) -> Locator:
    """A labelled value."""
    return page.locator(f"[data-name='{name}']")


def select_text(page: Page, text: str) -> None:
    """Selects a word in the editor as a person would: by a double click on it."""
    place = page.evaluate(
        """text => {
            const walker = document.createTreeWalker(document.querySelector(".cm-content"), NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf(text);
                if (at >= 0) {
                    const range = document.createRange();
                    range.setStart(node, at);
                    range.setEnd(node, at + text.length);
                    const box = range.getBoundingClientRect();
                    return [box.x + box.width / 2, box.y + box.height / 2];
                }
            }
        }""",
        text,
    )
    assert place, f"the editor shows no `{text}`"
    page.mouse.dblclick(*place)


def fill(page: Page, label: str, value: str) -> None:
    """Types into a field and leaves it, once what stood there before a rerun is gone."""
    field = page.get_by_role("textbox", name=label, exact=True)
    expect(field).to_have_count(1)
    expect(field).to_be_editable()
    field.fill(value)
    field.press("Tab")
