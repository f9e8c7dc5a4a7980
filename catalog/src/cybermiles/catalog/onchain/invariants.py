"""What must always hold of the catalog's state."""

from __future__ import annotations

from cybermiles.catalog.onchain import keeper, types
from cybermiles.chain.store import ModuleStore
from cybermiles.platform import Ledger


def newest_versions_exist(ledger: Ledger) -> list[str]:
    """Each template's newest version is published, and none is newer."""
    store = ModuleStore(ledger, keeper.ROUTE)
    broken = []
    for template in keeper.read_all(store, b"t/"):
        name, newest = template["name"], template["newest"]
        versions = [entry["version"] for entry in keeper.read_all(store, b"v/" + name.encode() + b"/")]
        if newest not in versions or max(versions, key=types.version_key) != newest:
            broken.append(f"the newest version of `{name}` is not {newest}")
    return broken
