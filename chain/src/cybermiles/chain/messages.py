"""What every module asks of a message before it looks at what the message means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cybermiles.platform import HandlerError


def read_message(data: Mapping[str, Any], fields: Mapping[str, type]) -> dict[str, Any]:
    """The message if it has exactly these fields, each of its type. Raises HandlerError `bad-message`."""
    unknown = sorted(set(data) - set(fields))
    if unknown:
        raise HandlerError("bad-message", f"unknown field `{unknown[0][:40]}`")
    for name, kind in sorted(fields.items()):
        if name not in data:
            raise HandlerError("bad-message", f"the field `{name}` is missing")
        if type(data[name]) is not kind:
            raise HandlerError("bad-message", f"the field `{name}` must be {kind.__name__}")
    return dict(data)
