"""The REST application: thin routes over the kernel's own readers, which never block consensus."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Depends, FastAPI, Query, Request
from starlette.requests import ClientDisconnect

from cybermiles.catalog import queries
from cybermiles.chain.application import VERSION
from cybermiles.chain.solo import MempoolError
from cybermiles.platform import address_decode, address_encode, json_decode, module_decode, tx_decode
from cybermiles.runtime.rest import errors, shapes
from cybermiles.runtime.rest.errors import ApiError

if TYPE_CHECKING:
    from cybermiles.runtime.node import Node

MAX_BODY = 1024 * 1024
"""A transaction with a whole module fits."""
COMMIT_TIMEOUT = 20.0


async def read_body(request: Request) -> bytes:
    """The raw body, read only as far as its bound."""
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MAX_BODY:
                raise ApiError(413, "too-large", f"a request has at most {MAX_BODY} bytes")
    except ClientDisconnect as gone:
        raise ApiError(400, "disconnected", "the client went away before its request was complete") from gone
    return bytes(body)


Body = Annotated[bytes, Depends(read_body)]


def create_app(node: Node) -> FastAPI:
    """The API of a running node."""
    app = FastAPI(title="CyberMiles node", version=VERSION, description="See docs/rest.md.")
    errors.install(app)
    ledger = node.application.ledger
    solo = node.solo

    @app.get("/health", response_model=shapes.Health)
    def health() -> shapes.Json:
        """Whether blocks are being made."""
        if solo.failure is not None:
            raise ApiError(503, "halted", f"block production ended: {solo.failure}")
        return {"status": "ok", "height": ledger.info()["height"]}

    @app.get("/v1/status", response_model=shapes.Status)
    def status() -> shapes.Json:
        """The chain as this node sees it."""
        info = ledger.info()
        return {
            "chain_id": info["chain_id"],
            "height": info["height"],
            "app_hash": info["app_hash"].hex(),
            "time": _time(info["time_ns"]),
            "rate": str(ledger.rate()),
            "pending": solo.pending(),
            "version": VERSION,
        }

    @app.post("/v1/transactions", response_model=shapes.Receipt | shapes.Submitted)
    def broadcast(body: Body, wait: Literal["commit", "none"] = "commit") -> shapes.Json:
        """Broadcasts a signed transaction: the body is its canonical CBOR bytes."""
        try:
            digest = solo.submit(body)
        except MempoolError as refused:
            raise ApiError(400, refused.code, str(refused)) from refused
        if wait == "none":
            return {"hash": digest.hex()}
        receipt = solo.wait_for(digest, COMMIT_TIMEOUT)
        if receipt is None:
            raise ApiError(504, "not-committed", f"the transaction `{digest.hex()}` waits; ask for its receipt later")
        return shapes.receipt_json(receipt)

    @app.get("/v1/transactions/{digest}", response_model=shapes.Receipt)
    def transaction(digest: str, prove: bool = False) -> shapes.Json:
        """The receipt of a committed transaction."""
        key = _hex(digest, "transaction hash")
        receipt = ledger.receipt(key)
        if receipt is None:
            raise ApiError(404, "unknown-transaction", f"no committed transaction has the hash `{digest[:80]}`")
        proof = shapes.plain(ledger.receipt_proof(key)) if prove else None
        return {**shapes.receipt_json(receipt), "proof": proof}

    @app.post("/v1/simulate", response_model=shapes.Simulation)
    def simulate(body: Body) -> shapes.Json:
        """Runs a transaction on a throw-away copy of the state; nonce and signature are not checked."""
        tip = tx_decode(body).get("tip", 0)
        outcome = ledger.simulate(body)
        fee = ledger.rate() * max(outcome["gas"], outcome["gas_estimate"] // 2) + tip
        return {
            **shapes.receipt_json(outcome),
            "gas_estimate": outcome["gas_estimate"],
            "fee_estimate": str(fee),
        }

    @app.get("/v1/blocks/{height}", response_model=shapes.Block)
    def block(height: str) -> shapes.Json:
        """A block with its receipts; `latest` is a height too."""
        found = ledger.block(ledger.info()["height"] if height == "latest" else _integer(height, "height"))
        if found is None:
            raise ApiError(404, "unknown-height", f"there is no block at height `{height[:40]}`")
        return {
            "height": found["height"],
            "time": _time(found["time_ns"]),
            "proposer": address_encode(found["proposer"]),
            "app_hash": found["app_hash"].hex(),
            "previous_app_hash": found["previous_app_hash"].hex(),
            "receipts": [shapes.receipt_json(receipt) for receipt in found["receipts"]],
        }

    @app.get("/v1/accounts/{address}", response_model=shapes.Account)
    def account(address: str) -> shapes.Json:
        """Balance and nonce."""
        found = ledger.account(address_decode(address))
        return {"address": address, "balance": str(found["balance"]), "nonce": found["nonce"]}

    @app.get("/v1/contracts/{address}", response_model=shapes.Contract)
    def contract(address: str) -> shapes.Json:
        """A contract's module, parameters, variables and balance."""
        found = _contract(address)
        return {
            "address": address,
            "module": found["module"].hex(),
            "creator": address_encode(found["creator"]),
            "height": found["height"],
            "parameters": shapes.plain(found["parameters"]),
            "variables": shapes.plain(found["variables"]),
            "balance": str(found["balance"]),
            "template": found["template"],
        }

    @app.get("/v1/contracts/{address}/interface", response_model=shapes.Interface)
    def interface(address: str) -> shapes.Json:
        """Endpoints with their arguments and results."""
        module = module_decode(_module(_contract(address)["module"]))
        types = [entry["name"] for entry in module["types"]]
        return {
            "name": module["name"],
            "version": module["version"],
            "endpoints": [
                {
                    "name": endpoint["name"],
                    "args": [
                        {"name": arg["name"], "type": queries.type_text(arg["type"], types)} for arg in endpoint["args"]
                    ],
                    "returns": queries.type_text(endpoint["returns"], types),
                }
                for endpoint in module["endpoints"]
            ],
        }

    @app.post("/v1/contracts/{address}/{endpoint}", response_model=shapes.View)
    def view(address: str, endpoint: str, body: Body) -> shapes.Json:
        """Calls an endpoint read-only: nothing is kept, nothing is paid."""
        _contract(address)
        request = _json(body)
        sender = request.get("sender")
        outcome = ledger.view(
            address_decode(address),
            endpoint,
            _record(request.get("args", {}), "args"),
            sender=address_decode(str(sender)) if sender is not None else None,
        )
        return {
            **{name: outcome[name] for name in ("outcome", "output", "gas", "code", "message")},
            "result": shapes.plain(outcome["result"]),
            "events": [shapes.event_json(event) for event in outcome["events"]],
            "fired": [[rule, list(facts)] for rule, facts in outcome["fired"]],
        }

    @app.get("/v1/state/{key}", response_model=shapes.StateEntry)
    def state(
        key: str, prove: bool = False, height: Annotated[int | None, Query(ge=0, le=2**63 - 1)] = None
    ) -> shapes.Json:
        """A raw entry of the authenticated state."""
        value, proof, at = ledger.prove(_hex(key, "state key"), height)
        entry = {"key": key, "value": value.hex() if value is not None else None, "height": at}
        return {**entry, "proof": proof.hex() if prove else None}

    @app.get("/v1/catalog")
    def catalog() -> shapes.Json:
        """Templates on sale."""
        return {"templates": [shapes.plain(entry) for entry in queries.templates(ledger)]}

    @app.get("/v1/catalog/{name}")
    def template(name: str) -> shapes.Json:
        """One template with its versions."""
        found = queries.template(ledger, name)
        if found is None:
            raise ApiError(404, "unknown-template", f"the catalog has no template `{name[:80]}`")
        return dict(shapes.plain(found))

    def _contract(address: str) -> dict[str, Any]:
        found = ledger.contract(address_decode(address))
        if found is None:
            raise ApiError(404, "unknown-contract", f"there is no contract at `{address[:80]}`")
        return found

    def _module(digest: bytes) -> bytes:
        found = ledger.module(digest)
        if found is None:
            raise ApiError(404, "unknown-module", f"there is no module `{digest.hex()}`")
        return bytes(found["code"])

    return app


def _time(time_ns: int) -> str:
    seconds, nanoseconds = divmod(time_ns, 10**9)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{nanoseconds // 10**6:03}Z"


def _hex(text: str, what: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as cause:
        raise ApiError(400, "bad-request", f"`{text[:80]}` is not a hexadecimal {what}") from cause


def _integer(text: str, what: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ApiError(400, "bad-request", f"`{text[:40]}` is not a {what}")
    return int(text)


def _json(body: bytes) -> dict[str, Any]:
    """The request's document with exact numbers."""
    try:
        document = json_decode(body.decode("utf-8") or "{}")
    except ValueError as cause:
        raise ApiError(400, "bad-json", f"the body is not JSON: {cause}") from cause
    return _record(document, "the body")


def _record(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ApiError(400, "bad-request", f"{what} must be an object")
    return value
