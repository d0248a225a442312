"""The traffic as a whole: reproducible, growing, in order, countable, and complete in a file."""

from collections import Counter
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from events.codec import decode
from events.refusals import InvalidEvent, Reason
from portclock.replay import address
from portclock.traffic.feed import (
    START,
    Injected,
    Sent,
    read_lines,
    traffic,
    write_lines,
)
from portclock.traffic.flows import read_sample
from portclock.traffic.hostile import HONEST, Fault

VISITS = 900


@pytest.fixture(scope="module")
def injected() -> Injected:
    return Injected()


@pytest.fixture(scope="module")
def messages(injected: Injected) -> list[Sent]:
    return list(traffic(VISITS, injected=injected))


def test_the_same_arguments_give_the_same_bytes(messages: list[Sent]) -> None:
    assert list(traffic(VISITS)) == messages
    assert [sent.value for sent in traffic(50, 1)] != [sent.value for sent in traffic(50, 2)]


def test_a_longer_traffic_has_every_message_of_a_shorter_one_in_the_same_order(
    messages: list[Sent],
) -> None:
    longer = iter(messages)
    for sent in traffic(200):
        assert any(sent.value == other.value for other in longer)


def test_the_start_moves_everything_and_changes_nothing_else() -> None:
    later = START + timedelta(days=30)
    moved = [sent.sent_at - timedelta(days=30) for sent in traffic(40, start=later)]
    assert moved == [sent.sent_at for sent in traffic(40)]


def test_messages_are_sent_in_order_from_the_start_for_about_three_weeks() -> None:
    moments = [sent.sent_at for sent in traffic(5000, rates=HONEST)]
    assert moments == sorted(moments)
    assert START <= moments[0] < START + timedelta(days=1)
    assert timedelta(days=14) < moments[int(0.999 * len(moments))] - moments[0]
    assert moments[int(0.999 * len(moments))] - moments[0] < timedelta(days=21)
    assert moments[-1] - moments[0] < timedelta(days=25)


def test_more_visits_than_the_sample_has_go_on_in_order() -> None:
    size = len(read_sample().flows)
    sent = list(traffic(size + 300, rates=HONEST))
    assert all(decode(one.value)[0].recorded_at == one.sent_at for one in sent[::17])
    assert [one.sent_at for one in sent] == sorted(one.sent_at for one in sent)
    assert len({one.value for one in sent}) == len(sent)


def test_what_was_injected_is_counted(messages: list[Sent], injected: Injected) -> None:
    refused: Counter[Reason] = Counter()
    for sent in messages:
        try:
            decode(sent.value)
        except InvalidEvent as error:
            refused[error.refusal.reason] += 1
    assert refused == injected.refusals
    assert refused.total() == injected.faults[Fault.POISON] > 10
    assert len(messages) == injected.messages
    good = Counter(sent.value for sent in messages if sent.key)
    assert good.total() - len(good) == injected.faults[Fault.DUPLICATE]
    one_more = (
        Fault.DUPLICATE,
        Fault.SUPERSEDED,
        Fault.REWRITTEN,
        Fault.RETRACTED,
        Fault.RETRACTED,
        Fault.POISON,
    )
    added = sum(injected.faults[fault] for fault in one_more)
    assert injected.messages == injected.reports + added - injected.faults[Fault.MISSING_END]


def test_a_file_of_bare_lines_is_enough_to_send_it_again(
    messages: list[Sent], tmp_path: Path
) -> None:
    file = tmp_path / "events.jsonl"
    assert write_lines(file, messages) == len(messages)
    lines = list(read_lines(file))
    assert lines == [sent.value for sent in messages]
    now = START.astimezone(UTC)
    for sent, line in zip(messages, lines, strict=True):
        parts = address(line)
        now = max(now, parts[0].at or now)
        assert ({part.topic for part in parts}, now) == ({sent.topic}, sent.sent_at)
        if len(parts) == 1:
            assert parts[0].key == sent.key
