"""The vectors of tests/conformance/encoding, which other implementations of docs/encoding.md can run too."""

import json
from pathlib import Path
from typing import Any

import pytest

from cybermiles.platform import CBOR_ERRORS, CborError, cbor_decode, cbor_encode, json_decode, json_encode

FOLDER = Path(__file__).parents[1] / "conformance" / "encoding"


def vectors(name: str) -> list[Any]:
    return [pytest.param(case, id=case["note"]) for case in json.loads((FOLDER / name).read_text(encoding="utf-8"))]


@pytest.mark.parametrize("case", vectors("values.json"))
def test_a_value_has_these_bytes_and_no_others(case: dict[str, Any]) -> None:
    value = json_decode(json.dumps(case["value"]), typed=True)
    encoded = bytes.fromhex(case["cbor"])
    assert cbor_encode(value).hex() == encoded.hex()
    decoded = cbor_decode(encoded)
    assert decoded == value
    assert json_decode(json_encode(decoded, typed=True), typed=True) == value


@pytest.mark.parametrize("case", vectors("refused.json"))
def test_other_bytes_are_refused_with_code_and_offset(case: dict[str, Any]) -> None:
    with pytest.raises(CborError) as caught:
        cbor_decode(bytes.fromhex(case["cbor"]))
    assert (caught.value.code, caught.value.offset) == (case["code"], case["offset"])
    assert str(caught.value) == f"{dict(CBOR_ERRORS)[case['code']]} (at byte {case['offset']})"


def test_every_error_of_the_decoder_has_a_vector() -> None:
    seen = {case["code"] for case in json.loads((FOLDER / "refused.json").read_text(encoding="utf-8"))}
    # depth has a test of its own; `cbor-too-deep` vectors would be long
    assert {code for code, _ in CBOR_ERRORS} - {"cbor-too-deep"} == seen


def test_depth_is_bounded_in_both_directions() -> None:
    value: Any = []
    for _ in range(63):
        value = [value]
    assert cbor_decode(cbor_encode(value)) == value
    with pytest.raises(ValueError, match="nested more than 64 deep"):
        cbor_encode([value])
    with pytest.raises(CborError) as caught:
        cbor_decode(b"\x81" + cbor_encode(value))
    assert (caught.value.code, caught.value.offset) == ("cbor-too-deep", 64)
    with pytest.raises(CborError):
        cbor_decode(b"\x81" * 10_000_000)
