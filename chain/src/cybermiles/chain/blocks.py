"""What consensus says of a block besides its transactions: who signed the last one, and who misbehaved."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Vote:
    """A validator of the last commit, by its consensus address (20 bytes)."""

    address: bytes
    power: int
    signed: bool


@dataclass(frozen=True)
class Misbehavior:
    """Evidence that CometBFT verified. `kind`: `duplicate-vote` or `light-client-attack`."""

    kind: str
    address: bytes
    height: int
    time_ns: int


@dataclass(frozen=True)
class BlockInput:
    """Empty on the solo chain, which has one validator and nobody to judge it."""

    votes: tuple[Vote, ...] = ()
    misbehavior: tuple[Misbehavior, ...] = ()
