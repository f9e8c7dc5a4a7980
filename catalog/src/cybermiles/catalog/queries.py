"""What the catalog has to offer, read from committed state."""

from __future__ import annotations

from typing import Any

from cybermiles.catalog.onchain import keeper, types
from cybermiles.chain.store import ModuleStore
from cybermiles.platform import Ledger, address_encode


def templates(ledger: Ledger) -> list[dict[str, Any]]:
    """Every template with the price of its newest version and its sales, by name."""
    store = ModuleStore(ledger, keeper.ROUTE)
    return [_listing(store, entry) for entry in keeper.read_all(store, b"t/")]


def template(ledger: Ledger, name: str) -> dict[str, Any] | None:
    """One template with all its versions, the newest first; None if there is none of this name."""
    store = ModuleStore(ledger, keeper.ROUTE)
    entry = keeper.read(store, keeper.template_key(name))
    if entry is None:
        return None
    versions = keeper.read_all(store, b"v/" + name.encode() + b"/")
    versions.sort(key=lambda version: types.version_key(version["version"]), reverse=True)
    return {**_listing(store, entry), "versions": versions}


def _listing(store: ModuleStore, entry: dict[str, Any]) -> dict[str, Any]:
    newest = keeper.read(store, keeper.version_key(entry["name"], entry["newest"])) or {}
    sales = keeper.read(store, keeper.sales_key(entry["name"])) or {"count": 0, "revenue": 0}
    return {
        **entry,
        "owner": address_encode(entry["owner"]),
        "price": newest.get("price", 0),
        "module": newest.get("module", b""),
        "sales": sales["count"],
    }


def type_text(notation: Any, types: list[str]) -> str:
    """A module's type in the notation of contract.yaml."""
    if isinstance(notation, str):
        return notation
    kind, detail = notation
    if kind == "optional":
        return f"{type_text(detail, types)}?"
    if kind == "list":
        return f"list<{type_text(detail, types)}>"
    if kind == "enum":
        return "one of " + ", ".join(detail)
    return types[int(detail)]
