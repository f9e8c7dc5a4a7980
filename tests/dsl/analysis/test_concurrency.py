"""What is active at the same time in some run, is in the relation; for models of blocks it is exact."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from cybermiles.dsl import ir
from cybermiles.dsl.analysis.concurrency import scopes

KINDS = ("automatic", "exclusive", "parallel")
MOST_MARKINGS = 400
Part = tuple[str, int]
Marking = tuple[tuple[Part, int], ...]


def process(kinds: list[str], flows: list[tuple[int, int]]) -> ir.Process:
    nodes = [ir.ProcessNode("s", "", "start"), *(ir.ProcessNode(f"n{i}", "", k) for i, k in enumerate(kinds))]
    made = [ir.Flow(f"f{i}", "", a, b) for i, (a, b) in enumerate(flows)]
    return ir.Process("f", "P", "", tuple(nodes), tuple(made))


def moves(model: ir.Process, marking: Counter[Part]) -> list[Counter[Part]]:
    """The markings after one step."""
    found = []
    for index, node in enumerate(model.nodes):
        ins = [("flow", i) for i, f in enumerate(model.flows) if f.target == index]
        outs = [("flow", i) for i, f in enumerate(model.flows) if f.source == index]
        here = ("node", index)
        steps: list[tuple[list[Part], list[Part]]] = []
        if node.kind == "parallel" and len(ins) > 1:
            steps.append((ins, [here]))
        else:
            steps += [([way], [here]) for way in ins]
        if node.kind == "exclusive":
            steps += [([here], [way]) for way in outs]
        else:
            steps.append(([here], outs))
        for takes, gives in steps:
            if all(marking[p] >= n for p, n in Counter(takes).items()):
                after = Counter(marking)
                after.subtract(takes)
                after.update(gives)
                found.append(+after)
    return found


def together(model: ir.Process) -> set[tuple[Part, Part]]:
    """Pairs of parts that have tokens at once in some marking, as far as the bound lets look."""
    first = Counter({("node", 0): 1})
    seen: set[Marking] = set()
    open_, pairs = [first], set()
    while open_ and len(seen) < MOST_MARKINGS:
        marking = open_.pop()
        key: Marking = tuple(sorted(marking.items()))
        if key in seen:
            continue
        seen.add(key)
        for a, count in key:
            pairs |= {(a, b) for b, _ in key if a != b} | ({(a, a)} if count > 1 else set())
        open_ += (m for m in moves(model, marking) if max(m.values(), default=0) <= 2)
    return pairs


def relation(model: ir.Process) -> set[tuple[Part, Part]]:
    (net,) = scopes(model)
    return {(a, b) for a, i in net.place.items() for b, j in net.place.items() if net.rows[i] >> j & 1}


GRAPHS = st.integers(1, 6).flatmap(
    lambda n: st.tuples(
        st.lists(st.sampled_from(KINDS), min_size=n, max_size=n),
        st.lists(st.tuples(st.integers(1, n), st.integers(1, n)), max_size=2 * n),
    )
)


@settings(max_examples=300, deadline=None)
@given(GRAPHS)
def test_nothing_that_can_meet_is_missing(graph: tuple[list[str], list[tuple[int, int]]]) -> None:
    kinds, flows = graph
    model = process(kinds, [(0, 1), *flows])
    assert together(model) <= relation(model)


BLOCKS = st.recursive(
    st.just("task"),
    lambda inner: st.tuples(
        st.sampled_from(("sequence", "exclusive", "parallel", "loop")), st.lists(inner, min_size=2, max_size=3)
    ),
    max_leaves=7,
)


def build(block: object, kinds: list[str], flows: list[tuple[int, int]], before: int) -> int:
    """Adds a block after a node; gives its last node."""

    def node(kind: str, *after: int) -> int:
        kinds.append(kind)
        flows.extend((a, len(kinds)) for a in after)
        return len(kinds)

    if isinstance(block, str):
        return node("automatic", before)
    assert isinstance(block, tuple)
    kind, parts = block
    if kind == "sequence":
        for part in parts:
            before = build(part, kinds, flows, before)
        return before
    gate = "parallel" if kind == "parallel" else "exclusive"
    split = node(gate, before)
    if kind == "loop":
        end = node("exclusive", build(parts[0], kinds, flows, split))
        flows.append((end, split))
        return end
    return node(gate, *[build(part, kinds, flows, split) for part in parts])


@settings(max_examples=100, deadline=None)
@given(BLOCKS)
def test_models_of_blocks_are_exact(block: object) -> None:
    kinds: list[str] = []
    flows: list[tuple[int, int]] = []
    build(block, kinds, flows, 0)
    model = process(kinds, flows)
    if len(kinds) <= 10:  # all markings are looked at
        assert together(model) == relation(model)
