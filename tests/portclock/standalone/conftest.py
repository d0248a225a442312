"""What the tests of the standalone side share: both brokers, and small children to look after."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portclock.standalone.brokers import Broker, BrokerKind, missing, start_broker
from portclock.standalone.child import Child
from portclock.standalone.ready import Announced

# It announces itself, so that a test can wait for the moment its handlers are in place.
STEADY = "import signal; print('{}', flush=True); signal.pause()"


def pytest_configure(config: pytest.Config) -> None:
    """kafka-python reads its own files in a way that Python 3.11 calls deprecated."""
    config.addinivalue_line(
        "filterwarnings", "ignore:(read|open)_text is deprecated:DeprecationWarning"
    )


@pytest.fixture(scope="session")
def tansu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The broker in memory, ready; one for all tests."""
    yield from _running("tansu", tmp_path_factory)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Apache Kafka, ready; one for all tests."""
    yield from _running("kafka", tmp_path_factory)


@pytest.fixture(params=["tansu", "kafka"])
def broker(request: pytest.FixtureRequest) -> Broker:
    """Each of the two brokers in turn."""
    found: Broker = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def python_child() -> Callable[..., Child]:
    """A child that runs a few lines of Python; steady ones announce themselves."""

    def declare(name: str = "part", code: str = STEADY, **more: Any) -> Child:
        declared = {"ready": Announced(), **more}
        return Child(name=name, argv=(sys.executable, "-c", code), **declared)

    return declare


def _running(kind: BrokerKind, folders: pytest.TempPathFactory) -> Iterator[Broker]:
    if lack := missing(kind):
        if os.environ.get("CI"):
            pytest.fail(lack)
        pytest.skip("skipped: Java 17 or Maven missing" if kind == "kafka" else lack)
    folder: Path = folders.mktemp(kind)
    with start_broker(kind, folder) as broker:
        yield broker
