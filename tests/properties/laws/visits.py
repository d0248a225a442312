"""Visits: which reports belong to one stay, and what of them is work.

With the parts of an engine that each law must notice when they are broken.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from events.testing import event
from events.vocabulary import Kind
from timing import findings, occurrences, visits
from timing.findings import Key
from timing.instants import NEVER
from timing.observation import Observation
from timing.occurrences import Occurrence, Segment
from timing.patience import DAY_S
from timing.testing import EVERYWHERE, RULES, Story, judged, told
from timing.visits import ENTRIES, EXITS, OPENERS, Visit

FORMAL = datetime.fromisoformat("2019-07-15T00:00:00+08:00")
"""When the formal edition of Tianjin came into force."""
LEAVINGS = EXITS | {Kind.DEPARTED}


def nothing_waits_for_a_visit_that_came(rng: Random) -> None:
    story = told(rng)
    found = judged(story)
    kept = [e for e in story if found.visit_of[e.identity] is None]
    for visit in found.visits:
        for e in kept:
            waited_s = visit.opened_at - int(e.occurred_at.timestamp())
            assert not 0 <= waited_s <= RULES.patience.ahead_s


def a_box_enters_once_in_a_visit(rng: Random) -> None:
    for visit in judged(told(rng)).visits:
        entries = [r.occurred_at for r in visit.heard if r.kind in ENTRIES]
        assert all(entry - entries[0] < DAY_S for entry in entries)
        assert any(r.kind in OPENERS and r.occurred_at == visit.opened_at for r in visit.reports)


def no_work_stays_open_on_a_unit_that_left(rng: Random) -> None:
    found = judged(told(rng))
    left = {visit.visit_id for visit in found.visits if visit.closed_at is not None}
    for f in found.by_key.values():
        if f.key.visit_id in left and not f.occurrence.stage.outlives_visit:
            assert f.occurrence.closed_at is not None


def a_gate_passed_within_a_transfer_is_no_exit(rng: Random) -> None:
    """Between two reports of a story nothing changes for a detour through the gates, but the
    transfer itself."""
    story = sorted(told(rng), key=lambda e: e.occurred_at)
    story = [e for e in story if not (e.kind.startswith("transfer") or e.supersedes or e.retracts)]
    place = rng.randrange(len(story)) if story else 0
    before = {e.kind for e in story[: place + 1]}
    if not story[place + 1 :] or story[0].kind not in OPENERS or before & LEAVINGS:
        return
    begin = story[place].occurred_at
    if story[place + 1].occurred_at - begin < timedelta(minutes=3):
        return
    moments = (begin + timedelta(seconds=30 * n) for n in range(1, 5))
    kinds = ("transfer-started", "gated-out", "gated-in", "transfer-ended")
    detour = [
        event(kind, moment, event_id=kind, direction=None, facility=None, mode="road")
        for kind, moment in zip(kinds, moments, strict=True)
    ]
    assert _stays([*story, *detour]) == _stays(story)


def _stays(story: Story) -> dict[Key, tuple[Any, ...]]:
    return {
        key: (f.occurrence.segments, f.verdict, f.gross_s)
        for key, f in judged(story).by_key.items()
        if f.key.stage != "in-yard-transfer"
    }


def what_is_booked_counts_for_the_work_it_was_booked_for(rng: Random) -> None:
    """Every appointment since the work was last done, and none made after it was done."""
    found = judged(told(rng))
    for visit in found.visits:
        mine = [f for f in found.by_key.values() if f.key.visit_id == visit.visit_id]
        since = -NEVER
        for f in (f for f in mine if f.key.stage == "inspection-positioning"):
            until = NEVER if f.occurrence.closed_at is None else f.occurrence.closed_at
            booked = {r.event_id for r in f.occurrence.appointments}
            assert booked == {
                r.event_id
                for r in visit.stayed
                if r.kind is Kind.INSPECTION_SCHEDULED and since < r.occurred_at <= until
            }
            since = until


def the_edition_in_force_when_the_stage_began_judges(rng: Random) -> None:
    story = told(rng, port="CNTXG", start=FORMAL - timedelta(hours=4))
    now = int(FORMAL.timestamp()) + 2 * DAY_S
    for f in judged(story, now, EVERYWHERE).by_key.values():
        if f.applied:
            trial = f.occurrence.opened_at < FORMAL.timestamp()
            assert f.applied.edition.endswith("trial") == trial


_open, _limits, _booked = visits._Walk._open, findings._limits, occurrences._booked


def nothing_waits(self: Any, report: Observation) -> None:
    self.kept += self.waiting
    self.waiting = []
    _open(self, report)


def never_a_return(self: Any, visit: Visit, report: Observation) -> bool:
    return False


def open_for_ever(stage: Any, number: int, reports: Any, visit: Visit) -> Occurrence:
    return Occurrence(stage, number, (Segment(reports[0].occurred_at, None),), None, reports, ())


def every_gate_is_an_exit(reports: Any, patience: Any) -> frozenset[Any]:
    return frozenset()


def first_appointment_alone(stage: Any, reports: Any, visit: Visit) -> Any:
    for each in _booked(stage, reports, visit):
        each = Occurrence(
            each.stage, each.number, each.segments, each.closed_at, each.reports, each.flags,
            each.appointments[:1],
        )  # fmt: skip
        yield each


def edition_of_the_end(terms: Any, occurrence: Occurrence, visit: Visit) -> Any:
    end = occurrence.closed_at or occurrence.opened_at + DAY_S
    later = Occurrence(
        occurrence.stage, occurrence.number, (Segment(end, end),), end, occurrence.reports
    )
    return _limits(terms, later, visit)


MUTANTS = [
    (nothing_waits_for_a_visit_that_came, visits._Walk, "_open", nothing_waits),
    (a_box_enters_once_in_a_visit, visits._Walk, "_reentry", never_a_return),
    (no_work_stays_open_on_a_unit_that_left, occurrences, "_unclosed", open_for_ever),
    (a_gate_passed_within_a_transfer_is_no_exit, visits, "_gates_within_transfers",
     every_gate_is_an_exit),
    (what_is_booked_counts_for_the_work_it_was_booked_for, occurrences, "_booked",
     first_appointment_alone),
    (the_edition_in_force_when_the_stage_began_judges, findings, "_limits", edition_of_the_end),
]  # fmt: skip
