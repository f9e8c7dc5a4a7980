"""A small chain for tests: keys, genesis, transactions, and contracts in assembly text."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cybermiles.platform import Ledger, address_of, asm_parse, ed25519_public, tx_sign

CMT = 10**18
RATE = 10**9
CHAIN = "test-1"
START = 1_700_000_000 * 10**9
PROPOSER = bytes(20)
RICH = 1_000_000 * CMT
VALIDATORS = ((51, 6), (52, 3), (53, 1))
"""(key number, power)"""

WALLET = asm_parse(r"""
module "wallet" version "1"
permission "transfer"
parameters {"type": "object", "required": ["owner"], "properties": {
  "owner": {"type": "string", "minLength": 3}, "step": {"type": "integer", "default": 1, "minimum": 1}}}
variable "n": optional(number)
const "step" const "boom" const "said"
import "transfer" import "emit" import "caller" import "value" import "balance" import "now"
function "count" params 0 locals 0 {
  get_variable 0 jump_unless_absent_keep A int 0 A: get_parameter 0 add dup set_variable 0 return }
function "pay" params 2 locals 2 { load 0 load 1 native 0 2 return }
function "spin" params 0 locals 0 { L: jump L }
function "fail" params 1 locals 1 { int 99 set_variable 0 load 0 int 1 native 0 2 pop const 1 revert }
function "announce" params 1 locals 2 {
  new_object store 1 load 1 load 0 set_field 2 const 2 load 1 native 1 2 return }
function "who" params 0 locals 0 { native 2 0 return }
function "got" params 0 locals 0 { native 3 0 return }
function "broken" params 1 locals 1 { null int 1 lt return }
function "when" params 0 locals 0 { native 5 0 return }
function "burn" params 1 locals 2 {
  int 0 store 1 L: load 1 load 0 lt jump_if_false E load 1 int 1 add store 1 jump L E: null return }
endpoint "count" () returns number function 0
endpoint "pay" ("to": text, "amount": number) returns any function 1
endpoint "spin" () returns any function 2
endpoint "fail" ("to": text) returns any function 3
endpoint "announce" ("said": optional(text)) returns any function 4
endpoint "who" () returns text function 5
endpoint "got" () returns number function 6
endpoint "broken" ("x": number = 1) returns any function 7
endpoint "when" () returns any function 8
endpoint "burn" ("turns": int) returns any function 9
""")
"""Counts, pays, emits, and fails in every way."""


def seed(number: int) -> bytes:
    return number.to_bytes(32, "big")


def who(number: int) -> bytes:
    """The address of a numbered key."""
    return address_of(ed25519_public(seed(number)))


def genesis(accounts: int = 10, **more: Any) -> dict[str, Any]:
    return {
        "chain_id": CHAIN,
        "time_ns": START,
        "accounts": [{"address": who(n), "balance": RICH} for n in range(1, accounts + 1)],
        "validators": [{"key": ed25519_public(seed(n)), "power": power, "reward": who(n)} for n, power in VALIDATORS],
        "rate": RATE,
        **more,
    }


@dataclass
class Chain:
    """A ledger that is fed blocks, and the nonces of those who sign."""

    ledger: Ledger = field(default_factory=lambda: Ledger(blocks=True))
    nonces: dict[int, int] = field(default_factory=dict)

    @classmethod
    def new(cls, path: Path | None = None, **more: Any) -> Chain:
        chain = cls(Ledger(None if path is None else str(path), blocks=True))
        chain.ledger.recover()
        chain.ledger.init_chain(genesis(**more))
        return chain

    @property
    def height(self) -> int:
        return int(self.ledger.info()["height"])

    def body(self, signer: int, *messages: tuple[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
        return {
            "chain_id": CHAIN,
            "nonce": self.nonces.get(signer, 0),
            "rate_height": self.height,
            "gas_limit": 5_000_000,
            "messages": list(messages),
            **more,
        }

    def sign(self, signer: int, *messages: tuple[str, dict[str, Any]], **more: Any) -> bytes:
        """The signer's next transaction; its nonce counts as used."""
        tx = tx_sign(seed(signer), self.body(signer, *messages, **more))
        self.nonces[signer] = self.nonces.get(signer, 0) + 1
        return tx

    def finalize(self, txs: list[bytes]) -> Any:
        height = self.height + 1
        return self.ledger.finalize_block(height, START + height * 10**9, PROPOSER, txs)

    def block(self, *txs: bytes) -> list[dict[str, Any]]:
        """Executes and commits a block; its receipts."""
        result = self.finalize(list(txs))
        self.ledger.commit()
        return result.receipts()

    def run(self, signer: int, *messages: tuple[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
        """One transaction in a block of its own; its receipt."""
        return self.block(self.sign(signer, *messages, **more))[0]

    def balance(self, address: bytes) -> int:
        return int(self.ledger.account(address)["balance"])

    def deploy(self, signer: int, module: bytes, **parameters: Any) -> bytes:
        """Deploys and instantiates; the contract's address."""
        receipt = self.run(signer, ("deploy", {"module": module}), gas_limit=50_000_000)
        assert receipt["code"] == 0, receipt
        made = self.run(signer, ("instantiate", {"module": receipt["result"][0]["module"], "parameters": parameters}))
        assert made["code"] == 0, made
        return bytes(made["result"][0]["contract"])

    def call(
        self, signer: int, contract: bytes, endpoint: str, args: dict[str, Any] | None = None, **more: Any
    ) -> dict[str, Any]:
        funds = more.pop("funds", 0)
        message = {"contract": contract, "endpoint": endpoint, "args": args or {}, "funds": funds}
        return self.run(signer, ("call", message), **more)


def pay(to: int, amount: int) -> tuple[str, dict[str, Any]]:
    return ("transfer", {"to": who(to), "amount": amount})
