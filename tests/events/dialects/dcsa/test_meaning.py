"""What DCSA events come to: the table of codes; and in the law, overridden and retracted ones."""

from itertools import permutations

import orjson
import pytest

from events.dialects.dcsa import Profile, decode
from events.dialects.dcsa.meaning import codes
from events.dialects.dcsa.shapes import CODED, NAMED
from events.dialects.dcsa.testing import PROFILE, document
from events.dialects.troubles import Trouble
from events.envelope import Event
from events.testing import at, event
from events.vocabulary import Kind
from timing.corrections import standing
from timing.testing import remembered

MSK = Profile.read(PROFILE)

IN = event("gated-in", "08:00", source="msk", event_id="in", recorded_at=at("08:01"))
ORDERED = event("inspection-ordered", "09:00", source="msk", event_id="o", recorded_at=at("09:01"))
WRONG = event("inspection-ended", "09:30", source="msk", event_id="x", recorded_at=at("09:31"))
BETTER = event("inspection-ended", "09:40", source="msk", event_id="x", recorded_at=at("09:50"))
GONE = WRONG.model_copy(update={"retracts": "x", "recorded_at": at("09:45")})


def read(*events: Event) -> list[Event]:
    decoded = decode(document(events, CODED), MSK)
    return [Event.model_validate_json(told.data) for told in decoded.events]


def stand(*events: Event) -> list[tuple[str, int]]:
    """What stands of these reports in the law: what happened, and when."""
    return [(fact.kind, fact.occurred_at) for fact in standing(remembered(events).reports).facts]


@pytest.mark.parametrize(
    ("told", "comes_to"),
    [
        ((WRONG, BETTER), (BETTER,)),
        ((WRONG, GONE), ()),
        ((WRONG, GONE, BETTER), (BETTER,)),
    ],
    ids=["overridden", "retracted", "stated again"],
)
def test_an_event_stands_as_it_was_last_updated_in_whatever_order_it_comes(
    told: tuple[Event, ...], comes_to: tuple[Event, ...]
) -> None:
    expected = stand(IN, ORDERED, *comes_to)
    assert len(expected) == 2 + len(comes_to)
    for order in permutations(read(IN, ORDERED, *told)):
        assert stand(*order) == expected


def test_codes_and_names_come_to_the_same() -> None:
    assert {len(word) for _, word in codes()} >= {4}
    for (family, word), code in codes().items():
        assert codes()[family, code.code] == codes()[family, code.name] == code
        assert word in (code.code, code.name)
        assert bool(code.kind) != bool(code.instead) or code.only
        assert all(Kind(kind) for kind in (code.kind, code.rail) if kind)


def _one(**classification: str) -> dict[str, object]:
    return {
        "eventID": "e",
        "eventDateTime": "2026-03-02T09:00:00Z",
        "eventLocation": {"UNLocationCode": "CNLYG"},
        "eventClassification": classification,
        "equipmentDetails": {"equipmentReference": "CSNU6351189"},
    }


@pytest.mark.parametrize("word", sorted({code.name for code in codes().values()}))
def test_every_row_of_the_table_ends_as_its_row_says(word: str) -> None:
    rows = [(family, code) for (family, w), code in codes().items() if w == word]
    for family, code in rows:
        said = _one(
            eventType=family, eventClassifier="ACTUAL", **{f"{family.lower()}EventType": word}
        )
        said["shipmentDetails"] = {"documentReference": {"type": "CUSTOMS_CLEARANCE"}}
        decoded = decode(orjson.dumps({"events": [said]}), MSK)
        if code.kind is None:
            assert [r.why for r in decoded.refusals] == [Trouble.NOT_FOR_US]
            assert code.instead in decoded.refusals[0].detail
        elif code.ahead:
            assert [a.kind for a in decoded.announcements] == [code.kind]
        else:
            assert dict(decoded.kinds) == {code.kind: 1}


def test_parties_tell_events_of_one_name_apart() -> None:
    said = _one(eventType="EQUIPMENT", eventClassifier="ACTUAL", equipmentEventType="GATED_IN")
    parties = [
        {"partyCode": code, "codeListProvider": "SMDG", "codeListName": "LCL"} for code in "AB"
    ]
    names = []
    for routing in (
        {"originatingParty": parties[0]},
        {"originatingParties": parties[:1]},
        {"originatingParties": parties},
        {"originatingParties": parties[::-1]},
        {},
    ):
        decoded = decode(orjson.dumps({**said, "eventRouting": routing}), MSK)
        names.append(decoded.events[0].reported.event_id)
    assert names == ["SMDG.LCL.A/e"] * 2 + ["SMDG.LCL.A+SMDG.LCL.B/e"] * 2 + ["e"]


def test_at_the_customer_s_place_no_gate_of_ours_is_passed() -> None:
    said = _one(eventType="EQUIPMENT", eventClassifier="ACTUAL", equipmentEventType="GATED_IN")
    said["eventLocation"] = {"UNLocationCode": "CNLYG", "facilityType": "CUSTOMER_LOCATION"}
    (refused,) = decode(orjson.dumps(said), MSK).refusals
    assert refused.why is Trouble.NOT_FOR_US


def test_a_withdrawn_plan_is_no_plan() -> None:
    plan = event("loaded", "10:00", source="msk", event_id="p", retracts="p")
    (said,) = decode(document([plan], NAMED, "PLN"), MSK).announcements
    assert said.said["withdrawn"] is True
    assert (said.document, said.withdrawn, said.recorded_at) == ("p", True, plan.recorded_at)
