"""Suspensions of places: what is known of them late judges as if it had been known all along.

With the parts of an engine that each law must notice when they are broken.
"""

from datetime import timedelta
from random import Random
from typing import Any

from events.testing import FACILITY, PORT, event, suspension
from timing import findings, places, suspensions
from timing import play as play_module
from timing.corrections import Standing
from timing.findings import Finding
from timing.holds import HOLD_KINDS, stopping, suspending
from timing.play import Play
from timing.step import Step
from timing.testing import (
    END,
    RULES,
    Ledger,
    Story,
    judged,
    suspended,
    told,
    told_of_places,
    withdrawn,
)


def lived(heard: Story) -> Ledger:
    """What readers keep of a port, each event at its own time."""
    port = Play(RULES)
    ledger = Ledger()
    for one in heard:
        port.reach(int((one.recorded_at or one.occurred_at).timestamp()) - 120)
        for step in port.take(one):
            ledger.read(step)
    port.reach(END)
    for step in port.settle():
        ledger.read(step)
    return ledger


def a_suspension_declared_late_or_withdrawn_judges_as_if_known_before(rng: Random) -> None:
    boxes = sorted((*told(rng), *told(rng, number=1)), key=lambda e: e.occurred_at)
    of_places = told_of_places(rng)
    late = list(boxes)
    for one in of_places:
        late.insert(rng.randint(0, len(late)), one)
    assert lived(late).lines() == lived([*of_places, *boxes]).lines()


def a_withdrawn_suspension_never_was(rng: Random) -> None:
    story = told(rng)
    of_places = [e for e in told_of_places(rng) if not e.retracts]
    wrong = rng.choice(of_places)
    rest = [e for e in of_places if e is not wrong]
    taken_back = suspended([*of_places, withdrawn(wrong, "no")])
    assert _verdicts(story, taken_back) == _verdicts(story, suspended(rest))


def _verdicts(story: Story, rules: Any) -> dict[Any, Any]:
    return {
        key: (f.verdict, f.net_s, f.held, f.split, f.deadline_at)
        for key, f in judged(story, END, rules).by_key.items()
    }


def a_suspension_stops_what_a_hold_by_force_majeure_would_stop(rng: Random) -> None:
    """The same interval, told of the place or of the box itself. The box names its facility."""
    story = [
        e.model_copy(update={"place": e.place.model_copy(update={"facility": FACILITY})})
        for e in told(rng)
        if e.kind not in HOLD_KINDS and e.retracts is None and e.supersedes is None
    ]
    if not story:
        return
    begin = min(e.occurred_at for e in story) + timedelta(minutes=3 * rng.randint(0, 200))
    end = begin + timedelta(minutes=3 * rng.randint(1, 200))
    stages = rng.choice((None, {"stages": ["box-move", "pickup", "release-time"]}))
    rest = suspension(
        "08:00", "09:00", place=rng.choice((PORT, FACILITY)), scope=stages,
    )  # fmt: skip
    rest = [
        one.model_copy(update={"occurred_at": moment, "recorded_at": moment + timedelta(hours=1)})
        for one, moment in zip(rest, (begin, end), strict=True)
    ]
    stopped = [
        event(kind, moment, event_id=kind, scope=stages, party="force-majeure", direction=None,
              facility=None, mode="road")
        for kind, moment in (("clock-stopped", begin), ("clock-resumed", end))
    ]  # fmt: skip
    of_place = _verdicts(story, suspended(rest))
    of_box = _verdicts([*story, *stopped], RULES)
    there = {v.visit_id for v in judged([*story, *stopped]).visits if _covers(v, begin, end)}
    assert {k: v for k, v in of_place.items() if k.visit_id in there} == {
        k: v for k, v in of_box.items() if k.visit_id in there
    }


def _covers(visit: Any, begin: Any, end: Any) -> bool:
    """Whether both reports of the hold were heard in the visit."""
    mine = {r.event_id for r in visit.reports}
    return {"clock-stopped", "clock-resumed"} <= mine


def a_suspension_touches_only_what_it_covers(rng: Random) -> None:
    """Facility, cargo, mode, stage and time: whatever lies outside one of them is as it was."""
    story, of_places = told(rng), told_of_places(rng)
    rules = suspended(of_places)
    plain, under = judged(story).by_key, judged(story, END, rules).by_key
    for key, f in plain.items():
        if not any(_touches(s, f) for s in rules.closures.of(PORT)):
            assert under[key] == f


def _touches(rest: Any, f: Finding) -> bool:
    facility = f.occurrence.reports[0].facility or f.traits.facility
    ends_at = f.occurrence.closed_at
    return (
        rest.facility in (None, facility)
        and (not rest.stages or f.key.stage in rest.stages)
        and (not rest.categories or (f.traits.category or "general") in rest.categories)
        and (not rest.modes or f.traits.mode in rest.modes)
        and (ends_at is None or rest.start < ends_at)
        and (rest.end is None or rest.end > f.occurrence.opened_at)
    )


_suspensions_in, _closures_of = suspensions.suspensions_in, places.closures_of


def whatever_was_said_stands(reports: Any) -> Standing:
    return Standing(tuple(sorted(reports, key=lambda r: r.occurred_at)), ())


def one_scope_for_all(report: Any) -> Any:
    return (), (), ()


def nothing_is_reconsidered(
    history: Any, before: Any, after: Any, watermark: int, because: str
) -> Step:
    return Step(history)


def closed_from_the_declaration(facility: Any, said: Any, end: Any) -> Any:
    first = said[0]
    scope = suspensions._scope(first)
    return suspensions.Suspension(first.recorded_at, end, facility, *scope, said)


def every_cargo(some: Any, facility: Any, traits: Any) -> Any:
    return suspending(tuple(s._replace(categories=()) for s in some), facility, traits)


def every_mode(some: Any, facility: Any, traits: Any) -> Any:
    return suspending(tuple(s._replace(modes=()) for s in some), facility, traits)


def every_facility(some: Any, facility: Any, traits: Any) -> Any:
    return suspending(tuple(s._replace(facility=None) for s in some), facility, traits)


def every_stage(some: Any, stage: Any) -> Any:
    return stopping(tuple(h._replace(stages=()) for h in some), stage)


def evidence_of_every_hold(scene: Any, occurrence: Any, held: Any) -> Any:
    everything = [r for s in scene.rules.closures.of(PORT) for r in s.reports]
    return tuple(dict.fromkeys((*occurrence.reports, *everything)))


LATE = a_suspension_declared_late_or_withdrawn_judges_as_if_known_before
COVERED = a_suspension_touches_only_what_it_covers

MUTANTS = [
    (LATE, play_module, "reconsider", nothing_is_reconsidered),
    (a_withdrawn_suspension_never_was, suspensions, "standing", whatever_was_said_stands),
    (a_suspension_stops_what_a_hold_by_force_majeure_would_stop, suspensions, "_suspension",
     closed_from_the_declaration),
    (a_suspension_stops_what_a_hold_by_force_majeure_would_stop, suspensions, "_scope",
     one_scope_for_all),
    (COVERED, findings, "suspending", every_cargo),
    (COVERED, findings, "suspending", every_mode),
    (COVERED, findings, "suspending", every_facility),
    (COVERED, findings, "stopping", every_stage),
    (COVERED, findings, "_evidence", evidence_of_every_hold),
]  # fmt: skip
