"""Coverage of conditions: which outcomes the scenarios saw, and that measuring changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.dsl.scenarios.helpers import folder, run

RULES = """\
rule a
when
  $t : T( n > 3, s == "x" || n == 9 )
  not U( m == $t.n )
then
  insert(new V())
end
rule b
  salience -1
when
  T( n > 100 )
then
end
"""


def coverage(tmp_path: Path, facts: str) -> dict[str, str]:
    tests = f"scenarios:\n  - name: a\n    when: {{facts: {facts}}}\n    then: {{fired: {{b: 0}}}}\n"
    done = run(folder(tmp_path, RULES, tests), "--coverage", "--json")
    assert done.exit_code == 0, done.stdout
    report = json.loads(done.stdout)
    assert report["scenarios"][0]["fired"] in ([], ["a"])
    names = {(True, True): "both", (True, False): "true", (False, True): "false", (False, False): "none"}
    return {f"{c['line']}:{c['column']}": names[c["held"], c["failed"]] for c in report["coverage"]["conditions"]}


@pytest.mark.parametrize(
    ("facts", "seen"),
    [
        ("[]", ["none", "none", "none", "none"]),
        ("[{$type: T, n: 1, s: x}]", ["false", "none", "none", "false"]),
        ("[{$type: T, n: 4, s: x}]", ["true", "true", "none", "false"]),
        ("[{$type: T, n: 4, s: y}]", ["true", "false", "none", "false"]),
        ("[{$type: T, n: 4, s: x}, {$type: U, m: 5}]", ["true", "true", "false", "false"]),
        ("[{$type: U, m: 4}, {$type: T, n: 4, s: x}, {$type: T, n: 3}]", ["both", "true", "true", "false"]),
    ],
)
def test_outcomes_of_each_constraint(tmp_path: Path, facts: str, seen: list[str]) -> None:
    found = coverage(tmp_path, facts)
    assert dict(zip(["3:11", "3:18", "4:10", "11:6"], seen, strict=True)) == found


def test_the_report_names_what_was_not_seen(tmp_path: Path) -> None:
    tests = "scenarios:\n  - name: a\n    when: {facts: [{$type: T, n: 4, s: x}]}\n    then: {fired: [a]}\n"
    shown = run(folder(tmp_path, RULES, tests), "--coverage").stdout.splitlines()
    assert shown[-7:] == [
        "3 of 8 outcomes of 4 conditions seen (37 %)",
        "  rules.drl: a",
        "    3:11  n > 3  never false",
        '    3:18  s == "x" || n == 9  never false',
        "    4:10  m == $t.n  never looked at",
        "  rules.drl: b",
        "    11:6  n > 100  never true",
    ]
