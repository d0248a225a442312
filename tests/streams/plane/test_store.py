"""Parts per partition: restored in runs, dropped on revoke, never half restored."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from streams.plane.run import Run
from streams.plane.store import CLOCK_KEY, Part, PartStore, UnreadableChangelog
from streams.tables import Clock, Row, encode_clock, encode_row, verify

ROW = encode_row(Row(None, {}, b"h"))
LATER = encode_row(Row(5, {0: 1}, b"i"))


class App:
    """Only what a store asks of an app."""

    def __init__(self) -> None:
        self.crashed_with: list[BaseException] = []

    async def crash(self, reason: BaseException) -> None:
        self.crashed_with.append(reason)


def _store() -> PartStore:
    table: Any = SimpleNamespace(name="units", changelog_topic_name="changes", verify=verify)
    app: Any = App()
    return PartStore("parts:", app, table, table_name="units")


def _events(*runs: Run) -> Any:
    return [
        SimpleNamespace(message=SimpleNamespace(partition=run.partition, value=run)) for run in runs
    ]


def _restore(store: PartStore, *runs: Run) -> None:
    async def go() -> None:
        store.apply_changelog_batch(_events(*runs), str, str)

    asyncio.run(go())


def test_the_last_value_of_a_key_stands_and_a_tombstone_deletes(
    run_of: Callable[..., Run], kept: Any
) -> None:
    clock = encode_clock(Clock(9, {0: 3}))
    store = _store()
    first = run_of("changes", 1, kept(0, ROW, b"a"), kept(1, ROW, b"b"), kept(2, ROW, b"c"))
    second = run_of(
        "changes", 1, kept(3, LATER, b"a"), kept(4, None, b"b"), kept(5, clock, CLOCK_KEY)
    )
    _restore(store, first, second)

    assert store.part(1) == Part({"a": LATER, "c": ROW}, clock)
    assert (len(store), sorted(store), store["c"], "b" in store) == (2, ["a", "c"], ROW, False)


def test_a_deleted_key_that_never_was_is_no_harm(run_of: Callable[..., Run], kept: Any) -> None:
    store = _store()
    _restore(store, run_of("changes", 1, kept(0, None, b"a")))

    assert len(store) == 0


@pytest.mark.parametrize(
    ("key", "value"), [(b"a", b"\xffrow"), (CLOCK_KEY, b""), (None, ROW), (b"\xff\xfe", ROW)]
)
def test_a_record_that_cannot_be_read_brings_the_app_down(
    run_of: Callable[..., Run], kept: Any, key: bytes | None, value: bytes
) -> None:
    store = _store()

    async def go() -> None:
        with pytest.raises(UnreadableChangelog, match="partition 1, offset 7"):
            store.apply_changelog_batch(
                _events(run_of("changes", 1, kept(7, value, key))), str, str
            )
        await asyncio.sleep(0)

    asyncio.run(go())
    app: Any = store.app
    assert [type(reason) for reason in app.crashed_with] == [UnreadableChangelog]


def test_a_revoked_partition_takes_its_state_with_it(run_of: Callable[..., Run], kept: Any) -> None:
    store = _store()
    _restore(
        store, run_of("changes", 1, kept(0, ROW, b"a")), run_of("changes", 2, kept(0, ROW, b"b"))
    )
    moved = {TP("changes", 1), TP("terminal-events", 2)}
    asyncio.run(store.on_rebalance(set(), moved, set()))

    assert list(store) == ["b"]


def test_it_is_written_only_through_its_parts() -> None:
    store = _store()
    with pytest.raises(TypeError):
        store["a"] = ROW
    with pytest.raises(TypeError):
        del store["a"]
    with pytest.raises(KeyError):
        store["a"]
    assert store.persisted_offset(TP("changes", 0)) is None
