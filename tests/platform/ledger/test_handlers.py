"""Handlers of other layers: on the same overlay, in block order, charged and reverted like everything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cybermiles.platform import Context, HandlerError, Ledger, LedgerError, route_key, tx_sign
from tests.platform.ledger.scenery import CMT, RATE, WALLET, Chain, genesis, pay, seed, who

Handler = Callable[[Context, bytes, str, dict[str, Any]], Any]


def chain_with(handler: Handler, **more: Any) -> Chain:
    chain = Chain()
    chain.ledger.register("shop", handler)
    chain.ledger.init_chain(genesis(**more))
    return chain


def shop(context: Context, sender: bytes, verb: str, data: dict[str, Any]) -> Any:
    """Sells: money to key 9, a count, an event; refuses on demand."""
    count = int.from_bytes(context.get(b"count") or b"", "big") + 1
    context.set(b"count", bytes([count]))
    context.transfer(sender, who(9), data.get("price", CMT))
    context.emit("sold", {"count": count, "verb": verb})
    if data.get("spin"):
        context.charge(10**12)
    if "refuse" in data:
        raise HandlerError("sold-out", data["refuse"])
    if "bug" in data:
        raise KeyError(data["bug"])
    return {"count": count, "height": context.height, "hash": context.tx_hash, "chain": context.chain_id}


def test_a_handler_works_on_the_overlay() -> None:
    chain = chain_with(shop)
    receipts = chain.block(chain.sign(1, ("shop/buy", {})), chain.sign(2, ("shop/buy", {}), pay(3, 5)))
    assert [r["result"][0]["count"] for r in receipts] == [1, 2]
    assert receipts[0]["result"][0]["hash"] == receipts[0]["hash"]
    assert receipts[0]["events"][0] == {"source": "shop", "name": "sold", "data": {"count": 1, "verb": "buy"}}
    assert chain.ledger.get(route_key("shop", b"count")) == b"\2"
    chain.ledger.check_invariants()


@pytest.mark.parametrize(
    ("data", "code", "space", "error"),
    [
        ({"refuse": "no more"}, 40, "shop", "sold-out"),
        ({"bug": "x"}, 23, "contract", "fault"),
        ({"spin": True}, 20, "contract", "out-of-gas"),
        ({"price": 10**30}, 40, "shop", "insufficient-funds"),
    ],
)
def test_an_error_reverts_everything_but_the_fee(data: dict[str, Any], code: int, space: str, error: str) -> None:
    chain = chain_with(shop)
    before = chain.balance(who(1))
    receipt = chain.run(1, pay(2, 5), ("shop/buy", data))
    assert (receipt["code"], receipt["codespace"], receipt["error"]) == (code, space, error)
    assert (receipt["events"], receipt["result"]) == ([], None)
    assert chain.ledger.get(route_key("shop", b"count")) is None
    assert chain.balance(who(1)) == before - receipt["fee"]
    assert receipt["fee"] <= 5_000_000 * RATE
    chain.ledger.check_invariants()


def test_state_access_is_charged() -> None:
    def reads(context: Context, sender: bytes, verb: str, data: dict[str, Any]) -> Any:
        for _ in range(data["times"]):
            context.get(b"key")

    chain = chain_with(reads)
    few, many = (chain.run(1, ("shop/read", {"times": times}))["gas"] for times in (1, 101))
    assert many - few >= 100 * 1000


def test_a_context_ends_with_its_call() -> None:
    kept: list[Context] = []

    def keeps(context: Context, sender: bytes, verb: str, data: dict[str, Any]) -> None:
        kept.append(context)

    chain = chain_with(keeps)
    assert chain.run(1, ("shop/keep", {}))["code"] == 0
    with pytest.raises(RuntimeError):
        kept[0].get(b"x")


def test_scans_see_what_was_written_and_stay_in_the_route() -> None:
    def rows(context: Context, sender: bytes, verb: str, data: dict[str, Any]) -> Any:
        for key in (b"r/b", b"r/a", b"s"):
            context.set(key, key)
        context.delete(b"r/b")
        context.set(b"r/c", b"")
        return [
            [list(row) for row in context.scan(b"r/")],
            [list(row) for row in context.scan(b"", 2)],
            [list(row) for row in context.scan(b"", start=b"r/b")],
        ]

    chain = chain_with(rows)
    first, second, third = chain.run(1, ("shop/rows", {}))["result"][0]
    assert first == [[b"r/a", b"r/a"], [b"r/c", b""]]
    assert second == first
    assert third == [[b"r/c", b""], [b"s", b"s"]]


def test_licences_are_needed_for_protected_modules() -> None:
    def sell(context: Context, sender: bytes, verb: str, data: dict[str, Any]) -> Any:
        if verb == "publish":
            context.protect_module(data["module"], data["template"])
        else:
            context.grant_licence("pricing", sender, {"paid": 5})
        return context.licence("pricing", sender)

    chain = chain_with(sell)
    module = chain.run(1, ("deploy", {"module": WALLET}), gas_limit=50_000_000)["result"][0]["module"]
    make = ("instantiate", {"module": module, "parameters": {"owner": "ann"}})
    assert chain.run(3, make)["code"] == 0
    assert chain.run(1, ("shop/publish", {"module": module, "template": "pricing"}))["code"] == 0
    assert chain.run(1, ("shop/publish", {"module": module, "template": "other"}))["error"] == "already-protected"
    assert chain.run(1, ("shop/publish", {"module": bytes(32), "template": "x"}))["error"] == "unknown-module"
    assert chain.run(2, make)["error"] == "no-licence"
    assert chain.run(2, ("shop/buy", {}))["result"] == [{"paid": 5}]
    made = chain.run(2, make)
    assert made["code"] == 0
    found = chain.ledger.contract(made["result"][0]["contract"])
    assert found is not None
    assert (found["template"], found["creator"]) == ("pricing", who(2))
    assert chain.ledger.module(module)["template"] == "pricing"  # type: ignore[index]


def test_hooks_run_in_order_and_see_genesis() -> None:
    seen: list[Any] = []
    ledger = Ledger()
    for route in ("b", "a"):
        ledger.on_genesis(route, lambda context, data, route=route: seen.append((route, data)))  # type: ignore[misc]
        ledger.on_begin_block(route, lambda context, route=route: seen.append((route, "begin", context.height)))  # type: ignore[misc]
        ledger.on_end_block(route, lambda context, route=route: context.set(b"end", b"1"))  # type: ignore[misc]
    ledger.init_chain(genesis(modules={"a": {"x": 1}}))
    assert seen == [("a", {"x": 1}), ("b", None)]
    ledger.finalize_block(1, 1, bytes(20), [])
    ledger.commit()
    assert seen[2:] == [("a", "begin", 1), ("b", "begin", 1)]
    assert ledger.get(route_key("b", b"end")) == b"1"


def test_a_failing_hook_stops_the_block() -> None:
    ledger = Ledger()

    def fails(context: Context) -> None:
        raise ValueError("bug")

    ledger.on_end_block("a", fails)
    ledger.init_chain(genesis())
    with pytest.raises(LedgerError, match="ValueError") as raised:
        ledger.finalize_block(1, 1, bytes(20), [])
    assert raised.value.code == "handler-failed"
    with pytest.raises(LedgerError):
        ledger.commit()


def test_validators_change_from_a_handler() -> None:
    def stake(context: Context, sender: bytes, verb: str, data: dict[str, Any]) -> None:
        context.set_validator(data["key"], data["power"], sender)

    chain = chain_with(stake)
    key = bytes([5]) * 32
    result = chain.finalize([chain.sign(1, ("shop/join", {"key": key, "power": 7}))])
    assert result.validator_updates == [(key, 7)]
    chain.ledger.commit()
    fee = chain.run(2, pay(3, 1))["fee"]
    assert chain.balance(who(53)) >= fee // 17


def test_routes_nobody_serves() -> None:
    chain = Chain.new()
    assert chain.run(1, ("shop/buy", {}))["error"] == "unknown-route"
    assert chain.ledger.simulate(tx_sign(seed(1), chain.body(1, ("shop/buy", {}))))["error"] == "unknown-route"


def test_an_interrupt_in_a_handler_stops_the_block() -> None:
    def interrupted(context: Context, sender: bytes, verb: str, data: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    chain = chain_with(interrupted)
    with pytest.raises(LedgerError, match="interrupted"):
        chain.run(1, ("shop/buy", {}))
    assert chain.height == 0
