"""Processes of an archive: read with it, checked with it, and refused with it."""

from __future__ import annotations

import pytest

from cybermiles.dsl.archive.build import build_archive, check_archive, read_unit
from cybermiles.dsl.compiler import checked_ir
from cybermiles.dsl.diagnostics import CompileError
from tests.dsl.models import HEAD, bpmn, script

MANIFEST = """name: shop
version: 1.0.0
license: Apache-2.0
endpoints:
  ping: {script: scripts/ping.js}
"""
FORK = '<parallelGateway id="fork"/><parallelGateway id="join"/>'
CONFLICT = bpmn(FORK + script("a", "total = 1") + script("b", "total = 2"), "s>fork fork>a fork>b a>join b>join join>e")


def _sources(more: str = "", **files: str) -> dict[str, bytes]:
    texts = {"contract.yaml": MANIFEST + more, "scripts/ping.js": "return 1"}
    texts |= {
        name.replace("__", "/").replace("_bpmn", ".bpmn").replace("_json", ".json"): t for name, t in files.items()
    }
    return {name: text.encode() for name, text in sorted(texts.items())}


def test_a_possible_conflict_keeps_from_packing_until_it_is_acknowledged() -> None:
    with pytest.raises(CompileError) as caught:
        build_archive(_sources(processes__p_bpmn=CONFLICT))
    assert [d.code for d in caught.value.diagnostics] == ["merge-conflict-possible"]
    weighed = _sources("acknowledge: [merge-conflict-possible]\n", processes__p_bpmn=CONFLICT)
    assert build_archive(weighed).manifest.acknowledge == ("merge-conflict-possible",)
    assert [(d.code, d.severity) for d in check_archive(weighed)] == [("merge-conflict-possible", "warning")]
    severities = [d.severity for d in check_archive(_sources(processes__p_bpmn=CONFLICT))]
    assert severities == ["error"]


def test_only_findings_that_can_be_weighed_are_acknowledged() -> None:
    found = check_archive(_sources("acknowledge: [syntax]\n"))
    assert [(d.code, d.line) for d in found] == [("manifest-schema", 6)]


def test_a_broken_file_is_named() -> None:
    found = check_archive(_sources(processes__p_bpmn="<definitions>"))
    assert [(d.code, d.file) for d in found] == [("xml-malformed", "processes/p.bpmn")]


def test_forms_lie_beside_processes() -> None:
    task = '<userTask id="u" cm:form="form.json"/>'
    form = '{"type": "object", "properties": {"b": {"type": "number", "minimum": 0.5}, "a": {}}}'
    sources = _sources(processes__p_bpmn=bpmn(task, "s>u u>e"), processes__form_json=form)
    _, unit = read_unit(sources)
    made = checked_ir(unit).processes[0].nodes[2].task
    assert made is not None
    assert made.form == '{"properties":{"a":{},"b":{"minimum":0.5,"type":"number"}},"type":"object"}'


def test_a_process_of_another_file_is_called_by_id_file_or_stem() -> None:
    called = f'{HEAD}<process id="Q" isExecutable="true"><startEvent id="q"/></process></definitions>'
    for name in ("Q", "processes/other.bpmn", "other.bpmn", "other", "processes/other.bpmn#Q"):
        task = f'<callActivity id="c" calledElement="{name}"/>'
        sources = _sources(processes__p_bpmn=bpmn(task, "s>c c>e"), processes__other_bpmn=called)
        _, unit = read_unit(sources)
        made = next(p for p in checked_ir(unit).processes if p.id == "P")
        assert made.nodes[2].called == "processes/other.bpmn#Q"


def test_jpdl_is_read_as_well() -> None:
    text = (
        '<process-definition name="p"><start-state name="s"><transition to="e"/></start-state>'
        '<end-state name="e"/></process-definition>'
    )
    sources = _sources() | {"processes/p.xml": text.encode("utf-16")}
    _, unit = read_unit(sources)
    assert [(p.file, p.language) for p in checked_ir(unit).processes] == [("processes/p.xml", "jpdl")]
