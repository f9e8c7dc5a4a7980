"""The golden thread: a template is published, bought, instantiated and called; the node is killed and recovers."""

from __future__ import annotations

import importlib.resources
import secrets
import shutil
import socket
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cybermiles.catalog.offer import buy_message, publish_message
from cybermiles.chain import transactions
from cybermiles.chain.client import Client, NodeError, TransactionFailed
from cybermiles.chain.console import show_cmt
from cybermiles.chain.genesis import ATTO, Account
from cybermiles.chain.keys import Key
from cybermiles.dsl.archive.build import build_archive
from cybermiles.dsl.archive.sources import read_sources
from cybermiles.platform import address_decode, address_encode
from cybermiles.runtime.commands.init import write_home
from cybermiles.runtime.config import Config, Home
from cybermiles.runtime.demo.process import NodeProcess
from cybermiles.runtime.demo.story import DemoError, Story

__all__ = ["DemoError", "run"]

CHAIN_ID = "cybermiles-demo"
PRICE = 5 * ATTO
START_BALANCE = 100 * ATTO


@dataclass
class People:
    """Who takes part; each but the validator begins with 100 CMT."""

    validator: Key
    seller: Key
    buyer: Key
    dapp: Key

    @classmethod
    def fresh(cls) -> People:
        return cls(*(Key(name, secrets.token_bytes(32)) for name in ("validator", "seller", "buyer", "dapp")))

    def balances(self, client: Client) -> dict[str, int]:
        keys = (self.validator, self.seller, self.buyer, self.dapp)
        return {key.name: client.account(key.address)["balance"] for key in keys}


def run(*, keep: bool = False) -> None:
    """Tells and checks the whole story. Raises DemoError."""
    folder = Path(tempfile.mkdtemp(prefix="cybermiles-demo-"))
    node = NodeProcess(folder, free_port())
    try:
        tell(Story(), node)
    except (NodeError, TransactionFailed) as failed:
        raise DemoError(f"{failed.code}: {failed}") from failed
    finally:
        node.stop()
        if keep:
            print(f"    the node's folder is {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def tell(story: Story, node: NodeProcess) -> None:
    """The story itself, on a node that is not started yet."""
    people = People.fresh()
    fees: dict[str, int] = {}

    def pay(who: Key, receipt: dict[str, Any]) -> dict[str, Any]:
        fees[who.name] = fees.get(who.name, 0) + int(receipt["fee"])
        return receipt

    story.step("A fresh chain with one validator")
    accounts = [Account(key.address, START_BALANCE) for key in (people.seller, people.buyer, people.dapp)]
    write_home(Home(node.home), CHAIN_ID, people.validator, accounts, replace(Config(), block_interval=50))
    node.start()
    with Client(node.url) as client:
        supply = sum(people.balances(client).values())
        story.prove("the whole supply", show_cmt(supply), show_cmt(3 * START_BALANCE))

        story.step("A seller publishes the pricing template for 5 CMT")
        archive = build_archive(read_sources(pricing_template()))
        receipt = pay(people.seller, client.send(people.seller, publish_message(archive, PRICE)))
        story.prove(
            "the chain stores the module under its hash", receipt["result"][0]["module"], archive.module_hash.hex()
        )
        listing = client.template("pricing")
        story.prove("the catalog lists it at", show_cmt(int(listing["price"])), "5 CMT")

        story.step("Without a licence nobody gets a contract from it")
        instantiate = transactions.instantiate(archive.module_hash, {"threshold": 740})
        try:
            client.send(people.buyer, instantiate)
        except TransactionFailed as refused:
            story.prove("the chain refuses with", refused.code, "no-licence")
        else:
            raise DemoError("a contract was made without a licence")

        story.step("A buyer buys it: CMT moves to the seller in the same transaction")
        before = people.balances(client)
        pay(people.buyer, client.send(people.buyer, buy_message(listing)))
        after = people.balances(client)
        story.prove("the seller has more", show_cmt(after["seller"] - before["seller"]), "5 CMT")

        story.step("The buyer makes a contract of it, with a threshold of 740")
        receipt = pay(people.buyer, client.send(people.buyer, instantiate))
        contract = address_encode(bytes.fromhex(receipt["result"][0]["contract"]))
        story.say(f"its address is {contract}")
        story.prove("its threshold", client.contract(contract)["parameters"]["threshold"], "740")

        story.step("A DApp asks for a quote: score 741, listed price 100")
        story.prove("the price", quote(client, people.dapp, contract, 741, fees), "80")
        story.prove("with a score of 740 there is no discount", quote(client, people.dapp, contract, 740, fees), None)

        story.step("The money adds up, to the last digit")
        balances = people.balances(client)
        story.prove(
            "the seller has 5 CMT more, less the fees",
            show_cmt(balances["seller"] - START_BALANCE),
            show_cmt(PRICE - fees["seller"]),
        )
        story.prove("the validator has all fees", show_cmt(balances["validator"]), show_cmt(sum(fees.values())))
        story.prove("the supply is unchanged", show_cmt(sum(balances.values())), show_cmt(supply))

        story.step("The node is killed with SIGKILL and started again")
        settled = client.block(client.status()["height"])
        node.kill()
        node.start()
        again = client.block(settled["height"])
        story.prove("same height, same app hash", again["app_hash"][:16], settled["app_hash"][:16])
        answer = client.view(contract, "quote", {"fico_score": 741, "listed_price": 100})
        story.prove("and the call still answers", answer["result"], "80")

    story.step("Now you")
    story.say("open the studio with `.venv/bin/studio`: edit the rule, run its scenarios, deploy it from the browser")
    story.say("run a node of your own with `.venv/bin/runtime init` and `.venv/bin/runtime serve`")


def quote(client: Client, who: Key, contract: str, score: int, fees: dict[str, int]) -> Any:
    """Calls `quote` in a transaction; its result."""
    args = {"fico_score": score, "listed_price": 100}
    receipt = client.send(who, transactions.call(address_decode(contract), "quote", args))
    fees[who.name] = fees.get(who.name, 0) + int(receipt["fee"])
    return receipt["result"][0]


def pricing_template() -> Path:
    """The shipped pricing template."""
    return Path(str(importlib.resources.files("cybermiles.catalog") / "templates" / "pricing"))


def free_port() -> int:
    """A port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
