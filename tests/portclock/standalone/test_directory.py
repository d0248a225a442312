"""The data folder has one owner, and waits a little for a killed owner's leash to clear up."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from portclock.standalone import directory
from portclock.standalone.errors import StandaloneError


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A folder whose lock is held through another descriptor, by nobody who left a number."""
    with (tmp_path / directory.LOCK).open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        yield tmp_path


def test_a_folder_is_made_and_given_back(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    for _ in range(2):
        with directory.owned(folder):
            assert (folder / directory.LOCK).read_text() == str(os.getpid())


def test_a_living_owner_is_named_at_once(held: Path) -> None:
    (held / directory.LOCK).write_text(str(os.getpid()))
    with (
        pytest.raises(StandaloneError, match=f"in use by the process {os.getpid()}"),
        directory.owned(held, clock=lambda: 0.0),  # a clock that stands still: no waiting at all
    ):
        pytest.fail("owned twice")


def test_a_dead_owners_leash_is_waited_for_but_not_for_ever(held: Path) -> None:
    hours = iter(range(0, 10**6, 3600))
    with (
        pytest.raises(StandaloneError, match="in use by the process None"),
        directory.owned(held, clock=lambda: float(next(hours))),
    ):
        pytest.fail("owned twice")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with (
        pytest.raises(StandaloneError, match=r"cannot be used .*choose another with --data"),
        directory.owned(file / "data"),
    ):
        pytest.fail("owned a file")
