"""Every name of JavaScript that contract script has not is refused by name, with what to do instead."""

from __future__ import annotations

import pytest

import cybermiles.platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.compiler import ScriptEndpoint, Source, Unit, check_module, compile_module
from cybermiles.dsl.script_names import CONSTANTS, REFUSED


def _unit(script: str) -> Unit:
    return Unit(endpoints=[ScriptEndpoint(ir.Endpoint("e", (), ir.ANY, "endpoint e"), Source("case.js", script))])


@pytest.mark.parametrize("name", sorted(REFUSED))
@pytest.mark.parametrize("form", ["return {}", "return {}(1)"])
def test_a_name_is_refused_with_its_hint(name: str, form: str) -> None:
    errors = [d for d in check_module(_unit(form.format(name))) if d.severity == "error"]
    assert [d.code for d in errors] == ["unsupported"], errors
    assert name.rpartition(".")[2] in errors[0].message
    assert errors[0].hint == REFUSED[name]


@pytest.mark.parametrize("name", sorted(CONSTANTS))
def test_a_constant_has_its_value(name: str) -> None:
    done = kernel.Module(compile_module(_unit(f"return [{name}]")).code).run("endpoint e", [])
    assert done["result"] == [None if CONSTANTS[name] is ir.UNDEFINED else CONSTANTS[name]]


@pytest.mark.parametrize(("kind", "name", "hint"), kernel.REFUSED_METHODS)
def test_a_method_is_refused_with_its_hint(kind: str, name: str, hint: str) -> None:
    values = {"text": "'a'", "number": "5", "list": "[1]", "regexp": "new RegExp('a')", "record": "{a: 1}"}
    unit = _unit(f"const of = {{v: {values[kind]}}}\nreturn of.v.{name}('a')")
    errors = [d for d in check_module(unit) if d.severity == "error"]
    if errors:  # no kind of value has it: the compiler knows
        assert [(d.code, d.message, bool(d.hint)) for d in errors] == [
            ("unsupported", f"`{name}` is not supported", True)
        ]
        return
    module = kernel.Module(compile_module(unit).code)
    with pytest.raises(kernel.RunError, match=f"has no method `{name}`") as caught:
        module.run("endpoint e", [])
    assert caught.value.code == "unknown-method"
    assert hint in caught.value.message
