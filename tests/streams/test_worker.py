"""The worker as a process, on a real broker: judged, killed, crashed, stopped, shared."""

import signal
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from events.codec import encode
from events.dead_letters import Refused, from_headers
from events.envelope import Event
from events.outcomes import Outcome
from events.refusals import Reason
from events.testing import at, box, event, examples, tick, told, wire
from events.topics import TERMINAL_EVENTS, TICKS
from streams.plane.batches import partition_of
from streams.tables import changelog_name
from streams.testing import about
from timing.judge import judge
from timing.rules import Rules

Visits = Callable[[range], list[Event]]
Until = Callable[..., Any]
END = at("day+0 18:00")


def _expected(events: list[Event]) -> list[bytes]:
    return judge(wire(*events), Rules(), END).lines()


def _sum(metrics: dict[str, float], name: str) -> float:
    return sum(value for sample, value in metrics.items() if sample.startswith(name + "{"))


def test_what_is_published_is_what_the_judge_says_and_every_record_has_an_ending(
    harbour: Any, visits: Visits, until: Until, free_port: Callable[[], int]
) -> None:
    port = free_port()
    harbour.start(metrics_port=port)
    events = visits(range(40))
    expected = _expected(events)
    harbour.send([*events, *events[:20]])
    harbour.tick(END)

    until(lambda: harbour.outcomes() == expected, what="the judge's outcomes")

    def accounts() -> bool:
        found = harbour.metrics(port)
        read = _sum(found, "timing_records_read_total")
        ended = _sum(found, "timing_records_ended_total")
        duplicates = found.get('timing_records_ended_total{ending="duplicate"}')
        return read == ended == len(events) + 20 + 4 and duplicates == 20

    until(accounts, what="accounts that sum")


@pytest.mark.parametrize("state", ["memory", "disk"])
def test_a_worker_killed_at_any_moment_leaves_the_same_outcomes(
    harbour: Any, visits: Visits, until: Until, state: str
) -> None:
    harbour.settings = harbour.settings.model_copy(update={"state": state})
    events = visits(range(60))
    expected = _expected(events)
    harbour.send(events[: len(events) // 2])
    first = harbour.start("slow=0.005")
    until(lambda: len(harbour.records("stage-dwells")) > 30, what="a worker in mid-run")
    first.kill()
    first.wait()

    second = harbour.start("slow=0.005")
    harbour.send(events[len(events) // 2 :])
    seen = len(harbour.records("stage-dwells"))
    until(lambda: len(harbour.records("stage-dwells")) > seen + 30, what="a second mid-run")
    second.kill()
    second.wait()

    harbour.start()
    harbour.tick(END)
    until(lambda: harbour.outcomes() == expected, what="the judge's outcomes")


def test_a_bug_ends_the_process_and_loses_nothing(
    harbour: Any, visits: Visits, until: Until
) -> None:
    events = visits(range(20))
    expected = _expected(events)
    harbour.send(events)
    harbour.tick(END)
    worker = harbour.start(f"crash={events[50].event_id}")

    assert worker.wait(30) == 1
    assert f"a bug at {events[50].event_id}" in harbour.log()
    topic, unit = TERMINAL_EVENTS.name, events[50].unit.id
    place = (topic, partition_of(unit.encode(), 4))
    assert harbour.committed().get(place, 0) < harbour.offsets[topic][place[1]]

    harbour.start()
    until(lambda: harbour.outcomes() == expected, what="the judge's outcomes")


def test_a_stop_by_signal_finishes_commits_and_leaves_at_once(
    harbour: Any, visits: Visits, until: Until, free_port: Callable[[], int]
) -> None:
    port, held = free_port(), 'timing_ticks_held_count{partition="0"}'
    events = visits(range(20))
    harbour.send(events)
    worker = harbour.start(metrics_port=port)
    until(lambda: len(harbour.records("stage-dwells")) > 30, what="a worker at work")
    until(lambda: sum(harbour.committed().values()) == len(events), what="everything committed")
    harbour.put(TICKS.name, b"0", encode(tick(END, upto=10_000)), 0)
    until(lambda: harbour.metrics(port).get(held) == 1, what="a tick that waits")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(8) == 0

    seen = len(harbour.records("stage-dwells"))
    harbour.start()
    harbour.tick(END)
    expected = _expected(events)
    until(lambda: harbour.outcomes() == expected, what="the judge's outcomes")
    again = [r for r in harbour.records("stage-dwells")[seen:] if b'"revision":1,' in r.value]
    assert len(again) < seen, "a clean stop leaves nothing to do twice"


def test_two_workers_share_and_one_that_froze_does_not_write_over_its_successor(
    harbour: Any, visits: Visits, until: Until
) -> None:
    events = visits(range(60))
    expected = _expected(events)
    first = harbour.start("slow=0.003")
    harbour.send(events[:120])
    until(lambda: len(harbour.records("stage-dwells")) > 20, what="the first worker at work")
    harbour.start("slow=0.003")
    harbour.send(events[120:240])
    until(lambda: "Worker ready" in harbour.log(1), what="the second worker's share")
    first.send_signal(signal.SIGSTOP)
    harbour.send(events[240:])
    harbour.tick(END)

    until(lambda: harbour.outcomes() == expected, what="the judge's outcomes")
    first.send_signal(signal.SIGCONT)
    assert first.wait(20) == 1
    assert "the process stood still for" in harbour.log(0)
    assert harbour.outcomes() == expected


POISON = [(example.name, example.word, example.data) for example in examples("refused")]


def test_every_poison_is_dead_lettered_whole_with_its_reason(harbour: Any, until: Until) -> None:
    sent: dict[str, tuple[str, bytes | None, bytes | None]] = {}
    for name, reason, data in POISON:
        place = harbour.put(TERMINAL_EVENTS.name, name.encode(), data, partition=0)
        sent["/".join(map(str, place))] = reason, data, name.encode()
    garbage = b"\xff" * 1_000_000
    place = harbour.put(TERMINAL_EVENTS.name, None, garbage, 0, [("replay-of", b"a/0/1")])
    sent["/".join(map(str, place))] = str(Reason.TOO_LARGE), garbage, None
    place = harbour.put(TERMINAL_EVENTS.name, b"k", None, 0)
    sent["/".join(map(str, place))] = str(Reason.EMPTY), None, b"k"
    place = harbour.put(TICKS.name, b"0", b"{}", 0)
    sent["/".join(map(str, place))] = str(Reason.INVALID_VALUE), b"{}", b"0"
    good = told("09:00 discharged", "10:00 gated-out", unit=box(1), port="CNSHD")
    harbour.start()
    harbour.send(good)

    letters = until(
        lambda: len(harbour.dead_letters()) >= len(sent) and harbour.dead_letters(),
        what="the dead letters",
    )
    found = {}
    for letter in letters:
        refused = from_headers(letter.headers)
        assert isinstance(refused, Refused)
        assert refused.remedy
        found[refused.position] = str(refused.reason), letter.value, letter.key
    assert {p: (r, v or None, k) for p, (r, v, k) in found.items()} == {
        p: (r, v or None, k) for p, (r, v, k) in sent.items()
    }
    marked = [value for letter in letters for name, value in letter.headers if name == "replay-of"]
    assert marked == [b"a/0/1"]
    until(lambda: harbour.outcomes() == _expected(good), what="the good events' outcomes")


def test_poison_in_a_row_stops_its_feed_with_an_alarm_and_not_the_port(
    harbour: Any, until: Until, free_port: Callable[[], int]
) -> None:
    port, here = free_port(), 'source="gate-9",topic="terminal-events"'
    alarm = f"timing_feed_refused_in_a_row_records{{{here}}}"
    harbour.settings = harbour.settings.model_copy(update={"refusals_in_a_row_max": 30})
    good = told("09:00 discharged", "10:00 gated-out", unit=box(1), port="CNSHD")
    partition = partition_of(good[0].unit.id.encode(), 4)
    for n in range(40):
        poison = b'{"source":"gate-9","kind":"teleported","n":%d}' % n
        harbour.put(TERMINAL_EVENTS.name, b"k", poison, partition)
    harbour.start(metrics_port=port)
    harbour.send(good)
    harbour.tick(END)

    until(lambda: harbour.outcomes() == _expected(good), what="the port's outcomes")
    until(lambda: harbour.metrics(port).get(alarm) == 40, what="the alarm")
    until(lambda: len(harbour.dead_letters()) == 40, what="the dead letters")
    assert "a feed is stopped" in harbour.log()
    better = event("truck-arrived", "11:00", unit=box(2), port="CNSHD", source="gate-9")
    harbour.send([better])
    until(lambda: alarm not in harbour.metrics(port), what="the end of the alarm")


def test_a_message_of_many_units_is_judged_as_if_each_had_been_sent_alone(
    harbour: Any, until: Until
) -> None:
    units = [box(n) for n in range(8)]
    alone = [event("discharged", "09:00", unit=unit, port="CNSHD", event_id="m") for unit in units]
    alone = [e.model_copy(update={"event_id": f"m/{e.unit.id}"}) for e in alone]
    message = orjson.loads(wire(alone[0])[0])
    message |= {"event_id": "m", "units": [{"type": "container", "id": unit} for unit in units]}
    del message["unit"]
    closing = [event("gated-out", "11:00", unit=unit, port="CNSHD") for unit in units]
    astray = wire(closing[0])[0]
    harbour.start()
    harbour.put(TERMINAL_EVENTS.name, b"m", orjson.dumps(message))
    wrong = (partition_of(units[0].encode(), 4) + 1) % 4
    harbour.put(TERMINAL_EVENTS.name, units[0].encode(), astray, wrong)
    harbour.send(closing[1:])

    expected = judge(wire(*alone, *closing), Rules(), at("11:00")).lines()
    until(lambda: len(harbour.outcomes()) == len(expected), what="all outcomes")
    harbour.tick(at("11:00"))
    until(lambda: harbour.outcomes() == expected, what="the judge's outcomes")


def test_an_unreadable_changelog_record_ends_the_process(harbour: Any) -> None:
    name = changelog_name(harbour.settings.app_id)
    harbour.put(name, b"CNSHD/PCKU0000001", b"\xffnot a row", partition=2)

    assert harbour.start().wait(30) == 1
    assert "partition 2, offset 0" in harbour.log()
    assert "has version ff" in harbour.log()


@pytest.mark.parametrize("killed", [False, True])
def test_a_suspension_declared_late_reaches_the_units_of_every_partition(
    harbour: Any, visits: Visits, until: Until, free_port: Callable[[], int], killed: bool
) -> None:
    """Declared when the visits are over, lifted, and another one withdrawn again."""
    port, events = free_port(), visits(range(40))
    homes = {partition_of(each.unit.id.encode(), 4) for each in events}
    assert homes == set(range(4))
    harbour.settings = harbour.settings.model_copy(update={"run_records_max": 3})
    harbour.send(events)
    worker = harbour.start("slow=0.005" if killed else "slow=0", metrics_port=port)
    harbour.tick(at("17:00"))
    until(lambda: harbour.outcomes() == _expected(events), what="outcomes without a suspension")
    storm = [
        _said("CNSHD", "declared", "10:20", event_id="storm", recorded_at=at("17:10")),
        _said("LPCT", "declared", "12:00", event_id="stop", recorded_at=at("17:20")),
        _said("CNSHD", "lifted", "10:40", event_id="calm", recorded_at=at("17:30")),
        _said("LPCT", "declared", "17:40", event_id="no", retracts="stop"),
    ]
    expected = _expected([*events, *storm])
    assert expected != _expected(events)
    seen = len(harbour.records("stage-dwells"))
    harbour.send(storm)
    if killed:
        until(lambda: len(harbour.records("stage-dwells")) > seen, what="units judged again")
        worker.kill()
        worker.wait()
        harbour.start(metrics_port=port)
    harbour.tick(END)

    until(lambda: harbour.outcomes() == expected, what="the judge's outcomes")
    again = [Outcome.model_validate_json(r.value) for r in harbour.records("stage-dwells")[seen:]]
    causes = {outcome.cause.id for outcome in again if outcome.cause}
    assert {"lyg-tos/storm", "lyg-tos/calm"} <= causes
    until(lambda: _places(harbour.metrics(port)) == [2] * 4, what="two places in each partition")
    copies = until(lambda: _copies(harbour, 3 * len(storm)), what="a copy in each partition")
    assert killed or len(copies) == 3 * len(storm)
    if not killed:
        copied = 'timing_records_ended_total{ending="copy"}'
        assert harbour.metrics(port)[copied] == len(copies)


def _said(place: str, what: str, when: str, **fields: Any) -> Event:
    return about(place, f"suspension-{what}", when, port="CNSHD", **fields)


def _copies(harbour: Any, at_least: int) -> list[Any]:
    """The copies in the log, or none while there are fewer."""
    records = harbour.records(TERMINAL_EVENTS.name)
    copies = [r for r in records if dict(r.headers).get("copy-of")]
    return copies if len(copies) >= at_least else []


def _places(metrics: dict[str, float]) -> list[float]:
    return [n for name, n in metrics.items() if name.startswith("timing_places_known_count{")]
