"""Drools as a second peer, where it is installed: `DROOLS_JARS` names the folder of its jars (drools-engine, -mvel).

Never needed: without the variable, or without a JDK of 17 or later, a table says `not installed`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PROGRAM = Path(__file__).parent / "peers" / "DroolsPricing.java"
PASSES = 15


def pricing(drl: str, orders: list[tuple[str, int, int]]) -> tuple[float, int] | None:
    """Decisions a second on a warm JVM, and firings of one pass; None: Drools is not installed."""
    jars = os.environ.get("DROOLS_JARS")
    java = shutil.which("java")
    if not jars or not java:
        return None
    with tempfile.TemporaryDirectory() as folder:
        rules, data = Path(folder, "pricing.drl"), Path(folder, "orders.csv")
        rules.write_text("package pricing;\n" + drl, encoding="utf-8")
        data.write_text("\n".join(",".join(map(str, order)) for order in orders), encoding="utf-8")
        command = [java, "-cp", f"{jars}/*", str(PROGRAM), str(rules), str(data), str(PASSES)]
        out = subprocess.run(command, capture_output=True, text=True, check=True)
    rate, fired = out.stdout.split()[-2:]
    return float(rate), int(fired)
