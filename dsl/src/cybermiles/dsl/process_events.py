"""Events for a process, as files hold them: a JSON list of objects, each with one of ``message``, ``signal``, ``task``
and ``timer``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cybermiles.dsl.diagnostics import CompileError, Diagnostics, suggest
from cybermiles.dsl.facts import decode
from cybermiles.dsl.ir import Span
from cybermiles.dsl.specification.processes.timers import instant
from cybermiles.dsl.specification.values import Halt

KINDS: Mapping[str, tuple[str, ...]] = {
    "task": ("result", "transition", "instance"),
    "message": ("payload", "correlation"),
    "signal": ("payload",),
    "timer": (),
}
"""The kinds of events with the keys that each may have beside its own."""
_EXAMPLE = 'for example [{"task": "approve", "result": {"ok": true}}, {"message": "paid", "payload": {"amount": 10}}]'


def read_events(path: Path) -> list[dict[str, Any]]:
    """The events of a file. Raises CompileError (`unreadable-file`, `bad-events`)."""
    file = str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        message = f"cannot read `{file}`: {str(reason).lower()}"
        raise Diagnostics().fail("unreadable-file", message, Span(file, 1, 1, 1, 1)) from None
    return parse_events(text, file)


def parse_events(text: str, file: str) -> list[dict[str, Any]]:
    """The events of a text. Raises CompileError."""
    try:
        data = decode(text, file)
    except CompileError as error:
        first = error.diagnostics[0]
        raise _bad(file, first.message, line=first.line) from None
    if isinstance(data, dict):
        data = [data]
    if not isinstance(data, list):
        raise _bad(file, "events are a list of objects", _EXAMPLE)
    return [check_event(event, file, f"event {number}") for number, event in enumerate(data, 1)]


def check_event(event: Any, file: str, what: str) -> dict[str, Any]:
    """An event of the right shape. Raises CompileError (`bad-events`)."""
    if not isinstance(event, dict):
        raise _bad(file, f"{what} is no object", _EXAMPLE)
    kinds = [kind for kind in KINDS if kind in event]
    if len(kinds) != 1:
        found = " and ".join(f"`{kind}`" for kind in kinds)
        unknown = next((hint for key in event if (hint := suggest(key, KINDS))), None)
        message = (
            f"{what} has {found}: write two events"
            if kinds
            else f"{what} has no `task`, `message`, `signal` or `timer`"
        )
        raise _bad(file, message, _EXAMPLE if kinds else unknown or _EXAMPLE)
    kind = kinds[0]
    if not isinstance(event[kind], str) or not event[kind]:
        raise _bad(file, f"{what}: `{kind}` is a text")
    for key, value in event.items():
        if key != kind and key not in KINDS[kind]:
            known = ", ".join(f"`{k}`" for k in KINDS[kind]) or "nothing else"
            hint = suggest(key, KINDS[kind]) or f"beside `{kind}` it may have {known}"
            raise _bad(file, f"{what}: an event with `{kind}` has no `{key[:40]}`", hint)
        if key in ("result", "correlation") and not isinstance(value, dict):
            raise _bad(file, f"{what}: `{key}` is an object of names and values")
        if key == "transition" and not isinstance(value, str):
            raise _bad(file, f"{what}: `transition` is the name of a transition")
        if key == "instance" and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise _bad(file, f"{what}: `instance` is a whole number from 1")
    if kind == "timer":
        try:
            instant(event["timer"])
        except Halt:
            raise _bad(
                file, f"{what}: `{event['timer'][:40]}` is no time", "write it like 2026-01-31T12:00:00Z"
            ) from None
    return event


def _bad(file: str, message: str, hint: str | None = None, line: int = 1) -> CompileError:
    return Diagnostics().fail("bad-events", message, Span(file, line, 1, line, 1), hint)
