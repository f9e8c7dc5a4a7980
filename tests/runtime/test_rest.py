"""The REST API of a running node: what it answers, and how it refuses."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

import httpx
import pytest

from cybermiles.catalog.offer import buy_message, publish_message
from cybermiles.chain import transactions
from cybermiles.chain.client import Client, NodeError, TransactionFailed
from cybermiles.chain.genesis import ATTO
from cybermiles.chain.transactions import Quote, sign
from cybermiles.dsl.archive.build import build_archive
from cybermiles.platform import (
    account_key,
    address_encode,
    receipts_key,
    verify_proof,
    verify_receipt,
)
from cybermiles.runtime.logs import brief
from cybermiles.runtime.node import Node
from tests.chain.people import CHAIN_ID, PEOPLE, pricing

ALICE, BOB, CAROL = PEOPLE[:3]


@pytest.fixture(scope="session")
def contract(node: Node) -> str:
    """A contract of the pricing template, bought and made by Bob."""
    with Client(node.url) as client:
        client.send(ALICE, publish_message(pricing(), 5 * ATTO))
        client.send(BOB, buy_message(client.template("pricing")))
        receipt = client.send(BOB, transactions.instantiate(pricing().module_hash, {"threshold": 740}))
    return address_encode(bytes.fromhex(receipt["result"][0]["contract"]))


def test_a_transfer_and_its_receipt_with_proof(client: Client, node: Node) -> None:
    before = client.account(CAROL.address)["balance"]
    receipt = client.send(ALICE, transactions.transfer(CAROL.address, 123))
    assert client.account(CAROL.address)["balance"] == before + 123
    proved = client.receipt(receipt["hash"], prove=True)
    proof = proved["proof"]
    root = bytes.fromhex(proof["root"])
    path = [bytes.fromhex(part) for part in proof["path"]]
    assert verify_receipt(bytes.fromhex(proof["receipt"]), int(proof["index"]), int(proof["count"]), path, root)
    app_hash = bytes.fromhex(client.block(receipt["height"])["app_hash"])
    state_proof = bytes.fromhex(proof["state_proof"])
    assert verify_proof(app_hash, receipts_key(receipt["height"]), root, state_proof)


def test_state_with_a_proof(client: Client) -> None:
    key = account_key(ALICE.address)
    entry = client.state(key, prove=True)
    app_hash = bytes.fromhex(client.block(entry["height"])["app_hash"])
    assert verify_proof(app_hash, key, bytes.fromhex(entry["value"]), bytes.fromhex(entry["proof"]))
    absent = client.state(b"nothing here", prove=True)
    assert absent["value"] is None
    app_hash = bytes.fromhex(client.block(absent["height"])["app_hash"])
    assert verify_proof(app_hash, b"nothing here", None, bytes.fromhex(absent["proof"]))


def test_a_contract_answers(client: Client, contract: str) -> None:
    assert client.contract(contract)["parameters"] == {"threshold": "740", "discount": "0.2"}
    assert [endpoint["name"] for endpoint in client.interface(contract)] == ["quote", "decide"]
    outcome = client.view(contract, "quote", {"fico_score": 741, "listed_price": 100})
    assert (outcome["result"], outcome["fired"]) == ("80", [["Discount for a good score", [1]]])
    assert client.view(contract, "quote", {"fico_score": 740, "listed_price": 100})["result"] is None


def test_numbers_are_exact_on_the_way_in_and_out(client: Client, contract: str, node: Node) -> None:
    body = '{"args": {"fico_score": 800, "listed_price": 0.1000000000000000000000000000000001}}'
    answer = httpx.post(f"{node.url}/v1/contracts/{contract}/quote", content=body).json()
    assert answer["result"] == "0.08000000000000000000000000000000008"


def test_without_a_licence_there_is_no_contract(client: Client, contract: str) -> None:
    with pytest.raises(TransactionFailed) as refused:
        client.send(CAROL, transactions.instantiate(pricing().module_hash, {}))
    assert refused.value.code == "no-licence"


def test_an_endless_loop_costs_at_most_the_fee(client: Client) -> None:
    sources = {
        "contract.yaml": b"name: spin\nversion: 1.0.0\nlicense: MIT\nendpoints: {go: {script: scripts/go.js}}\n",
        "scripts/go.js": b"while (true) {}\n",
    }
    module = build_archive(sources).compiled.code
    made = client.send(CAROL, transactions.deploy(module))
    made = client.send(CAROL, transactions.instantiate(bytes.fromhex(made["result"][0]["module"]), {}))
    spin = transactions.call(bytes.fromhex(made["result"][0]["contract"]), "go", {})
    before = client.account(CAROL.address)
    tx = sign(CAROL, client.quote(CAROL.address), [spin], gas_limit=1_000_000)
    receipt = client.broadcast(tx)
    assert (receipt["error"], receipt["gas"]) == ("out-of-gas", 1_000_000)
    after = client.account(CAROL.address)
    assert after["balance"] == before["balance"] - int(receipt["fee"])
    assert after["nonce"] == before["nonce"] + 1


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/accounts/cmt1nonsense", 400, "bad-address"),
        ("/v1/contracts/nonsense", 400, "bad-address"),
        ("/v1/transactions/zz", 400, "bad-request"),
        (f"/v1/transactions/{'00' * 32}", 404, "unknown-transaction"),
        ("/v1/blocks/0x10", 400, "bad-request"),
        ("/v1/blocks/99999999", 404, "unknown-height"),
        ("/v1/state/xyz", 400, "bad-request"),
        ("/v1/state/00?height=-1", 400, "bad-request"),
        ("/v1/catalog/none", 404, "unknown-template"),
        ("/v1/none", 404, "not-found"),
        ("/v1/../../etc/passwd", 404, "not-found"),
        ("/v1/transactions", 405, "method-not-allowed"),
    ],
)
def test_a_bad_request_gets_its_code(node: Node, path: str, status: int, code: str) -> None:
    answer = httpx.get(node.url + path)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "undecodable"),
        (b"not a transaction", "undecodable"),
        (b"\x82\x40\x40", "unsigned"),
        (b"x" * (1024 * 1024 + 1), "too-large"),
    ],
)
def test_bytes_that_are_no_transaction(node: Node, body: bytes, code: str) -> None:
    for path in ("/v1/transactions", "/v1/simulate"):
        assert httpx.post(node.url + path, content=body).json()["code"] == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "bad-json"),
        (b"[]", "bad-request"),
        (b'{"args": 1}', "bad-request"),
        (b'{"args": {"a": 1, "a": 2}}', "bad-json"),
        (b"[" * 100_000, "bad-json"),
        (b"\xff\xfe", "bad-json"),
        (b'{"sender": "nobody"}', "bad-address"),
    ],
)
def test_a_bad_call_body(node: Node, contract: str, body: bytes, code: str) -> None:
    answer = httpx.post(f"{node.url}/v1/contracts/{contract}/quote", content=body)
    assert answer.json().get("code") == code, answer.text


@pytest.mark.parametrize(
    ("endpoint", "args", "code"),
    [
        ("quote", {"fico_score": "high", "listed_price": 1}, "bad-argument"),
        ("quote", {"fico_score": 1}, "bad-argument"),
        ("quote", {"fico_score": 1, "listed_price": 1, "more": 1}, "bad-argument"),
        ("nowhere", {}, "unknown-endpoint"),
    ],
)
def test_a_call_that_is_refused(node: Node, contract: str, endpoint: str, args: dict[str, Any], code: str) -> None:
    answer = httpx.post(f"{node.url}/v1/contracts/{contract}/{endpoint}", content=json.dumps({"args": args}))
    assert answer.json().get("code") == code, answer.text


@pytest.mark.parametrize(
    ("quote", "code"),
    [
        (Quote("other-chain", 0, 0), "wrong-chain"),
        (Quote(CHAIN_ID, 10**6, 0), "wrong-nonce"),
        (Quote(CHAIN_ID, 0, 10**9), "expired-quote"),
    ],
)
def test_a_transaction_of_another_place_or_time(client: Client, quote: Quote, code: str) -> None:
    tx = sign(PEOPLE[7], quote, [transactions.transfer(BOB.address, 1)])
    with pytest.raises(NodeError) as refused:
        client.broadcast(tx)
    assert refused.value.code == code


def test_the_openapi_document_names_every_route(node: Node) -> None:
    document = httpx.get(f"{node.url}/openapi.json").json()
    assert {path for path in document["paths"] if path.startswith("/v1")} >= {
        "/v1/status",
        "/v1/transactions",
        "/v1/transactions/{digest}",
        "/v1/simulate",
        "/v1/blocks/{height}",
        "/v1/accounts/{address}",
        "/v1/contracts/{address}",
        "/v1/state/{key}",
        "/v1/catalog",
    }


def test_no_node_no_answer() -> None:
    with Client("http://127.0.0.1:9") as client, pytest.raises(NodeError) as refused:
        client.status()
    assert refused.value.code == "node-unreachable"


def test_clients_that_leave_in_the_middle_cost_nothing(node: Node, capfd: pytest.CaptureFixture[str]) -> None:
    host, port = node.url.removeprefix("http://").split(":")
    head = b"POST /v1/transactions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\na"
    left = [socket.create_connection((host, int(port))) for _ in range(100)]
    for one in left:
        one.sendall(head)
    for one in left:
        one.close()
    started = time.monotonic()
    assert httpx.get(f"{node.url}/health", timeout=10).status_code == 200
    assert time.monotonic() - started < 5
    assert "Traceback" not in capfd.readouterr().err


def test_an_exception_is_one_short_line_of_the_log() -> None:
    try:
        raise ValueError("x" * 10_000)
    except ValueError as error:
        made = brief(None, "error", {"event": "failed", "exc_info": (ValueError, error, error.__traceback__)})
    assert "exc_info" not in made
    assert len(made["error"]) <= 300
    assert made["at"].startswith("test_rest.py:")


def test_a_height_beyond_64_bits_is_refused(node: Node) -> None:
    assert httpx.get(f"{node.url}/v1/state/00?height=18446744073709551616").status_code == 400
