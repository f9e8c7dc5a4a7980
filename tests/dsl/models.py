"""Small process models for tests."""

from __future__ import annotations

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:cm="urn:cybermiles:bpmn:1" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
)

ENDS = {"s": "startEvent", "e": "endEvent"}


def flows(text: str) -> str:
    """Sequence flows of `a>b b>c`; the id of each is `a-b`."""
    pairs = [item.split(">") for item in text.split()]
    return "".join(f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>\n' for a, b in pairs)


def bpmn(elements: str, connections: str, *, attributes: str = "", before: str = "") -> str:
    """A file with one process `P`; its start event is `s`, its end event `e`, unless ``elements`` has them."""
    words = connections.replace(">", " ").split()
    ends = "".join(f'<{tag} id="{i}"/>\n' for i, tag in ENDS.items() if i in words and f'id="{i}"' not in elements)
    return (
        f'{HEAD}{before}<process id="P" isExecutable="true" {attributes}>\n{ends}{elements}\n'
        f"{flows(connections)}</process></definitions>"
    )


def script(id_: str, code: str) -> str:
    """A script task."""
    return f'<scriptTask id="{id_}"><script>{code}</script></scriptTask>\n'
