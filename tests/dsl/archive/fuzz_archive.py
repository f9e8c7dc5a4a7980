"""`python -m tests.dsl.archive.fuzz_archive SECONDS [--seed N]`: mutated archives against the archive reader.

Whatever the bytes, reading and checking an archive ends in a value or a `CompileError`, within two seconds. A failing
input is kept in platform/fuzz/failures/.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import random
import sys
import time
import zipfile
from pathlib import Path

from cybermiles.dsl.archive.build import check_archive
from cybermiles.dsl.archive.sources import read_folder, read_packed
from cybermiles.dsl.diagnostics import CompileError

ROOT = Path(__file__).parents[3]
FAILURES = ROOT / "platform" / "fuzz" / "failures"
ARCHIVES = ROOT / "tests" / "conformance" / "whitepaper"
SLOW = 2.0
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
# offsets of fields in local and central headers that are worth changing
HEADERS = {b"PK\x03\x04": range(4, 30), b"PK\x01\x02": range(4, 46), b"PK\x05\x06": range(4, 22)}


def packed(files: dict[str, bytes], method: int) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return out.getvalue()


def seeds() -> list[bytes]:
    """Each shipped archive in each compression."""
    folders = sorted(folder.parent for folder in ARCHIVES.glob("*/contract.yaml"))
    return [packed(read_folder(folder), method) for folder in folders for method in METHODS]


def mutate(r: random.Random, data: bytes) -> bytes:
    """One to six changes, half of them in the zip's headers."""
    out = bytearray(data)
    for _ in range(r.randrange(1, 7)):
        if not out:
            break
        signature = r.choice(list(HEADERS))
        places = [at for at in range(len(out) - 4) if out[at : at + 4] == signature] if r.random() < 0.5 else []
        at = r.choice(places) + r.choice(HEADERS[signature]) if places else r.randrange(len(out))
        at = min(at, len(out) - 1)
        match r.randrange(6):
            case 0:
                out[at] ^= 1 << r.randrange(8)
            case 1:
                out[at] = r.choice([0, 1, 8, 9, 12, 14, 0x20, 0x7F, 0x80, 0xFF])
            case 2:
                del out[at : at + r.randrange(1, 20)]
            case 3:
                out[at:at] = out[at : at + r.randrange(1, 60)]
            case 4:
                out[at : at + 4] = r.randbytes(4)
            case _:
                del out[at:]
    return bytes(out)


def mutate_content(r: random.Random, data: bytes) -> bytes:
    """A sound zip whose files are damaged or renamed."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        files = {name: source.read(name) for name in source.namelist()}
    name = r.choice(list(files))
    if r.random() < 0.1:
        files[r.choice(["../x", "/x", "a\\b", "rules/", "x" * 300, "\u202e", "con:x"])] = files.pop(name)
    else:
        files[name] = mutate(r, files[name])
    return packed(files, r.choice(METHODS))


def attempt(data: bytes) -> str | None:
    """What is wrong with how the reader took the bytes."""
    start = time.perf_counter()
    try:
        sources = read_packed(data)
        check_archive(sources)
    except CompileError:
        pass
    except Exception as error:  # any other is what we look for
        return f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - start
    return f"took {seconds:.1f} s" if seconds > SLOW else None


def main() -> int:
    """Runs until the time is over or an input fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one", type=Path, help="run this input only")
    options = parser.parse_args()
    if options.one:
        problem = attempt(options.one.read_bytes())
        print(problem or "fine")
        return 1 if problem else 0
    r = random.Random(options.seed)
    corpus = seeds()
    start, runs = time.monotonic(), 0
    while time.monotonic() - start < options.seconds:
        seed = r.choice(corpus)
        data = mutate_content(r, seed) if r.random() < 0.2 else mutate(r, seed)
        problem = attempt(data)
        runs += 1
        if problem:
            FAILURES.mkdir(parents=True, exist_ok=True)
            file = FAILURES / f"archive-{hashlib.sha256(data).hexdigest()[:16]}"
            file.write_bytes(data)
            print(f"archive: {problem}; input of {len(data)} bytes: {file}", file=sys.stderr)
            return 1
    print(f"{'archive':8} {runs:>10} inputs in {time.monotonic() - start:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
