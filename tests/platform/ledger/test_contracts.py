"""Contracts: the sandbox and the chain run the same host, so each case runs on both."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cybermiles.platform import ContractError, Sandbox, address_encode, asm_parse
from tests.platform.ledger.scenery import CMT, RATE, WALLET, Chain, who

OWNER = {"owner": "ann"}


class OnSandbox:
    """A wallet in a sandbox."""

    def __init__(self, **parameters: Any) -> None:
        self.host = Sandbox()
        self.host.credit(who(1), 1_000_000 * CMT)
        module = self.host.deploy(WALLET)
        self.wallet = self.host.instantiate(module, parameters, sender=who(1))

    def call(self, endpoint: str, args: dict[str, Any] | None = None, funds: int = 0) -> tuple[str, Any]:
        """The stable code ("" for success) and the result."""
        try:
            done = self.host.call(self.wallet, endpoint, args or {}, sender=who(1), value=funds, gas_limit=4_000_000)
        except ContractError as refused:
            return refused.code, None
        self.last = done
        return done["code"] or "", done["result"]

    def balance(self, address: bytes) -> int:
        return self.host.balance(address)

    def variables(self) -> dict[str, Any]:
        return self.host.variables(self.wallet)


class OnChain:
    """The same wallet on a chain."""

    def __init__(self, **parameters: Any) -> None:
        self.chain = Chain.new()
        self.wallet = self.chain.deploy(1, WALLET, **parameters)

    def call(self, endpoint: str, args: dict[str, Any] | None = None, funds: int = 0) -> tuple[str, Any]:
        receipt = self.chain.call(1, self.wallet, endpoint, args, funds=funds)
        self.last = receipt
        self.chain.ledger.check_invariants()
        return receipt["error"], None if receipt["result"] is None else receipt["result"][0]

    def balance(self, address: bytes) -> int:
        return self.chain.balance(address)

    def variables(self) -> dict[str, Any]:
        found = self.chain.ledger.contract(self.wallet)
        assert found is not None
        return dict(found["variables"])


@pytest.fixture(params=[OnSandbox, OnChain])
def wallet(request: pytest.FixtureRequest) -> Any:
    return request.param(**OWNER, step=2)


def test_variables_are_kept(wallet: Any) -> None:
    assert [wallet.call("count") for _ in range(3)] == [("", 2), ("", 4), ("", 6)]
    assert wallet.variables() == {"n": 6}


def test_money_comes_and_goes(wallet: Any) -> None:
    assert wallet.call("got", funds=3 * CMT // 2) == ("", Decimal("1.5"))
    assert wallet.balance(wallet.wallet) == 3 * CMT // 2
    text = address_encode(who(9))
    before = wallet.balance(who(9))
    assert wallet.call("pay", {"to": text, "amount": Decimal("0.000000000000000001")}) == ("", None)
    assert wallet.balance(who(9)) == before + 1
    assert wallet.call("pay", {"to": text, "amount": Decimal("0.0000000000000000001")})[0] == "amount-precision"
    assert wallet.call("pay", {"to": text, "amount": -1})[0] == "amount-precision"
    assert wallet.call("pay", {"to": text, "amount": 5})[0] == "insufficient-funds"
    assert wallet.call("pay", {"to": "nobody", "amount": 1})[0] == "bad-address"
    assert wallet.balance(wallet.wallet) == 3 * CMT // 2 - 1


def test_a_failed_call_leaves_nothing(wallet: Any) -> None:
    wallet.call("count", funds=9 * CMT)
    before = wallet.balance(who(9))
    assert wallet.call("fail", {"to": address_encode(who(9))}, funds=CMT) == ("revert", None)
    assert wallet.last["events"] == []
    assert wallet.variables() == {"n": 2}
    assert wallet.balance(who(9)) == before
    assert wallet.balance(wallet.wallet) == 9 * CMT


@pytest.mark.parametrize(
    ("endpoint", "args", "code"),
    [
        ("nothing", {}, "unknown-endpoint"),
        ("pay", {"to": "x"}, "bad-argument"),
        ("pay", {"to": 1, "amount": 1}, "bad-argument"),
        ("count", {"extra": 1}, "bad-argument"),
        ("burn", {"turns": Decimal("1.5")}, "bad-argument"),
        ("broken", {}, "null-operand"),
        ("spin", {}, "out-of-gas"),
    ],
)
def test_every_failure_has_its_code(wallet: Any, endpoint: str, args: dict[str, Any], code: str) -> None:
    assert wallet.call(endpoint, args) == (code, None)


def test_events_carry_data(wallet: Any) -> None:
    assert wallet.call("announce", {"said": "hello"})[0] == ""
    event = wallet.last["events"][0]
    assert (event["name"], event["data"]) == ("said", {"said": "hello"})
    assert event.get("contract", event.get("source")) == wallet.wallet


def test_the_caller_is_known(wallet: Any) -> None:
    assert wallet.call("who") == ("", address_encode(who(1)))


def test_errors_name_the_argument() -> None:
    host = OnSandbox(**OWNER)
    for args, name in (({"to": "x"}, "`amount`"), ({"to": "x", "amount": "1"}, "`amount`"), ({"zip": 1}, "`zip`")):
        with pytest.raises(ContractError, match=name):
            host.host.call(host.wallet, "pay", args, sender=who(1))


@pytest.mark.parametrize(
    ("parameters", "name"),
    [({}, "owner"), ({"owner": 1}, "owner"), ({"owner": "x"}, "owner"), ({**OWNER, "step": 0}, "step"),
     ({**OWNER, "step": Decimal("1.5")}, "step"), ({**OWNER, "pace": 1}, "pace")],
)  # fmt: skip
def test_errors_name_the_parameter(parameters: dict[str, Any], name: str) -> None:
    sandbox = Sandbox()
    module = sandbox.deploy(WALLET)
    with pytest.raises(ContractError, match=name) as raised:
        sandbox.instantiate(module, parameters, sender=who(1))
    assert raised.value.code == "bad-parameter"
    chain = Chain.new()
    deployed = chain.run(1, ("deploy", {"module": WALLET}), gas_limit=50_000_000)["result"][0]["module"]
    receipt = chain.run(1, ("instantiate", {"module": deployed, "parameters": parameters}))
    assert receipt["error"] == "bad-parameter"
    assert f"`{name}`" in receipt["message"]


def test_both_hosts_charge_the_same_gas() -> None:
    sandbox, chain = OnSandbox(**OWNER), OnChain(**OWNER)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("count", {}),
        ("count", {}),
        ("announce", {"said": "x"}),
        ("burn", {"turns": 50}),
    ]
    inside = [(sandbox.call(*call), sandbox.last["gas"])[1] for call in calls]
    outside = [(chain.call(*call), chain.last["gas"])[1] for call in calls]
    envelopes = {a - b for a, b in zip(outside, inside, strict=True)}
    assert max(envelopes) - min(envelopes) < 1_000, "they differ by the envelope's bytes only"


def test_out_of_gas_costs_the_limit_and_no_more() -> None:
    chain = OnChain(**OWNER)
    before = chain.balance(who(1))
    assert chain.call("spin") == ("out-of-gas", None)
    assert chain.last["gas"] == 5_000_000
    assert chain.balance(who(1)) == before - 5_000_000 * RATE


def test_a_sandbox_is_exported_and_goes_on() -> None:
    first = OnSandbox(**OWNER)
    first.call("count", funds=5)
    again = Sandbox(first.host.export())
    assert again.export() == first.host.export()
    assert again.call(first.wallet, "count", {}, sender=who(1))["result"] == 2
    assert again.balance(first.wallet) == 5
    other = again.instantiate(again.deploy(WALLET), OWNER, sender=who(1))
    assert other != first.wallet
    with pytest.raises(ContractError) as raised:
        Sandbox(b"junk")
    assert raised.value.code == "bad-state"


def test_time_is_the_blocks() -> None:
    sandbox = OnSandbox(**OWNER)
    done = sandbox.host.call(sandbox.wallet, "when", {}, sender=who(1), now="2026-03-01T10:00:00Z")
    assert str(done["result"]) == "2026-03-01T10:00:00Z"
    chain = OnChain(**OWNER)
    assert str(chain.call("when")[1]) == "2023-11-14T22:13:23Z"


def test_views_change_nothing() -> None:
    chain = OnChain(**OWNER)
    chain.call("count")
    root = chain.chain.ledger.info()["app_hash"]
    assert chain.chain.ledger.view(chain.wallet, "count", {})["result"] == 2
    assert chain.chain.ledger.view(chain.wallet, "count", {})["result"] == 2
    assert chain.chain.ledger.view(chain.wallet, "spin", {}, gas_limit=100_000)["outcome"] == "out_of_gas"
    assert chain.chain.ledger.info()["app_hash"] == root


def test_unknown_modules_and_contracts() -> None:
    chain = Chain.new()
    assert chain.call(1, who(5), "count")["error"] == "unknown-contract"
    assert chain.run(1, ("instantiate", {"module": bytes(32)}))["error"] == "unknown-module"
    sandbox = Sandbox()
    with pytest.raises(ContractError) as raised:
        sandbox.call(who(5), "count", {}, sender=who(1))
    assert raised.value.code == "unknown-contract"
    with pytest.raises(ContractError) as raised:
        sandbox.deploy(WALLET[:-1])
    assert raised.value.code == "admission"


def test_permissions_are_held_before_a_module_is_stored() -> None:
    text = 'module "m" version "1" import "transfer" function "f" params 0 locals 0 { null null native 0 2 return }'
    with pytest.raises(ContractError, match="permission") as raised:
        Sandbox().deploy(asm_parse(text))
    assert raised.value.code == "admission"


def test_deploying_twice_is_refused_on_the_chain() -> None:
    chain = OnChain(**OWNER).chain
    receipt = chain.run(2, ("deploy", {"module": WALLET}), gas_limit=50_000_000)
    assert receipt["error"] == "already-deployed"


def test_a_contract_made_in_a_failed_transaction_is_not_there() -> None:
    chain = Chain.new()
    module = chain.run(1, ("deploy", {"module": WALLET}), gas_limit=50_000_000)["result"][0]["module"]
    make = ("instantiate", {"module": module, "parameters": OWNER})
    receipt = chain.run(1, make, make, ("transfer", {"to": who(2), "amount": 10**30}))
    assert receipt["error"] == "insufficient-funds"
    assert chain.ledger.scan(b"c/") == []
    receipt = chain.run(1, make, make)
    assert len({result["contract"] for result in receipt["result"]}) == 2
