"""Contract script with gas on beside QuickJS: the same text, the same results, one process, by turns."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import quickjs

from cybermiles.dsl import ir
from cybermiles.dsl.compiler import ScriptEndpoint, Source, Unit, compile_module
from cybermiles.platform import Module
from tests.benchmarks.tables import table

RUNS = 7
PROGRAMS = {
    "a loop of 10^6 additions": "let s = 0; for (let i = 0; i < 1000000; i++) s += i; return s",
    "recursion: fib(22)": "function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) } return fib(22)",
    "closures: 2 x 10^5 calls": (
        "const add = a => b => a + b; const f = add(3);"
        "let s = 0; for (let i = 0; i < 200000; i++) s = f(s) % 1000; return s"
    ),
    "map, filter, reduce: 20 x 2,000": (
        "const xs = Array.from({length: 2000}, (_, i) => i); let t = 0;"
        "for (let k = 0; k < 20; k++) t += xs.map(x => x * 2).filter(x => x % 3 == 0).reduce((a, b) => a + b, 0);"
        "return t"
    ),
    "fields of an object: 2 x 10^5": (
        "const o = {a: 1, b: 2}; for (let i = 0; i < 200000; i++) { o.a = o.a + o.b } return o.a"
    ),
    "methods of a class: 2 x 10^5": (
        "class P { constructor() { this.x = 0 } inc() { this.x++; return this } }"
        "const p = new P(); for (let i = 0; i < 200000; i++) p.inc(); return p.x"
    ),
    "texts: 3,000 joins": "let s = ''; for (let i = 0; i < 3000; i++) s += 'x' + i; return s.length",
}
"""All results are whole numbers of less than 2^53, so that both agree."""


def ours(text: str) -> Callable[[], object]:
    """The program on the kernel."""
    endpoint = ScriptEndpoint(ir.Endpoint("main", (), ir.ANY, "endpoint main"), Source("main.js", text))
    module = Module(compile_module(Unit(endpoints=[endpoint])).code)
    return lambda: module.run("endpoint main", [], gas_limit=1 << 60)["result"]


def theirs(text: str) -> Callable[[], object]:
    """The program on QuickJS."""
    context = quickjs.Context()
    context.eval(f"globalThis.main = function() {{ {text} }}")
    return lambda: context.eval("main()")


def timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main() -> str:
    rows: list[list[object]] = []
    for name, text in PROGRAMS.items():
        engines = ours(text), theirs(text)
        results = [run() for run in engines]
        if results[0] != results[1]:
            raise SystemExit(f"{name}: {results[0]} here, {results[1]} with QuickJS")
        times = [[timed(run) for run in engines] for _ in range(RUNS)]
        mine, peer = (median(column) * 1000 for column in zip(*times, strict=True))
        rows.append([name, f"{mine:.1f}", f"{peer:.1f}", f"{mine / peer:.2f}"])
    return table(
        f"Scripts, gas on (median of {RUNS}; goal for the additions: 50 ms and 2 x)",
        ["program", "CyberMiles ms", "QuickJS ms", "ratio"],
        rows,
    )


if __name__ == "__main__":
    print(main())
