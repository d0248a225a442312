"""What the tests of recovery share: a rig under load, of any setup, for all tests of a file."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from load_tests.faults.catalogue import FAULTS
from load_tests.faults.fault import Aftermath, Hurt
from load_tests.faults.load import Pace
from load_tests.faults.rig import Setup
from load_tests.faults.run import hurting, together
from portclock.standalone.brokers import BrokerKind

GENTLE = Pace(open_visits=200, rate=60.0)
"""A load that leaves the machine to the other tests."""
Hurting = Callable[[Setup], Hurt]
Strike = Callable[[Hurt, str], Aftermath]


@pytest.fixture(scope="module")
def rig_of(
    required: Callable[[BrokerKind], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hurting]:
    """A rig of this setup under a gentle load; it ends with the file."""
    with ExitStack() as open_until_the_end:

        def start(setup: Setup) -> Hurt:
            required(setup.broker)
            folder: Path = tmp_path_factory.mktemp("rig")
            return open_until_the_end.enter_context(hurting(setup, GENTLE, print, folder))

        yield start


@pytest.fixture
def strike() -> Strike:
    """Does the harm of a fault of the catalogue once, and reckons."""

    def once(hurt: Hurt, name: str) -> Aftermath:
        (aftermath,) = together([replace(FAULTS[name], times=1)], hurt, print)
        return aftermath

    return once
