"""Explanations of decision tables: the rows that are true, and the cell at which the others fail."""

from __future__ import annotations

from cybermiles.dsl.compiler import Source, compile_rules
from cybermiles.dsl.evaluate import evaluate

TABLE = """table: risk
fact: F
inputs: [a, b]
outputs: [x]
rows:
  - [red, "-", 1]
  - ["green, blue", "[1..5)", 2]
  - ["green, blue", "[5..9]", 3]
"""


def test_rows_of_a_table() -> None:
    facts = [{"$type": "F", "a": "green", "b": 7}]
    found = evaluate(compile_rules([Source("risk.yaml", TABLE)]), facts, trace=True).explanation
    assert found is not None
    [decision] = found.firings[0].decisions
    assert (decision.table, decision.of) == ("risk", 3)
    assert [(one.text, one.value) for one in decision.inputs] == [("a", "green"), ("b", 7)]
    rows = [(row.number, row.holds, row.failed.operands[0].text if row.failed else "") for row in decision.rows]
    assert rows == [(3, True, ""), (2, False, "b"), (1, False, "a")]
    assert decision.rows[1].failed is not None
    assert "[1..5)" in decision.rows[1].failed.text
