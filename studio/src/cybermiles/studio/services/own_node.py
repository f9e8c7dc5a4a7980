"""A chain of one's own: the runtime's solo node inside the studio, its data in the studio's home folder.

It lets an analyst deploy and call at once: a key that was never used gets CMT from its treasury, which no other chain
does.
"""

from __future__ import annotations

import atexit
import time
from pathlib import Path

from cybermiles.chain.genesis import ATTO, Account, Genesis, Validator
from cybermiles.chain.keys import KeyStore
from cybermiles.chain.transactions import transfer
from cybermiles.platform import address_decode
from cybermiles.runtime.config import Config
from cybermiles.runtime.node import Node as RuntimeNode
from cybermiles.studio.services.node import RestNode

CHAIN_ID = "studio"
SUPPLY = 1_000_000_000 * ATTO
GIFT = 1_000 * ATTO
GIFT_GAS = 200_000
TREASURY = "treasury"


class OwnNode(RestNode):
    """The embedded node; blocks come when there is something to put into them, and every five seconds."""

    def __init__(self, home: Path) -> None:
        keys = KeyStore(home / "keys")
        known = any(entry.name == TREASURY for entry in keys.list())
        self._treasury = keys.open(TREASURY, "") if known else keys.add(TREASURY, "")
        genesis = home / "genesis.json"
        if not genesis.is_file():
            genesis.write_text(self._genesis().to_json())
        config = Config(rest_port=0, block_interval=200)
        self._node = RuntimeNode(Genesis.from_json(genesis.read_text()), home / "data", config)
        self._node.start()
        atexit.register(self.close)
        super().__init__(self._node.url)

    def balance(self, address: str) -> int:
        found = super().balance(address)
        if found == 0:
            self.submit(self._treasury, [transfer(address_decode(address), GIFT)], GIFT_GAS)
            found = super().balance(address)
        return found

    def close(self) -> None:
        atexit.unregister(self.close)
        super().close()
        self._node.stop()

    def _genesis(self) -> Genesis:
        owner = self._treasury
        return Genesis(
            chain_id=CHAIN_ID,
            time_ns=time.time_ns(),
            accounts=(Account(owner.address, SUPPLY),),
            validators=(Validator(owner.public, 1, owner.address),),
        )
