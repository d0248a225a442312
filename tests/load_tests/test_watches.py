"""Who watches sees what was waited for, when it was there, and never what was there before."""

import asyncio
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from events.codec import encode
from events.testing import alert, outcome
from load_tests.scenarios.board_watch import BoardWatch
from load_tests.scenarios.book import Book
from load_tests.scenarios.sightings import LATENESS_S, Published, Sightings
from load_tests.scenarios.table_watch import TableWatch
from load_tests.scenarios.wheel import Told
from sinks.rows import version_of

UNIT = "CSQU3054383"
VISIT = f"CNLYG/{UNIT}/20260302T020000Z"
RAISED_S = 1_772_418_600  # 10:30, port time


def _record(said: Any, offset: int = 5) -> Any:
    return SimpleNamespace(key=said.visit_id.encode(), value=encode(said), offset=offset)


def _outcome(cause_id: str, what: str = "event") -> Any:
    cause = {"what": what, "id": cause_id if what == "event" else None}
    return outcome("box-move", "10:00", "10:20", unit=UNIT, visit_id=VISIT, cause=cause)


def _breach(what: str, cause_id: str | None, state: str = "breached") -> Any:
    cause = {"what": what, "id": cause_id}
    return alert("box-move", state, "10:30", unit=UNIT, visit_id=VISIT, cause=cause)


@pytest.fixture
def book() -> Book:
    book = Book(1.0)
    book.note([Told(0, "t", UNIT.encode(), b'{"event_id":"e7"}')], 100.0)
    return book


def test_an_outcome_is_as_late_as_it_comes_after_its_event(book: Book) -> None:
    sightings, seen = Sightings(book, []), list[Published]()
    sightings.on_outcome = seen.append
    sightings.see_outcome(_record(_outcome("lyg-tos/e7"), 41), 100.4)
    sightings.see_outcome(_record(_outcome("lyg-tos/e8")), 100.5)
    sightings.see_outcome(_record(_outcome("", "time")), 100.5)
    assert sightings.outcome.count == 1
    assert sightings.outcome.at_ms(50) == pytest.approx(400, rel=0.002)
    assert [(one.cause_at, one.offset, one.said["stage"]) for one in seen] == [
        (100.0, 41, "box-move")
    ]


def test_what_is_not_in_the_sample_is_not_followed() -> None:
    few = Book(1e9)
    few.note([Told(0, "t", UNIT.encode(), b'{"event_id":"e7"}')], 100.0)
    sightings = Sightings(few, [])
    sightings.see_outcome(_record(_outcome("lyg-tos/e7")), 100.25)
    assert sightings.outcome.count == 0


@pytest.mark.parametrize(
    ("first_proof_s", "waited_ms"),
    [(RAISED_S + LATENESS_S, 1_000), (RAISED_S + LATENESS_S + 1, 2_000)],
)
def test_a_breach_waits_from_the_first_tick_beyond_it(
    book: Book, first_proof_s: int, waited_ms: float
) -> None:
    """A tick at the deadline and the lateness exactly proves nothing yet."""
    beats = [(0, 1.0), (first_proof_s, 50.0), (first_proof_s + 600, 51.0)]
    sightings, seen = Sightings(book, beats), list[Published]()
    sightings.on_breach = seen.append
    sightings.see_alert(_record(_breach("time", None)), 52.0)
    assert sightings.tick_to_alert.at_ms(50) == pytest.approx(waited_ms, rel=0.002)
    assert len(seen) == 1


def test_a_breach_by_an_event_is_for_the_board_only(book: Book) -> None:
    sightings, seen = Sightings(book, [(RAISED_S + 10**6, 3.0)]), list[Published]()
    sightings.on_breach = seen.append
    sightings.see_alert(_record(_breach("event", "lyg-tos/e7")), 101.0)
    sightings.see_alert(_record(_breach("event", "lyg-tos/e9")), 101.0)
    sightings.see_alert(_record(_breach("time", None, "at-risk")), 101.0)
    assert [one.cause_at for one in seen] == [100.0]
    assert sightings.tick_to_alert.count == 0


class Tables:
    """Answers with one version after the other; an answer of none is no row."""

    def __init__(self, *versions: int | None) -> None:
        self.versions, self.asked, self.closed = list(versions), list[Any](), False

    def fetch(self, sql: str, parameters: Any = None) -> Iterator[Any]:
        self.asked.append(parameters["keys"])
        version = self.versions.pop(0)
        if version is not None:
            yield ("CNLYG", "box-move", VISIT, 1, "", version)

    def close(self) -> None:
        self.closed = True


def _waited(tables: Tables, *published: Published) -> TableWatch:
    async def watch() -> TableWatch:
        stop = asyncio.Event()
        watching = TableWatch(tables, era=3)
        for one in published:
            watching.wait_for(one)
        task = asyncio.create_task(watching.run(stop))
        async with asyncio.timeout(10):
            while watching.waiting and tables.versions:
                await asyncio.sleep(0)
            stop.set()
            await task
        return watching

    return asyncio.run(watch())


def _published(offset: int) -> Published:
    return Published(0.0, offset, json.loads(encode(_outcome("lyg-tos/e7"))))


def test_a_row_is_there_when_its_version_is_and_not_an_older_one() -> None:
    tables = Tables(None, version_of(6, 3), version_of(7, 3))
    watching = _waited(tables, _published(7))
    assert (watching.waiting, watching.row.count, watching.row.unseen) == (0, 1, 0)
    assert (tables.versions, tables.closed) == ([], True)
    assert tables.asked[0] == (("CNLYG", "box-move", VISIT),)


def test_a_row_that_never_came_is_counted() -> None:
    watching = _waited(Tables(None, version_of(6, 3)), _published(7))
    watching.give_up()
    assert (watching.waiting, watching.row.count, watching.row.unseen) == (0, 0, 1)


def test_a_breach_is_on_the_board_once_its_incident_is_listed() -> None:
    breach = json.loads(encode(_breach("time", None)))
    incident = f"{VISIT}/box-move/1/test.limit"
    listed: list[list[str]] = [[], ["CNLYG/other/box-move/1/x"], [], [], [incident]]
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.params["state"], request.headers["authorization"]))
        rows = listed.pop(0) if listed else []
        return httpx.Response(200, json={"incidents": [{"incident": one} for one in rows]})

    async def watch() -> BoardWatch:
        stop = asyncio.Event()
        watching = BoardWatch("http://board", "secret", httpx.MockTransport(answer))
        watching.wait_for(Published(0.0, 1, breach))
        watching.wait_for(Published(0.0, 2, {**breach, "stage": "pickup"}))
        task = asyncio.create_task(watching.run(stop))
        async with asyncio.timeout(10):
            while watching.waiting > 1:
                await asyncio.sleep(0)
            stop.set()
            await task
        return watching

    watching = asyncio.run(watch())
    watching.give_up()
    assert (watching.board.count, watching.board.unseen) == (1, 1)
    assert asked[:2] == [("open", "Bearer secret"), ("resolved", "Bearer secret")]
    assert listed == []
