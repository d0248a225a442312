"""What a unit's leaving ends, and what an unreported end means. `#` leaves."""

from datetime import datetime
from typing import Any

from events.testing import PORT, PORT_TIME, box, told
from timing.corrections import standing
from timing.observation import observation_of
from timing.occurrences import INFERRED, Occurrence, occurrences
from timing.patience import Patience
from timing.visits import stays


def of(stage: str, *sentences: str, **fields: Any) -> list[Occurrence]:
    reports = map(observation_of, told(*sentences, **fields))
    visit = stays(f"{PORT}/{box()}", standing(reports).facts, Patience()).visits[0]
    return [o for o in occurrences(visit) if o.stage.id == stage]


def span(occurrence: Occurrence) -> tuple[str, str]:
    """The first and last instant in port time, as `10:00`."""
    assert occurrence.closed_at is not None
    first, last = (
        datetime.fromtimestamp(moment, PORT_TIME).strftime("%H:%M")
        for moment in (occurrence.opened_at, occurrence.closed_at)
    )
    return first, last


def test_a_closer_reported_after_the_exit_ends_nothing() -> None:
    # 10:00 o ........ 10:20 #        12:00 c
    told_so = ("08:00 gated-in", "10:00 inspection-ordered", "10:20 gated-out", "12:00 positioned")
    (found,) = of("inspection-positioning", *told_so)
    assert (span(found), found.flags) == (("10:00", "10:20"), (INFERRED,))


def test_a_release_after_the_exit_does_not_lengthen_the_chain() -> None:
    # 08:00 o ... 09:00 accepted ... 12:00 #      14:00 released
    told_so = (
        "08:00 discharged", "09:00 declaration-accepted", "12:00 gated-out", "14:00 released",
    )  # fmt: skip
    (clearance,) = of("customs-clearance", *told_so)
    assert (span(clearance), clearance.flags) == (("09:00", "12:00"), (INFERRED,))


def test_an_order_after_a_start_without_an_order_begins_anew() -> None:
    # 09:00 start ......... 10:00 order  10:05 start  10:20 end
    first, second = of(
        "box-move", "08:00 gated-in", "09:00 move-started", "10:00 move-ordered",
        "10:05 move-started", "10:20 move-ended",
    )  # fmt: skip
    assert (span(first), first.flags) == (("09:00", "10:00"), (INFERRED,))
    assert (span(second), second.flags) == (("10:00", "10:20"), ())
