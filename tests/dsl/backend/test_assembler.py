"""Bytes of functions: operands, labels, dead code, places."""

from __future__ import annotations

import pytest

from cybermiles.dsl.backend.assembler import Assembler, Label, leb
from cybermiles.dsl.diagnostics import CompilerBug
from cybermiles.dsl.ir import Span
from cybermiles.platform import OPS


@pytest.mark.parametrize(
    ("value", "made"), [(0, b"\0"), (127, b"\x7f"), (128, b"\x80\x01"), (2**63, b"\x80" * 9 + b"\x01")]
)
def test_leb128_is_the_shortest_form(value: int, made: bytes) -> None:
    assert leb(value) == made


def test_labels_are_absolute_offsets() -> None:
    asm, end = Assembler(), Label()
    asm.emit("true")
    asm.emit("jump_if_false", end)
    asm.emit("int", -1)
    asm.emit("return")
    asm.place(end)
    asm.emit("null")
    asm.emit("return")
    code = asm.finish().code
    assert code[1] == OPS["jump_if_false"][0]
    target = int.from_bytes(code[2:6], "little")
    assert code[target] == OPS["null"][0]


def test_what_cannot_be_reached_is_left_out() -> None:
    asm = Assembler()
    asm.emit("null")
    asm.emit("return")
    asm.emit("pop")
    asm.place(Label())
    asm.emit("pop")
    assert asm.finish().code == bytes([OPS["null"][0], OPS["return"][0]])


def test_code_must_end() -> None:
    asm = Assembler()
    asm.emit("null")
    with pytest.raises(CompilerBug):
        asm.finish()


def test_places_change_with_the_span() -> None:
    asm, one, two = Assembler(), Span("a", 1, 1, 1, 2), Span("a", 2, 1, 2, 2)
    asm.emit("null", span=one)
    asm.emit("pop", span=one)
    asm.emit("null", span=two)
    asm.emit("return")
    assert asm.finish().places == [(0, one), (2, two)]
