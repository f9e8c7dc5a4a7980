"""Scripts that open rule sessions."""

from __future__ import annotations

import pytest

import cybermiles.platform as kernel

SOURCE = """module "pricing" version "1.0.0"
parameters {"type": "object", "properties": {"threshold": {"type": "number", "default": 740}}}
type "Message" open { "status": any "fico_score": any "listed_price": any "price": any }
const "GET_PRICE" const "threshold" const 0.8 const "pricing.rl" const "send" const "fired" const "missing"
import "load_rules" import "rules_eval"
function "consequence" params 1 locals 1 {
  load 0 get_slot 0 1 get_parameter 1 gt_or_false jump_if_false E
  load 0 load 0 get_slot 0 2 const 2 mul set_slot 0 3
E:
  null return }
function "quote" params 2 locals 4 {
  const 3 native 0 1 store 2
  new_record 0 store 3
  load 3 const 0 set_slot 0 0 load 3 load 0 set_slot 0 1 load 3 load 1 set_slot 0 2
  load 2 load 3 method 4 1 pop
  load 3 get_slot 0 3 load 2 method 5 0 new_list 2 return }
function "decide" params 1 locals 1 { const 3 load 0 native 1 2 return }
function "lost" params 0 locals 0 { const 6 native 0 1 return }
rules "rules/pricing.rl" strategy drools {
  alpha type 0
  alpha compare 0 0 eq 0
  beta join left none right 1 keys [] tests [] watch all
  rule "Pricing" salience 0 agenda_group "MAIN" activation_group "" beta 0 function 0
}"""


@pytest.fixture(scope="module")
def module() -> kernel.Module:
    return kernel.Module(kernel.asm_parse(SOURCE))


def test_the_white_papers_script(module: kernel.Module) -> None:
    assert module.run("quote", [741, 100])["result"] == [80, ["Pricing"]]
    assert module.run("quote", [740, 100])["result"] == [None, ["Pricing"]]
    assert module.run("quote", [700, 100], parameters={"threshold": 650})["result"] == [80, ["Pricing"]]


def test_facts_in_working_memory_out(module: kernel.Module) -> None:
    fact = {"$type": "Message", "status": "GET_PRICE", "fico_score": 741, "listed_price": 100}
    other = {"$type": "Message", "status": "BUY", "note": "kept"}
    result = module.run("decide", [[fact, other]])["result"]
    assert result["facts"] == [fact | {"price": 80}, other]
    assert result["fired"] == [{"rule": "Pricing", "facts": [1]}]


def test_a_rule_file_that_is_not_there(module: kernel.Module) -> None:
    with pytest.raises(kernel.RunError) as raised:
        module.run("lost")
    assert (raised.value.code, raised.value.message) == ("unknown-rules", "there is no rule file `missing`")


def test_gas_of_a_consequence_is_the_calls(module: kernel.Module) -> None:
    gas = module.run("quote", [741, 100])["gas"]
    with pytest.raises(kernel.RunError) as raised:
        module.run("quote", [741, 100], gas_limit=gas - 1)
    assert raised.value.kind == "out_of_gas"
    assert module.run("quote", [741, 100], gas_limit=gas)["gas"] == gas
