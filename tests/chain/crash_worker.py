"""A solo chain that makes the blocks of a script, as fast as it can, and says each one's app hash once it is durable.

    python -m tests.chain.crash_worker HOME SCRIPT

Prints `open HEIGHT HASH` when it has recovered, then `HEIGHT HASH` after each commit, then `done`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cybermiles.catalog import MODULES
from cybermiles.chain.application import Application
from cybermiles.chain.solo import Solo
from cybermiles.platform import cbor_decode
from tests.chain.people import VALIDATOR, genesis


def main(home: Path, script: Path) -> None:
    blocks: list[list[bytes]] = cbor_decode(script.read_bytes())
    application = Application(home, modules=MODULES, own_log=True, flush_every=5)
    first = genesis()
    if not application.info()["chain_id"]:
        application.init_chain(first)
    solo = Solo(application, VALIDATOR.address)
    info = application.info()
    print("open", info["height"], info["app_hash"].hex(), flush=True)
    for height in range(info["height"] + 1, len(blocks) + 1):
        solo.submit_many(blocks[height - 1])
        result = solo.make_block(first.time_ns + height * 10**9)
        assert result.height == height
        print(height, result.app_hash.hex(), flush=True)
    application.check_invariants()
    application.close()
    print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
