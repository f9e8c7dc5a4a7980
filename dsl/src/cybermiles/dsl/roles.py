"""Roles of a contract: who may do what with its processes. Read from `contract.yaml`, compiled into its endpoints."""

from __future__ import annotations

from dataclasses import dataclass

from cybermiles.dsl.ir import NOWHERE, Span

RIGHTS = ("reassign", "retry", "skip", "move", "cancel", "migrate")
"""What a role may be allowed beside its tasks: to give tasks to others, and to repair instances."""


@dataclass(frozen=True, slots=True)
class Role:
    """Who has a role: any of the ways that are given; of a role that nobody can have, no task is ever done.

    ``parameter`` and ``variable`` hold an address or a list of them; ``starter``: who started the instance.
    ``nominated_by`` and ``endorsed_by`` are other roles: one proposes an address for an instance, the other agrees
    (without ``endorsed_by`` the proposal is enough).
    """

    name: str
    addresses: tuple[str, ...] = ()
    parameter: str = ""
    variable: str = ""
    starter: bool = False
    nominated_by: str = ""
    endorsed_by: str = ""
    may: tuple[str, ...] = ()
    span: Span = NOWHERE
