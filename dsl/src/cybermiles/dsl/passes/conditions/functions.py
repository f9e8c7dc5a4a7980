"""Which functions the networks and tables run while they match: those may have no effect."""

from __future__ import annotations

from collections.abc import Iterator

from cybermiles.dsl import ir


def condition_functions(module: ir.Module) -> frozenset[str]:
    """Their names, and those of all that they call."""
    bodies = {function.name: function for function in module.functions}
    found: set[str] = set()
    work = list(_roots(module))
    while work:
        name = work.pop()
        if name in found or name not in bodies:
            continue
        found.add(name)
        work += [node.function for node in ir.walk(bodies[name]) if isinstance(node, ir.Call)]
    return frozenset(found)


def _roots(module: ir.Module) -> Iterator[str]:
    for ruleset in module.rulesets:
        for alpha in ruleset.alphas:
            if isinstance(alpha, ir.AlphaCode):
                yield alpha.function
        for beta in ruleset.betas:
            match beta:
                case ir.BetaPattern(tests=tests) | ir.BetaTest(tests=tests):
                    yield from tests
                case ir.BetaFrom(items=items, tests=tests):
                    yield items
                    yield from tests
                case ir.BetaAccumulate(init=init, step=step, result=result):
                    yield from (init, step, result)
        yield from (rule.salience_function for rule in ruleset.rules if rule.salience_function)
    for table in module.tables:
        for node in ir.walk(table):
            if isinstance(node, ir.CellCode):
                yield node.function
