"""What the board takes of a record, and what it passes over."""

import pytest

from events.codec import encode
from events.dead_letters import LOOKED_AT, Refused, Settled, to_headers
from events.testing import MORNING, at, box, event, examples, tick
from events.topics import COPY_OF, SPLIT_OF
from serving.board.feeds import Heard
from serving.feed.decoding import Letter, read_event, read_letter, read_tick


def _heard(value: bytes | None, *marks: str) -> Heard | None:
    return read_event("t", value, [(mark, b"") for mark in marks], 1_772_416_800_999)


def test_an_event_tells_its_source_its_times_and_where_its_unit_stands() -> None:
    told = event("move-ended", "10:00", unit=box(1), spot="A12-03", source="tos")
    ten = int(at("10:00").timestamp())
    assert _heard(encode(told)) == Heard(
        *("tos", "t", 1_772_416_800, ten, "CNLYG", box(1), "A12-03"),
    )


def test_a_message_about_many_units_is_heard_and_places_none_of_them() -> None:
    one = encode(event("released", "10:00", unit=box(1), spot="A1"))
    many = one.replace(b'"unit":', b'"was":')
    heard = _heard(many)
    assert heard is not None
    assert (heard.unit_id, heard.spot) == ("", None)


@pytest.mark.parametrize("mark", [SPLIT_OF, COPY_OF])
def test_what_workers_send_on_is_no_word_of_the_source(mark: str) -> None:
    assert _heard(encode(event("released", "10:00")), mark) is None
    assert _heard(encode(event("released", "10:00")), "replay-of") is not None


@pytest.mark.parametrize("written", ["2026-03-02T10:00+08:00", "2026-03-02T02:00:00.5Z"])
def test_every_spelling_of_the_contract_is_read(written: str) -> None:
    value = encode(event("released", "10:00")).replace(b"2026-03-02T02:00:00Z", written.encode())
    heard = _heard(value)
    assert heard is not None
    assert heard.occurred_at == int(at("10:00").timestamp())


def test_every_example_of_an_event_is_heard() -> None:
    kept = examples("terminal-events", "customs-events", "rail-water-events")
    assert len(kept) > 10
    assert [one.name for one in kept if _heard(one.data) is None] == []


def test_a_local_time_is_no_event_here_either() -> None:
    value = encode(event("released", "10:00")).replace(b"2026-03-02T02:00:00Z", b"2026-03-02T10:00")
    assert _heard(value) is None


def test_a_tick_tells_event_time() -> None:
    assert read_tick(encode(tick("10:00"))) == int(at("10:00").timestamp())


def _refused(topic: str = "customs-events") -> list[tuple[str, bytes]]:
    said = {"topic": topic, "partition": 3, "offset": 5, "reason": "broken-json",
            "detail": "d", "remedy": "r", "received_at": MORNING}  # fmt: skip
    return to_headers(Refused.model_validate(said))


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (b'{"source": "lyg-tos", "kind": 7', "lyg-tos"),
        (b'\xff\xfe{"source" :"lyg"', "lyg"),
        ('{"source":"港"}'.encode(), "港"),
        (b'{"source": "a\\"b"}', ""),
        (b'{"source": 7}', ""),
        (b"", ""),
        (b" " * LOOKED_AT + b'{"source": "far"}', ""),
        (b'{"source": "' + b"x" * 65 + b'"}', ""),
    ],
)
def test_a_refusal_names_the_topic_and_the_source_where_its_bytes_do(
    value: bytes, source: str
) -> None:
    assert read_letter(value, _refused()) == Letter("customs-events", source)


def test_a_settlement_is_no_refusal() -> None:
    settled = Settled(settles="customs-events/3/5", settled_at=MORNING)
    assert read_letter(None, to_headers(settled)) is None
    assert read_letter(b"{}", [("other", b"x")]) is None
