"""`python platform/fuzz/make_seeds.py`: writes the seed inputs again, after a change of format.

CBOR starts from tests/conformance/encoding; the rest is made here from the white paper's archives and one of each
message.
"""

from pathlib import Path

from cybermiles.dsl.archive.build import build_archive
from cybermiles.dsl.archive.sources import read_folder
from cybermiles.platform import asm_parse, asm_print, json_encode, tx_body, tx_sign
from tests.platform.module.sample import SAMPLE

SEEDS = Path(__file__).parent / "seeds"
ARCHIVES = Path(__file__).parents[2] / "tests" / "conformance" / "whitepaper"
KEY = bytes(range(32))


def save(folder: str, name: str, content: bytes) -> None:
    """One seed."""
    (SEEDS / folder).mkdir(parents=True, exist_ok=True)
    (SEEDS / folder / name).write_bytes(content)


def main() -> None:
    """All seeds."""
    modules = {"sample": asm_parse(SAMPLE)}
    for folder in sorted(ARCHIVES.glob("*/contract.yaml")):
        modules[folder.parent.name] = build_archive(read_folder(folder.parent)).compiled.code
    for name, module in modules.items():
        save("module", name, module)
        save("asm", name, asm_print(module).encode())
    patterns = [
        r"[A-Z]{2}\d{6}" "\nAB123456",
        r"(?i)stra(ß|ss)e\b.*$" "\nGrand STRASSE 5",
        r"(a+)+b|[^\w&&\p{L}]*?" "\naaaaaaaa",
        r"(?:x?){3}[a-z&&[^q]]{1,4}^" "\nxxab",
    ]
    for number, pattern in enumerate(patterns):
        save("pattern", str(number), pattern.encode())
    value = {"a": [1, None, True, "x\u00e9\n"], "$date": {"$number": "1"}, "b": b"\x00\xff", "n": 10**30}
    save("json", "typed", json_encode(value, typed=True).encode())
    save("json", "plain", rb'{"a": [1, -0.50, 1e-7, "\u00e9\ud83d\ude00", null, true, false], "$number": "2"}')
    address, digest = bytes(20), bytes(32)
    messages = [
        ("transfer", {"to": address, "amount": 10**18}),
        ("deploy", {"module": modules["sample"]}),
        ("instantiate", {"module": digest, "parameters": {"threshold": 740}, "funds": 1}),
        ("call", {"contract": address, "endpoint": "quote", "args": {"score": 741}}),
        ("catalog/buy", {"template": "pricing"}),
    ]
    for i, message in enumerate(messages):
        body = {
            "chain_id": "cm-1",
            "nonce": i,
            "rate_height": 1,
            "gas_limit": 100_000,
            "memo": "m",
            "messages": [message],
        }
        save("tx", message[0].replace("/", "-"), tx_sign(KEY, body))
    body = {
        "chain_id": "cm-1",
        "key": digest,
        "unordered": b"id",
        "expiry": 9,
        "rate_height": 1,
        "gas_limit": 1,
        "tip": 5,
        "messages": messages,
    }
    save("tx", "body", tx_body(body))


if __name__ == "__main__":
    main()
