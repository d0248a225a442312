"""Laws of CODECO, COARRI and the orders."""

import json

import pytest

from events.dialects.edifact.testing_gates import read
from events.dialects.troubles import Trouble, Why
from events.refusals import Reason
from events.testing import box

AT = "'DTM+203:202603020825:203"


def boxes(count: int) -> str:
    return "".join(f"'EQD+CN+{box(n)}{AT}" for n in range(count))


def test_there_is_an_event_for_each_box() -> None:
    decoded = read(f"COARRI:D:95B:UN'BGM+44+X+9{boxes(3)}'CNT+16:3")
    assert [t.reported.unit.id for t in decoded.events] == [box(n) for n in range(3)]
    assert [t.path for t in decoded.events] == [f"segment {n} EQD" for n in (4, 6, 8)]
    assert decoded.refusals == ()


def test_a_box_that_is_refused_leaves_the_others() -> None:
    decoded = read(f"COARRI:D:95B:UN'BGM+44+X+9{boxes(1)}'EQD+CN+{box(1)}{boxes(3)}")
    assert len(decoded.events) == 4
    assert [(r.why, r.path) for r in decoded.refusals] == [
        (Trouble.NO_ACTUAL_TIME, "segment 6 EQD")
    ]


@pytest.mark.parametrize("count", ["2", "4", "x"])
def test_a_count_of_boxes_that_does_not_fit_is_refused_and_the_boxes_are_taken(count: str) -> None:
    decoded = read(f"COARRI:D:95B:UN'BGM+44+X+9{boxes(3)}'CNT+16:{count}'CNT+7:9")
    assert len(decoded.events) == 3
    assert [(r.why, r.path) for r in decoded.refusals] == [
        (Trouble.BROKEN_ENVELOPE, "segment 10 CNT")
    ]


@pytest.mark.parametrize(
    ("code", "own", "told"),
    [
        ("44", "178", ["discharged", "arrived"]),
        ("44", "186", ["discharged"]),
        ("46", "186", ["loaded", "departed"]),
        ("46", "178", ["loaded"]),
        ("44", "132", ["discharged"]),
        ("46", "133", ["loaded"]),
    ],
)
def test_a_ship_came_with_what_it_discharged_and_left_with_what_it_loaded(
    code: str, own: str, told: list[str]
) -> None:
    decoded = read(f"COARRI:D:95B:UN'BGM+{code}+X+9'DTM+{own}:202603020600:203{boxes(1)}")
    assert [t.reported.kind for t in decoded.events] == told
    occurred = [json.loads(t.data)["occurred_at"] for t in decoded.events]
    assert occurred[1:] == ["2026-03-02T06:00:00+08:00"] * (len(told) - 1)


@pytest.mark.parametrize(("code", "kind"), [("44", "rail-unloaded"), ("46", "rail-loaded")])
def test_what_a_train_brought_and_took_is_told_apart_from_ships(code: str, kind: str) -> None:
    (told,) = read(f"COARRI:D:95B:UN'BGM+{code}+X+9'TDT+20+X8001+2{boxes(1)}").events
    assert (told.reported.kind, told.reported.mode) == (kind, "rail")


def test_a_box_that_is_refused_did_not_come_with_the_ship() -> None:
    text = "COARRI:D:95B:UN'BGM+44+X+9'DTM+178:202603020600:203'EQD+CN+MSCU1234567" + AT
    assert read(text).events == ()


@pytest.mark.parametrize(
    ("message", "why", "path"),
    [
        ("CODECO:D:95B:UN'BGM+99+X+9'EQD+CN+A", Trouble.UNKNOWN_CODE, "segment 3 BGM"),
        ("CODECO:D:95B:UN'EQD+CN+A", Trouble.UNKNOWN_CODE, "segment 2 BGM"),
        ("CODECO:D:95B:UN'BGM+36+X+9'CNT+16:1", Reason.INVALID_UNIT, "segment 3 BGM"),
        ("COARRI:D:00B:UN'BGM+44+X+9'EQD+CN+A", Trouble.UNKNOWN_CODE, "segment 3 BGM"),
    ],
)
def test_a_message_of_which_nothing_can_be_taken_is_refused_once(
    message: str, why: Why, path: str
) -> None:
    decoded = read(message)
    assert [(r.why, r.path) for r in decoded.refusals] == [(why, path)]


def test_an_order_reports_nothing_whatever_it_says() -> None:
    decoded = read(f"COPRAR:D:95B:UN'BGM+45+X+9{boxes(2)}'EQD+CN+{box(2)}")
    assert decoded.events == ()
    assert [(a.announced, a.kind, a.unit) for a in decoded.announcements] == [
        ("ordered", "loaded", box(n)) for n in range(3)
    ]
    assert decoded.announcements[2].expected_at is None


def test_an_order_of_a_code_that_is_not_known_is_announced_without_a_kind() -> None:
    (announced,) = read("COPARN:D:95B:UN'BGM+999+X+9'RFF+BN:B1").announcements
    assert (announced.kind, announced.unit) == (None, None)
    assert announced.said["document"] == "X"


def test_an_order_with_a_time_that_is_none_is_refused() -> None:
    decoded = read(f"COPRAR:D:95B:UN'BGM+45+X+9'EQD+CN+{box()}'DTM+203:noon:203")
    assert [r.why for r in decoded.refusals] == [Reason.INVALID_TIME]
    assert decoded.announcements == ()


ASKED = {"COPINO": {"D.95B": {"documents": {"661": {"asks": "pickup-requested"}}}}}
TRUCK = (
    "COPINO:D:95B:UN'BGM+661+P1+9'DTM+137:202603020800:203'DTM+132:202603021500:203"
    f"'EQD+CN+{box()}++++3+5"
)


def test_that_something_was_asked_for_is_a_fact_of_when_it_was_asked() -> None:
    decoded = read(TRUCK, codes=ASKED)
    (told,) = map(json.loads, (t.data for t in decoded.events))
    assert (told["kind"], told["event_id"]) == (
        "pickup-requested", f"P1/{box()}/pickup-requested"
    )  # fmt: skip
    assert told["occurred_at"] == "2026-03-02T08:00:00+08:00"
    assert told["at"] == "2026-03-02T15:00:00+08:00"
    assert [a.announced for a in decoded.announcements] == ["planned"]
    assert read(TRUCK).events == ()


def test_what_was_asked_for_is_withdrawn_with_its_document() -> None:
    decoded = read(TRUCK.replace("P1+9", "P2+1").replace("'DTM", "'RFF+ACW:P1'DTM", 1), codes=ASKED)
    (told,) = map(json.loads, (t.data for t in decoded.events))
    assert told["retracts"] == f"P1/{box()}/pickup-requested"
    (announced,) = decoded.announcements
    assert (announced.document, announced.withdrawn) == ("P1", True)


def test_nothing_is_asked_of_a_box_without_a_number_nor_for_the_time_being() -> None:
    for text in (TRUCK.replace(box(), ""), TRUCK.replace("P1+9", "P1+46")):
        decoded = read(text, codes=ASKED)
        assert (decoded.events, decoded.refusals) == ((), ())
        assert [a.announced for a in decoded.announcements] == ["planned"]
    untold = read(TRUCK.replace("+137:", "+9:"), codes=ASKED)
    assert [r.why for r in untold.refusals] == [Trouble.NO_ACTUAL_TIME]
    assert len(untold.announcements) == 1


def test_an_order_to_strip_is_an_order_by_the_standards_own_table() -> None:
    order = f"COPARN:D:00B:UN'BGM+183+S1+9'DTM+137:202603020800:203'EQD+CN+{box()}"
    (told,) = read(order).events
    assert told.reported.kind == "unstuffing-ordered"


@pytest.mark.parametrize(
    ("bgm", "document", "replaces", "withdrawn"),
    [
        ("L1+9", "L1", "", False),
        ("L1+5", "L1", "", False),
        ("L2+5'RFF+ACW:L1", "L2", "L1", False),
        ("L1+1", "L1", "", True),
        ("L2+1'RFF+ACW:L1", "L1", "", True),
    ],
)
def test_an_announcement_names_its_document_and_what_it_does_to_the_one_before(
    bgm: str, document: str, replaces: str, withdrawn: bool
) -> None:
    (told,) = read(f"COPRAR:D:95B:UN'BGM+45+{bgm}'DTM+137:202603020800:203{boxes(1)}").announcements
    assert (told.document, told.replaces, told.withdrawn) == (document, replaces, withdrawn)
    assert told.recorded_at is not None
    assert told.recorded_at.isoformat() == "2026-03-02T00:00:00+00:00"
