"""The chain's first state as a JSON document, the same for both drivers (CometBFT carries it as `app_state`)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from cybermiles.platform import address_decode, address_encode, address_of

ATTO = 10**18
"""attoCMT in one CMT."""
DEFAULT_RATE = 10**9
"""attoCMT for a unit of gas: a simple transfer costs about 0.00002 CMT."""


class GenesisError(ValueError):
    """The genesis document is not what it must be; the message names the place."""


@dataclass(frozen=True)
class Account:
    """An account and its attoCMT at genesis."""

    address: bytes
    balance: int


@dataclass(frozen=True)
class Validator:
    """A validator's consensus key, its power, and the account that its fees go to."""

    key: bytes
    power: int
    reward: bytes


@dataclass(frozen=True)
class Genesis:
    """All that the first app hash depends on, apart from chain id, time and CometBFT's own parameters."""

    chain_id: str
    time_ns: int
    accounts: tuple[Account, ...] = ()
    validators: tuple[Validator, ...] = ()
    rate: int = DEFAULT_RATE
    limits: dict[str, int] = field(default_factory=dict)
    modules: dict[str, Any] = field(default_factory=dict)

    def app_state(self) -> dict[str, Any]:
        """The part that CometBFT passes through `InitChain`."""
        return {
            "accounts": [{"address": address_encode(a.address), "balance": str(a.balance)} for a in self.accounts],
            "validators": [
                {"key": v.key.hex(), "power": v.power, "reward": address_encode(v.reward)} for v in self.validators
            ],
            "rate": str(self.rate),
            "limits": self.limits,
            "modules": self.modules,
        }

    def to_json(self) -> str:
        """The document of a solo node's `genesis.json`."""
        document = {"chain_id": self.chain_id, "time_ns": str(self.time_ns), "app_state": self.app_state()}
        return json.dumps(document, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Genesis:
        """Reads `to_json`'s document. Raises GenesisError."""
        try:
            document = json.loads(text)
            return cls.from_app_state(document["chain_id"], int(document["time_ns"]), document["app_state"])
        except (ValueError, KeyError, TypeError) as cause:
            raise GenesisError(f"the genesis document cannot be read: {cause!r}") from cause

    @classmethod
    def from_app_state(
        cls, chain_id: str, time_ns: int, state: dict[str, Any], validators: list[tuple[bytes, int]] | None = None
    ) -> Genesis:
        """From `InitChain`: CometBFT's validators count if `app_state` names none, rewarded at their keys' accounts.

        Raises GenesisError.
        """
        try:
            listed = tuple(
                Validator(bytes.fromhex(v["key"]), int(v["power"]), address_decode(v["reward"]))
                for v in state.get("validators", [])
            )
            if not listed:
                listed = tuple(Validator(key, power, address_of(key)) for key, power in validators or [])
            return cls(
                chain_id,
                time_ns,
                tuple(Account(address_decode(a["address"]), int(a["balance"])) for a in state.get("accounts", [])),
                listed,
                int(state.get("rate", DEFAULT_RATE)),
                {name: int(value) for name, value in sorted(state.get("limits", {}).items())},
                dict(state.get("modules", {})),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as cause:
            raise GenesisError(f"`app_state` cannot be read: {cause!r}") from cause

    def kernel(self) -> dict[str, Any]:
        """The shape that the kernel's `Ledger.init_chain` takes."""
        document: dict[str, Any] = {
            "chain_id": self.chain_id,
            "time_ns": self.time_ns,
            "accounts": [{"address": a.address, "balance": a.balance} for a in self.accounts],
            "validators": [{"key": v.key, "power": v.power, "reward": v.reward} for v in self.validators],
            "rate": self.rate,
            "modules": self.modules,
        }
        if self.limits:
            document["limits"] = self.limits
        return document
