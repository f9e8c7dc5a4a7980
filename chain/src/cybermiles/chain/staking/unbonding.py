"""Stake on its way: paid back after the unbonding time, or moved to another validator; both can still be slashed."""

from __future__ import annotations

from typing import Any

from cybermiles.chain.staking import keeper
from cybermiles.platform import Context, HandlerError

MATURED_A_BLOCK = 1_000
"""Entries that one block pays back at most; the rest waits for the next."""


def begin(context: Context, parameters: dict[str, int], operator: bytes, delegator: bytes, amount: int) -> bytes:
    """Queues money that was moved to UNBONDING; the entry's id. Raises HandlerError `too-many-entries`."""
    counter = b"c/" + operator + delegator
    found = context.get(counter)
    count = int.from_bytes(found, "big") if found else 0
    if count >= parameters["max_entries"]:
        raise HandlerError("too-many-entries", f"{count} withdrawals from this validator are on their way already")
    context.set(counter, keeper.eight(count + 1))
    number = keeper.eight(keeper.next_number(context))
    due = keeper.eight(context.time_ns + parameters["unbonding_time"])
    entry = {"delegator": delegator, "operator": operator, "amount": amount, "initial": amount}
    keeper.write(context, b"u/" + due + number, {**entry, "height": context.height})
    context.set(b"o/" + operator + number, due)
    return due + number


def cancel(context: Context, entry_id: bytes, delegator: bytes, amount: int) -> dict[str, Any]:
    """Takes an amount out of an entry, to be delegated again; the entry. Raises HandlerError `unknown-entry`,
    `not-enough-stake`."""
    entry = keeper.read(context, b"u/" + entry_id) if len(entry_id) == 16 else None
    if entry is None or entry["delegator"] != delegator:
        raise HandlerError("unknown-entry", "no such withdrawal of this delegator is on its way")
    if amount > entry["amount"]:
        raise HandlerError("not-enough-stake", f"{entry['amount']} attoCMT are on their way, less than {amount}")
    entry["amount"] -= amount
    entry["initial"] = min(entry["initial"], entry["amount"])
    if entry["amount"] == 0:
        _forget(context, entry_id, entry)
    else:
        keeper.write(context, b"u/" + entry_id, entry)
    return entry


def mature(context: Context) -> None:
    """Pays back what is due."""
    for entry_id, entry in keeper.rows(context, b"u/", MATURED_A_BLOCK):
        if int.from_bytes(entry_id[:8], "big") > context.time_ns:
            break
        _forget(context, entry_id, entry)
        if entry["amount"]:
            context.transfer(keeper.UNBONDING, entry["delegator"], entry["amount"])
        paid = {"delegator": entry["delegator"], "operator": entry["operator"], "amount": entry["amount"]}
        context.emit("unbonded", paid)
    for key, _ in context.scan(b"q/", MATURED_A_BLOCK):
        if int.from_bytes(key[2:10], "big") > context.time_ns:
            break
        context.delete(key)
        context.delete(b"m/" + key[10:30] + key[2:10] + key[30:38])


def moved(
    context: Context, parameters: dict[str, int], source: bytes, target: bytes, delegator: bytes, amount: int
) -> None:
    """Remembers stake that moved from one validator to another for as long as the first one's faults reach it."""
    number = keeper.eight(keeper.next_number(context))
    due = keeper.eight(context.time_ns + parameters["unbonding_time"])
    record = {"delegator": delegator, "to": target, "initial": amount, "height": context.height}
    keeper.write(context, b"m/" + source + due + number, record)
    context.set(b"q/" + due + source + number, b"")
    context.set(b"h/" + target + delegator, due)


def arrived_lately(context: Context, operator: bytes, delegator: bytes) -> bool:
    """Whether stake of a delegator came here from another validator so short ago that it may not move on."""
    due = context.get(b"h/" + operator + delegator)
    return due is not None and int.from_bytes(due, "big") > context.time_ns


def of_validator(context: Context, operator: bytes, since: int) -> list[tuple[bytes, dict[str, Any]]]:
    """Ids and entries of what left a validator at or after a height and is still on its way."""
    found = []
    for key, due in context.scan(b"o/" + operator, 1_000_000):
        entry_id = due + key[-8:]
        entry = keeper.read(context, b"u/" + entry_id)
        if entry is not None and entry["height"] >= since:
            found.append((entry_id, entry))
    return found


def _forget(context: Context, entry_id: bytes, entry: dict[str, Any]) -> None:
    context.delete(b"u/" + entry_id)
    context.delete(b"o/" + entry["operator"] + entry_id[8:])
    counter = b"c/" + entry["operator"] + entry["delegator"]
    count = int.from_bytes(context.get(counter) or b"\x01", "big") - 1
    if count:
        context.set(counter, keeper.eight(count))
    else:
        context.delete(counter)
