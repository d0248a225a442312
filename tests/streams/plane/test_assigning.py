"""The assignor is Faust's in all but its name, and the app uses it."""

import asyncio
from pathlib import Path

import faust
import pytest
from faust.assignor import PartitionAssignor

from streams.app import build
from streams.plane.assigning import Assignor
from streams.settings import Settings
from timing.rules import Rules


def test_nothing_but_the_name_differs() -> None:
    assert {name for name in vars(Assignor) if not name.startswith("__")} <= {"name", "_abc_impl"}


def test_workers_that_have_faust_restore_are_not_let_in(tmp_path: Path) -> None:
    async def look() -> None:
        ours = build(Settings.of({"broker": "b:1", "data_dir": tmp_path}), Rules(), lambda: 0.0)
        theirs = faust.App("app", datadir=str(tmp_path / "theirs"))
        assert isinstance(ours.assignor, Assignor)
        assert isinstance(theirs.assignor, PartitionAssignor)
        assert ours.assignor.name != theirs.assignor.name

    asyncio.run(look())


@pytest.mark.parametrize("workers", [1, 3, 5])
def test_a_worker_has_the_same_partitions_of_all_topics(tmp_path: Path, workers: int) -> None:
    async def look() -> None:
        app = build(Settings.of({"broker": "b:1", "data_dir": tmp_path}), Rules(), lambda: 0.0)
        assignor = app.assignor
        assert isinstance(assignor, Assignor)
        topics = ["customs-events", "rail-water-events", "terminal-events", "ticks"]
        metadata = assignor.metadata(set(topics))
        members = {f"worker-{n}": metadata for n in range(workers)}
        given = assignor.assign(_Cluster(), members)
        of_all: set[int] = set()
        for member in given.values():
            by_topic = dict(member.assignment)
            shares = {tuple(sorted(by_topic.get(topic, ()))) for topic in topics}
            assert len(shares) == 1
            of_all |= set(*shares)
        assert of_all == set(range(8))

    asyncio.run(look())


class _Cluster:
    """Eight partitions of everything."""

    def partitions_for_topic(self, topic: str) -> set[int]:
        return set(range(8))
