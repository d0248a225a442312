"""Laws of CUSRES."""

import json
from typing import Any

import pytest

from events.dialects.decoded import Decoded
from events.dialects.edifact.profile import shipped
from events.dialects.edifact.reading import decode
from events.dialects.edifact.testing import wrapped
from events.dialects.troubles import Trouble
from events.testing import box

PROFILE = shipped()["customs"]
EQD = f"'EQD+CN+{box()}"
ISSUED = "'DTM+137:202603021259:203"


def read(body: str, bgm: str = "961") -> Decoded:
    message = f"CUSRES:D:95B:UN'BGM+{bgm}+R1+9{body}"
    return decode(wrapped(message, sender="CUSTOMS2300"), PROFILE)


def kinds(decoded: Decoded) -> dict[str, Any]:
    said = [json.loads(told.data) for told in decoded.events]
    return {each["kind"]: each["occurred_at"][11:16] for each in said}


@pytest.mark.parametrize(
    ("decision", "kind"),
    [("5", "inspection-ordered"), ("6", "documents-requested"), ("7", "detained")],
)
def test_what_a_reply_brings_about_happens_when_it_is_issued(decision: str, kind: str) -> None:
    assert kinds(read(f"{ISSUED}'GIS+{decision}{EQD}")) == {kind: "12:59"}
    processed = f"{ISSUED}'DTM+9:202603021230:203'GIS+{decision}{EQD}"
    assert kinds(read(processed)) == {kind: "12:30"}


def test_a_release_happens_when_it_says_and_not_when_the_reply_is_issued() -> None:
    assert kinds(read(f"{ISSUED}'GIS+4'DTM+204:202603021201:203{EQD}")) == {"released": "12:01"}
    assert read(f"{ISSUED}'GIS+4{EQD}").reasons == {Trouble.NO_ACTUAL_TIME: 1}


def test_accepted_before_arrival_is_a_declaration_in_advance() -> None:
    (told,) = read(f"{ISSUED}'GIS+9'RFF+ABT:D1{EQD}").events
    assert json.loads(told.data)["customs"] == {"declaration": "D1", "advance": True}


def test_moments_report_without_a_decision_and_once_beside_one() -> None:
    moments = "'DTM+141:202603021000:203'DTM+148:202603021010:203'DTM+351:202603021100:203"
    expected = {"declared": "10:00", "declaration-accepted": "10:10", "inspection-ended": "11:00"}
    assert kinds(read(moments + EQD)) == expected
    decoded = read(f"'GIS+9{moments}{EQD}")
    assert kinds(decoded) == expected
    assert len(decoded.events) == 3


def test_a_decision_behind_the_boxes_is_about_all_of_them() -> None:
    decoded = read(f"{ISSUED}'EQD+CN+{box(1)}'EQD+CN+{box(2)}'GIS+7")
    assert [t.reported.unit.id for t in decoded.events] == [box(1), box(2)]


def test_perishable_goods_are_told_with_what_was_decided() -> None:
    (told,) = read(f"{ISSUED}'GIS+59'GIS+7{EQD}").events
    assert json.loads(told.data)["cargo"] == {"category": "perishable"}
    assert read(f"{ISSUED}'GIS+59{EQD}").reasons == {Trouble.NOTHING_SAID: 1}


def test_an_unknown_decision_is_refused_and_the_others_are_taken() -> None:
    decoded = read(f"{ISSUED}'GIS+99'GIS+7{EQD}")
    assert [(r.why, r.path) for r in decoded.refusals] == [(Trouble.UNKNOWN_CODE, "segment 5 GIS")]
    assert len(decoded.events) == 1


def test_a_reply_of_an_unknown_document_is_refused() -> None:
    assert read(f"'GIS+7{EQD}", bgm="929").reasons == {Trouble.UNKNOWN_CODE: 1}
