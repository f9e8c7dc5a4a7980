"""Keys, addresses, signed envelopes."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cybermiles.platform import (
    KeyFormatError,
    TxError,
    address_decode,
    address_encode,
    address_of,
    contract_address,
    ed25519_public,
    ed25519_sign,
    ed25519_verify,
    tx_assemble,
    tx_body,
    tx_decode,
    tx_hash,
    tx_sign,
    tx_sign_bytes,
)
from tests.platform.ledger.scenery import Chain, pay, seed, who

BODY: dict[str, Any] = {
    "chain_id": "c",
    "nonce": 3,
    "rate_height": 7,
    "gas_limit": 10**6,
    "tip": 10**20,
    "memo": "hi",
    "messages": [pay(2, 10**30)],
}


def test_signatures_equal_an_independent_library() -> None:
    for number in range(1, 20):
        key = Ed25519PrivateKey.from_private_bytes(seed(number))
        message = bytes(range(number))
        assert ed25519_public(seed(number)) == key.public_key().public_bytes_raw()
        assert ed25519_sign(seed(number), message) == key.sign(message)
        assert ed25519_verify(ed25519_public(seed(number)), message, key.sign(message))
        assert not ed25519_verify(ed25519_public(seed(number)), message + b"!", key.sign(message))


def test_malformed_keys_are_named() -> None:
    for call, code in (
        (lambda: ed25519_public(b"short"), "bad-key"),
        (lambda: address_of(b"short"), "bad-key"),
        (lambda: address_encode(b"short"), "bad-address"),
        (lambda: address_decode("cmt1qqqq"), "bad-address"),
        (lambda: address_decode(address_encode(who(1)).replace("cmt1", "abc1")), "bad-address"),
    ):
        with pytest.raises(KeyFormatError) as raised:
            call()
        assert raised.value.code == code
    assert not ed25519_verify(b"", b"", b"")


def test_addresses_round_trip() -> None:
    text = address_encode(who(1))
    assert text.startswith("cmt1")
    assert address_decode(text) == who(1)
    assert address_decode(text.upper()) == who(1)


def test_envelopes_round_trip() -> None:
    tx = tx_sign(seed(1), BODY)
    again = tx_decode(tx)
    assert {name: again[name] for name in BODY} == BODY
    assert again["sender"] == who(1)
    assert again["hash"] == tx_hash(tx)
    assert ed25519_verify(again["key"], tx_sign_bytes(tx_body({**BODY, "key": again["key"]})), again["signature"])
    offline = tx_body({**BODY, "key": ed25519_public(seed(1))})
    assert tx_assemble(offline, ed25519_sign(seed(1), tx_sign_bytes(offline))) == tx


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nonce": None}, "`nonce`"),
        ({"unordered": b"x", "expiry": 9}, "`nonce`"),
        ({"nonce": None, "unordered": b"", "expiry": 9}, "`unordered`"),
        ({"nonce": -1}, "range"),
        ({"memo": "m" * 257}, "memo"),
        ({"chain_id": "c" * 51}, "chain id"),
        ({"extra": 1}, "unknown field"),
        ({"tip": -1}, "not negative"),
        ({"messages": []}, "one message at least"),
        ({"messages": [("transfer", {"to": bytes(19), "amount": 1})]}, "range"),
        ({"messages": [("transfer", {"to": bytes(20)})]}, "`to` and `amount`"),
        ({"messages": [("transfer", {"to": bytes(20), "amount": 1, "x": 1})]}, "unknown field"),
        ({"messages": [("mint", {})]}, "not known"),
        ({"messages": [("Catalog/buy", {})]}, "not known"),
        ({"messages": [("call", {"endpoint": "x"})]}, "`contract`"),
        ({"messages": [("call", {"contract": bytes(20), "endpoint": "x", "args": [1]})]}, "record"),
    ],
)
def test_bodies_that_are_none_are_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(TxError) as raised:
        tx_sign(seed(1), {**BODY, **change})
    assert raised.value.code == "undecodable"
    assert words in str(raised.value)


def test_every_changed_byte_is_noticed() -> None:
    chain = Chain.new()
    tx = tx_sign(seed(1), chain.body(1, pay(2, 5)))
    changed = [tx[:at] + bytes([tx[at] ^ 1]) + tx[at + 1 :] for at in range(len(tx))]
    codes = chain.ledger.check_codes(changed)
    assert 0 not in codes
    assert all(tx[:size] != tx and chain.ledger.check_codes([tx[:size]])[0] == 1 for size in range(len(tx)))


def test_the_address_of_a_contract_is_known_before_it_is_made() -> None:
    chain = Chain.new()
    from tests.platform.ledger.scenery import WALLET

    module = chain.run(1, ("deploy", {"module": WALLET}), gas_limit=50_000_000)["result"][0]["module"]
    body = chain.body(1, ("instantiate", {"module": module, "parameters": {"owner": "ann"}}))
    expected = contract_address(tx_body({**body, "key": ed25519_public(seed(1))}), 0)
    assert chain.run(1, *body["messages"])["result"][0]["contract"] == expected
