"""What all tests share: the two brokers, and programs of the system.

Apache Kafka and the programs are required in CI, and named when missing.
"""

import os
import sys
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


@pytest.fixture(scope="session")
def program() -> Callable[[str], Path]:
    """The path of a system program by name, had from the machine's packages if need be.

    Ends the test when it cannot be had here: as failed in CI, elsewhere as skipped.
    """
    sys.path.insert(0, str(Path(__file__).parent / "house"))
    from programs import PROGRAMS, Missing, provide

    def path_of(name: str) -> Path:
        try:
            return provide(PROGRAMS[name])
        except Missing as missing:
            if os.environ.get("CI"):
                pytest.fail(str(missing))
            pytest.skip(str(missing))

    return path_of
