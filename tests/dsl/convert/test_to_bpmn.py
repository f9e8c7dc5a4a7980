"""jPDL written as BPMN runs as before, is drawn, and keeps what other namespaces say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cybermiles.dsl.commands.convert import command
from cybermiles.dsl.compiler import Source, Unit, check_module, checked_ir
from cybermiles.dsl.convert.to_bpmn import jpdl_to_bpmn
from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.specification.processes import run
from cybermiles.dsl.syntax.xml import read_xml
from tests.dsl.processes.cases import all_cases

NOW = "2026-01-01T00:00:00Z"
CASES = [(name, case) for name, case in all_cases() if case.get("language") == "jpdl"]
WIDE = """<process-definition name="p" xmlns:z="urn:other" z:version="3"><swimlane name="clerk"/>
<start-state name="s"><transition to="n"/></start-state>
<task-node name="n" z:colour="red"><!-- who --><description>Look at it</description><z:note z:by="ann">hi</z:note>
<task name="check" swimlane="clerk" duedate="2 days" priority="high">
<controller><variable name="ok"/></controller></task>
<transition name="yes" to="e"><script>x = 1 &lt; 2 &amp;&amp; true</script></transition>
<transition name="no" to="s 2"/></task-node>
<state name="s 2"><transition to="n"/></state><end-state name="e"/></process-definition>"""


def _outcome(file: str, text: str, case: dict[str, Any]) -> dict[str, Any]:
    module = checked_ir(Unit(processes=[Source(file, text)]))
    found = run(module, case.get("vars"), case.get("events", ()), case.get("now", NOW))
    shown = {key: found[key] for key in ("status", "variables", "unmatched")}
    return shown | {"path": [re.sub(r"[^\w.-]+", "_", name) for name in found["path"]]}


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_every_case_runs_as_before(name: str, case: dict[str, Any]) -> None:
    if "expect_error" in case:
        if case["expect_error"].startswith("process-"):
            with pytest.raises(CompileError):
                jpdl_to_bpmn("case.bpm", case["model"])
        return
    made = jpdl_to_bpmn("case.bpm", case["model"])
    assert _outcome("case.bpmn", made, case) == _outcome("case.bpm", case["model"], case), name


def test_states_are_left_by_a_script_as_before() -> None:
    def unnamed(file: str, text: str) -> list[bool]:
        return [n.unnamed_exit for n in checked_ir(Unit(processes=[Source(file, text)])).processes[0].nodes]

    text = next(case["model"] for name, case in CASES if "white paper" in name)
    assert unnamed("a.bpmn", jpdl_to_bpmn("a.bpm", text)) == unnamed("a.bpm", text)
    assert sum(unnamed("a.bpm", text)) == 3


def test_everything_is_drawn_once() -> None:
    root = read_xml("a", jpdl_to_bpmn("a.bpm", WIDE), Diagnostics()).root
    assert root is not None
    drawn = [e.get("bpmnElement") for e in root.walk() if e.local in ("BPMNShape", "BPMNEdge")]
    process = next(e for e in root.children if e.local == "process")
    assert sorted(filter(None, drawn)) == sorted(e.get("id") or "" for e in process.children if e.get("id"))
    ids = [e.get("id") for e in root.walk() if e.get("id")]
    assert len(ids) == len(set(ids))
    for edge in (e for e in root.walk() if e.local == "BPMNEdge"):
        assert len(edge.children) >= 2


def test_other_namespaces_comments_and_descriptions_are_kept() -> None:
    made = jpdl_to_bpmn("a.bpm", WIDE)
    assert not [d for d in check_module(Unit(processes=[Source("a.bpmn", made)])) if d.severity == "error"]
    root = read_xml("a", made, Diagnostics()).root
    assert root is not None
    process = next(e for e in root.children if e.local == "process")
    assert process.get("version", "urn:other") == "3"
    task = next(e for e in process.children if e.get("id") == "n")
    assert task.get("colour", "urn:other") == "red"
    assert task.comments == [" who "]
    note = next(e for e in task.walk() if e.local == "note")
    assert (note.name.namespace, note.get("by", "urn:other"), note.text.value) == ("urn:other", "ann", "hi")
    documentation = task.child("documentation")
    assert documentation is not None
    assert documentation.text.value == "Look at it"


def test_people_and_times_are_kept() -> None:
    module = checked_ir(Unit(processes=[Source("a.bpmn", jpdl_to_bpmn("a.bpm", WIDE))]))
    task = next(n.task for n in module.processes[0].nodes if n.id == "n")
    assert task is not None
    assert (task.role, task.form) == ("clerk", '{"properties":{"ok":{}},"type":"object"}')
    assert task.due is not None
    assert task.priority is not None


def test_the_command(tmp_path: Path) -> None:
    source, target = tmp_path / "p.xml", tmp_path / "p.bpmn"
    source.write_text(WIDE, encoding="utf-8")
    done = CliRunner().invoke(command, [str(source), "-o", str(target)])
    assert done.exit_code == 0, done.output
    assert target.read_text(encoding="utf-8") == jpdl_to_bpmn(str(source), WIDE)
    again = CliRunner().invoke(command, [str(target), "--to", "yaml"])
    assert again.exit_code == 2


def test_what_is_no_jpdl_is_refused() -> None:
    with pytest.raises(CompileError) as caught:
        jpdl_to_bpmn("a.xml", "<html/>")
    assert caught.value.diagnostics[0].code == "process-no-model"
