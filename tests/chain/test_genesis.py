"""The genesis document: reads back, and says what is wrong with a bad one."""

import json

import pytest

from cybermiles.chain.genesis import Genesis, GenesisError
from cybermiles.platform import address_of
from tests.chain.people import genesis


def test_the_document_reads_back() -> None:
    assert Genesis.from_json(genesis().to_json()) == genesis()


def test_cometbfts_validators_count_if_none_are_named() -> None:
    key = bytes(range(32))
    read = Genesis.from_app_state("c", 1, {}, [(key, 7)])
    assert [(v.key, v.power, v.reward) for v in read.validators] == [(key, 7, address_of(key))]


@pytest.mark.parametrize(
    "change",
    [
        {"accounts": [{"address": "cmt1nonsense", "balance": "1"}]},
        {"accounts": [{"address": "x"}]},
        {"accounts": 5},
        {"validators": [{"key": "zz", "power": 1, "reward": "x"}]},
        {"rate": "fast"},
    ],
)
def test_a_bad_document_is_a_genesis_error(change: dict[str, object]) -> None:
    document = json.loads(genesis().to_json())
    document["app_state"].update(change)
    with pytest.raises(GenesisError):
        Genesis.from_json(json.dumps(document))
    for text in ("", "[]", "{}", '{"chain_id": 1}'):
        with pytest.raises(GenesisError):
            Genesis.from_json(text)
