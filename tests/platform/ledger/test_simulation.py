"""Seeded simulation: random good and bad operations on two ledgers; invariants after each block."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from cybermiles.platform import Context, HandlerError, Ledger, address_encode
from tests.platform.ledger.scenery import CMT, RICH, START, WALLET, Chain, genesis, pay, who

PEOPLE = 8
BLOCKS = 40
OPERATIONS = 30


def shop(context: Context, sender: bytes, verb: str, data: dict[str, Any]) -> Any:
    context.set(data["key"], b"x" * 40)
    context.transfer(sender, who(data["to"]), data["price"])
    if data["price"] % 3 == 0:
        raise HandlerError("no", "not today")
    return data["price"]


def operation(chain: Chain, pick: random.Random, wallets: list[bytes]) -> bytes:
    """A transaction that may be good or bad in any way."""
    signer = pick.randint(1, PEOPLE)
    amount = pick.choice([0, 1, CMT, RICH // 2, RICH * 2, pick.randrange(10**24)])
    message: tuple[str, dict[str, Any]]
    match pick.randrange(8):
        case 0 | 1 | 2:
            message = pay(pick.randint(1, PEOPLE + 3), amount)
        case 3:
            data = {"key": bytes([pick.randrange(5)]), "to": pick.randint(1, 9), "price": amount}
            message = ("shop/buy", data)
        case 4:
            message = ("instantiate", {"module": pick.choice([bytes(32), MODULE]), "parameters": {"owner": "ann"}})
        case _:
            endpoint = pick.choice(["count", "pay", "fail", "spin", "announce", "broken"])
            to = address_encode(who(pick.randint(1, 9)))
            args: dict[str, Any] = {"pay": {"to": to, "amount": pick.randrange(3)}, "fail": {"to": to}}.get(
                endpoint, {}
            )
            wallet = pick.choice(wallets) if wallets else who(1)
            funds = pick.choice([0, amount])
            message = ("call", {"contract": wallet, "endpoint": endpoint, "args": args, "funds": funds})
    messages = [message] * pick.choice([1, 1, 1, 2])
    more: dict[str, Any] = {"gas_limit": pick.choice([25_000, 60_000, 500_000]), "tip": pick.choice([0, 5])}
    if pick.random() < 0.1:
        more["rate_height"] = pick.randrange(200)
    tx = chain.sign(signer, *messages, **more)
    if pick.random() < 0.05:
        at = pick.randrange(len(tx))
        tx = tx[:at] + bytes([tx[at] ^ (1 << pick.randrange(8))]) + tx[at + 1 :]
    return tx


MODULE = bytes(32)


@pytest.mark.parametrize("number", range(4))
def test_money_is_neither_made_nor_lost(number: int, tmp_path: Path) -> None:
    global MODULE
    pick = random.Random(number)
    chain = Chain(Ledger(str(tmp_path / "a"), blocks=True, flush_every=7))
    other = Ledger()
    for ledger in (chain.ledger, other):
        ledger.register("shop", shop)
        ledger.init_chain(genesis(accounts=PEOPLE))

    def step(txs: list[bytes]) -> list[dict[str, Any]]:
        height = chain.height + 1
        results = [ledger.finalize_block(height, START + height, bytes(20), txs) for ledger in (chain.ledger, other)]
        assert results[0].app_hash == results[1].app_hash
        assert results[0].receipt_bytes() == results[1].receipt_bytes()
        chain.ledger.commit()
        other.commit()
        chain.ledger.check_invariants()
        for signer in range(1, PEOPLE + 1):
            chain.nonces[signer] = chain.ledger.account(who(signer))["nonce"]
        return results[0].receipts()

    MODULE = step([chain.sign(1, ("deploy", {"module": WALLET}), gas_limit=50_000_000)])[0]["result"][0]["module"]
    wallets: list[bytes] = []
    supply = chain.ledger.supply()
    seen: set[str] = set()
    for _ in range(BLOCKS):
        before = sum(balances(chain.ledger).values())
        receipts = step([operation(chain, pick, wallets) for _ in range(OPERATIONS)])
        assert sum(balances(chain.ledger).values()) == before == supply
        for receipt in receipts:
            seen.add(receipt["error"])
            if receipt["result"] is not None:
                wallets += [r["contract"] for r in receipt["result"] if isinstance(r, dict) and "contract" in r]
    assert {"", "insufficient-funds", "out-of-gas", "revert", "no", "expired-quote"} <= seen
    info = chain.ledger.info()
    chain.ledger.close()
    again = Ledger(str(tmp_path / "a"), blocks=True)
    again.register("shop", shop)
    assert again.recover() == info["height"]
    assert again.info()["app_hash"] == info["app_hash"]


def balances(ledger: Ledger) -> dict[bytes, int]:
    return {key: int.from_bytes(value[:16], "big") for key, value in ledger.scan(b"a/")}
