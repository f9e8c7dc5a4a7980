"""The template store: its on-chain module, queries, the `catalog` command and the shipped templates."""

from cybermiles.catalog.onchain.module import CATALOG
from cybermiles.chain.staking.module import STAKING

MODULES = (CATALOG, STAKING)
"""The modules that a node of this product runs beside the kernel's own."""

__all__ = ["CATALOG", "MODULES"]
