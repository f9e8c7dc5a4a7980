"""The files of an archive, from a folder or from a packed file, read with bounds.

A packed archive comes from strangers: sizes are counted while reading (a header is never believed), names must be plain
relative paths, and nothing is ever written to disk.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from cybermiles.dsl.diagnostics import CompileError, Diagnostics
from cybermiles.dsl.ir import Span

MAX_FILES = 1_000
MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_TOTAL_BYTES = 16 * 1024 * 1024
MANIFEST = "contract.yaml"
FOLDERS = ("rules", "processes", "scripts", "tests", "docs", "images")
TOP_FILES = (MANIFEST, "README.md", "LICENSE", "logo.svg")
CHUNK = 64 * 1024

Sources = dict[str, bytes]
"""Path inside the archive (POSIX, relative) to content, in sorted order."""


def read_sources(path: Path) -> Sources:
    """The files of a source folder or of a packed `.sbc` file. Raises CompileError."""
    if path.is_dir():
        return read_folder(path)
    if not path.is_file():
        raise refusal("archive-not-found", f"no archive at `{path}`", str(path))
    return read_packed(path.read_bytes(), name=str(path))


def read_folder(folder: Path) -> Sources:
    """The known places of a source folder; hidden files and other folders are not part of an archive."""
    found: Sources = {}
    candidates = [folder / name for name in TOP_FILES]
    for place in FOLDERS:
        candidates += sorted((folder / place).rglob("*"))
    total = 0
    for file in candidates:
        relative = file.relative_to(folder)
        if not file.is_file() or any(part.startswith((".", "__")) for part in relative.parts):
            continue
        name = relative.as_posix()
        if file.is_symlink():
            raise refusal("archive-bad-name", f"`{name}` is a symbolic link", name)
        total += file.stat().st_size
        check_size(name, file.stat().st_size, total, len(found) + 1)
        found[name] = file.read_bytes()
    if MANIFEST not in found:
        raise refusal("archive-no-manifest", f"`{folder}` has no `{MANIFEST}`", str(folder))
    return dict(sorted(found.items()))


def read_packed(data: bytes, name: str = "archive") -> Sources:
    """The files of a packed archive, generated ones included. Raises CompileError, whatever the bytes."""
    if len(data) > MAX_TOTAL_BYTES:
        raise too_large(name, f"the packed file has {len(data)} bytes")
    found: Sources = {}
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for info in packed.infolist():
                check_name(info, found)
                content = read_entry(packed, info, MAX_FILE_BYTES)
                total += len(content)
                check_size(info.filename, len(content), total, len(found) + 1)
                found[info.filename] = content
    except CompileError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        ValueError,
        NotImplementedError,
        OSError,
        RuntimeError,
        struct.error,
    ) as cause:
        raise refusal("archive-damaged", f"`{name}` is not a whole archive: {cause}", name) from cause
    if MANIFEST not in found:
        raise refusal("archive-no-manifest", f"`{name}` has no `{MANIFEST}`", name)
    return dict(sorted(found.items()))


def read_entry(packed: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """One entry, at most `limit` + 1 bytes of it, whatever its header says. Only stored or deflated."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        what = f"`{info.filename}` is compressed by the method {info.compress_type}, not stored or deflated"
        raise refusal("archive-damaged", what, info.filename)
    parts: list[bytes] = []
    size = 0
    with packed.open(info) as stream:
        while size <= limit and (part := stream.read(CHUNK)):
            parts.append(part)
            size += len(part)
    return b"".join(parts)


def check_name(info: zipfile.ZipInfo, found: Sources) -> None:
    """Plain relative POSIX names, each once; no folders, links, drives or ways upward."""
    name = info.filename
    path = PurePosixPath(name)
    plain = (
        name == path.as_posix()
        and not path.is_absolute()
        and ".." not in path.parts
        and "\\" not in name
        and ":" not in name
        and name.isprintable()
        and len(name) <= 200
    )
    kind = stat.S_IFMT(info.external_attr >> 16)
    if not plain or info.is_dir() or kind not in (0, stat.S_IFREG):
        raise refusal("archive-bad-name", f"`{name[:200]}` is not a plain relative file name", name[:200])
    if name in found:
        raise refusal("archive-bad-name", f"`{name}` stands twice in the archive", name)


def check_size(name: str, size: int, total: int, count: int) -> None:
    """The three bounds of an archive: a file, all files, how many."""
    if size > MAX_FILE_BYTES:
        raise too_large(name, f"a file may have {MAX_FILE_BYTES} bytes")
    if total > MAX_TOTAL_BYTES:
        raise too_large(name, f"all files together may have {MAX_TOTAL_BYTES} bytes")
    if count > MAX_FILES:
        raise too_large(name, f"an archive may have {MAX_FILES} files")


def too_large(name: str, why: str) -> CompileError:
    return refusal("archive-too-large", f"`{name}` is too large: {why}", name)


def refusal(code: str, message: str, file: str) -> CompileError:
    """An error about a whole file."""
    return Diagnostics().fail(code, message, Span(file, 1, 1, 1, 1))
