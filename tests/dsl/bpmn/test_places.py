"""Findings in processes name the element, its place on the diagram, and the right line of the file."""

from __future__ import annotations

from cybermiles.dsl import ir
from cybermiles.dsl.compiler import Source, Unit, check_module, checked_ir
from cybermiles.dsl.diagnostics import Diagnostic

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:cm="urn:cybermiles:bpmn:1" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">\n'
    '<process id="P" isExecutable="true">\n<startEvent id="s"/>\n'
)
TAIL = (
    '\n<endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="a"/>'
    '<sequenceFlow id="f2" sourceRef="a" targetRef="e"/></process>\n'
    '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane><bpmndi:BPMNShape bpmnElement="a">'
    '<dc:Bounds x="160" y="80.50" width="100" height="80"/></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    "</definitions>"
)


def _found(element: str) -> list[Diagnostic]:
    return list(check_module(Unit(processes=[Source("m.bpmn", HEAD + element + TAIL)])))


def test_an_unsupported_element_is_named_with_its_place() -> None:
    (first, *_) = [d for d in _found('<complexGateway id="a" name="Decide"/>') if d.code == "process-unsupported"]
    assert first.message == "complex gateway `a` (“Decide”, at 160, 80.5 on the diagram) is not supported"
    assert (first.line, first.column) == (4, 1)
    assert first.hint


def test_an_error_in_a_script_has_its_line() -> None:
    (found,) = _found(
        '<scriptTask id="a">\n<script><![CDATA[\n  x = 1;\n  y = load_rules("a") + ;\n]]></script></scriptTask>'
    )
    assert (found.code, found.line, found.column) == ("syntax", 7, 25)


def test_an_error_after_references_has_its_column() -> None:
    (found,) = _found('<serviceTask id="a" cm:call="a &lt; b &amp;&amp; nothing(3)"/>')
    assert (found.code, found.line, found.column) == ("unknown-function", 4, 50)


def test_code_of_elements_carries_their_place() -> None:
    element = '<scriptTask id="a"><script>\ntotal = price * 2;\nlet t = total;\nlog.push(t)</script></scriptTask>'
    module = checked_ir(Unit(processes=[Source("m.bpmn", HEAD + element + TAIL)]))
    code = module.processes[0].nodes[1].code
    assert code is not None
    assert (code.reads, code.writes) == (("log", "price", "total"), ("log", "total"))
    (function,) = [f for f in module.functions if f.name == code.function]
    assert [p.name for p in function.params] == ["log", "price", "total"]
    assigned = next(n for s in function.body for n in ir.walk(s) if isinstance(n, ir.Assign))
    assert (assigned.span.file, assigned.span.line, assigned.span.column) == ("m.bpmn", 5, 1)
    assert isinstance(function.body[-1], ir.Return)


def test_words_of_other_expression_languages_get_a_hint() -> None:
    (found,) = _found('<serviceTask id="a" cm:call="${not done and total eq 5}"/>')
    assert (found.code, found.hint) == ("syntax", "write `&&` for `and`, `==` for `eq`, `!` for `not`")
