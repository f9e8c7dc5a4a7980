"""Frames of the ABCI socket: an unsigned varint length, then that many bytes of one protobuf message."""

from __future__ import annotations

MAX_FRAME = 64 * 1024 * 1024
"""CometBFT's own bound is 64 MiB; nothing longer is buffered."""
MAX_LENGTH_BYTES = 4
"""A length below `MAX_FRAME` + 1 has at most four bytes of seven bits."""


class FrameError(Exception):
    """The peer sent what is no frame; the connection cannot go on."""


def split_frames(buffer: bytearray) -> list[bytes]:
    """Takes all whole frames off the front of the buffer; an unfinished one stays.

    Raises FrameError for a length that is too large or not an unsigned varint in its shortest form.
    """
    frames: list[bytes] = []
    at, end = 0, len(buffer)
    with memoryview(buffer) as view:
        while at < end:
            size = buffer[at]
            start = at + 1
            if size & 0x80:
                header = _long_length(buffer, at)
                if header is None:
                    break
                size, start = header
            if start + size > end:
                break
            frames.append(bytes(view[start : start + size]))
            at = start + size
    del buffer[:at]
    return frames


def _long_length(buffer: bytearray, at: int) -> tuple[int, int] | None:
    """Length and start of a frame whose length has several bytes; None if more bytes must come."""
    size = 0
    for index, byte in enumerate(buffer[at : at + MAX_LENGTH_BYTES]):
        size |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            if byte == 0 or size > MAX_FRAME:
                raise FrameError(f"a frame announces {size} bytes")
            return size, at + index + 1
    if len(buffer) - at >= MAX_LENGTH_BYTES:
        raise FrameError("a frame's length is too long")
    return None


def frame(message: bytes) -> bytes:
    """The message with its length before it."""
    size = len(message)
    header = bytearray()
    while size > 0x7F:
        header.append(size & 0x7F | 0x80)
        size >>= 7
    header.append(size)
    return bytes(header) + message
