"""The golden thread in a real browser: edit the threshold, see mistakes, run, deploy, call, see the new price."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Response, expect

from tests.studio.browser import browser, button, chromium, figure, fill, go, select_text, studio

PICTURES = Path(__file__).parents[2] / "build" / "studio"

TIMEOUT = 30_000
expect.set_options(timeout=TIMEOUT)

pytestmark = pytest.mark.skipif(chromium() is None, reason="needs Chromium")


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """A page of a fresh studio; whatever goes wrong in the browser fails the test."""
    with studio(tmp_path / "home") as address, browser() as launched:
        context = launched.new_context(viewport={"width": 1280, "height": 860})
        opened = context.new_page()
        opened.set_default_timeout(TIMEOUT)
        faults: list[str] = []
        hosts: set[str] = set()
        opened.on("pageerror", lambda fault: faults.append(str(fault)))
        opened.on("console", lambda line: faults.append(line.text) if is_fault(line) else None)
        opened.on("response", lambda answer: faults.append(answer.url) if is_refusal(answer) else None)
        opened.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        opened.goto(address)
        yield opened
        assert not faults, faults
        assert hosts <= {urlsplit(address).netloc, ""}, "no request goes to anywhere else"


def is_fault(line: ConsoleMessage) -> bool:
    return line.type == "error" and "Failed to load resource" not in line.text


def is_refusal(answer: Response) -> bool:
    """Streamlit looks for its server under a page's own address first; nothing else may be missing."""
    return answer.status >= 400 and not answer.url.endswith(("/_stcore/health", "/_stcore/host-config"))


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.mouse.move(5, 400)
    page.wait_for_timeout(600)
    page.screenshot(path=PICTURES / f"{name}.png")


def test_from_a_rule_to_a_priced_answer(page: Page) -> None:
    button(page, "Start with this template").click()
    editor = page.locator(".cm-content")
    problems = page.locator(".cmi-problems-head")
    expect(problems).to_have_text("No problems found")

    # a mistake is shown while it is typed, with a hint, and goes when it is mended
    select_text(page, "fico_score")
    page.keyboard.type("fico_scor")
    start = time.monotonic()
    expect(page.locator(".cm-lintRange-error")).to_have_count(1)
    print(f"mistake shown after {time.monotonic() - start:.2f} s")
    expect(problems).to_have_text("1 error")
    expect(page.locator(".cmi-row")).to_contain_text("did you mean fico_score?")
    page.keyboard.press("Escape")
    picture(page, "mistake")
    page.keyboard.type("e")
    expect(problems).to_have_text("No problems found")
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)
    page.keyboard.press("Escape")

    # the analyst lowers the threshold
    button(page, "contract.yaml").click()
    expect(editor).to_contain_text("minimum: 300")
    select_text(page, "740")
    page.keyboard.type("700")
    expect(editor).to_contain_text("default: 700")
    expect(problems).to_have_text("No problems found")
    picture(page, "project")

    # the same machine that validators use says what that changes
    go(page, "Test")
    page.get_by_role("combobox", name="Start from").click()
    page.get_by_role("option", name="My own values").click()
    expect(page.get_by_role("textbox", name="fico_score")).to_have_value("")
    fill(page, "fico_score", "720")
    fill(page, "listed_price", "100")
    button(page, "Run").click()
    expect(figure(page, "result")).to_have_text("80")
    expect(page.locator(".st-key-fired-1")).to_contain_text("Discount for a good score")
    expect(page.locator(".st-key-fired-1")).to_contain_text("720")
    picture(page, "test")
    fill(page, "fico_score", "690")
    button(page, "Run").click()
    expect(figure(page, "result")).to_have_text("null (no value)")
    expect(page.locator(".st-key-silent-1")).to_contain_text("fico_score > params.threshold")
    picture(page, "why-not")
    button(page, "Run all scenarios").click()
    expect(figure(page, "passed")).to_have_text("5 of 6 pass")
    picture(page, "scenarios")

    # a key of this machine signs; one transaction deploys
    go(page, "Deploy")
    expect(page.get_by_label("Score threshold")).to_have_value("700")
    fill(page, "New passphrase", "a secret")
    button(page, "Create the key").click()
    expect(figure(page, "estimate-fee")).to_contain_text("CMT")
    button(page, "Deploy").click()
    expect(figure(page, "deploy-state")).to_have_text("Succeeded")
    picture(page, "deploy")

    # the living contract answers with the new price
    go(page, "Call")
    fill(page, "fico_score", "720")
    fill(page, "listed_price", "100")
    button(page, "Call").click()
    expect(figure(page, "call-result")).to_have_text("80")
    expect(figure(page, "call-state")).to_have_text("Succeeded")
    expect(figure(page, "call-fee")).to_contain_text("CMT")
    assert int(figure(page, "call-block").inner_text().replace(",", "")) > 0
    picture(page, "call")

    # a new session finds the contract again
    page.reload()
    expect(page.get_by_label("fico_score")).to_be_visible()
    expect(figure(page, "height")).to_contain_text("Block")
