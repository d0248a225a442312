"""Trucks: each is an occurrence of its own, and one that leaves without the box did no work.

`t` arrives, `c` is through the gate with the box, `x` leaves without it.
"""

from collections.abc import Callable
from typing import Any

import pytest

from events.envelope import Event
from events.testing import told
from events.vocabulary import Verdict
from timing.engine import Rules
from timing.findings import Finding
from timing.occurrences import INFERRED, UNDONE, Occurrence

Of = Callable[..., list[Occurrence]]
Span = Callable[[Occurrence], tuple[str, str | None]]
Judged = Callable[[str, str, list[Event], Rules], list[Finding]]
EMPTY: dict[str, Any] = {"cargo": {"laden": False}}
LADEN: dict[str, Any] = {"cargo": {"laden": True}}
TWO_TRUCKS = (
    "08:00 discharged", "09:00 truck-arrived", "09:40 truck-departed", "14:00 truck-arrived",
    "14:20 gated-out",
)  # fmt: skip


def test_each_truck_is_a_pickup_of_its_own(of: Of, span: Span) -> None:
    # 09:00 t---x 09:40      14:00 t---c 14:20
    first, second = of("pickup", *TWO_TRUCKS)
    assert (span(first), first.flags) == (("09:00", "09:40"), (UNDONE,))
    assert (span(second), second.flags) == (("14:00", "14:20"), ())
    assert (first.number, second.number) == (1, 2)


def test_another_truck_means_that_the_one_before_has_left(of: Of, span: Span) -> None:
    # 09:00 t---(left unseen)---14:00 t---c
    first, second = of("pickup", *TWO_TRUCKS[:2], *TWO_TRUCKS[3:])
    assert (span(first), first.flags) == (("09:00", "14:00"), (INFERRED, UNDONE))
    assert (span(second), second.flags) == (("14:00", "14:20"), ())


def test_a_truck_that_comes_after_the_gate_is_of_no_pickup(of: Of) -> None:
    assert not of("pickup", "08:00 discharged", "12:00 gated-out", "12:30 truck-arrived")


def test_the_gate_ends_the_pickup_before_the_truck_is_off_the_premises(of: Of, span: Span) -> None:
    (found,) = of(
        "pickup", "08:00 discharged", "10:00 truck-arrived", "10:30 gated-out",
        "10:40 truck-departed",
    )  # fmt: skip
    assert (span(found), found.flags) == (("10:00", "10:30"), ())


def test_a_truck_still_there_is_an_open_pickup(of: Of, span: Span) -> None:
    (found,) = of("pickup", "08:00 discharged", "10:00 truck-arrived")
    assert (span(found), found.flags) == (("10:00", None), ())


# 30 minutes: a truck sent away in time has not kept the limit; one kept longer has broken it
@pytest.mark.parametrize(
    ("left", "verdict"), [("09:30", Verdict.NO_LIMIT), ("09:30:01", Verdict.BREACHED)]
)
def test_a_truck_sent_away_can_break_the_limit_and_never_keep_it(
    left: str, verdict: Verdict, rules: Callable[..., Rules], judged: Judged
) -> None:
    story = told("08:00 discharged", "09:00 truck-arrived", f"{left} truck-departed")
    (found,) = judged("pickup", "12:00", story, rules("pickup PT30M"))
    assert (found.verdict, found.flags) == (verdict, (UNDONE,))
    assert found.key.limit_id == ("" if verdict is Verdict.NO_LIMIT else "test.pickup")


def test_a_truck_sent_away_is_no_excuse_for_holding_the_next(
    rules: Callable[..., Rules], judged: Judged
) -> None:
    first, second = judged("pickup", "16:00", told(*TWO_TRUCKS), rules("pickup PT15M"))
    assert [found.verdict for found in (first, second)] == [Verdict.BREACHED, Verdict.BREACHED]
    assert (first.gross_s, second.gross_s) == (2400, 1200)


def test_a_box_that_customs_detain_at_the_gate_is_not_the_terminals_breach(
    rules: Callable[..., Rules], judged: Judged
) -> None:
    # 14:00 t--[14:10 detained ..... 15:00 released]--c 15:10: an hour and ten, twenty minutes net
    story = told(
        "08:00 discharged", "12:00 released", "14:00 truck-arrived", "14:10 detained",
        "15:00 released", "15:10 gated-out",
    )  # fmt: skip
    (found,) = judged("pickup", "20:00", story, rules("pickup PT30M"))
    assert (found.verdict, found.net_s) == (Verdict.EXCUSED, 1200)
    assert dict(found.split) == {"terminal": 1200, "customs": 3000}


def test_the_truck_waits_for_the_visit_that_an_empty_return_opens(of: Of, span: Span) -> None:
    # truck 07:00 ... |gated in 07:30
    found = of("empty-return", "07:00 truck-arrived", "07:30 gated-in", **EMPTY)
    assert list(map(span, found)) == [("07:00", "07:30")]


def test_a_truck_that_comes_for_an_empty_returns_none(of: Of) -> None:
    # An empty came off a ship; the truck at 10:00 takes it away.
    story = ("08:00 discharged", "10:00 truck-arrived", "12:00 gated-out")
    assert not of("empty-return", *story, **EMPTY)


BROUGHT = ("07:00 truck-arrived", "07:30 gated-in")


@pytest.mark.parametrize(
    ("fields", "stage"), [(EMPTY, "empty-return"), (LADEN, "delivery"), ({}, "delivery")]
)
def test_a_box_is_brought_in_empty_or_laden(
    fields: dict[str, Any], stage: str, of: Of, span: Span
) -> None:
    (other,) = {"empty-return", "delivery"} - {stage}
    assert [span(o) for o in of(stage, *BROUGHT, **fields)] == [("07:00", "07:30")]
    assert not of(other, *BROUGHT, **fields)


def test_the_last_truck_before_the_gate_is_the_one_that_delivered(of: Of, span: Span) -> None:
    (found,) = of("delivery", "06:00 truck-arrived", *BROUGHT, direction="export")
    assert (span(found), found.flags) == (("07:00", "07:30"), ())


def test_the_turn_of_a_truck_ends_off_the_premises_or_at_the_gate(of: Of, span: Span) -> None:
    # 07:00 t---in 07:30---x 07:45    empties and exports turn their truck, too
    for fields in (EMPTY, LADEN):
        (found,) = of("truck-turn", *BROUGHT, "07:45 truck-departed", **fields)
        assert (span(found), found.flags) == (("07:00", "07:45"), ())
    assert [span(o) for o in of("truck-turn", *TWO_TRUCKS)] == [
        ("09:00", "09:40"), ("14:00", "14:20"),
    ]  # fmt: skip


def test_a_truck_sent_away_has_turned(of: Of) -> None:
    assert [o.flags for o in of("truck-turn", *TWO_TRUCKS)] == [(), ()]


def test_a_gate_passed_within_a_transfer_is_no_truck_seen_leaving(of: Of) -> None:
    moved = ("08:10 transfer-started", "08:20 gated-out", "08:40 gated-in", "08:50 transfer-ended")
    assert not of("truck-turn", "08:00 discharged", *moved, "09:00 truck-arrived")


def test_nothing_is_known_of_turns_where_no_truck_is_seen_leaving(of: Of, span: Span) -> None:
    assert not of("truck-turn", *BROUGHT)
    later = of("truck-turn", *TWO_TRUCKS[:3], "14:00 truck-arrived")
    assert list(map(span, later)) == [("09:00", "09:40"), ("14:00", None)]
