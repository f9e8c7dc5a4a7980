"""Reading archives, hostile ones above all: each gets its own clear error and nothing is written or exhausted."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cybermiles.dsl.archive.pack import archive_hash, pack
from cybermiles.dsl.archive.sources import MAX_FILE_BYTES, MAX_FILES, read_packed, read_sources
from cybermiles.dsl.diagnostics import CompileError

SOURCES = {"contract.yaml": b"name: a\n", "rules/a.drl": b"rule a\nend\n", "README.md": "Grüße".encode()}


def zipped(entries: list[tuple[zipfile.ZipInfo | str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, data in entries:
            packed.writestr(name, data)
    return out.getvalue()


def code_of(data: bytes) -> str:
    with pytest.raises(CompileError) as caught:
        read_packed(data)
    return caught.value.diagnostics[0].code


def test_packing_is_canonical_and_reads_back() -> None:
    shuffled = dict(reversed(SOURCES.items()))
    first, second = pack(SOURCES, b"m", b"d"), pack(shuffled, b"m", b"d")
    assert first == second
    assert archive_hash(first) == archive_hash(second)
    assert read_packed(first) == dict(sorted({**SOURCES, "build/module.cbor": b"m", "build/debug.cbor": b"d"}.items()))


def test_a_folder_gives_only_the_known_places(tmp_path: Path) -> None:
    for name, data in SOURCES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    for stray in ("rules/.hidden", "other/x.txt", "rules/__pycache__/x.pyc"):
        (tmp_path / stray).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / stray).write_text("no")
    assert read_sources(tmp_path) == dict(sorted(SOURCES.items()))


def test_a_truncated_archive() -> None:
    whole = pack(SOURCES, b"module", b"debug")
    for size in range(0, len(whole), 7):
        assert code_of(whole[:size]) == "archive-damaged"


def test_a_zip_bomb_is_stopped_while_reading() -> None:
    bomb = zipped([("contract.yaml", b"x"), ("rules/a.drl", b"\0" * (MAX_FILE_BYTES + 1))], zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    assert code_of(bomb) == "archive-too-large"


def test_a_header_that_lies_about_the_size() -> None:
    honest = zipped([("contract.yaml", b"\0" * 100_000)], zipfile.ZIP_DEFLATED)
    lying = honest.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert code_of(lying) == "archive-damaged"


def test_too_many_files() -> None:
    assert code_of(zipped([(f"rules/{i}.drl", b"") for i in range(MAX_FILES + 1)])) == "archive-too-large"


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "a/../../x", "C:x", "a\\b", "rules/", "./x", "a//b", "x\n", "y" * 300]
)
def test_names_that_lead_elsewhere(name: str) -> None:
    assert code_of(zipped([("contract.yaml", b""), (name, b"")])) == "archive-bad-name"


def test_a_link_inside_an_archive() -> None:
    link = zipfile.ZipInfo("rules/a.drl")
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    assert code_of(zipped([("contract.yaml", b""), (link, b"/etc/passwd")])) == "archive-bad-name"


def test_a_name_that_stands_twice() -> None:
    with pytest.warns(UserWarning):
        data = zipped([("contract.yaml", b"a"), ("contract.yaml", b"b")])
    assert code_of(data) == "archive-bad-name"


def test_an_archive_without_manifest() -> None:
    assert code_of(zipped([("rules/a.drl", b"")])) == "archive-no-manifest"


@given(st.binary(max_size=400), st.integers(0, 3000), st.integers(0, 255))
def test_any_bytes_are_read_or_refused(noise: bytes, at: int, byte: int) -> None:
    whole = bytearray(pack(SOURCES, b"module", b"debug"))
    whole[at % len(whole)] = byte
    for data in (noise, bytes(whole), bytes(whole) + noise):
        try:
            read_packed(data)
        except CompileError as refused:
            assert refused.diagnostics[0].code.startswith("archive-")
