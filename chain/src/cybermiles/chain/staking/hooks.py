"""What staking does in every block."""

from __future__ import annotations

from cybermiles.chain.blocks import BlockInput
from cybermiles.chain.staking import slashing, unbonding, validator_set
from cybermiles.platform import Context


def begin_block(context: Context, block: BlockInput) -> None:
    """Punishes the faults that the block reports and pays back what is due."""
    slashing.punish(context, block)
    unbonding.mature(context)


def end_block(context: Context, block: BlockInput) -> None:
    """Brings the validator set up to date."""
    validator_set.update(context)
