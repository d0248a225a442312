"""Partitions are restored one by one; what flows goes on, and nobody is told too early."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pytest

from streams.plane.restoring import Door, Errand, Gate, Log, Reading, Restorer, restore
from streams.plane.run import Record, TopicPartition
from streams.plane.store import Part, UnreadableChangelog
from streams.plane.table import RunTable
from streams.tables import Row, encode_row, verify
from streams.testing import Kept

ROW = encode_row(Row(None, {}, b"h"))


def _prepare(part: Part) -> None:
    part.made = part.made or sorted(part.rows)


async def _listen(partition: int, part: Part, log: Log) -> None:
    assert part.made is not None, "it is prepared by then"
    part.taken_over = await log.tail(
        [TopicPartition("words", partition)], {}, lambda tp, record: None
    )


READING = Reading(verify, _prepare, _listen)


class Shelf:
    """A changelog in memory that hands out two records at a time."""

    def __init__(self, **records: Sequence[Record]) -> None:
        self.records = {int(name[1:]): list(kept) for name, kept in records.items()}
        self.asked: list[tuple[int, int]] = []
        self.listened: list[int] = []
        self.closed = False
        self.before_read: Callable[[int], None] = lambda partition: None

    async def ends(self, partitions: Iterable[int]) -> Mapping[int, int]:
        return {n: self._end(n) for n in partitions}

    async def seek(self, offsets: Mapping[int, int]) -> None:
        self._at = dict(offsets)

    async def read(self, partition: int) -> tuple[Sequence[Record], int]:
        self.before_read(partition)
        at = self._at[partition]
        self.asked.append((partition, at))
        found = [one for one in self.records[partition] if one.offset >= at][:2]
        self._at[partition] = found[-1].offset + 1 if found else at
        return found, self._at[partition]

    async def tail(
        self,
        places: Sequence[TopicPartition],
        since: Mapping[TopicPartition, int],
        take: Callable[[TopicPartition, Record], None],
    ) -> Mapping[TopicPartition, int]:
        self.listened += [tp.partition for tp in places]
        return dict.fromkeys(places, 7)

    async def close(self) -> None:
        self.closed = True

    def _end(self, partition: int) -> int:
        kept = self.records.get(partition)
        return kept[-1].offset + 1 if kept else 0


def _rows(*keys: str, first: int = 0) -> list[Kept]:
    return [Kept(first + n, ROW, key.encode()) for n, key in enumerate(keys)]


def _restored(parts: Mapping[int, Part], shelf: Shelf) -> list[int]:
    told: list[int] = []
    asyncio.run(restore(Errand(told.append), parts, shelf, READING))
    return told


def test_what_has_least_to_read_flows_first() -> None:
    parts = {1: Part(), 2: Part(), 3: Part({"z": ROW}, None, 2)}
    told = _restored(parts, Shelf(p1=_rows("a", "b", "c"), p2=_rows("d"), p3=_rows("y", "z")))

    assert told == [3, 2, 1]
    assert [parts[n].made for n in (1, 2, 3)] == [["a", "b", "c"], ["d"], ["z"]]
    assert [sorted(parts[n].rows) for n in (1, 2, 3)] == [["a", "b", "c"], ["d"], ["z"]]
    assert all(parts[n].taken_over == {TopicPartition("words", n): 7} for n in (1, 2, 3))


def test_of_a_partition_that_stayed_only_what_is_new_is_read() -> None:
    shelf = Shelf(p1=_rows("a", "b", "c", "d"))
    parts = {1: Part({"a": ROW, "b": ROW, "c": ROW}, None, 3)}
    assert _restored(parts, shelf) == [1]
    assert shelf.asked == [(1, 3)]

    parts[1].made = made = ["kept"]
    assert _restored(parts, shelf) == [1]
    assert shelf.asked == [(1, 3)], "it was up to date"
    assert parts[1].made is made
    assert shelf.listened == [1], "nobody else has had it since"


def test_a_changelog_that_was_made_anew_is_read_from_its_start() -> None:
    parts = {1: Part({"gone": ROW}, b"clock", 100)}
    assert _restored(parts, Shelf(p1=_rows("a"))) == [1]
    assert parts == {1: Part({"a": ROW})}


def test_offsets_that_compaction_left_out_are_no_end() -> None:
    shelf = Shelf(p1=[*_rows("a"), *_rows("b", "c", first=40), *_rows("d", first=90)])
    parts = {1: Part()}
    assert _restored(parts, shelf) == [1]
    assert sorted(parts[1].rows) == ["a", "b", "c", "d"]
    assert parts[1].upto == 91


def test_a_rebalance_leaves_a_part_half_read_and_the_next_errand_goes_on_there() -> None:
    shelf = Shelf(p1=_rows("a", "b", "c", "d"), p2=_rows("e"))
    parts, told = {1: Part()}, list[int]()
    errand = Errand(told.append)

    def rebalance(partition: int) -> None:
        errand.over = True

    shelf.before_read = rebalance
    asyncio.run(restore(errand, parts, shelf, READING))
    assert (told, sorted(parts[1].rows), parts[1].upto) == ([], ["a", "b"], 2)
    assert errand.records == 2

    shelf.before_read = lambda partition: None
    assert _restored(parts, shelf) == [1]
    assert shelf.asked == [(1, 0), (1, 2)]


def test_an_unreadable_record_is_named_with_its_place() -> None:
    with pytest.raises(UnreadableChangelog, match=r"partition 4, offset 0: .*version ff"):
        _restored({4: Part()}, Shelf(p4=[Kept(0, b"\xff", b"a")]))


def test_a_gate_is_shut_until_a_partition_is_whole() -> None:
    gate = Gate()
    assert not gate.is_open(1)
    gate.open(1)
    assert gate.is_open(1)
    assert not gate.is_open(2)
    gate.shut()
    assert not gate.is_open(1)


class Office:
    """A restorer over a shelf, and what it was told."""

    def __init__(self, shelf: Shelf) -> None:
        self.whole: list[int] = []
        self.failed: list[BaseException] = []
        self.news = asyncio.Event()
        nobody: Any = None
        self.table = RunTable("changes", nobody, barrier=True)

        async def open_log() -> Shelf:
            return shelf

        door = Door(lambda n: self._told(self.whole, n), lambda e: self._told(self.failed, e))
        self.restorer = Restorer(self.table, open_log, READING, door)

    def _told(self, news: list[Any], one: Any) -> None:
        news.append(one)
        self.news.set()

    async def hear(self, news: list[Any], count: int) -> None:
        while len(news) < count:
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), 20)


def test_a_restorer_tells_of_each_partition_in_the_loop_that_began() -> None:
    async def go() -> None:
        shelf = Shelf(p1=_rows("a", "b", "c"), p2=_rows("d"))
        office = Office(shelf)
        office.table.part(7).rows["old"] = ROW
        office.restorer.begin([1, 2])
        assert office.restorer.waiting == 2
        await office.hear(office.whole, 2)
        assert office.whole == [2, 1]
        assert (office.restorer.waiting, office.restorer.records) == (0, 4)
        assert sorted(office.table.parts) == [1, 2], "what moved away went with its memory"
        office.restorer.leave()
        assert office.restorer.records == 4
        await asyncio.to_thread(_joined, office.restorer)
        assert shelf.closed

    asyncio.run(go())


def _joined(restorer: Restorer) -> None:
    thread = restorer._thread
    assert thread is not None
    thread.join(20)


def test_nobody_is_told_of_an_errand_that_a_rebalance_overtook() -> None:
    async def go() -> None:
        shelf = Shelf(p1=_rows("a", "b", "c"))
        office = Office(shelf)
        loop, reading, go_on = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

        def wait(partition: int) -> None:
            loop.call_soon_threadsafe(reading.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(20)

        shelf.before_read = wait
        office.restorer.begin([1])
        await asyncio.wait_for(reading.wait(), 20)
        office.restorer.begin([1])
        shelf.before_read = lambda partition: None
        go_on.set()
        await office.hear(office.whole, 1)
        assert office.whole == [1], "the second errand's word, and only that"
        assert shelf.asked == [(1, 0), (1, 2)], "the second went on where the first had stopped"
        assert office.failed == []

    asyncio.run(go())


def test_word_of_a_partition_that_arrives_after_a_rebalance_is_no_word() -> None:
    async def go() -> None:
        office = Office(Shelf(p1=_rows("a")))
        office.restorer.begin([1])
        errand = office.restorer._errand
        assert errand is not None
        _joined(office.restorer)  # its word waits in this loop
        office.restorer.leave()
        office.restorer._failed(errand, RuntimeError("late"))
        await asyncio.sleep(0)
        assert (office.whole, office.failed) == ([], [])

    asyncio.run(go())


def test_what_fails_is_said_to_the_app() -> None:
    async def go() -> None:
        office = Office(Shelf(p1=[Kept(0, b"\xff", b"a")]))
        office.restorer.begin([1])
        await office.hear(office.failed, 1)
        assert [type(error) for error in office.failed] == [UnreadableChangelog]
        assert office.whole == []

    asyncio.run(go())
