"""Who validates: the richest candidates that are not jailed, their power a unit a CMT."""

from __future__ import annotations

from cybermiles.chain.staking import keeper
from cybermiles.chain.staking.types import ACTIVE, BACKUP, CANDIDATE, LEFT, ONE
from cybermiles.platform import Context


def update(context: Context) -> None:
    """Tells the kernel what changed in the set, if anything did that could change it."""
    parameters = keeper.read(context, keeper.PARAMETERS)
    if parameters is None or context.get(keeper.CHANGED) is None:
        return
    context.delete(keeper.CHANGED)
    size = parameters["max_validators"]
    ranked = [key[-20:] for key, _ in context.scan(b"r/", size + parameters["backups"])]
    before = {key[2:]: int.from_bytes(power, "big") for key, power in context.scan(b"a/", 10_000)}
    now = {}
    for operator in ranked[:size]:
        power = keeper.validator(context, operator)["tokens"] // ONE
        if power:
            now[operator] = power
    if not now:
        return  # a chain without validators would never make another block; those that are stay
    for operator in sorted(set(before) | set(now)):
        power = now.get(operator, 0)
        if power != before.get(operator, 0):
            validator = keeper.validator(context, operator)
            context.set_validator(validator["key"], power, keeper.rewards_account(operator))
            if power:
                context.set(b"a/" + operator, keeper.eight(power))
            else:
                context.delete(b"a/" + operator)
    backups = [operator for operator in ranked if operator not in now]
    _mark(context, before, now, backups)


def _mark(context: Context, before: dict[bytes, int], now: dict[bytes, int], backups: list[bytes]) -> None:
    """Keeps each record's `status` true; `b/<operator>` remembers the backups."""
    marked = {key[2:] for key, _ in context.scan(b"b/", 10_000)}
    for operator in sorted(set(before) | set(now) | set(backups) | marked):
        record = keeper.validator(context, operator)
        status = ACTIVE if operator in now else BACKUP if operator in backups else CANDIDATE
        if operator in backups and operator not in marked:
            context.set(b"b/" + operator, b"")
        if operator in marked and operator not in backups:
            context.delete(b"b/" + operator)
        if record["status"] not in (status, LEFT):
            record["status"] = status
            keeper.write(context, keeper.validator_key(operator), record)
