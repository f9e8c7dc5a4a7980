"""From a place in the bytecode back to the source."""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from typing import Any

from cybermiles.dsl.ir import Span


def locate(debug: Mapping[str, Any], function: int | None, offset: int | None) -> Span | None:
    """The span that the instruction at an offset of a function came from."""
    functions = debug.get("functions", [])
    if function is None or not 0 <= function < len(functions):
        return None
    places = functions[function]["places"]
    at = bisect.bisect_right([p[0] for p in places], offset or 0) - 1
    if at < 0:
        return None
    _, file, line, column, end_line, end_column = places[at]
    return Span(debug["files"][file], line, column, end_line, end_column)
