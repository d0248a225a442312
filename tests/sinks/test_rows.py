"""Rows lose nothing: an outcome that went through a table is the same outcome, byte for byte."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.alerts import AlertDeed, Delivery
from events.codec import canonical, encode
from events.dead_letters import Refused, Settled
from events.outcomes import Alert, Because, EventFate, Outcome
from events.testing import MORNING, alert, box, event, examples, fate, limit, outcome
from events.vocabulary import Cause, Direction, Mode, Party, Verdict
from sinks.memory import MemoryStore
from sinks.read import canonical_lines, outcomes
from sinks.rows import (
    OFFSETS_MAX,
    StageDwell,
    alert_row,
    deed_of,
    deed_row,
    delivery_row,
    fate_row,
    opened_at_of,
    outcome_of,
    outcome_row,
    refusal_row,
    version_of,
)
from sinks.store import Store
from sinks.tables import DWELLS

_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_SECONDS = st.integers(0, 2**64 - 1)
_INSTANTS = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2199, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0))
_EXTRA = st.dictionaries(
    _WORDS.filter(lambda name: name not in ("type", "id")),
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _WORDS,
    max_size=2,
)
_UNITS = st.one_of(
    st.integers(0, 9).map(lambda n: {"type": "container", "id": box(n)}),
    st.builds(
        lambda name, extra: {**extra, "type": "lot", "id": name},
        st.text("AZ09-货", min_size=1, max_size=8),
        _EXTRA,
    ),
)
_LIMITS = st.fixed_dictionaries(
    {"id": _WORDS.filter(bool), "edition": _WORDS, "kind": _WORDS, "limit_s": _SECONDS}
)
_BY_PARTY = st.dictionaries(st.sampled_from(Party), _SECONDS)
_CAUSES = st.fixed_dictionaries({"what": st.sampled_from(Cause), "id": st.none() | _WORDS})


@st.composite
def _outcomes(draw: st.DrawFn) -> Outcome:
    unit, opened_at = draw(_UNITS), draw(_INSTANTS)
    told: dict[str, Any] = {
        "visit_id": f"CNLYG/{unit['id']}/{opened_at:%Y%m%dT%H%M%SZ}",
        "unit": unit,
        "port": draw(st.sampled_from(["CNLYG", "CNSHA"])),
        "facility": draw(st.none() | _WORDS),
        "mode": draw(st.sampled_from(Mode)),
        "direction": draw(st.none() | st.sampled_from(Direction)),
        "stage": draw(_WORDS),
        "occurrence": draw(st.integers(1, 2**32 - 1)),
        "opened_at": opened_at,
        "closed_at": draw(st.none() | _INSTANTS),
        "gross_s": draw(st.none() | _SECONDS),
        "net_s": draw(st.none() | _SECONDS),
        "held_s": draw(_BY_PARTY),
        "split_s": draw(_BY_PARTY),
        "age_s": draw(st.none() | _SECONDS),
        "verdict": draw(st.sampled_from(Verdict)),
        "limit": draw(st.none() | _LIMITS),
        "deadline_at": draw(st.none() | _INSTANTS),
        "answers": draw(st.sampled_from([*Party, "all"])),
        "decided_at": draw(_INSTANTS),
        "revision": draw(st.integers(1, 2**32 - 1)),
        "definition": draw(st.none() | _WORDS),
        "flags": draw(st.lists(_WORDS, max_size=3)),
        "event_ids": draw(st.lists(_WORDS, max_size=3)),
        "cause": draw(st.none() | _CAUSES),
    }
    return Outcome.model_validate(told)


@given(_outcomes())
def test_outcome_survives_its_row(published: Outcome) -> None:
    row = outcome_row(published, 7)
    assert encode(outcome_of(row)) == encode(published)
    assert row.version == 7
    assert row.withdrawn == (published.verdict is Verdict.VOID)
    assert len(row) == len(DWELLS.columns)


_TOKENS = count()
_MODEL = pytest.StashKey[MemoryStore]()


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(_outcomes(), min_size=1, max_size=10))
def test_outcomes_survive_the_table(
    store: Store, request: pytest.FixtureRequest, published: list[Outcome]
) -> None:
    """The table and a model of it get the same inserts, one upon the other, and never differ."""
    model = request.node.stash.setdefault(_MODEL, MemoryStore())
    first = next(_TOKENS) * 100
    rows = [outcome_row(one, first + place) for place, one in enumerate(published)]
    for keeper in (store, model):
        keeper.insert(DWELLS, rows, f"t{first}")
    lines = canonical_lines(store)
    assert lines == canonical_lines(model)
    last = published[-1]
    assert (canonical(last) in lines) == (last.verdict is not Verdict.VOID)
    assert list(map(encode, outcomes(store))) == list(map(encode, outcomes(model)))


@pytest.mark.parametrize("example", examples("stage-dwells"), ids=lambda example: example.name)
def test_every_example_survives(example: Any) -> None:
    published = Outcome.model_validate_json(example.data)
    assert encode(outcome_of(outcome_row(published, 0))) == encode(published)


@pytest.mark.parametrize("example", examples("limit-alerts"), ids=lambda example: example.name)
def test_alert_has_its_place_and_its_limit(example: Any) -> None:
    told = Alert.model_validate_json(example.data)
    row = alert_row(told, 3)
    assert (row.alert_id, row.state, row.version) == (told.alert_id, told.state, 3)
    assert (row.limit_id, row.limit_edition, row.limit_kind, row.limit_s) == (
        *(told.limit.id, told.limit.edition, told.limit.kind, told.limit.limit_s),
    )
    assert row.visit_opened_at == opened_at_of(told.visit_id)
    assert (row.raised_at, row.deadline_at) == (told.raised_at, told.deadline_at)
    assert told.cause
    assert (row.cause_what, row.cause_id) == (told.cause.what.value, told.cause.id)
    assert alert_row(told.model_copy(update={"cause": None}), 3)[-3:] == (None, None, 3)


@pytest.mark.parametrize("example", examples("alert-deeds"), ids=lambda example: example.name)
def test_deed_survives_its_row(example: Any) -> None:
    told = AlertDeed.model_validate_json(example.data)
    row = deed_row(told, 5)
    assert encode(deed_of(row)) == encode(told)
    assert (row.visit_opened_at, row.version) == (opened_at_of(told.visit_id), 5)


@pytest.mark.parametrize("example", examples("alert-deliveries"), ids=lambda example: example.name)
def test_delivery_survives_its_row(example: Any) -> None:
    told = Delivery.model_validate_json(example.data)
    said = {**delivery_row(told, 6)._asdict()}
    assert said.pop("version") == 6
    assert Delivery.model_validate(said) == told


@pytest.mark.parametrize("example", examples("event-fates"), ids=lambda example: example.name)
def test_fate_has_its_event_and_its_visit(example: Any) -> None:
    told = EventFate.model_validate_json(example.data)
    row = fate_row(told, 4)
    assert (row.source, row.event_id, row.fate) == (told.source, told.event_id, told.fate)
    assert (row.port, row.unit_id, row.visit_id) == (told.port, told.unit.id, told.visit_id)


def test_refusal_keeps_the_bytes() -> None:
    letter = Refused.model_validate(
        {
            "topic": "terminal-events", "partition": 3, "offset": 41877, "reason": "broken-json",
            "detail": "unexpected end", "remedy": "send JSON", "received_at": MORNING,
        }
    )  # fmt: skip
    row = refusal_row(letter, b"\x00key", b"\xff\xfe{", 9)
    assert (row.topic, row.partition, row.offset, row.record) == (
        *("terminal-events", 3, 41877, "refusal"),
    )
    assert (row.reason, row.message_key, row.message) == ("broken-json", b"\x00key", b"\xff\xfe{")
    assert (row.received_at, row.settled_at, row.version) == (MORNING, None, 9)


def test_settlement_stands_at_the_place_it_settles() -> None:
    letter = Settled(settles="terminal-events/3/41877", settled_at=MORNING)
    row = refusal_row(letter, None, b"", 10)
    assert (row.topic, row.partition, row.offset, row.record) == (
        *("terminal-events", 3, 41877, "settlement"),
    )
    assert row.settled_at == MORNING


def test_fields_that_no_rule_reads_are_kept() -> None:
    told = outcome("box-move", "10:00", unit=box(1))
    odd = told.model_copy(
        update={"unit": told.unit.model_validate({**told.unit.model_dump(), "seal": "X1"})}
    )
    row = outcome_row(odd, 0)
    assert row.unit_extra == '{"seal":"X1"}'
    assert outcome_row(told, 0).unit_extra == ""
    assert outcome_of(row) == odd


def test_stage_without_a_limit_has_an_empty_one() -> None:
    row = outcome_row(outcome("box-move", "10:00", "10:30"), 0)
    assert (row.limit_id, row.limit_edition, row.limit_kind, row.limit_s) == ("", "", "", 0)
    assert outcome_of(row).limit is None


def test_cause_that_is_time_is_told_from_no_cause() -> None:
    causes = [None, {"what": "time", "id": None}, {"what": "event", "id": "lyg-tos/e1"}]
    rows = [outcome_row(outcome("box-move", "10:00", cause=cause), 0) for cause in causes]
    assert [(row.cause_what, row.cause_id) for row in rows] == [
        (None, None),
        ("time", None),
        ("event", "lyg-tos/e1"),
    ]
    assert [outcome_of(row).cause for row in rows] == [
        None if cause is None else Because.model_validate(cause) for cause in causes
    ]


def test_limit_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="empty id"):
        outcome_row(outcome("box-move", "10:00", limit=limit(id="")), 0)


def test_opening_is_read_from_the_visit() -> None:
    assert opened_at_of("CNLYG/LOT7/20260302T001500Z") == datetime(2026, 3, 2, 0, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "visit_id",
    [
        "CNLYG/PCKU0000000",
        "CNLYG/LOT7/20260302T001500",
        "CNLYG/LOT7/20260302T001500+08",
        "CNLYG/LOT7/2026-03-02T00:15Z",
        "CNLYG/LOT7/20260332T001500Z",
        "",
    ],
)
def test_visit_without_an_opening_is_refused(visit_id: str) -> None:
    with pytest.raises(ValueError, match="does not end with its opening instant"):
        opened_at_of(visit_id)


@given(st.integers(0, OFFSETS_MAX - 1), st.integers(0, OFFSETS_MAX - 1), st.integers(0, 2**28 - 2))
def test_later_offsets_and_later_eras_win(one: int, other: int, era: int) -> None:
    assert (version_of(one, era) < version_of(other, era)) == (one < other)
    assert version_of(one, era) < version_of(other, era + 1) < 2**64


@pytest.mark.parametrize("offset", [-1, OFFSETS_MAX])
def test_impossible_offset_is_refused(offset: int) -> None:
    with pytest.raises(ValueError, match="offset"):
        version_of(offset, 0)


def test_words_are_plain_text() -> None:
    """Enums would reach the driver as objects of ours."""
    by_time = {"what": "time", "id": None}
    for row in (
        outcome_row(outcome("box-move", "10:00", held_s={"customs": 5}, cause=by_time), 0),
        alert_row(alert("box-move", "at-risk", "10:20", cause=by_time), 0),
        *(deed_row(AlertDeed.model_validate_json(e.data), 0) for e in examples("alert-deeds")),
        *(
            delivery_row(Delivery.model_validate_json(e.data), 0)
            for e in examples("alert-deliveries")
        ),
        fate_row(fate(event("move-ended", "10:00")), 0),
    ):
        assert not [value for value in row if isinstance(value, str) and type(value) is not str]
    row = outcome_row(outcome("box-move", "10:00", "10:30", held_s={"customs": 5}), 0)
    assert [type(party) for party in (*row.held_s, *row.split_s)] == [str, str]


def test_row_has_the_columns_in_order() -> None:
    assert StageDwell._fields == DWELLS.columns
    opened = opened_at_of(outcome("box-move", "10:00").visit_id)
    assert opened - MORNING == timedelta(hours=2)
