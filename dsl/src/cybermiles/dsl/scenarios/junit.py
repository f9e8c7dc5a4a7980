"""The report as JUnit XML, which build servers read."""

from __future__ import annotations

import re
from itertools import groupby
from xml.etree import ElementTree

from cybermiles.dsl.scenarios.run import Report, Result

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report, name: str) -> str:
    """A suite for each file, a case for each scenario."""
    failed = sum(not result.passed for result in report.results)
    seconds = sum(result.seconds for result in report.results)
    root = _element("testsuites", name=name, tests=len(report.results), failures=failed, time=f"{seconds:.3f}")
    for file, group in groupby(report.results, key=lambda result: result.scenario.span.file):
        results = list(group)
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            _attributes(
                name=file,
                tests=len(results),
                failures=sum(not result.passed for result in results),
                errors=0,
                time=f"{sum(result.seconds for result in results):.3f}",
            ),
        )
        for result in results:
            _case(suite, result)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, result: Result) -> None:
    span = result.scenario.span
    case = ElementTree.SubElement(
        suite,
        "testcase",
        _attributes(
            name=result.scenario.name,
            classname=span.file.removesuffix(".yaml").replace("/", "."),
            file=span.file,
            line=span.line,
            time=f"{result.seconds:.3f}",
        ),
    )
    if not result.passed:
        failure = ElementTree.SubElement(case, "failure", _attributes(message=result.differences[0], type="difference"))
        lines = [f"{span.file}:{span.line}"]
        for found in result.found:
            lines += [found.text, *(f"  {sign} {text}" for sign, text in found.detail)]
        failure.text = _clean("\n".join(lines))
    if result.output:
        ElementTree.SubElement(case, "system-out").text = _clean("\n".join(result.output))


def _element(tag: str, **attributes: object) -> ElementTree.Element:
    return ElementTree.Element(tag, _attributes(**attributes))


def _attributes(**attributes: object) -> dict[str, str]:
    return {key: _clean(str(value)) for key, value in attributes.items()}


def _clean(text: str) -> str:
    """XML cannot hold most control characters, in whatever way they are written."""
    return _NOT_XML.sub("\ufffd", text)
