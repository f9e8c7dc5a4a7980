"""The white paper's pricing sample, verbatim, as an archive on the contract host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cybermiles.dsl.archive.build import build_archive
from cybermiles.dsl.archive.sources import read_sources
from cybermiles.platform import Sandbox

ROOT = Path(__file__).parents[1] / "conformance" / "whitepaper"


@pytest.mark.parametrize(("archive", "result"), [("pricing", 80), ("pricing-740", None)])
def test_pricing(archive: str, result: Any) -> None:
    built = build_archive(read_sources(ROOT / archive))
    [endpoint] = built.compiled.ir.endpoints
    sandbox, sender = Sandbox(), bytes(20)
    contract = sandbox.instantiate(sandbox.deploy(built.compiled.code), {}, sender=sender)
    done = sandbox.call(contract, endpoint.name, {}, sender=sender)
    assert (done["outcome"], done["result"]) == ("ok", result)


def test_the_samples_are_verbatim() -> None:
    for folder, name in (("rules", "pricing.rl"), ("scripts", "pricing.js")):
        assert (ROOT / "pricing" / folder / name).read_bytes() == (ROOT / name).read_bytes()
