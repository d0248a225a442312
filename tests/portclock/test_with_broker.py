"""The outbox and the quarantine on a real broker: what is sent is there, what is refused can be
listed, shown, corrected and sent again."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from typer.testing import CliRunner

from events.dead_letters import REPLAY_OF, Refused, Settled, from_headers, to_headers
from events.outcomes import Tick
from events.refusals import Reason
from events.topics import EVENTS_DLQ, PARTITIONS, TERMINAL_EVENTS, TICKS, TOPICS
from portclock.cli import app
from portclock.commands.replay import pace
from portclock.dead_letters import read_records
from portclock.demo.offsets import Groups
from portclock.failure import Failure
from portclock.intake.testing import gate_out, pushed, write_profile
from portclock.outbox import KafkaOutbox, require_topics
from portclock.replay import Replay, plan
from portclock.standalone.brokers import start_broker

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
BOX = "CSQU3054383"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a broker with our topics."""
    with start_broker("tansu", tmp_path_factory.mktemp("broker")) as running:
        admin = KafkaAdminClient(bootstrap_servers=running.address)
        admin.create_topics([NewTopic(topic.name, PARTITIONS, 1) for topic in TOPICS])
        admin.close()
        yield running.address


def event(number: int, unit: str = BOX) -> bytes:
    return orjson.dumps(
        {
            "event_id": str(number),
            "source": "tos",
            "kind": "move-ended",
            "unit": {"type": "lot", "id": unit},
            "place": {"port": "CNSHD"},
            "mode": "water",
            "occurred_at": (TEN + timedelta(minutes=number)).isoformat(),
        }
    )


def everything(broker: str, topic: str) -> list[Any]:
    """Every record of a topic, by partition and offset."""
    consumer = KafkaConsumer(bootstrap_servers=broker, group_id=None, enable_auto_commit=False)
    places = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]
    consumer.assign(places)
    consumer.seek_to_beginning()
    found: list[Any] = []
    while not all(consumer.highwater(p) == consumer.position(p) for p in places):
        found += [one for batch in consumer.poll(timeout_ms=200).values() for one in batch]
    consumer.close()
    return sorted(found, key=lambda record: (record.partition, record.offset))


def cli(broker: str, *words: str) -> Any:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, [*words, "--broker", broker])


def refuse(broker: str, offset: int, reason: Reason, value: bytes) -> str:
    """Put a dead letter where the worker would."""
    letter = Refused(
        topic=TERMINAL_EVENTS.name,
        partition=1,
        offset=offset,
        reason=reason,
        detail="why",
        remedy="what to do",
        received_at=TEN + timedelta(minutes=offset),
    )
    with KafkaOutbox((broker,)) as outbox:
        outbox.send_raw(EVENTS_DLQ.name, b"key", value, to_headers(letter))
        outbox.settle()
    return letter.position


def test_a_replay_is_in_the_topics_and_its_ticks_tell_how_far_it_came(broker: str) -> None:
    lines = [event(number, unit=f"LOT{number % 20}") for number in range(100)]
    with KafkaOutbox((broker,)) as outbox:
        *_, accounts = Replay(outbox, pace(0)).run(plan(lines, timedelta(minutes=10)))
    records = everything(broker, TERMINAL_EVENTS.name)
    assert accounts.messages == 100
    assert sorted(record.value for record in records) == sorted(lines)
    assert {(r.key, r.partition) for r in records} == {
        (key, partition) for key, partition in {r.key: r.partition for r in records}.items()
    }
    ends: dict[int, int] = {}
    for record in records:
        ends[record.partition] = record.offset + 1
    ticks = everything(broker, TICKS.name)
    assert len(ticks) == accounts.ticks * PARTITIONS
    last = {record.partition: Tick.model_validate_json(record.value) for record in ticks}
    assert {number: tick.upto.get(TERMINAL_EVENTS.name) for number, tick in last.items()} == {
        number: ends.get(number) for number in range(PARTITIONS)
    }
    assert {record.key for record in ticks if record.partition == 3} == {b"3"}


def test_what_no_broker_answers_for_is_a_failure_that_says_what_to_do() -> None:
    with pytest.raises(Failure, match=r"no broker answers at 127\.0\.0\.1:1 .*portclock up"):
        require_topics(("127.0.0.1:1",), ["ticks"])


def test_a_missing_topic_is_named_before_anything_is_sent(broker: str) -> None:
    require_topics((broker,), [topic.name for topic in TOPICS])
    with pytest.raises(Failure, match="has no topic nowhere-events with 8 partitions"):
        require_topics((broker,), ["nowhere-events", "ticks"])


def test_a_group_that_never_committed_is_behind_wherever_there_is_something(broker: str) -> None:
    groups = Groups((broker,))
    behind = groups.behind("nobody", [TERMINAL_EVENTS.name])
    groups.close()
    parts = {record.partition for record in everything(broker, TERMINAL_EVENTS.name)}
    assert len(behind) == len(parts)
    assert all(": 0 of " in place for place in behind)


def test_refusals_are_listed_shown_corrected_and_sent_again(broker: str, tmp_path: Path) -> None:
    wrong = refuse(broker, 1, Reason.BROKEN_JSON, b'{"broken": ')
    mended = refuse(broker, 2, Reason.UNKNOWN_KIND, event(500))
    refuse(broker, 2, Reason.UNKNOWN_KIND, event(500))

    listed = [
        json.loads(line) for line in cli(broker, "quarantine", "list", "--json").stdout.splitlines()
    ]
    assert [(one["place"], one["settled_at"]) for one in listed] == [(wrong, None), (mended, None)]
    counted = cli(broker, "quarantine", "list", "--counts", "--json").stdout
    assert json.loads(counted) == {"broken-json": 1, "unknown-kind": 1}

    bytes_file = tmp_path / "message.json"
    shown = cli(broker, "quarantine", "show", wrong, "--json", "--out", str(bytes_file))
    assert json.loads(shown.stdout)["message"] == '{"broken": '
    assert bytes_file.read_bytes() == b'{"broken": '

    sent = cli(broker, "quarantine", "replay", "--all", "--json")
    assert sent.exit_code == 1
    assert "1 would be refused again" in sent.stderr
    assert json.loads(sent.stdout)["sent"] == [mended]

    corrected = tmp_path / "corrected.json"
    corrected.write_bytes(event(501) + b"\n")
    again = cli(broker, "quarantine", "replay", wrong, "--with", str(corrected), "--json")
    assert (again.exit_code, json.loads(again.stdout)["sent"]) == (0, [wrong])

    assert cli(broker, "quarantine", "list", "--json").stdout == ""
    settled = cli(broker, "quarantine", "list", "--settled", "--json").stdout.splitlines()
    assert [json.loads(line)["place"] for line in settled] == [wrong, mended]
    replayed = {
        dict(record.headers)[REPLAY_OF].decode(): (record.key, record.value)
        for record in everything(broker, TERMINAL_EVENTS.name)
        if record.headers
    }
    assert replayed == {
        wrong: (BOX.encode(), event(501)),
        mended: (BOX.encode(), event(500)),
    }
    said = [from_headers(record.headers) for record in everything(broker, EVENTS_DLQ.name)]
    assert sorted(one.settles for one in said if isinstance(one, Settled)) == [wrong, mended]


def test_a_place_where_nothing_was_refused_is_a_failure(broker: str) -> None:
    result = cli(broker, "quarantine", "show", "terminal-events/0/999")
    assert result.exit_code == 1
    assert "nothing was refused at terminal-events/0/999; see" in result.stderr


def test_a_record_that_somebody_else_put_there_does_not_stop_the_list(broker: str) -> None:
    with KafkaOutbox((broker,)) as outbox:
        outbox.send_raw(EVENTS_DLQ.name, None, b"not ours")
        outbox.settle()
    assert any(record.said is None for record in read_records((broker,)))
    assert cli(broker, "quarantine", "list", "--json").exit_code == 0


def test_replaying_a_file_by_command_tells_its_accounts_in_one_line(
    broker: str, tmp_path: Path
) -> None:
    file = tmp_path / "day.jsonl"
    file.write_bytes(event(700) + b"\n\n" + b"{broken\n")
    result = CliRunner().invoke(app, ["replay", str(file), "--to", broker, "--json"])
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert (found["messages"], found["unreadable"], found["ticks"]) == (2, 1, 1)
    told = CliRunner().invoke(app, ["replay", str(file), "--to", broker])
    assert told.stdout == ""
    assert "sent 2 messages (terminal-events 2), 1 of them unreadable, 1 ticks" in told.stderr


def test_pace_spreads_event_time_over_real_time_counted_from_the_first() -> None:
    slept: list[float] = []
    wait_until = pace(60, clock=lambda: 100.0, sleep=slept.append)
    wait_until(TEN)
    wait_until(TEN + timedelta(minutes=2))
    assert slept == [0.0, 2.0]


def test_what_is_handed_in_stands_in_the_topics_and_what_is_refused_in_quarantine(
    broker: str, tmp_path: Path
) -> None:
    feeds = write_profile(tmp_path / "feeds")
    (tmp_path / "a.json").write_bytes(pushed(gate_out(1), gate_out(2)))
    (tmp_path / "b.json").write_bytes(b"[{]")
    files = [str(tmp_path / name) for name in ("a.json", "b.json")]
    told = ["intake", *files, "--feed", "carrier", "--feeds", str(feeds), "--to", broker, "--json"]
    found = CliRunner().invoke(app, told)
    assert found.exit_code == 1, found.output
    first, second = map(json.loads, found.stdout.splitlines())
    assert first["sent"] == {TERMINAL_EVENTS.name: 2}
    assert second["outcome"] == "refused"
    listed = CliRunner().invoke(app, ["quarantine", "list", "--broker", broker, "--json"])
    (place,) = (
        one["place"] for one in map(json.loads, listed.stdout.splitlines())
        if one["place"].startswith("intake-carrier/")
    )  # fmt: skip
    again = CliRunner().invoke(app, ["quarantine", "replay", place, "--broker", broker])
    assert again.exit_code == 1
    assert "portclock intake" in again.stderr
    (tmp_path / "b.json").write_bytes(pushed(gate_out(3)))
    told = ["quarantine", "replay", place, "--broker", broker, "--feeds", str(feeds), "--json"]
    still = CliRunner().invoke(app, told)
    assert json.loads(still.stdout)["sent"] == []
    mended = CliRunner().invoke(app, [*told, "--with", str(tmp_path / "b.json")])
    assert mended.exit_code == 0, mended.output
    assert json.loads(mended.stdout)["sent"] == [place]


class Publishing(BaseHTTPRequestHandler):
    """Two pages, the second by the cursor that the first one gives; only for who has a token."""

    def do_GET(self) -> None:
        known = self.headers["authorization"] == "Bearer secret"
        last = "cursor=2" in self.path
        self.send_response(200 if known else 401)
        if known and not last:
            self.send_header("Next-Page-Cursor", "2")
        self.end_headers()
        self.wfile.write(pushed(gate_out(12 if last else 11)) if known else b"")

    def log_message(self, *_: Any) -> None:
        pass


def test_a_publisher_is_asked_to_its_last_page_and_the_place_is_kept(
    broker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds, state = write_profile(tmp_path / "feeds"), tmp_path / "state.json"
    with HTTPServer(("127.0.0.1", 0), Publishing) as server:
        serving = Thread(target=server.serve_forever)
        serving.start()
        told = ["pull", "--feed", "carrier", "--feeds", str(feeds), "--to", broker, "--once",
                "--url", f"http://127.0.0.1:{server.server_port}/events", "--json",
                "--state", str(state)]  # fmt: skip
        refused = CliRunner().invoke(app, told)
        monkeypatch.setenv("PORTCLOCK_PULL_TOKEN", "secret")
        found = CliRunner().invoke(app, told)
        server.shutdown()
        serving.join()
    assert refused.exit_code == 1
    assert "check the address and the token" in refused.stderr
    assert found.exit_code == 0, found.output
    assert [json.loads(line)["sent"] for line in found.stdout.splitlines()] == [
        {TERMINAL_EVENTS.name: 1}] * 2  # fmt: skip
    assert json.loads(state.read_bytes())["cursor"] == ""
