"""Calls from contract to contract: what comes back, who pays, what a failure leaves behind."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cybermiles.dsl import ir
from cybermiles.dsl.compiler import ScriptEndpoint, Source, Unit, compile_module
from cybermiles.platform import Sandbox, address_encode

ME = b"\x01" * 20
CMT = 10**18


class Contracts:
    """Contracts of one sandbox, each of scripts by endpoint."""

    def __init__(self) -> None:
        self.sandbox = Sandbox()
        self.made: dict[str, bytes] = {}

    def add(self, name: str, permissions: tuple[str, ...] = ("call", "transfer"), **scripts: str) -> str:
        """The address of a new contract whose endpoints take `a` and `to`."""
        args = (ir.Field("a", ir.ANY, ir.Const(None)), ir.Field("to", ir.ANY, ir.Const(None)))
        unit = Unit(
            endpoints=[
                ScriptEndpoint(ir.Endpoint(e, args, ir.ANY, f"endpoint {e}"), Source(f"{e}.js", text))
                for e, text in scripts.items()
            ],
            variables=[ir.Field("n", ir.ANY)],
            permissions=permissions,
        )
        module = self.sandbox.deploy(compile_module(unit).code)
        self.made[name] = self.sandbox.instantiate(module, {}, sender=ME)
        return address_encode(self.made[name])

    def call(self, name: str, endpoint: str, **options: Any) -> dict[str, Any]:
        """What a call of an endpoint did."""
        args = {key: options.pop(key) for key in ("a", "to") if key in options}
        return self.sandbox.call(self.made[name], endpoint, args, sender=ME, **options)

    def balance(self, name: str) -> int:
        return self.sandbox.balance(self.made[name])


def test_arguments_go_and_the_result_comes_back() -> None:
    all_ = Contracts()
    other = all_.add("b", ask="n = a.x\nemit('asked', {by: caller()})\nreturn {twice: a.x * 2, sum: value()}")
    mine = all_.add("a", go="return call(to, 'ask', {a: {x: 4}}, 1.5)")
    done = all_.call("a", "go", to=other, value=2 * CMT)
    assert done["result"] == {"twice": 8, "sum": Decimal("1.5")}
    assert [event["data"]["by"] for event in done["events"]] == [mine]
    assert [t["amount"] for t in done["transfers"]] == [2 * CMT, 3 * CMT // 2]
    assert (all_.balance("a"), all_.balance("b")) == (CMT // 2, 3 * CMT // 2)
    assert all_.sandbox.variables(all_.made["b"]) == {"n": 4}


def test_a_failure_of_the_callee_takes_back_all_of_it() -> None:
    all_ = Contracts()
    other = all_.add("b", ask="n = 1\nemit('asked')\nreturn [1].get(7)")
    all_.add("a", go="n = 2\nreturn call(to, 'ask', {}, 1)")
    done = all_.call("a", "go", to=other, value=CMT)
    assert (done["outcome"], done["code"]) == ("trap", "call-failed")
    assert "index-range" in done["message"]
    assert "`ask` of" in done["message"]
    assert not done["events"]
    assert all_.balance("b") == 0
    assert all_.sandbox.variables(all_.made["b"]) == {}


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("return call(this(), 'go')", "reentrant-call"),
        ("return call(to, 'nothing')", "call-failed"),
        ("return call(to, 'back', {to: this()})", "call-failed"),
        ("return call(to, 'ask', {}, 1)", "call-failed"),
        ("return call(to, 'ask', {}, -1)", "amount-precision"),
        ("return call('nobody', 'ask')", "bad-address"),
        ("return call(to, 'ask', {b: 1})", "call-failed"),
        ("return call(to, 'ask', 5)", "call-failed"),
    ],
)
def test_what_is_refused(script: str, code: str) -> None:
    all_ = Contracts()
    other = all_.add("b", ask="return 1", back="return call(to, 'go')")
    all_.add("a", go=script)
    done = all_.call("a", "go", to=other)
    assert (done["outcome"], done["code"]) == ("trap", code)


def test_a_contract_that_waits_is_not_entered_again() -> None:
    all_ = Contracts()
    other = all_.add("b", back="return call(to, 'other')")
    all_.add("a", go="return call(to, 'back', {to: this()})", other="return 1")
    assert "reentrant-call" in all_.call("a", "go", to=other)["message"]


def test_the_chain_of_calls_has_an_end() -> None:
    all_ = Contracts()
    last = all_.add("c0", go="return 1")
    for n in range(1, 8):
        last = all_.add(f"c{n}", go=f"return call('{last}', 'go')")
    assert all_.call("c7", "go")["result"] == 1
    all_.add("c8", go=f"return call('{last}', 'go')")
    assert "call-depth" in all_.call("c8", "go")["message"]


def test_gas_is_the_callers() -> None:
    all_ = Contracts()
    other = all_.add("b", ask="let i = 0\nwhile (true) i += 1")
    all_.add("a", go="return call(to, 'ask')")
    done = all_.call("a", "go", to=other, gas_limit=500_000)
    assert (done["outcome"], done["gas"]) == ("out_of_gas", 500_000)


def test_permissions_are_needed() -> None:
    all_ = Contracts()
    other = all_.add("b", ask="return 1")
    all_.add("a", ("call",), go="return call(to, 'ask', {}, 1)", free="return call(to, 'ask')")
    assert all_.call("a", "go", to=other, value=CMT)["code"] == "permission-denied"
    assert all_.call("a", "free", to=other)["result"] == 1
