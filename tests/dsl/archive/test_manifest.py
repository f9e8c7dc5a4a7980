"""`contract.yaml`: what it becomes, and the code and line of each mistake."""

import textwrap

import pytest

from cybermiles.dsl import ir
from cybermiles.dsl.archive.manifest import Manifest, read_manifest
from cybermiles.dsl.diagnostics import CompileError, Diagnostics

GOOD = """\
name: pricing
version: 1.0.0
license: Apache-2.0
category: goods-sale
parameters:
  type: object
  properties: {threshold: {type: number, default: 740}, discount: {type: number, default: 0.2}}
state: {pid: text?}
types:
  Message: {status: {enum: [GET_PRICE, BUY]}, fico_score: number, price: number?}
permissions: [transfer, call]
endpoints:
  quote:
    args: {fico_score: number, all: list<Message>}
    returns: number?
    script: scripts/quote.js
"""
FILES = {"scripts/quote.js": b"return 1;\n"}


def read(text: str) -> Manifest:
    return read_manifest({"contract.yaml": text.encode(), **FILES}, Diagnostics())


def test_the_manifest_of_the_design() -> None:
    manifest = read(GOOD)
    assert manifest.variables == (ir.Field("pid", ir.Optional(ir.TEXT)),)
    assert manifest.types[0].fields[0].type == ir.Enum(("GET_PRICE", "BUY"))
    assert manifest.permissions == ("call", "transfer")
    (quote,) = manifest.endpoints
    assert (quote.kind, quote.file) == ("script", "scripts/quote.js")
    assert quote.endpoint.args[1].type == ir.ListOf(ir.Ref("Message"))
    assert quote.endpoint.returns == ir.Optional(ir.NUMBER)


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("name: pricing", "name: Pricing!", "manifest-schema", 1),
        ("version: 1.0.0\n", "", "manifest-schema", 1),
        ("category: goods-sale", "category: good-sale", "manifest-schema", 4),
        ("state:", "stat:", "manifest-schema", 8),
        ("default: 740", "default: high", "manifest-parameter", 7),
        ("default: 740", "default: 740, maximum: 700", "manifest-parameter", 7),
        ("fico_score: number,", "fico_score: nomber,", "unknown-type", 10),
        ("list<Message>", "list<Mesage>", "unknown-type", 14),
        ("[transfer, call]", "[transfer, fly]", "manifest-schema", 11),
        ("script: scripts/quote.js", "script: scripts/quot.js", "manifest-no-file", 16),
        ("script: scripts/quote.js", "process: processes/a.bpmn", "manifest-no-file", 16),
        ("    script: scripts/quote.js", "    summary: none", "manifest-schema", 14),
        ("state: {pid: text?}", "state: {pid: text?, pid: int}", "yaml-duplicate-key", 8),
        ("state: {pid: text?}", "state: &a {pid: text?}\ntables: *a", "yaml-alias", 8),
        ("state: {pid: text?}", "state: {pid: text?", "yaml-syntax", 9),
        ("state: {pid: text?}", "tables: {t: {}}", "manifest-schema", 8),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, code: str, line: int) -> None:
    assert old in GOOD
    with pytest.raises(CompileError) as caught:
        read(GOOD.replace(old, new, 1))
    found = [(d.code, d.line) for d in caught.value.diagnostics]
    assert (code, line) in found, found


def test_a_near_miss_gets_a_hint() -> None:
    with pytest.raises(CompileError) as caught:
        read(GOOD.replace("fico_score: number,", "fico_score: nomber,"))
    assert caught.value.diagnostics[0].hint == "did you mean `number`?"


@pytest.mark.parametrize(
    "bomb", ["[" * 5000, "a: " + "[" * 100 + "]" * 100, "\xff".encode("latin-1").decode("latin-1")]
)
def test_hostile_yaml(bomb: str) -> None:
    with pytest.raises(CompileError) as caught:
        read(bomb)
    assert caught.value.diagnostics[0].code in ("yaml-syntax", "yaml-too-deep", "manifest-schema")


def test_numbers_are_exact() -> None:
    manifest = read(textwrap.dedent(GOOD).replace("0.2", "0.1234567890123456789"))
    assert str(manifest.parameters["properties"]["discount"]["default"]) == "0.1234567890123456789"
