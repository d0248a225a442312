"""What all tests share: the two brokers. Apache Kafka is required in CI, and named when missing."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portclock.standalone.brokers import Broker, BrokerKind, missing, start_broker


@pytest.fixture(scope="session")
def required() -> Callable[[BrokerKind], None]:
    """Ends the test when this broker cannot run here: as failed in CI, elsewhere as skipped."""

    def require(kind: BrokerKind) -> None:
        if lack := missing(kind):
            if os.environ.get("CI"):
                pytest.fail(lack)
            pytest.skip("skipped: Java 17 or Maven missing" if kind == "kafka" else lack)

    return require


@pytest.fixture(scope="session")
def tansu(
    required: Callable[[BrokerKind], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Broker]:
    """The broker in memory, ready; one for all tests."""
    required("tansu")
    folder: Path = tmp_path_factory.mktemp("tansu")
    with start_broker("tansu", folder) as broker:
        yield broker


@pytest.fixture(scope="session")
def kafka(
    required: Callable[[BrokerKind], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Broker]:
    """Apache Kafka, ready; one for all tests."""
    required("kafka")
    folder: Path = tmp_path_factory.mktemp("kafka")
    with start_broker("kafka", folder) as broker:
        yield broker
