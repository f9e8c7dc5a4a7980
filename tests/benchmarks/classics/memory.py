"""Peak memory of a problem: the greatest resident set of a process that solves it once, less that of one that does not.

The processes load nothing but their engine: the kernel gets the compiled module, CLIPS the rules' text.
"""

from __future__ import annotations

import subprocess
import sys

SOLVE = {
    "CyberMiles": """
from cybermiles.platform import FactBatch, Module, RuleSession
from tests.benchmarks.classics import {name}
session = RuleSession(Module(sys.stdin.buffer.read()), "rules", gas_limit=1 << 62, record=False)
batch = FactBatch({name}.facts(size))
if solve:
    session.batch(batch, one_by_one=False)
""",
    "CLIPS": """
import clips
from tests.benchmarks.classics import {name}
environment = clips.Environment()
for construct in sys.stdin.read().split("\\n\\n"):
    environment.build(construct)
environment.eval("(set-strategy depth)")
environment.build({name}.clips_facts(size))
if solve:
    environment.reset()
    environment.run()
""",
}

SHOW = 'print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))'
"""KiB. `ru_maxrss` would include the process that started this one."""


def peak(engine: str, name: str, size: int, rules: bytes) -> float:
    """Memory in MiB that the problem `name` of a size takes; `rules`: the module, or the text for CLIPS."""
    return (_peak(engine, name, size, rules, solve=True) - _peak(engine, name, size, rules, solve=False)) / 1024


def _peak(engine: str, name: str, size: int, rules: bytes, *, solve: bool) -> int:
    body = SOLVE[engine].format(name=name)
    code = f"import sys\nsize, solve = {size}, {solve}\n{body}\n{SHOW}"
    out = subprocess.run([sys.executable, "-c", code], input=rules, capture_output=True, check=True)
    return int(out.stdout)
