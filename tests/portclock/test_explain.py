"""`portclock explain`: from files and from the tables; one visit, or the list of those known."""

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from events.envelope import Event
from events.outcomes import Outcome
from events.testing import MORNING, box, told, wire
from portclock.cli import app
from sinks import migrate
from sinks.accepted import event_row
from sinks.clickhouse import ClickHouseStore
from sinks.rows import outcome_row
from sinks.settings import ClickHouseAddress
from sinks.tables import DWELLS, EVENTS
from timing.judge import judge
from timing.rules import Rules

UNIT = box()
VISIT = f"CNSHD/{UNIT}/{MORNING:%Y%m%dT%H%M%SZ}"
WORK = (
    "08:00 discharged", "09:00 inspection-ordered", "09:40 positioned", "10:00 tally-ended",
)  # fmt: skip
READY_S = 60


def invoke(*words: str, stdin: bytes | None = None, **environ: str) -> Any:
    return CliRunner(env={"COLUMNS": "120", **environ}).invoke(app, list(words), input=stdin)


def written(folder: Path, *events: Event) -> str:
    file = folder / "day.jsonl"
    file.write_bytes(b"\n".join(wire(*events)) + b"\n")
    return str(file)


@pytest.fixture
def day(tmp_path: Path) -> str:
    """A box at Shidao: positioned after forty minutes of thirty, then tallied."""
    return written(tmp_path, *told(*WORK, port="CNSHD"))


@pytest.mark.parametrize("visit", [VISIT, f"CNSHD/{UNIT}", UNIT])
def test_a_visit_may_be_named_by_its_only_unit(visit: str, day: str) -> None:
    result = invoke("explain", visit, day)
    assert (result.exit_code, result.stderr) == (0, "")
    assert VISIT in result.stdout
    assert "Breached by 10 min: it took 40 min; 30 min were allowed." in result.stdout
    _, limit = Rules().register.limit_ids()["shidao.inspection-move"]
    assert limit.words[:30] in result.stdout


def test_chinese_is_told_on_request(day: str) -> None:
    result = invoke("explain", UNIT, day, "--lang", "zh")
    assert "超时10分:用时40分,限额30分。" in result.stdout


def test_json_is_one_document_that_agrees_with_the_judge(day: str) -> None:
    result = invoke("explain", UNIT, day, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    (line,) = result.stdout.splitlines()
    found = json.loads(line)
    judged = [json.loads(one) for one in invoke("judge", day, "--json").stdout.splitlines()]
    ours = [stage["outcome"] for stage in found["stages"]]
    assert sorted(ours, key=itemgetter("stage")) == sorted(judged, key=itemgetter("stage"))
    assert found["differences"] == []
    assert [event["event_id"] for event in found["events"]] == ["e1", "e2", "e3", "e4"]
    for stage in found["stages"]:
        counted = [step["took_s"] for step in stage["steps"] if step["counts"]]
        assert sum(counted) == stage["net_s"] == stage["verdict"]["net_s"]
        assert stage["verdict"]["words"]


def test_stdin_is_a_file(day: str) -> None:
    piped = invoke("explain", UNIT, "-", stdin=Path(day).read_bytes())
    assert piped.stdout == invoke("explain", UNIT, day).stdout


def test_now_decides_what_is_still_open(day: str) -> None:
    before = invoke("explain", UNIT, day, "--now", "2026-03-02T10:04:00+08:00").stdout
    after = invoke("explain", UNIT, day, "--now", "2026-03-02T11:00:00+08:00").stdout
    assert "until 03-02 10:05" in before
    assert "so far and still open" in after


def test_of_several_visits_the_list_is_given(tmp_path: Path) -> None:
    again = told("08:00 gated-in", "09:00 gated-out", "day+20 08:00 gated-in", port="CNSHD")
    file = written(tmp_path, *again)
    for words in ((UNIT,), (f"CNSHD/{UNIT}/20260101T000000Z",)):
        result = invoke("explain", *words, file)
        assert result.exit_code == 1
        assert [line.split()[0] for line in result.stdout.splitlines()] == [
            VISIT, f"CNSHD/{UNIT}/20260322T000000Z",
        ]  # fmt: skip
        assert "name one of those listed" in result.stderr
        assert result.stderr.count("\n") == 1
    listed = json.loads(invoke("explain", UNIT, file, "--json").stdout)
    assert listed["visits"][0]["visit_id"] == VISIT
    one = invoke("explain", VISIT, file)
    assert (one.exit_code, one.stderr) == (0, "")


@pytest.mark.parametrize(
    ("unit", "says"),
    [("PCKU0000070", "nothing is known of PCKU0000070"), (UNIT, "has no visit yet: its 1 events")],
)
def test_what_cannot_be_told_is_one_sentence_with_what_to_do(
    unit: str, says: str, tmp_path: Path
) -> None:
    file = written(tmp_path, *told("08:00 declared", port="CNSHD"))
    result = invoke("explain", unit, file)
    assert (result.exit_code, result.stdout) == (1, "")
    assert says in result.stderr
    assert "; " in result.stderr


def test_refused_messages_are_mentioned_when_nothing_is_known(tmp_path: Path) -> None:
    file = tmp_path / "broken.jsonl"
    file.write_bytes(b"{\n")
    assert "(1 messages were refused: portclock judge)" in invoke("explain", "A", str(file)).stderr


@pytest.mark.parametrize("words", [("a//b", "-"), ("A", "-", "--lang", "fr"), ()], ids=str)
def test_bad_usage_ends_with_two(words: tuple[str, ...]) -> None:
    result = invoke("explain", *words)
    assert (result.exit_code, result.stdout) == (2, "")


def test_tables_that_do_not_answer_are_named_without_a_password() -> None:
    result = invoke("explain", UNIT, "--clickhouse", "clickhouse://me:s3cret@127.0.0.1:1/x")
    assert result.exit_code == 1
    assert "or name files of events" in result.stderr
    assert "s3cret" not in result.output


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseAddress]:
    """The product's own front over the embedded engine, with the schema applied."""
    path = tmp_path_factory.mktemp("engine")
    command = [sys.executable, "-m", "portclock.standalone.clickhouse", "--path", str(path)]
    command += ["--port", "0", "--http-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            ready, _, _ = select.select([process.stdout], [], [], READY_S)
            line = process.stdout.readline() if ready else ""
            assert line, "the engine said nothing before it ended or the time was up"
            address = ClickHouseAddress(host="127.0.0.1", port=json.loads(line)["port"])
            store = ClickHouseStore(address.within("default"))
            migrate.apply(store, "portclock")
            store.close()
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


def landed(address: ClickHouseAddress, events: list[Event], outcomes: list[Outcome]) -> str:
    """Put them into the tables; returns the URL."""
    store = ClickHouseStore(address)
    store.insert(EVENTS, [event_row(e, n) for n, e in enumerate(events)], f"e{events[0].unit.id}")
    rows = [outcome_row(o, n) for n, o in enumerate(outcomes)]
    store.insert(DWELLS, rows, f"o{events[0].unit.id}")
    store.close()
    return address.url


def test_the_tables_tell_the_same_story_as_the_file(engine: ClickHouseAddress, day: str) -> None:
    events = told(*WORK, port="CNSHD")
    url = landed(engine, events, judge(wire(*events), Rules()).outcomes)
    found = invoke("explain", VISIT, "--clickhouse", url)
    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout == invoke("explain", VISIT, day).stdout
    bare = invoke("explain", UNIT, PORTCLOCK_CLICKHOUSE=url)
    assert bare.stdout == found.stdout


def test_tables_that_say_otherwise_than_their_events_are_a_failure(
    engine: ClickHouseAddress,
) -> None:
    events = told(*WORK, port="CNSHD", unit=box(3))
    outcomes = judge(wire(*events), Rules()).outcomes
    wrong = [o.model_copy(update={"net_s": 1}) if o.closed_at else o for o in outcomes]
    url = landed(engine, events, wrong)
    found = invoke("explain", box(3), "--clickhouse", url)
    assert found.exit_code == 1
    assert "inspection-positioning #1 (shidao.inspection-move): net_s: judged 2400, stored 1" in (
        found.stdout
    )
    assert "say otherwise" in found.stderr
    told_in_json = json.loads(invoke("explain", box(3), "--clickhouse", url, "--json").stdout)
    assert {one["field"] for one in told_in_json["differences"]} == {"net_s"}


def test_a_breach_that_only_time_proved_is_explained_from_the_tables(
    engine: ClickHouseAddress,
) -> None:
    events = told(*WORK, port="CNSHD", unit=box(4))
    later = MORNING.replace(hour=20)
    url = landed(engine, events, judge(wire(*events), Rules(), later).outcomes)
    found = invoke("explain", box(4), "--clickhouse", url)
    assert (found.exit_code, found.stderr) == (0, "")
    assert "so far and still open" in found.stdout
    early = invoke("explain", box(4), "--clickhouse", url, "--now", "2026-03-02T10:03:00+08:00")
    assert early.exit_code == 1
