"""The application alone: transfers and rule calls a second, from bytes to a durable commit, and where the time goes.

No consensus: blocks go straight into the ledger. Signatures are checked in the block, none was seen before; the state
root is computed, and the block log is synced to disk at every commit.
`python -m tests.benchmarks.application [--accounts N]`.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from cybermiles.dsl.archive.build import build_archive
from cybermiles.dsl.archive.sources import read_sources
from cybermiles.platform import Ledger, address_of, ed25519_public, tx_sign
from tests.benchmarks.tables import table

TEMPLATE = Path(__file__).parents[2] / "catalog/src/cybermiles/catalog/templates/pricing"
BLOCK = 5_000
ROUNDS = 5
SIGNERS = 1_000
PHASES = ("decode", "signatures", "transactions", "receipts", "root")


def seed(number: int) -> bytes:
    return number.to_bytes(32, "big")


class Load:
    """A ledger on disk and signers who know their nonces."""

    def __init__(self, folder: str, accounts: int) -> None:
        self.signers = [address_of(ed25519_public(seed(n))) for n in range(1, SIGNERS + 1)]
        others = [n.to_bytes(20, "big") for n in range(1, accounts - SIGNERS + 1)]
        self.targets = self.signers + others
        self.nonces = [0] * SIGNERS
        self.ledger = Ledger(folder, blocks=True)
        self.ledger.init_chain(
            {
                "chain_id": "bench-1",
                "time_ns": 1,
                "accounts": [{"address": a, "balance": 10**24} for a in self.targets],
                "validators": [{"key": ed25519_public(seed(9999)), "power": 1, "reward": bytes(20)}],
                "rate": 10**9,
            }
        )

    def sign(self, at: int, message: tuple[str, dict[str, Any]], gas_limit: int) -> bytes:
        signer = at % SIGNERS
        body = {
            "chain_id": "bench-1",
            "nonce": self.nonces[signer],
            "rate_height": self.ledger.info()["height"],
            "gas_limit": gas_limit,
            "messages": [message],
        }
        self.nonces[signer] += 1
        return tx_sign(seed(signer + 1), body)

    def block(self, txs: list[bytes]) -> tuple[dict[str, float], list[dict[str, Any]]]:
        """Seconds by phase, and the receipts; the first one must be a success."""
        height = self.ledger.info()["height"] + 1
        start = time.perf_counter()
        result = self.ledger.finalize_block(height, height, bytes(20), txs)
        middle = time.perf_counter()
        self.ledger.commit()
        end = time.perf_counter()
        if any(result.codes):
            raise RuntimeError(str(next(r for r in result.receipts() if r["code"])))
        phases = dict(result.phases)
        phases["crossing"] = middle - start - sum(phases.values())
        phases["commit"] = end - middle
        phases["all"] = end - start
        return phases, result.receipts()[:1]


def measure(load: Load, make: Any, size: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Median microseconds a transaction, by phase."""
    rounds, receipt = [], {}
    for turn in range(ROUNDS + 1):
        txs = [make(turn * size + at) for at in range(size)]
        phases, receipts = load.block(txs)
        receipt = receipts[0]
        rounds.append(phases)
    warm = rounds[1:]
    return {name: statistics.median(r[name] for r in warm) / size * 1e6 for name in warm[0]}, receipt


def main(accounts: int = 10_000) -> str:
    with tempfile.TemporaryDirectory() as folder:
        load = Load(folder, accounts)

        def transfer(at: int) -> bytes:
            target = load.targets[at * 7919 % len(load.targets)]
            return load.sign(at, ("transfer", {"to": target, "amount": 1}), 40_000)

        module = build_archive(read_sources(TEMPLATE)).compiled.code
        _, receipts = load.block([load.sign(0, ("deploy", {"module": module}), 50_000_000)])
        make = {"module": receipts[0]["result"][0]["module"], "parameters": {"threshold": 740}}
        _, receipts = load.block([load.sign(0, ("instantiate", make), 1_000_000)])
        contract = receipts[0]["result"][0]["contract"]
        args = {"fico_score": 741, "listed_price": 100}

        def call(at: int) -> bytes:
            message = {"contract": contract, "endpoint": "quote", "args": args}
            return load.sign(at, ("call", message), 100_000)

        found = {"transfer": measure(load, transfer, BLOCK), "rule call": measure(load, call, BLOCK)}
        answer = found["rule call"][1]["result"]
        if answer != [80]:
            raise RuntimeError(f"the pricing rule answered {answer}")
        load.ledger.close()
    columns = ["what", "a second", "us each", *PHASES, "crossing", "commit", "gas"]
    rows: list[list[object]] = [
        [name, 1e6 / us["all"], us["all"], *(us[phase] for phase in (*PHASES, "crossing", "commit")), receipt["gas"]]
        for name, (us, receipt) in found.items()
    ]
    title = f"Application alone: blocks of {BLOCK:,}, {accounts:,} accounts, durable commits (us by phase)"
    return table(title, columns, rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=10_000)
    print(main(parser.parse_args().accounts))
