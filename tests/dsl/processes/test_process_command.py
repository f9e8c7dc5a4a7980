"""`dsl process`: what it prints, its exit codes, and what it says to bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cybermiles.dsl.cli import dsl

PURCHASE = Path(__file__).parents[2] / "conformance/whitepaper/purchase.xml"
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:cm="urn:cybermiles:bpmn:1">'


def run(*args: Any) -> Result:
    return CliRunner().invoke(dsl, ["process", *map(str, args)], catch_exceptions=False)


def chain(*elements: str) -> str:
    """A process: a start, the elements (ids a, b, ...), an end, one after the other."""
    ids = ["s", *"abcdef"[: len(elements)], "e"]
    flows = (f'<sequenceFlow id="f{i}" sourceRef="{ids[i]}" targetRef="{ids[i + 1]}"/>' for i in range(len(ids) - 1))
    body = "".join(('<startEvent id="s"/>', *elements, '<endEvent id="e"/>', *flows))
    return f'{HEAD}<process id="P" isExecutable="true">{body}</process></definitions>'


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def written(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return written


def test_the_white_papers_purchase_runs_until_it_waits() -> None:
    found = run(PURCHASE, "--json")
    assert found.exit_code == 0
    state = json.loads(found.stdout)
    assert state["status"] == "waiting"
    assert state["path"] == ["request a purchase", "evaluate"]
    assert state["waiting"] == [{"element": "evaluate", "kind": "task", "name": "evaluate"}]
    assert state["unmatched"] == []


def test_events_take_the_purchase_to_its_end(write: Any) -> None:
    states = ("decrement inventory", "credit seller", "deduct from buyer")
    events = [{"task": "evaluate", "transition": "approve"}, *({"task": state} for state in states)]
    found = run(PURCHASE, "--events", write("events.json", events), "--json")
    state = json.loads(found.stdout)
    assert (state["status"], state["waiting"]) == ("completed", [])
    assert set(states) < set(state["path"])


def test_an_event_that_nothing_waits_for_is_listed_as_it_came(write: Any) -> None:
    event = {"task": "pack", "instance": 2, "result": {"weight": 1.50}}
    found = run(PURCHASE, "--events", write("events.json", [event]), "--json")
    state = json.loads(found.stdout)
    assert state["unmatched"] == [{"task": "pack", "instance": 2, "result": {"weight": "1.5"}}]
    assert state["status"] == "waiting"


def test_variables_are_exact_and_typed_on_demand(write: Any) -> None:
    model = write("m.bpmn", chain('<scriptTask id="a"><script>total = price * 3</script></scriptTask>'))
    found = run(model, "--vars", '{"price": 0.1, "note": "0.1"}', "--json")
    assert json.loads(found.stdout)["variables"] == {"note": "0.1", "price": "0.1", "total": "0.3"}
    found = run(model, "--vars", '{"price": 0.1, "note": "0.1"}', "--json", "--typed")
    assert json.loads(found.stdout)["variables"]["total"] == {"$number": "0.3"}
    assert json.loads(found.stdout)["variables"]["note"] == "0.1"


def test_the_clock_fires_timers(write: Any) -> None:
    timer = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    model = write("m.bpmn", chain(f'<intermediateCatchEvent id="a">{timer}</intermediateCatchEvent>'))
    found = run(model, "--now", "2026-01-31T12:00:00Z", "--json")
    assert json.loads(found.stdout)["waiting"] == [{"element": "a", "kind": "timer", "due": "2026-01-31T13:00:00Z"}]
    events = write("events.json", [{"timer": "2026-01-31T13:00:00Z"}])
    found = run(model, "--now", "2026-01-31T12:00:00Z", "--events", events, "--json")
    assert json.loads(found.stdout)["status"] == "completed"


def test_a_failed_process_prints_its_state_and_exits_3(write: Any) -> None:
    error = '<endEvent id="e"><errorEventDefinition errorRef="E"/></endEvent>'
    body = f'<startEvent id="s"/>{error}<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
    model = (
        f'{HEAD}<error id="E" errorCode="NO_STOCK"/><process id="P" isExecutable="true">{body}</process></definitions>'
    )
    found = run(write("m.bpmn", model), "--json")
    assert found.exit_code == 3
    state = json.loads(found.stdout)
    assert (state["status"], state["failure"]["code"]) == ("failed", "NO_STOCK")


def test_people_read_names_and_what_is_waited_for(write: Any) -> None:
    found = run(write("m.bpmn", chain('<userTask id="a" name="Approve the loan"/>')))
    assert found.exit_code == 0
    assert "P: waiting" in found.stdout
    assert "somebody to do Approve the loan  (a)" in found.stdout


def test_one_of_several_processes(write: Any) -> None:
    one = '<process id="{0}" isExecutable="true"><startEvent id="s{0}"/></process>'
    model = write("m.bpmn", f"{HEAD}{one.format('A')}{one.format('B')}</definitions>")
    assert json.loads(run(model, "--json").stdout)["path"] == ["sA"]
    assert json.loads(run(model, "--process", "B", "--json").stdout)["path"] == ["sB"]
    found = run(model, "--process", "C")
    assert found.exit_code == 2
    assert "there is no process `C`: the file has A, B" in found.stderr


BAD_EVENTS = [
    ("{", "not JSON"),
    ("3", "events are a list of objects"),
    ("[3]", "event 1 is no object"),
    ('[{"signal": "a"}, {}]', "event 2 has no `task`, `message`, `signal` or `timer`"),
    ('[{"tasks": "a"}]', "did you mean `task`?"),
    ('[{"task": "a", "signal": "b"}]', "event 1 has `task` and `signal`: write two events"),
    ('[{"task": 1}]', "`task` is a text"),
    ('[{"task": "a", "results": {}}]', "did you mean `result`?"),
    ('[{"task": "a", "result": 1}]', "`result` is an object of names and values"),
    ('[{"task": "a", "instance": 0}]', "`instance` is a whole number from 1"),
    ('[{"task": "a", "transition": 1}]', "`transition` is the name of a transition"),
    ('[{"timer": "soon"}]', "`soon` is no time"),
    ('[{"timer": "2026-01-01T00:00:00Z", "payload": {}}]', "beside `timer` it may have nothing else"),
    ('[{"message": "m", "payload": 1e99999999}]', "does not fit 34 digits"),
]


@pytest.mark.parametrize(("text", "message"), BAD_EVENTS)
def test_bad_events_exit_1_and_say_which(write: Any, text: str, message: str) -> None:
    found = run(PURCHASE, "--events", write("events.json", text))
    assert found.exit_code == 1
    assert "bad-events" in found.stderr
    assert message in found.stderr


@pytest.mark.parametrize("text", ["3", "{", '{"a": NaN}'])
def test_bad_variables_are_wrong_usage(text: str) -> None:
    found = run(PURCHASE, "--vars", text)
    assert found.exit_code == 2
    assert "--vars" in found.stderr


def test_a_model_that_is_none_exits_1(write: Any) -> None:
    found = run(write("m.bpmn", "<html/>"), "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["diagnostics"][0]["code"] == "process-no-model"


def test_check_takes_process_files(write: Any) -> None:
    bad = write("m.bpmn", chain('<complexGateway id="a"/>'))
    found = CliRunner().invoke(dsl, ["check", str(bad), "--json"])
    assert found.exit_code == 1
    codes = [d["code"] for d in json.loads(found.stdout)]
    assert "process-unsupported" in codes
    assert [
        d["code"] for d in json.loads(CliRunner().invoke(dsl, ["check", str(bad.parent), "--json"]).stdout)
    ] == codes
