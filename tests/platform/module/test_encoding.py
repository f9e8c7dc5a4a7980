"""The module format: map form, canonical bytes, hash."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest

import cybermiles.platform as kernel
from tests.platform.module.sample import SAMPLE

EMPTY: dict[str, Any] = {
    "format": 1,
    "name": "empty",
    "version": "1",
    "types": [],
    "consts": [],
    "functions": [],
    "imports": [],
    "rulesets": [],
    "parameters": None,
    "variables": [],
    "endpoints": [],
    "permissions": [],
}


def test_map_form_round_trips() -> None:
    data = kernel.asm_parse(SAMPLE)
    form = kernel.module_decode(data)
    assert kernel.module_encode(form) == data
    assert form["consts"][3] == Decimal("0.8")
    assert form["types"][2]["extends"] == 1
    assert form["rulesets"][0]["alphas"][1] == ["compare", 0, 0, "eq", 0]
    assert form["functions"][0]["code"][0] == kernel.OPS["load"][0]


def test_the_hash_is_pinned() -> None:
    """A change here is a new format."""
    assert len(kernel.module_encode(EMPTY)) == 122
    module = kernel.Module(kernel.module_encode(EMPTY))
    assert module.hash.hex() == "b153158d2f9d58a8ee29ab801d64c55f230d8e28f5af9c36e0076c26019e8a39"


def test_face_of_a_module() -> None:
    module = kernel.Module(kernel.asm_parse(SAMPLE))
    assert (module.name, module.version, module.permissions) == ("sample", "1.0.0", ["transfer"])
    assert module.functions[:2] == ["score", "price"]
    assert module.rulesets == ["rules/pricing.drl"]
    assert module.endpoints[0]["args"][0] == {"name": "score", "type": "number", "default": 1}
    assert module.parameters == {"type": "object", "properties": {"threshold": {"type": "number", "default": 740}}}
    assert kernel.module_encode(module.data()) == module.bytes


@pytest.mark.parametrize("key", list(EMPTY))
def test_every_key_is_needed(key: str) -> None:
    form = {name: value for name, value in EMPTY.items() if name != key}
    with pytest.raises(kernel.AdmissionError) as raised:
        kernel.module_encode(form)
    assert raised.value.code == "bad-module"


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        ("format", 2, "module.format"),
        ("extra", 1, "module"),
        ("name", 1, "module.name"),
        ("types", [{"name": "A", "open": 1, "extends": None, "fields": [], "keys": []}], "module.types[0].open"),
        ("types", [{"name": "A", "open": True, "extends": -1, "fields": [], "keys": []}], "module.types[0].extends"),
        ("variables", [{"name": "v", "type": "float"}], "module.variables[0].type"),
        ("variables", [{"name": "v", "type": ["list"]}], "module.variables[0].type"),
        ("functions", [{"name": "f", "params": 0, "locals": 0, "code": "x"}], "module.functions[0].code"),
        ("functions", [{"name": "f", "params": 2**32, "locals": 0, "code": b""}], "module.functions[0].params"),
        (
            "rulesets",
            [{"name": "r", "strategy": "lifo", "alphas": [], "betas": [], "rules": []}],
            "module.rulesets[0].strategy",
        ),
        (
            "rulesets",
            [{"name": "r", "strategy": "depth", "globals": [], "alphas": [["type", 0, 1]], "betas": [], "rules": []}],
            "module.rulesets[0].alphas[0]",
        ),
    ],
)
def test_what_the_map_form_refuses(key: str, value: Any, place: str) -> None:
    form = copy.deepcopy(EMPTY)
    form[key] = value
    with pytest.raises(kernel.AdmissionError) as raised:
        kernel.module_encode(form)
    assert (raised.value.code, raised.value.place) == ("bad-module", place)


def test_only_canonical_bytes_decode() -> None:
    data = kernel.module_encode(EMPTY)
    for bad in (b"", data[:-1], data + b"\0", b"\xa0"):
        with pytest.raises(kernel.AdmissionError):
            kernel.module_decode(bad)


def test_a_module_has_a_size_limit() -> None:
    big = dict(EMPTY, consts=["x" * (512 << 10)])
    with pytest.raises(kernel.AdmissionError) as raised:
        kernel.Module(kernel.module_encode(big))
    assert raised.value.code == "too-large"
