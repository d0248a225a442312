"""What EPCIS events mean: names, errors declared, gates."""

from typing import Any

import orjson
import pytest

from events.dialects.decoded import Decoded
from events.dialects.epcis import Profile, decode
from events.dialects.epcis.meaning import bare, steps
from events.dialects.epcis.testing import PROFILE, document
from events.envelope import Event
from events.testing import at, event
from events.vocabulary import Kind
from timing.corrections import standing
from timing.testing import remembered

RFID = Profile.read(PROFILE)


def told(**fields: Any) -> dict[str, Any]:
    one = event("gated-in", "10:00", source="lyg-rfid", event_id="e", recorded_at=at("10:01"))
    said: dict[str, Any] = orjson.loads(document([one]))["epcisBody"]["eventList"][0]
    return {**said, **fields}


def read(*events: dict[str, Any]) -> Decoded:
    return decode(orjson.dumps(list(events)), RFID)


def names(decoded: Decoded) -> list[str]:
    return [each.reported.event_id for each in decoded.events]


def test_an_event_without_a_name_is_named_by_what_it_says() -> None:
    nameless = {key: value for key, value in told().items() if key != "eventID"}
    error = {"errorDeclaration": {"declarationTime": "2026-03-02T04:00:00Z"}}
    again = {**nameless, "recordTime": "2026-03-02T03:00:00Z", **error}
    other = {**nameless, "eventTime": "2026-03-02T02:00:01Z"}
    one, same, another = names(read(nameless, again, other))
    assert (one.startswith("sha256:"), one == same, one == another) == (True, True, False)


def test_units_of_one_event_are_events_of_their_own() -> None:
    boxes = [f"urn:epc:id:bic:{number}" for number in ("CSNU6351189", "FCIU5029162", "CSNU6351189")]
    assert names(read(told(epcList=boxes))) == ["e/CSNU6351189", "e/FCIU5029162"]


def stand(*events: Event) -> list[str]:
    """Which of these reports stand in the law."""
    return [fact.event_id for fact in standing(remembered(events).reports).facts]


def test_what_was_declared_an_error_falls_and_what_corrects_it_stands() -> None:
    wrong = event("loaded", "10:00", source="lyg-rfid", event_id="w", recorded_at=at("10:01"))
    declared = wrong.model_copy(update={"retracts": "w", "recorded_at": at("11:00")})
    right = event("loaded", "10:10", source="lyg-rfid", event_id="r", recorded_at=at("11:00"))
    decoded = decode(document([wrong, declared, right]), RFID)
    first, error, better = (Event.model_validate_json(each.data) for each in decoded.events)
    assert stand(first) == ["w"]
    assert stand(first, error) == stand(error, first) == []
    assert stand(first, error, better) == stand(better, error, first) == ["r"]


def test_a_step_has_three_spellings() -> None:
    spelled = (
        "arriving",
        "urn:epcglobal:cbv:bizstep:arriving",
        "https://ref.gs1.org/cbv/BizStep-arriving",
    )
    assert {bare(word) for word in spelled} == {"arriving"}


@pytest.mark.parametrize(
    ("point", "kind"), [("in", Kind.GATED_IN), ("out", Kind.GATED_OUT), ("quay", None)]
)
def test_a_gate_leads_where_the_profile_says(point: str, kind: Kind | None) -> None:
    decoded = read(told(readPoint={"id": point}))
    assert list(decoded.kinds) == ([kind] if kind else [])
    assert [refused.why for refused in decoded.refusals] == ([] if kind else ["unknown-place"])


def test_a_profile_may_mean_something_else_by_a_step_or_nothing() -> None:
    own = Profile.read('steps = {packing = "", shipping = "departed"}\n' + PROFILE)
    texts = [
        orjson.dumps(told(bizStep=step, readPoint={"id": "quay"}))
        for step in ("packing", "shipping")
    ]
    none, departed = (decode(text, own) for text in texts)
    assert [refused.why for refused in none.refusals] == ["not-for-us"]
    assert list(departed.kinds) == [Kind.DEPARTED]


def test_every_step_of_the_table_is_a_word_of_ours() -> None:
    for step in steps().values():
        assert all(Kind(word) for word in (step.kind, step.rail, step.air, step.out) if word)
