"""What the catalog registers with the application."""

from __future__ import annotations

from cybermiles.catalog.onchain import handlers, invariants
from cybermiles.catalog.onchain.keeper import ROUTE
from cybermiles.chain.modules import Module

CATALOG = Module(
    route=ROUTE,
    handlers={"publish": handlers.publish, "buy": handlers.buy},
    invariants=(invariants.newest_versions_exist,),
)
