"""Authorities and certificates of the day, and an Apache Kafka that lets in whom it knows."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portclock.standalone.brokers import BrokerKind
from portclock.standalone.testing_security import (
    Certificates,
    Guarded,
    make_certificates,
    start_guarded,
)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Made for this run."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def guarded(
    required: Callable[[BrokerKind], None],
    certificates: Certificates,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Guarded]:
    """One for all tests."""
    required("kafka")
    folder: Path = tmp_path_factory.mktemp("guarded")
    with start_guarded(folder, certificates) as broker:
        yield broker
