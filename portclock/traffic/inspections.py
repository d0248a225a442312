"""An inspection, from customs' order to the box being stuffed again: who does what, and when.

Fits into the 14.5 hours that the calibrated clearance of an inspected box has at least. Must
never know a limit.
"""

from typing import Final

from events.vocabulary import Kind, Party
from portclock.traffic.draws import Pace
from portclock.traffic.telling import Telling, written
from portclock.traffic.yard import maybe_held_up

POSITIONING: Final = Pace((540, 1680), (1860, 5400), 0.05)
WAIT: Final = Pace((1800, 7200), (7200, 10800), 0.1)
LOOK: Final = Pace((1200, 3600), (3600, 5400), 0.1)
WORK_BY_FEET: Final = {
    20: Pace((1800, 5000), (7260, 9000), 0.03),
    40: Pace((2400, 5400), (10860, 12600), 0.03),
}
"""掏箱 or 装箱 of one box, each."""
OVERTIME_EVERY: Final = 12
"""One inspection in so many is booked outside office hours (预约通关)."""
UNSTUFFED_SHARE, SCANNED_SHARE, LAB_SHARE = 0.7, 0.4, 0.15


def inspection(telling: Telling, accepted_at: int, released_at: int, feet: int) -> None:
    """Everything between 申报受理 and 放行 of a box that was selected."""
    rolls = telling.rolls
    ordered_at = accepted_at + rolls.randint(600, 3600)
    positioned_at = ordered_at + POSITIONING.draw(rolls)
    begun_at = positioned_at + WAIT.draw(rolls)
    order = Kind.SCAN_ORDERED if rolls.random() < SCANNED_SHARE else None
    telling.say(Kind.INSPECTION_ORDERED, ordered_at)
    if order:
        telling.say(order, ordered_at + 5)
    telling.say(Kind.INSPECTION_SCHEDULED, ordered_at + 60, at=written(begun_at - begun_at % 900))
    if telling.visit % OVERTIME_EVERY == 0:
        until = written(begun_at + 4 * 3600)
        telling.say(Kind.OVERTIME_BOOKED, ordered_at + 90, at=written(begun_at), until=until)
    _positioning(telling, ordered_at, positioned_at)
    telling.say(Kind.INSPECTION_STARTED, begun_at)
    ended_at = _look(telling, begun_at, feet)
    _papers(telling, ended_at, released_at)


def _positioning(telling: Telling, ordered_at: int, positioned_at: int) -> None:
    telling.say(Kind.MOVE_ORDERED, ordered_at + 45)
    telling.say(Kind.MOVE_STARTED, ordered_at + 240)
    telling.say(Kind.MOVE_ENDED, positioned_at - 60)
    maybe_held_up(telling, "inspection-positioning", POSITIONING, (ordered_at, positioned_at))
    telling.say(Kind.POSITIONED, positioned_at)


def _look(telling: Telling, begun_at: int, feet: int) -> int:
    """The inspection itself; returns when the last of it is over."""
    rolls = telling.rolls
    if rolls.random() >= UNSTUFFED_SHARE:
        ended_at = begun_at + LOOK.draw(rolls)
        telling.say(Kind.INSPECTION_ENDED, ended_at)
        return ended_at
    work = WORK_BY_FEET[20 if feet == 20 else 40]
    out_at = begun_at + rolls.randint(120, 600)
    empty_at = out_at + work.draw(rolls)
    ended_at = empty_at + LOOK.draw(rolls)
    stuffed_at = ended_at + work.draw(rolls)
    telling.say(Kind.UNSTUFFING_ORDERED, begun_at + 30)
    telling.say(Kind.UNSTUFFING_STARTED, out_at)
    telling.say(Kind.UNSTUFFING_ENDED, empty_at)
    telling.say(Kind.INSPECTION_ENDED, ended_at)
    telling.say(Kind.STUFFING_STARTED, ended_at + rolls.randint(60, 300))
    telling.say(Kind.STUFFING_ENDED, stuffed_at)
    return stuffed_at


def _papers(telling: Telling, ended_at: int, released_at: int) -> None:
    """What may still come before the release; the laboratory's word comes after it (先放后检)."""
    rolls = telling.rolls
    if rolls.random() < 0.05:
        telling.say(
            Kind.DETAINED, ended_at + 600, party=Party.CUSTOMS.value, reason="origin in doubt"
        )
    if rolls.random() < LAB_SHARE:
        telling.say(Kind.LAB_SAMPLED, min(ended_at + 300, released_at - 60))
        telling.say(Kind.LAB_RESULT, released_at + rolls.randint(24 * 3600, 72 * 3600))
