"""Bytes that fail admission never run, and what is admitted is safe to run."""

from __future__ import annotations

import random

import pytest

import cybermiles.platform as kernel
from tests.platform.module.sample import SAMPLE

_KINDS = {"out_of_gas", "trap", "revert"}


def _try_to_run(data: bytes) -> bool:
    """Whether the bytes are admitted; every function then ends in one of the contract's own outcomes."""
    try:
        module = kernel.Module(data)
    except kernel.AdmissionError as error:
        assert error.code
        assert error.place
        assert error.message
        return False
    for index, function in enumerate(kernel.module_decode(data)["functions"]):
        try:
            module.run(index, [7] * function["params"], gas_limit=20_000)
        except kernel.RunError as error:
            assert error.kind in _KINDS, (error.kind, error.message)
    return True


def test_every_mutation_of_a_byte_is_refused_or_safe() -> None:
    data = kernel.asm_parse(SAMPLE)
    assert _try_to_run(data)
    admitted = 0
    for at in range(len(data)):
        for value in {0x00, 0x7F, 0xFF, data[at] ^ 0x01, data[at] ^ 0x80, (data[at] + 1) % 256} - {data[at]}:
            admitted += _try_to_run(data[:at] + bytes([value]) + data[at + 1 :])
    assert admitted > 0, "renamed things are still modules"


def test_every_value_of_every_byte_of_code_is_refused_or_safe() -> None:
    form = kernel.module_decode(kernel.asm_parse(SAMPLE))
    function = form["functions"][3]
    code = function["code"]
    for at in range(len(code)):
        for value in range(256):
            function["code"] = code[:at] + bytes([value]) + code[at + 1 :]
            _try_to_run(kernel.module_encode(form))


def test_random_code_is_refused_or_safe() -> None:
    rng = random.Random(20261123)
    form = kernel.module_decode(kernel.asm_parse(SAMPLE))
    codes = [code for code, _ in kernel.OPS.values()]
    admitted = 0
    for _ in range(20_000):
        body = bytearray()
        for _ in range(rng.randrange(1, 12)):
            body.append(rng.choice(codes))
            body += bytes(rng.choice((0, 0, 1, 2)) for _ in range(rng.randrange(3)))
        body.append(kernel.OPS["return"][0])
        form["functions"][6]["code"] = bytes(body)
        admitted += _try_to_run(kernel.module_encode(form))
    assert admitted > 20


def test_random_bytes_are_refused() -> None:
    rng = random.Random(1)
    data = kernel.asm_parse(SAMPLE)
    for _ in range(20_000):
        noise = rng.randbytes(rng.randrange(64))
        assert not _try_to_run(noise)
        at = rng.randrange(len(data))
        _try_to_run(data[:at] + noise)


def test_refusals_name_code_and_place() -> None:
    source = 'module "t" version "1" function "f" params 0 locals 0 { pop null return }'
    try:
        kernel.Module(kernel.asm_parse(source))
    except kernel.AdmissionError as error:
        assert (error.code, error.place) == ("stack-underflow", "functions[0]+0")
        assert str(error) == "stack-underflow at functions[0]+0: `pop` finds too few values"
    else:
        raise AssertionError("admitted")


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("end_try null return", "handler-mismatch"),
        ("try L null return L: return", "handler-mismatch"),
        ("true jump_if_true M try L M: null return L: return", "stack-mismatch"),
        ("try L null pop end_try null return L: pop pop null return", "stack-underflow"),
    ],
)
def test_handlers_are_closed_on_every_path(code: str, refusal: str) -> None:
    source = f'module "t" version "1" function "f" params 0 locals 0 {{ {code} }}'
    with pytest.raises(kernel.AdmissionError) as caught:
        kernel.Module(kernel.asm_parse(source))
    assert caught.value.code == refusal
