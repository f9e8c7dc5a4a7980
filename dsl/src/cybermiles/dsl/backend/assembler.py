"""Bytes of a function: instructions with labels, and the place in the source that each came from."""

from __future__ import annotations

from dataclasses import dataclass

from cybermiles import platform as kernel
from cybermiles.dsl.diagnostics import CompilerBug
from cybermiles.dsl.ir import NOWHERE, Span

_STOPS = frozenset(("jump", "return", "revert", "trap", "throw", "table_conflict"))


@dataclass(slots=True)
class Label:
    """A jump target: placed once, possibly after jumps to it."""

    offset: int | None = None
    used: bool = False


@dataclass(slots=True)
class Code:
    """A function's bytes and its debug map: (offset, span) wherever the span changes."""

    code: bytes
    places: list[tuple[int, Span]]


def leb(value: int) -> bytes:
    """Unsigned LEB128, shortest form."""
    if value < 0:
        raise CompilerBug(f"negative operand {value}")
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class Assembler:
    """Collects the instructions of one function; what can never be reached is left out."""

    def __init__(self) -> None:
        self._code = bytearray()
        self._fixups: list[tuple[int, Label]] = []
        self._places: list[tuple[int, Span]] = []
        self.reachable = True

    def emit(self, name: str, *operands: int | Label, span: Span = NOWHERE) -> None:
        """Appends an instruction."""
        if not self.reachable:
            return
        opcode, kinds = kernel.OPS[name]
        if span != NOWHERE and (not self._places or self._places[-1][1] != span):
            self._places.append((len(self._code), span))
        self._code.append(opcode)
        if kinds and kinds[-1] == "slots":
            self._code += leb(len(operands))
            kinds = ["slot"] * len(operands)
        if len(kinds) != len(operands):
            raise CompilerBug(f"`{name}` takes {len(kinds)} operands, not {len(operands)}")
        for kind, operand in zip(kinds, operands, strict=True):
            if isinstance(operand, Label):
                operand.used = True
                self._fixups.append((len(self._code), operand))
                self._code += b"\0\0\0\0"
            elif kind == "int":
                self._code += leb(operand * 2 if operand >= 0 else -operand * 2 - 1)
            else:
                self._code += leb(operand)
        self.reachable = name not in _STOPS

    def place(self, label: Label) -> None:
        """Puts a label here."""
        if label.offset is not None:
            raise CompilerBug("a label is placed twice")
        label.offset = len(self._code)
        self.reachable = self.reachable or label.used

    def finish(self) -> Code:
        """The finished function; it must end with a return."""
        if self.reachable:
            raise CompilerBug("the code falls off its end")
        for at, label in self._fixups:
            if label.offset is None:
                raise CompilerBug("a label is never placed")
            self._code[at : at + 4] = label.offset.to_bytes(4, "little")
        return Code(bytes(self._code), self._places)
