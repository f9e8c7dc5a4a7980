"""A node's client over REST, and what a wallet does with it: estimate, sign, broadcast, wait for the receipt."""

from __future__ import annotations

import json
from decimal import Decimal
from types import TracebackType
from typing import Any

import httpx

from cybermiles.chain.keys import Key
from cybermiles.chain.transactions import Message, Quote, sign
from cybermiles.platform import address_encode

DEFAULT_NODE = "http://127.0.0.1:26670"
DEFAULT_TIMEOUT = 30.0


class NodeError(Exception):
    """The node refused a request or cannot be reached. `code` is stable, `hint` says what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


class TransactionFailed(Exception):  # noqa: N818 - reads as what happened
    """A transaction is in a block, but its execution failed: only fee and nonce changed. `receipt` has the details."""

    def __init__(self, receipt: dict[str, Any]) -> None:
        super().__init__(f"{receipt['error']}: {receipt['message']}")
        self.receipt = receipt
        self.code = str(receipt["error"])


class Client:
    """A node's REST API; shapes as in docs/rest.md. Close it, or use it in a `with`."""

    def __init__(self, url: str = DEFAULT_NODE, timeout: float = DEFAULT_TIMEOUT) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=timeout)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connections."""
        self._http.close()

    def status(self) -> dict[str, Any]:
        """Chain id, height, app hash, time, rate, pending transactions."""
        return self._get("/v1/status")

    def account(self, address: bytes) -> dict[str, Any]:
        """Balance (attoCMT, an int here) and nonce."""
        found = self._get(f"/v1/accounts/{address_encode(address)}")
        return {**found, "balance": int(found["balance"])}

    def contract(self, address: str) -> dict[str, Any]:
        """Module, creator, parameters, variables and balance of a contract."""
        return self._get(f"/v1/contracts/{address}")

    def interface(self, address: str) -> list[dict[str, Any]]:
        """Endpoints of a contract with their arguments and results."""
        return list(self._get(f"/v1/contracts/{address}/interface")["endpoints"])

    def view(self, address: str, endpoint: str, args: dict[str, Any]) -> dict[str, Any]:
        """Calls an endpoint read-only: outcome, result, fired rules, gas."""
        body = exact_json({"args": args})
        return self._request("POST", f"/v1/contracts/{address}/{endpoint}", content=body)

    def block(self, height: int | str = "latest") -> dict[str, Any]:
        """A block with its receipts."""
        return self._get(f"/v1/blocks/{height}")

    def receipt(self, digest: str, *, prove: bool = False) -> dict[str, Any]:
        """The receipt of a committed transaction."""
        return self._get(f"/v1/transactions/{digest}", prove=prove)

    def state(self, key: bytes, *, prove: bool = False) -> dict[str, Any]:
        """A raw state entry, with its proof on request."""
        return self._get(f"/v1/state/{key.hex()}", prove=prove)

    def catalog(self) -> list[dict[str, Any]]:
        """Templates on sale."""
        return list(self._get("/v1/catalog")["templates"])

    def template(self, name: str) -> dict[str, Any]:
        """One template with its versions."""
        return self._get(f"/v1/catalog/{name}")

    def simulate(self, tx: bytes) -> dict[str, Any]:
        """What the transaction would do, with `gas_estimate` and `fee_estimate`."""
        return self._request("POST", "/v1/simulate", content=tx)

    def broadcast(self, tx: bytes, *, wait: bool = True) -> dict[str, Any]:
        """Sends a signed transaction; with `wait` its receipt. Raises NodeError if it may not wait in the mempool."""
        return self._request("POST", "/v1/transactions", content=tx, params={"wait": "commit" if wait else "none"})

    def quote(self, address: bytes) -> Quote:
        """What to sign with: chain id, next nonce, newest rate."""
        status = self.status()
        return Quote(status["chain_id"], self.account(address)["nonce"], status["height"])

    def send(self, key: Key, *messages: Message, tip: int = 0, memo: str = "") -> dict[str, Any]:
        """Estimates gas, signs, broadcasts and waits. Raises NodeError, or TransactionFailed with the receipt."""
        quote = self.quote(key.address)
        estimate = self.simulate(sign(key, quote, list(messages), memo=memo, tip=tip))
        if estimate["code"]:
            raise TransactionFailed(estimate)
        tx = sign(key, quote, list(messages), gas_limit=estimate["gas_estimate"], tip=tip, memo=memo)
        receipt = self.broadcast(tx)
        if receipt["code"]:
            raise TransactionFailed(receipt)
        return receipt

    def _get(self, path: str, **params: Any) -> dict[str, Any]:
        return self._request("GET", path, params=params)

    def _request(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, **options)
        except httpx.TimeoutException as cause:
            raise NodeError("node-timeout", f"the node at {self.url} did not answer in time") from cause
        except httpx.HTTPError as cause:
            raise NodeError(
                "node-unreachable", f"no node answers at {self.url}", hint="start one with `runtime serve`"
            ) from cause
        try:
            document = response.json()
        except ValueError as cause:
            raise NodeError("bad-answer", f"{self.url} does not answer as a node does") from cause
        if response.status_code >= 400:
            raise NodeError(
                str(document.get("code", "bad-request")), str(document.get("message", "")), document.get("hint") or ""
            )
        return dict(document)


def exact_json(value: Any) -> str:
    """JSON text with exact numbers (Python's own writer knows only floats). Raises TypeError for what is no data."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(key))}:{exact_json(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(exact_json(item) for item in value) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        raise TypeError("a float is not exact; use Decimal")
    return json.dumps(value)
