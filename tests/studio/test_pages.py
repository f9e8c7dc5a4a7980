"""The pages' own logic, without a browser: Streamlit's AppTest, a fake node, a fake keyring."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cybermiles.chain.client import NodeError
from cybermiles.chain.keys import KeyStore
from cybermiles.dsl.explain import Change, Check, Condition, Firing, Miss, Operand, Silent
from cybermiles.dsl.ir import NOWHERE
from cybermiles.studio.services import machine
from cybermiles.studio.services.deployments import load
from cybermiles.studio.services.machine import Run, ScenarioOutcome
from cybermiles.studio.services.projects import Project
from tests.studio.fakes import ADDRESS, CONTRACT, FakeNode

pytestmark = pytest.mark.usefixtures("services")
CHECK = Check("fico_score > 740", False, (Operand("fico_score", 741),))


def page(name: str, project: Project | None = None) -> AppTest:
    """One page, alone."""
    app = AppTest.from_string(f"from cybermiles.studio.pages import {name}\n{name}.render()", default_timeout=30)
    if project:
        app.query_params["project"] = project.name
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception
    return app


def button(app: AppTest, label: str) -> Any:
    return next(found for found in app.button if found.label == label)


def text(app: AppTest) -> str:
    """All that stands on the page."""
    blocks = [*app.markdown, *app.caption, *app.subheader, *app.error, *app.success, *app.code]
    tags = [found.proto.body for found in app.get("html")]
    return "\n".join([str(found.value) for found in blocks] + [re.sub(r"<[^>]+>", " ", tag) for tag in tags])


def test_a_newcomer_starts_from_a_template(home: Any) -> None:
    app = page("project")
    assert "Credit" in text(app)
    button(app, "Start with this template").click()
    run(app)
    assert app.session_state["studio"].project.name == "pricing"
    assert {"contract.yaml", "pricing.drl", "quote.js", "quote.yaml"} <= {found.label for found in app.button}


def test_choosing_a_file_shows_it(pricing: Project) -> None:
    app = page("project", pricing)
    assert app.session_state["studio"].file == "rules/pricing.drl"
    button(app, "contract.yaml").click()
    run(app)
    assert app.session_state["studio"].file == "contract.yaml"


def test_a_project_that_is_gone_leads_to_the_choice(home: Any) -> None:
    app = AppTest.from_string("from cybermiles.studio.pages import project\nproject.render()")
    app.query_params["project"] = "gone"
    run(app)
    assert any(found.label == "Start with this template" for found in app.button)


def test_a_folder_that_is_no_project_is_named(home: Any) -> None:
    app = page("project")
    app.text_input[0].set_value("/nowhere/at/all")
    button(app, "Open the folder").click()
    run(app)
    assert "not-a-project" in app.error[0].value.replace("\\", "")


@pytest.mark.parametrize("name", ["test", "deploy", "call"])
def test_pages_ask_for_a_project_first(name: str, home: Any) -> None:
    assert "No project is open" in text(page(name))


@pytest.mark.parametrize("name", ["test", "deploy"])
def test_a_broken_project_says_where(name: str, pricing: Project) -> None:
    pricing.write("contract.yaml", pricing.read("contract.yaml") + "\nmystery: 1\n")
    app = page(name, pricing)
    assert "mystery" in app.error[0].value
    assert button(app, "Show me where")


@pytest.mark.parametrize("name", ["test", "deploy"])
def test_a_broken_rule_leads_to_its_place(name: str, pricing: Project) -> None:
    pricing.write("rules/pricing.drl", pricing.read("rules/pricing.drl").replace("fico_score", "oops"))
    app = page(name, pricing)
    assert "oops" in app.error[0].value
    button(app, "Show me where").click()
    run(app)
    place = app.session_state["studio"].goto
    assert (place.file, place.line) == ("rules/pricing.drl", 4)


def test_a_scenario_fills_the_form_and_runs(pricing: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def fake(sources: Any, endpoint: str, args: Any, params: Any, **_: Any) -> Run:
        asked.append((endpoint, dict(args), dict(params)))
        fact = {"$type": "Message", "fico_score": 741, "price": Decimal(80)}
        because = Condition("Message( fico_score > 740 )", fact, (CHECK,))
        firing = Firing("Discount", NOWHERE, (1,), (fact,), (because,), (Change(1, "price", None, Decimal(80)),))
        return Run(Decimal(80), (firing,), (), 1234, ("hello",), ())

    monkeypatch.setattr(machine, "run", fake)
    app = page("test", pricing)
    button(app, "Run").click()
    run(app)
    assert asked == [
        ("quote", {"fico_score": 741, "listed_price": 100}, {"threshold": 740, "discount": Decimal("0.2")})
    ]
    shown = text(app)
    for part in ("80", "Discount", "1,234", "hello", "Message", "741", "fico_score &gt; 740", "null → 80"):
        assert part in shown


def test_a_rule_that_stays_silent_says_why(pricing: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    missed = Miss({"$type": "Message", "$id": 1, "fico_score": 700}, None, CHECK)
    silent = Silent("Discount", NOWHERE, (), 1, "$m : Message( ... )", "the one Message does not meet it", (missed,))
    monkeypatch.setattr(machine, "run", lambda *_, **__: Run(None, (), (silent,), 9, (), ()))
    app = page("test", pricing)
    button(app, "Run").click()
    run(app)
    shown = text(app)
    assert "null (no value)" in shown
    for part in ("$m : Message( ... )", "the one Message does not meet it", "fico_score &gt; 740", "741"):
        assert part in shown


def test_a_number_that_is_none_stops_the_run(pricing: Project) -> None:
    app = page("test", pricing)
    next(found for found in app.text_input if found.label.startswith("fico_score")).set_value("abc")
    run(app)
    assert button(app, "Run").disabled
    assert "a number such as" in text(app)


def test_all_scenarios_are_shown_with_their_differences(pricing: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [ScenarioOutcome("good", (), 1), ScenarioOutcome("bad", ("result: expected 80, found null",), 2)]
    monkeypatch.setattr(machine, "run_scenarios", lambda _: found)
    app = page("test", pricing)
    button(app, "Run all scenarios").click()
    run(app)
    assert "1 of 2 pass" in text(app)
    assert "expected 80, found null" in text(app).replace("\\", "")


def test_deploying_needs_a_key_then_signs_one_transaction(pricing: Project, node: FakeNode, keys: KeyStore) -> None:
    app = page("deploy", pricing)
    assert not any(found.label == "Deploy" for found in app.button)
    button(app, "Create the key").click()
    run(app)
    assert [entry.name for entry in keys.list()] == ["analyst"]
    next(found for found in app.text_input if found.label == "Score threshold").set_value("700")
    run(app)
    button(app, "Deploy").click()
    run(app)
    assert [name for name, _ in node.sent[0]] == ["deploy", "instantiate"]
    assert node.sent[0][1][1]["parameters"] == {"threshold": 700, "discount": Decimal("0.2")}
    assert ADDRESS in text(app)
    assert [(found.address, found.parameters["threshold"]) for found in load(pricing)] == [(ADDRESS, "700")]


def test_a_module_that_is_on_the_chain_is_not_paid_for_again(pricing: Project, node: FakeNode, keys: KeyStore) -> None:
    keys.add("analyst", "")
    for _ in range(2):
        app = page("deploy", pricing)
        button(app, "Deploy").click()
        run(app)
    assert [[name for name, _ in sent] for sent in node.sent] == [["deploy", "instantiate"], ["instantiate"]]


def test_a_parameter_out_of_bounds_cannot_be_deployed(pricing: Project, keys: KeyStore) -> None:
    keys.add("analyst", "")
    app = page("deploy", pricing)
    next(found for found in app.text_input if found.label == "Discount").set_value("1.5")
    run(app)
    assert "at most 1" in text(app)
    assert not any(found.label == "Deploy" for found in app.button)


def test_a_new_default_is_seen_at_once(pricing: Project) -> None:
    app = page("deploy", pricing)
    pricing.write("contract.yaml", pricing.read("contract.yaml").replace("default: 740", "default: 700"))
    run(app)
    assert next(found for found in app.text_input if found.label == "Score threshold").value == "700"


def test_a_locked_key_asks_for_its_passphrase(pricing: Project, keys: KeyStore) -> None:
    keys.add("analyst", "secret")
    app = page("deploy", pricing)
    next(found for found in app.text_input if found.label == "Passphrase").set_value("wrong")
    button(app, "Unlock").click()
    run(app)
    assert "bad-password" in app.error[0].value.replace("\\", "")
    next(found for found in app.text_input if found.label == "Passphrase").set_value("secret")
    button(app, "Unlock").click()
    run(app)
    assert any(found.label == "Deploy" for found in app.button)


def test_a_call_shows_answer_and_receipt(pricing: Project, node: FakeNode, keys: KeyStore) -> None:
    keys.add("analyst", "")
    app = page("deploy", pricing)
    button(app, "Deploy").click()
    run(app)
    app = page("call", pricing)
    for name, value in (("fico_score", "741"), ("listed_price", "100")):
        next(found for found in app.text_input if found.label.startswith(name)).set_value(value)
    run(app)
    button(app, "Call").click()
    run(app)
    shown = text(app)
    assert "80" in shown
    assert "Receipt" in shown
    assert node.sent[-1][0][1] == {
        "contract": CONTRACT,
        "endpoint": "quote",
        "args": {"fico_score": 741, "listed_price": 100},
    }


def test_a_node_that_is_away_is_said_with_its_code(pricing: Project, node: FakeNode, keys: KeyStore) -> None:
    keys.add("analyst", "")
    node.broken = NodeError("node-unreachable", "no node answers at `http://fake`", "start one with `runtime serve`")
    for name in ("deploy", "call"):
        shown = page(name, pricing).error[0].value.replace("\\", "")
        assert "node-unreachable" in shown
        assert "runtime serve" in shown


def test_what_others_wrote_is_never_markup(pricing: Project) -> None:
    hostile = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) :material/home: **b** $x$"
    manifest = pricing.read("contract.yaml").replace("Credit-score pricing", "'" + hostile + "'", 1)
    pricing.write("contract.yaml", manifest)
    app = page("project", pricing)
    title = next(found.value for found in app.markdown if found.value.startswith("# "))
    assert "\\<img" in title
    assert "\\[a\\]\\(javascript\\:" in title
