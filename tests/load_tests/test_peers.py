"""The comparison with other engines: the same messages for all, and a checksum that tells."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from events.codec import decode
from events.refusals import InvalidEvent
from events.vocabulary import UnitType
from load_tests.peers import contest, durations, environments, messages, table
from load_tests.peers.contest import Plan, Result, play
from load_tests.peers.engines.topic import PARTITIONS
from load_tests.peers.job import REMEMBERED_MAX, CountingJob, Remembering, TimingJob, key_of, read
from load_tests.peers.messages import Accounts, Message
from load_tests.peers.peers import BARE, FLOOR, OURS, PEERS, Peer
from portclock.traffic.feed import Sent
from streams.plane.batches import partition_of
from timing import memory

COUNT = 400
EXAMPLES = environments.ROOT / "events" / "examples"


@pytest.fixture(scope="module")
def made() -> list[Message]:
    return messages.messages(COUNT, Accounts())


def by_name(*names: str, job: str = "law") -> list[Peer]:
    return [peer for peer in PEERS if peer.name in names and job in peer.jobs]


# -- the messages


def test_a_message_is_for_one_unit_and_stands_in_its_partition(made: list[Message]) -> None:
    read_ones = 0
    for message in made:
        try:
            (event,) = decode(message.value)
        except InvalidEvent:
            continue
        read_ones += 1
        assert b'"units"' not in message.value
        assert event.unit.type is not UnitType.PLACE
        assert message.key == event.unit.id.encode()
        assert message.partition == partition_of(message.key, PARTITIONS)
    assert COUNT * 0.9 < read_ones < COUNT


def test_the_same_messages_are_made_again_and_a_longer_list_begins_with_them(
    made: list[Message],
) -> None:
    assert messages.messages(COUNT, Accounts()) == made
    longer = messages.messages(2 * COUNT, Accounts())
    assert len(longer) == 2 * COUNT


def test_what_is_left_out_of_the_traffic_is_counted() -> None:
    accounts = Accounts()
    sent = [
        sent_example(name)
        for name in (
            "customs-events/manifest-declared.many-units",
            "terminal-events/suspension-declared.late",
            "refused/missing-field.port",
        )
    ]
    made = list(messages.prepared(sent, accounts))
    assert accounts.counts == {"split": 1, "about a place": 1, "refused": 1}
    units = orjson.loads(sent[0].value)["units"]
    assert [m.key.decode() for m in made[:-1]] == [unit["id"] for unit in units]
    assert len(units) > 1
    assert made[-1].value == sent[-1].value


def sent_example(name: str) -> Sent:
    value = (EXAMPLES / f"{name}.json").read_bytes()
    return Sent("terminal-events", b"some key", value, datetime(2190, 1, 1, tzinfo=UTC))


def test_the_file_of_lines_has_the_accepted_messages_alone(
    made: list[Message], tmp_path: Path
) -> None:
    accepted = messages.write_lines(tmp_path / "lines", made)
    lines = (tmp_path / "lines").read_bytes().splitlines()
    assert len(lines) == accepted < COUNT
    assert all(decode(line) for line in lines)


# -- the job


def told(made: list[Message], job: TimingJob, remembering: Remembering | None) -> list[bytes]:
    """All words, with the state kept as objects or as bytes; those of one step sorted, since the
    order within a step is not promised."""
    known: dict[str, object] = {}
    kept: dict[str, bytes] = {}
    said = []
    for message in made:
        event = read(message.value, message.stamp_ms)
        if event is None:
            continue
        unit = key_of(event)
        before = remembering.unpack(unit, kept.get(unit)) if remembering else known.get(unit)
        known[unit], words = job.step(before, event)
        if remembering and known[unit] is not None:
            kept[unit] = remembering.pack(unit, known[unit])
        said += sorted(word.value for word in words)
    return said


class Forgetful(Remembering):
    """Remembers nothing: every state is read from its bytes."""

    def unpack(self, key: str, data: bytes | None) -> object:
        return None if data is None else memory.unpack(data)


def test_a_state_kept_as_bytes_leads_to_the_same_words(made: list[Message]) -> None:
    job = TimingJob()
    by_objects = told(made, job, None)
    assert len(by_objects) > COUNT
    assert told(made, job, Remembering(job)) == by_objects
    assert told(made, job, Forgetful(job)) == by_objects


def test_what_is_remembered_counts_only_while_the_bytes_are_the_same() -> None:
    remembering = Remembering(CountingJob())
    data = remembering.pack("unit", 3)
    assert remembering.unpack("unit", data) == 3
    assert remembering.unpack("unit", b"2") == 2
    assert remembering.unpack("unit", None) is None


def test_no_more_is_remembered_than_the_bound() -> None:
    remembering = Remembering(CountingJob())
    for unit in range(REMEMBERED_MAX + 5):
        remembering.pack(str(unit), unit)
    assert len(remembering._known) == REMEMBERED_MAX
    assert "4" not in remembering._known


def test_a_null_law_that_lost_a_state_comes_to_another_sum() -> None:
    whole, broken = CountingJob(), CountingJob()
    count = None
    for _ in range(4):
        count, words = whole.step(count, None)
        assert words == []
    broken.step(None, None)
    for _ in range(3):
        broken.step(None, None)
    assert (whole.sum, broken.sum) == (10, 4)


def test_plain_durations_go_from_the_first_opener_to_the_last_closer() -> None:
    def line(kind: str, at: str) -> bytes:
        place, unit = '{"port":"CNTXG"}', '{"id":"CSQU3054383"}'
        return (
            f'{{"kind":"{kind}","occurred_at":"2026-03-02T{at}:00Z","place":{place},"unit":{unit}}}'
        ).encode()

    one = [line("arrived", "08:00"), line("discharged", "09:00"), line("discharged", "10:00")]
    assert durations.by_python([line("arrived", "08:00")]) == (0, 0)
    count, checksum = durations.by_python(one)
    assert count == 1
    assert durations.by_python(reversed(one)) == (count, checksum)
    assert durations.by_python([*one[:2], line("discharged", "10:01")]) != (count, checksum)


# -- the table


def run(peer: str, number: int, cpu_s: float | None, checksum: int = 7) -> Result:
    failure = "" if cpu_s is not None else "died"
    return Result(peer, "law", number, 1_000_000, cpu_s, checksum=checksum, failure=failure)


def test_a_ratio_is_the_median_over_the_rounds_in_which_both_ran() -> None:
    results = [
        run(OURS, 0, 10.0), run(BARE, 0, 20.0),
        run(OURS, 1, 10.0), run(BARE, 1, 30.0),
        run(OURS, 2, 10.0), run(BARE, 2, 90.0),
        run(OURS, 3, 10.0), run(BARE, 3, None),
    ]  # fmt: skip
    assert table.ratio(results, OURS, BARE) == 3.0
    assert table.ratio(results, OURS, "nobody") is None


@pytest.mark.parametrize(
    ("mine", "answer"),
    [
        ([run(OURS, 0, 1.0), run(OURS, 1, 1.0)], "yes"),
        ([run(OURS, 0, 1.0), run(OURS, 1, 1.0, checksum=8)], "NO"),
        ([run(OURS, 0, 1.0), run(OURS, 1, None)], "failed"),
    ],
)
def test_a_peer_agrees_only_if_every_round_came_to_what_the_floor_came_to(
    mine: list[Result], answer: str
) -> None:
    floor = [run(FLOOR, 0, 1.0), run(FLOOR, 1, 1.0)]
    assert table.agreed([*floor, *mine], OURS) == answer


def test_without_a_floor_nobody_agrees() -> None:
    assert table.agreed([run(OURS, 0, 1.0)], OURS) == "unknown"


def test_the_table_has_the_cheapest_first_and_the_failed_last() -> None:
    results = [run(OURS, 0, 5.0), run(BARE, 0, 4.0), run(FLOOR, 0, None)]
    lines = table.printed(results, by_name(OURS, BARE, FLOOR)).splitlines()
    assert [line.split()[1] for line in lines[2:]] == [BARE, OURS, FLOOR]
    assert len({len(line) for line in lines}) == 1
    assert "failed" in lines[-1]


# -- the rounds


def test_every_peer_runs_once_in_a_round_and_the_rounds_differ() -> None:
    peers = by_name(*(peer.name for peer in PEERS))
    orders = [contest._turned(peers, number) for number in range(3)]
    assert all(sorted(order) == sorted(peers) for order in orders)
    assert len({tuple(order) for order in orders}) == 3


def test_every_peer_has_an_engine_and_an_environment() -> None:
    for peer in PEERS:
        assert (environments.HERE / "engines" / f"{peer.module}.py").exists()
        assert (environments.REQUIREMENTS / f"{peer.environment}.txt").exists()


def test_requirements_name_no_address() -> None:
    for file in environments.REQUIREMENTS.glob("*.txt"):
        assert "://" not in file.read_text()
        assert "index" not in file.read_text()


def test_a_peer_is_bound_by_our_versions_except_where_it_says_so() -> None:
    ours, theirs = environments.constraints_for("confluent"), environments.constraints_for("flink")
    assert "\nnumpy==" in ours
    assert "\nnumpy==" not in theirs
    assert "\npydantic==" in theirs


def test_an_environment_is_made_anew_when_a_version_that_concerns_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = environments.fingerprint("confluent")
    constraints = tmp_path / "constraints.txt"
    monkeypatch.setattr(environments, "CONSTRAINTS", constraints)
    text = Path(environments.ROOT / "constraints.txt").read_text()
    constraints.write_text(text + "somebody-else==1\n")
    assert environments.fingerprint("confluent") == before
    constraints.write_text(text.replace("\npydantic==", "\npydantic==99."))
    assert environments.fingerprint("confluent") != before


@pytest.fixture
def plans(made: list[Message], tmp_path: Path) -> dict[str, Plan]:
    """Run in this environment, which has Faust and aiokafka."""
    file, lines = tmp_path / "messages", tmp_path / "lines"
    messages.write(file, made)
    messages.write_lines(lines, made)
    return {
        job: Plan(made, file, lines, job, "tansu", lambda name: Path(sys.executable))
        for job in ("law", "null", "durations")
    }


@pytest.mark.parametrize(
    ("job", "names"),
    [("law", (FLOOR, OURS, "aiokafka", "faust")), ("null", (FLOOR, OURS))],
)
def test_who_runs_here_comes_to_the_same_as_the_floor(
    plans: dict[str, Plan], job: str, names: tuple[str, ...]
) -> None:
    peers = by_name(*names, job=job)
    results = play(plans[job], peers, 0)
    assert [result.failure for result in results] == [""] * len(names)
    assert [table.agreed(results, peer.name) for peer in peers] == ["yes"] * len(names)
    floor = next(result for result in results if result.peer == FLOOR)
    assert (floor.words > COUNT) == (job == "law")
    assert (floor.counted > COUNT) == (job == "null")


def test_clickhouse_finds_the_durations_that_python_finds(plans: dict[str, Plan]) -> None:
    peers = by_name(FLOOR, "clickhouse", job="durations")
    results = play(plans["durations"], peers, 0)
    assert [table.agreed(results, peer.name) for peer in peers] == ["yes"] * 2
    assert results[0].words > 0


def test_an_engine_that_dies_is_a_failure_with_its_last_words(plans: dict[str, Plan]) -> None:
    (peer,) = by_name(FLOOR)
    (result,) = play(plans["law"], [peer._replace(module="nowhere")], 0)
    assert result.cpu_s is None
    assert "nowhere" in result.failure
