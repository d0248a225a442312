"""What the terminal does with a box: tally, moves, transfers, handing it over at the gate.

Usual times keep the published limits, slow ones mostly break them; some slow ones are excused by a
stopped clock. Must never know the limits themselves.
"""

from typing import Final

from events.vocabulary import Kind, Party
from portclock.traffic.draws import Pace
from portclock.traffic.plans import HANDOVER
from portclock.traffic.telling import Telling

TALLY_REPORT: Final = Pace((40, 280), (320, 1500), 0.03)
PAPERWORK: Final = Pace((20, 110), (130, 900), 0.03)
MOVE: Final = Pace((360, 1500), (1860, 4200), 0.04)
TRANSFER: Final = Pace((1200, 5400), (7200, 14400), 0.05)
MOVES: Final = (0, 0, 0, 0, 0, 1, 1, 1, 2, 2)
"""How often a waiting box is lifted out of another's way, each as likely."""
TRANSFERRED_SHARE: Final = 0.25
EXCUSED_SHARE: Final = 0.4
"""Of slow pieces of work, those that somebody else held up."""
CAUSES: Final = (
    (Party.FORCE_MAJEURE, "gale warning, cranes stopped"),
    (Party.CONSIGNEE, "driver's papers incomplete"),
    (Party.CUSTOMS, "seal to be checked"),
)


def tally(telling: Telling, landed_at: int) -> None:
    """理货: counted soon after landing, reported soon after that."""
    ended_at = landed_at + telling.rolls.randint(300, 1800)
    telling.say(Kind.TALLY_ENDED, ended_at)
    telling.say(Kind.TALLY_REPORTED, ended_at + TALLY_REPORT.draw(telling.rolls))


def move(telling: Telling, at: int) -> None:
    """吊箱移位: ordered, begun, done."""
    took_s = MOVE.draw(telling.rolls)
    telling.say(Kind.MOVE_ORDERED, at)
    telling.say(Kind.MOVE_STARTED, at + min(240, took_s // 4))
    telling.say(Kind.MOVE_ENDED, at + took_s, place=spot(telling))


def transfer(telling: Telling, at: int) -> None:
    """场内转运: to another part of the yard."""
    took_s = TRANSFER.draw(telling.rolls)
    telling.say(Kind.TRANSFER_ORDERED, at)
    telling.say(Kind.TRANSFER_STARTED, at + took_s // 3)
    telling.say(Kind.TRANSFER_ENDED, at + took_s, place=spot(telling))


def yard_work(telling: Telling, start: int, end: int) -> None:
    """A box that waits from `start` to `end` is moved and transferred now and then."""
    room_s = end - start - TRANSFER.slow_s[1]
    if room_s <= 0:
        return
    for _ in range(telling.rolls.choice(MOVES)):
        move(telling, start + telling.rolls.randrange(room_s))
    if telling.rolls.random() < TRANSFERRED_SHARE:
        transfer(telling, start + telling.rolls.randrange(room_s))


def spot(telling: Telling) -> dict[str, str]:
    """A place in the yard of the telling's port."""
    rolls = telling.rolls
    name = f"{rolls.choice('ABCDEFGH')}{rolls.randint(1, 40):02d}-{rolls.randint(1, 6):02d}"
    facility = telling.reports[-1].body["place"]["facility"]
    return {"port": telling.port, "facility": facility, "spot": name}


def pickup(telling: Telling, free_at: int, left_at: int) -> None:
    """货方提箱: planned some time after the box is free, fetched at `left_at`."""
    took_s = HANDOVER.draw(telling.rolls)
    came_at = left_at - took_s
    asked_at = free_at + telling.rolls.randrange(min(came_at - free_at - 1800, 6 * 3600))
    planned_at = asked_at + PAPERWORK.draw(telling.rolls)
    telling.say(Kind.PICKUP_REQUESTED, asked_at)
    maybe_held_up(telling, "pickup-paperwork", PAPERWORK, (asked_at, planned_at))
    telling.say(Kind.PICKUP_PLANNED, planned_at)
    telling.say(Kind.AVAILABLE_FOR_PICKUP, planned_at + telling.rolls.randint(30, 600))
    by_truck(telling, "pickup", Kind.GATED_OUT, (came_at, left_at))


def by_truck(telling: Telling, stage: str, closer: Kind, between: tuple[int, int]) -> None:
    """A truck arrives and, at the end of its time inside, the gate reports the box."""
    came_at, done_at = between
    truck = {**telling.refs, "truck": f"T{telling.rolls.randrange(10**5):05d}"}
    telling.say(Kind.TRUCK_ARRIVED, came_at, mode="road", refs=truck)
    maybe_held_up(telling, stage, HANDOVER, between)
    telling.say(closer, done_at, mode="road", refs=truck)
    telling.say(
        Kind.TRUCK_DEPARTED, done_at + telling.rolls.randint(30, 240), mode="road", refs=truck
    )


def maybe_held_up(telling: Telling, stage: str, pace: Pace, between: tuple[int, int]) -> None:
    """Some of the slow pieces of work were slow through no fault of the terminal."""
    slow = between[1] - between[0] >= pace.slow_s[0]
    if slow and telling.rolls.random() < EXCUSED_SHARE:
        _held_up(telling, stage, *between)


def _held_up(telling: Telling, stage: str, start: int, end: int) -> None:
    """Somebody else stops the clock of a stage; a quarter of the time is left."""
    party, reason = telling.rolls.choice(CAUSES)
    why = {"party": party.value, "reason": reason, "scope": {"stage": stage}}
    margin_s = (end - start) // 8
    telling.say(Kind.CLOCK_STOPPED, start + margin_s, **why)
    telling.say(Kind.CLOCK_RESUMED, end - margin_s, **why)
