"""The state tree and its proofs, naively, from docs/state.md alone: what the kernel is compared with.

`python -m tests.platform.state.reference` writes the conformance vectors.
"""

import hashlib
import json
import random
from collections.abc import Mapping
from pathlib import Path

EMPTY = bytes(32)
VECTORS = Path("tests/conformance/state/proofs.json")

Leaves = list[tuple[bytes, bytes]]


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def bit(key: bytes, depth: int) -> int:
    return key[depth // 8] >> (7 - depth % 8) & 1


def leaves(state: Mapping[bytes, bytes]) -> Leaves:
    return [(sha(key), sha(value)) for key, value in state.items()]


def node(items: Leaves, depth: int = 0) -> bytes:
    if not items:
        return EMPTY
    if len(items) == 1:
        return sha(b"\0" + items[0][0] + items[0][1])
    return sha(b"\1" + b"".join(node([i for i in items if bit(i[0], depth) == side], depth + 1) for side in (0, 1)))


def root(state: Mapping[bytes, bytes]) -> bytes:
    return node(leaves(state))


def prove(state: Mapping[bytes, bytes], key: bytes) -> bytes:
    items, path, siblings, depth = leaves(state), sha(key), [], 0
    while len(items) > 1:
        siblings.append(node([i for i in items if bit(i[0], depth) != bit(path, depth)], depth + 1))
        items = [i for i in items if bit(i[0], depth) == bit(path, depth)]
        depth += 1
    kind, tail = (1, b"") if not items else (0, b"") if items[0][0] == path else (2, items[0][0] + items[0][1])
    bits = "".join("0" if s == EMPTY else "1" for s in siblings).ljust((depth + 7) // 8 * 8, "0")
    bitmap = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
    return bytes([kind, depth]) + bitmap + b"".join(s for s in siblings if s != EMPTY) + tail


def verify(state_root: bytes, key: bytes, value: bytes | None, proof: bytes) -> bool:
    """What a light client needs, in full."""
    if len(proof) < 2 or proof[0] > 2:
        return False
    kind, depth = proof[0], proof[1]
    size = (depth + 7) // 8
    bits = "".join(f"{byte:08b}" for byte in proof[2 : 2 + size])
    if len(bits) != 8 * size or "1" in bits[depth:] or (depth and bits[depth - 1] == "0"):
        return False
    count = bits.count("1")
    hashes = [proof[2 + size + 32 * i :][:32] for i in range(count)]
    tail = proof[2 + size + 32 * count :]
    if len(b"".join(hashes)) != 32 * count or EMPTY in hashes or len(tail) != (64 if kind == 2 else 0):
        return False
    path = sha(key)
    if (value is None) != (kind != 0):
        return False
    if value is not None:
        at = sha(b"\0" + path + sha(value))
    elif kind == 1:
        at = EMPTY
    else:
        other = tail[:32]
        if other == path or any(bit(other, d) != bit(path, d) for d in range(depth)):
            return False
        at = sha(b"\0" + tail)
    remaining = iter(reversed(hashes))
    for d in range(depth - 1, -1, -1):
        beside = next(remaining) if bits[d] == "1" else EMPTY
        at = sha(b"\1" + (beside + at if bit(path, d) else at + beside))
    return at == state_root


def cases() -> list[dict[str, object]]:
    pick = random.Random(1)
    states: list[tuple[str, dict[bytes, bytes]]] = [
        ("no key", {}),
        ("one key", {b"a": b"1"}),
        ("two keys", {b"a": b"1", b"b": b"2"}),
        ("an empty value is a value", {b"a": b"", b"b": b"2", b"c": b""}),
        ("long key and value", {b"k" * 1024: b"v" * 1000, b"\0": b"\xff"}),
        ("forty keys", {b"key %d" % i: b"value %d" % pick.randrange(100) for i in range(40)}),
    ]
    made: list[dict[str, object]] = []
    for note, state in states:
        keys = [*list(state)[:6], b"absent", b"nowhere", b"b", b"zz", b"key 77"]
        proofs = []
        for key in dict.fromkeys(keys):
            value = state.get(key)
            proofs.append(
                {
                    "key": key.hex(),
                    "value": None if value is None else value.hex(),
                    "proof": prove(state, key).hex(),
                }
            )
        entries = {key.hex(): value.hex() for key, value in sorted(state.items())}
        made.append({"note": note, "state": entries, "root": root(state).hex(), "proofs": proofs})
    return made


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(cases(), indent=1) + "\n")
