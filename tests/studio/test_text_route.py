"""The route that saves what the analyst types and answers with findings."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from cybermiles.studio import settings
from cybermiles.studio.routes import ROUTES
from cybermiles.studio.services import compiler
from cybermiles.studio.services.projects import Project

RULES = "rules/pricing.drl"


class Client:
    """Asks the routes without a server."""

    def request(self, method: str, token: str | bytes | None = None, **given: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(Starlette(routes=list(ROUTES)))
            async with httpx.AsyncClient(transport=transport, base_url="http://studio") as client:
                mine = settings.current().token if token is None else token
                return await client.request(method, "/studio/text", headers={"X-Studio-Token": mine}, **given)  # type: ignore[dict-item]

        return asyncio.run(ask())

    def post(self, **given: Any) -> httpx.Response:
        return self.request("POST", **given)


@pytest.fixture
def client(pricing: Project) -> Client:
    return Client()


def ask(client: Client, text: str, file: str = RULES, project: str = "pricing") -> list[dict[str, object]]:
    answer = client.post(json={"project": project, "file": file, "text": text})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["diagnostics"])


def test_a_good_project_has_no_findings(client: Client, pricing: Project) -> None:
    assert ask(client, pricing.read(RULES)) == []


def test_a_text_that_was_only_opened_is_not_saved(client: Client, pricing: Project) -> None:
    before = pricing.read(RULES)
    answer = client.post(json={"project": "pricing", "file": RULES})
    assert answer.json()["diagnostics"] == []
    assert pricing.read(RULES) == before


def test_a_broken_text_is_reported_with_its_place(client: Client, pricing: Project) -> None:
    text = pricing.read(RULES).replace("fico_score", "fico_scores")
    found = ask(client, text)
    assert found
    assert found[0]["file"] == RULES
    assert (found[0]["severity"], found[0]["line"], found[0]["code"]) == ("error", 4, "unknown-field")
    assert "fico_score" in str(found[0]["hint"])
    assert pricing.read(RULES) == text, "what is typed is saved, right or wrong"


def test_a_decision_table_is_analysed(client: Client, pricing: Project) -> None:
    head = "table: percent\nfact: Order\ninputs: [{expression: total, type: number}]\noutputs: [{field: percent}]\n"
    path = pricing.root / "rules" / "percent.yaml"
    path.write_text(head)
    found = ask(client, head + 'rows:\n  - ["< 100", 0]\n  - ["[50..500)", 5]\n', "rules/percent.yaml")
    messages = {str(d["code"]): str(d["message"]) for d in found}
    assert "total = 500" in messages["table-gap"]
    assert "total = 50" in messages["table-overlap"]


def test_completion_follows_what_was_declared(client: Client, pricing: Project) -> None:
    manifest = pricing.read("contract.yaml").replace("price: number?", "price: number?, colour: text")
    answer = client.post(json={"project": "pricing", "file": "contract.yaml", "text": manifest}).json()
    fields = [field["name"] for field in answer["words"]["types"][0]["fields"]]
    assert fields == ["status", "fico_score", "listed_price", "price", "colour"]


def test_a_fault_of_the_compiler_is_no_silence(
    client: Client, pricing: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiler, "check", lambda _: [][0])
    answer = client.post(json={"project": "pricing", "file": RULES, "text": "x"})
    assert (answer.status_code, answer.json()["code"]) == (500, "compiler-fault")
    assert pricing.read(RULES) == "x"


def test_a_broken_manifest_is_reported(client: Client) -> None:
    assert ask(client, "name: [", "contract.yaml")[0]["file"] == "contract.yaml"


def test_only_our_page_is_answered(client: Client) -> None:
    body = {"project": "pricing", "file": RULES, "text": ""}
    for token in ("", "x" * 32, "\u00e9".encode("latin-1")):
        answer = client.post(json=body, token=token)
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong-token")
    assert client.request("GET").status_code == 405


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad-request"),
        (b"[]", 400, "bad-request"),
        (b'{"project": "pricing"}', 400, "bad-request"),
        (b'{"project": "nowhere", "file": "rules/pricing.drl", "text": ""}', 404, "not-a-project"),
        (b'{"project": "pricing", "file": "../../x", "text": ""}', 404, "no-such-file"),
        (b" " * 3_000_000, 413, "text-too-large"),
    ],
)
def test_bad_requests_are_refused_by_name(client: Client, body: bytes, status: int, code: str) -> None:
    answer = client.post(content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_findings_come_quickly(client: Client, pricing: Project) -> None:
    text = pricing.read(RULES)
    ask(client, text)
    took = []
    for number in range(5):
        start = time.perf_counter()
        ask(client, f"{text}// {number}\n")
        took.append(time.perf_counter() - start)
    assert min(took) < 0.2
