"""The record of what Node.js gives for the corpus of scripts is complete, and Node says so."""

from __future__ import annotations

from tests.dsl.script_corpus import load, node, recorded, run_node

SNIPPETS = load()


def test_there_are_enough_and_each_is_recorded() -> None:
    assert len(SNIPPETS) >= 500
    assert len({s.id for s in SNIPPETS}) == len(SNIPPETS)
    assert set(recorded()) == {s.id for s in SNIPPETS}


def test_listed_differences_differ() -> None:
    results = recorded()
    assert [s.id for s in SNIPPETS if s.differs and results[s.id].get("value") == s.here] == []


def test_every_snippet_gives_data() -> None:
    assert [id for id, result in recorded().items() if "not-data" in str(result)] == []


def test_node_gives_what_is_recorded() -> None:
    command = node()
    assert command is not None, "node is missing; tests/components/install installs it"
    assert run_node(command, SNIPPETS) == recorded()
