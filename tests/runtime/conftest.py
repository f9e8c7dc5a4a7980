"""A node in this process, in memory, on a free port."""

from collections.abc import Iterator

import pytest

from cybermiles.chain.client import Client
from cybermiles.runtime.config import Config
from cybermiles.runtime.node import Node
from tests.chain.people import genesis


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    node = Node(genesis(), None, Config(rest_port=0, block_interval=5))
    node.start()
    yield node
    node.stop()


@pytest.fixture
def client(node: Node) -> Iterator[Client]:
    with Client(node.url) as client:
        yield client
