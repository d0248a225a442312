"""What the tests of the standalone side share: both brokers, and small children to look after."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from portclock.standalone.brokers import Broker
from portclock.standalone.child import Child
from portclock.standalone.ready import Announced

# It announces itself, so that a test can wait for the moment its handlers are in place.
STEADY = "import signal; print('{}', flush=True); signal.pause()"


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
