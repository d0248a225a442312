"""What the tables say of a feed is put together: its messages, its refusals, its missing ends."""

import json
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from events.dead_letters import Refused
from events.testing import at, box, outcome
from portclock.cli import app
from portclock.feed_document import document, only
from portclock.feed_quality import SUMS, closers_of, quality_of
from portclock.feed_tables import tables
from serving.asks import FeedQuality, Quality
from sinks.memory import MemoryStore
from sinks.receipts import ReceiptRow
from sinks.rows import outcome_row, refusal_row
from sinks.tables import DWELLS, RECEIPTS, REFUSALS
from timing.stages import STAGE_IDS

SINCE, UNTIL = "2026-03-01T00:00:00+08:00", "2026-03-05T00:00:00+08:00"
SPAN = (int(at("day-1 00:00").timestamp()), int(at("day+3 00:00").timestamp()))


def _receipt(offset: int, source: str, kind: str, **fields: Any) -> ReceiptRow:
    usual = {
        "topic": "terminal-events", "received_at": at("12:00"), "partition": 0, "offset": offset,
        "source": source, "receipt": "taken", "port": "CNLYG", "facility": "LPCT", "kind": kind,
        "occurred_at": at("11:00"), "recorded_at": at("11:30"), "digest": offset, "events": 1,
        "version": offset,
    }  # fmt: skip
    return ReceiptRow(**{**usual, **fields})


def _letter(offset: int, reason: str, topic: str = "terminal-events") -> Refused:
    said = {
        "topic": topic, "partition": 0, "offset": offset, "reason": reason,
        "detail": "x.edi, message 1, segment 2 BGM: 1001 '98' says nothing", "remedy": "mend it",
        "received_at": at("12:00"),
    }  # fmt: skip
    return Refused.model_validate(said)


@pytest.fixture
def store() -> MemoryStore:
    """A terminal whose gate is told by two systems, and a depot that nobody understands."""
    store = MemoryStore()
    store.insert(
        RECEIPTS,
        [
            _receipt(1, "tos", "gated-out"),
            _receipt(2, "tos", "gated-out", digest=1),
            _receipt(3, "gate", "gated-out", received_at=at("10:59")),
            _receipt(4, "customs", "inspection-ended", facility="", recorded_at=None),
            _receipt(5, "other", "gated-out", facility="LPT2"),
        ],
        "r",
    )
    letters = [
        _letter(7, "bad-check-digit"), _letter(8, "future-time"), _letter(9, "unknown-kind"),
        _letter(10, "unknown-code", "intake-depot"), _letter(11, "unknown-code", "intake-depot"),
    ]  # fmt: skip
    rows = [refusal_row(one, None, b'{"source": "tos"}', one.offset) for one in letters]
    store.insert(REFUSALS, rows, "l")
    inferred = {"flags": ("inferred-close",)}
    told = [
        outcome("pickup", "10:00", "11:00", unit=box(1)),
        outcome("pickup", "10:00", "11:00", unit=box(2), **inferred),
        outcome("inspection", "10:00", "11:00", unit=box(3), **inferred),
        outcome("inspection", "10:00", unit=box(4)),
        outcome("release-time", "10:00", "11:00", unit=box(5), **inferred),
        outcome("lab-test", "10:00", unit=box(6)),
    ]
    store.insert(DWELLS, [outcome_row(one, n) for n, one in enumerate(told)], "o")
    return store


def _feeds(store: MemoryStore) -> dict[str, FeedQuality]:
    return {one.source: one for one in quality_of(store, *SPAN).feeds}


def test_every_feed_has_its_messages_its_times_and_its_refusals(store: MemoryStore) -> None:
    found = _feeds(store)
    assert sorted(found) == ["customs", "depot", "gate", "other", "tos"]
    tos, depot, gate = found["tos"], found["depot"], found["gate"]
    assert (tos.messages, tos.told_again, tos.refused) == (2, 1, 3)
    assert (tos.check_digits, tos.future, tos.unknown) == (1, 1, 1)
    assert (tos.recorded_after_s, tos.clock_s) == ((1800, 1800, 1800), (1800, 1800))
    assert (gate.ahead, gate.clock_s) == (1, (-1860, -1860))
    assert (depot.topic, depot.messages, depot.refused, depot.unknown) == ("intake-depot", 0, 2, 2)
    assert (depot.recorded_after_s, depot.received_after_s, depot.clock_s) == (None, None, None)
    assert found["customs"].recorded_after_s is None


def test_a_missing_end_is_held_against_whoever_tells_such_ends_there(store: MemoryStore) -> None:
    found = _feeds(store)
    assert (found["tos"].ended, found["tos"].missing) == (1, 1)
    assert (found["gate"].ended, found["gate"].missing) == (1, 1), "nobody knows whose it was"
    assert (found["customs"].ended, found["customs"].missing) == (0, 1)
    assert (found["other"].ended, found["other"].missing) == (0, 0), "of another facility"
    told_by = {one.stage: one.told_by for one in quality_of(store, *SPAN).ends}
    assert told_by == {"inspection": ("customs",), "lab-test": (), "pickup": ("gate", "tos")}


def test_every_stage_is_ended_by_some_kind_and_sums_are_no_stages_of_their_own() -> None:
    assert all(closers_of(stage) for stage in STAGE_IDS)
    assert {"release-time", "overall-clearance", "unstuffing-and-restuffing"} == SUMS


def test_unknown_words_come_with_their_first_example(store: MemoryStore) -> None:
    depot, tos = quality_of(store, *SPAN).unknown
    assert (depot.source, depot.code, depot.messages) == ("depot", "1001 '98'", 2)
    assert (depot.first_at, depot.first_place) == (
        int(at("12:00").timestamp()),
        "intake-depot/0/10",
    )
    assert (tos.source, tos.reason) == ("tos", "unknown-kind")


def test_what_was_received_at_another_time_is_not_in_it(store: MemoryStore) -> None:
    assert quality_of(store, SPAN[0] - 86_400, SPAN[0]) == Quality(
        SPAN[0] - 86_400, SPAN[0], [], [], []
    )


def test_one_source_alone_keeps_its_words_and_its_stages(store: MemoryStore) -> None:
    found = only(quality_of(store, *SPAN), "tos")
    assert [one.source for one in found.feeds] == ["tos"]
    assert [one.reason for one in found.unknown] == ["unknown-kind"]
    assert [one.stage for one in found.ends] == ["pickup"]


def test_document_names_every_rank_and_every_step(store: MemoryStore) -> None:
    told = document(only(quality_of(store, *SPAN), "tos"))
    (feed,) = told["feeds"]
    assert (told["since"], told["until"]) == ("2026-02-28T16:00:00Z", "2026-03-04T16:00:00Z")
    assert feed["received_after_s"] == {"p50": 3600, "p95": 3600, "max": 3600}
    assert feed["clock_s"] == {"least": 1800, "p50": 1800}
    assert feed["later"]["within_3600_s"] == 2
    assert (feed["complete"], told["stages"][0]["complete"]) == (0.5, 0.5)
    json.dumps(told)


def test_tables_say_all_of_it_and_leave_out_what_is_in_order(store: MemoryStore) -> None:
    console = Console(width=200, record=True, file=StringIO())
    for table in tables(quality_of(store, *SPAN)):
        console.print(table)
    text = console.export_text()
    for said in (
        "Feeds 数据源",
        "50.0 %",
        "1001 '98'",
        "nobody 无人报送",
        "-31 min",
        "intake-depot",
    ):
        assert said in text, said
    only_feeds = list(tables(quality_of(MemoryStore(), *SPAN)))
    assert len(only_feeds) == 1


def _run(*words: str, **environ: str) -> Any:
    return CliRunner(env={"COLUMNS": "200", **environ}).invoke(app, ["feeds", *words])


def test_command_tells_the_span_that_was_asked_for(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinks.clickhouse.ClickHouseStore", lambda address: store)
    answer = _run("--since", SINCE, "--until", UNTIL, "--source", "tos", "--json")
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert [one["source"] for one in told["feeds"]] == ["tos"]
    assert (told["since"], told["until"]) == ("2026-02-28T16:00:00Z", "2026-03-04T16:00:00Z")
    assert "Feeds 数据源" in _run("--until", UNTIL).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", UNTIL, "--until", SINCE), "not before the end"),
        (("--since", "yesterday"), "--since"),
        (("--clickhouse", "http://x"), "--clickhouse"),
    ],
)
def test_command_says_what_is_wrong_with_its_words(words: tuple[str, ...], said: str) -> None:
    answer = _run(*words)
    assert answer.exit_code == 2
    assert said in answer.output


def test_command_says_where_the_tables_do_not_answer() -> None:
    answer = _run(PORTCLOCK_CLICKHOUSE="clickhouse://127.0.0.1:1/portclock")
    assert answer.exit_code == 1
    assert "127.0.0.1:1" in str(answer.exception) + answer.output
