"""Forgetting: a closed visit can be corrected for a week, then nothing of it is left, and nothing
that was published is taken back.

With the parts of an engine that each law must notice when they are broken.
"""

from random import Random
from typing import Any

import msgspec

from events.vocabulary import Verdict
from timing import engine, history, places, shortcut
from timing.history import History
from timing.instants import NEVER
from timing.patience import DAY_S
from timing.play import Play
from timing.testing import RULES, START, judged, remembered, told, told_of_places, withdrawn
from timing.visits import Visit

LONG_AFTER = START + 4000 * DAY_S


def a_closed_visit_can_be_corrected_for_a_week(rng: Random) -> None:
    story = told(rng)
    known = remembered(story)
    for visit in [v for v in judged(story).visits if v.closed_at is not None]:
        mine = {r.identity for r in visit.reports}
        last_s = max(r.occurred_at for r in visit.reports)
        for watermark, kept in ((last_s + 7 * DAY_S, mine), (last_s + 7 * DAY_S + 1, set())):
            rest = engine.elapse(known, watermark, RULES).history
            assert {r.identity for r in (rest.reports if rest else ())} & mine == kept


def forgetting_one_visit_changes_no_other(rng: Random) -> None:
    """Here a correction is dated as its target; one dated in another visit goes with that visit."""
    story = [e for e in (*told(rng), *told(rng)) if not (e.supersedes or e.retracts)]
    story = [e.model_copy(update={"event_id": f"e{n}"}) for n, e in enumerate(story)]
    story += [withdrawn(e, f"no{e.event_id}") for e in rng.sample(story, k=len(story) // 5)]
    for visit in judged(story).visits if story else ():
        known = remembered(story).at(visit.last_heard_at() + 8 * DAY_S, RULES)
        before = known.findings(RULES)
        after = known.forgotten(before, RULES.patience).findings(RULES)
        gone = {v.visit_id for v in before.visits} - {v.visit_id for v in after.visits}
        assert {k: f for k, f in before.by_key.items() if k.visit_id not in gone} == after.by_key


def in_the_end_nothing_is_left_and_nothing_taken_back(rng: Random) -> None:
    """But for the suspensions that nobody lifted: those still stop clocks."""
    port = Play(RULES)
    for one in (*told(rng), *told_of_places(rng), *told(rng, number=1)):
        for _ in port.take(one):
            pass
    for watermark in sorted(rng.choices(range(START, LONG_AFTER), k=3)):
        port.reach(watermark)
        for _ in port.settle():
            pass
    port.reach(LONG_AFTER)
    for step in port.settle():
        assert all(outcome.verdict is not Verdict.VOID for outcome in step.outcomes)
    for left in port.histories.values():
        assert places.is_place(left)
        assert any(s.end is None for s in places.suspensions_of(left))


_forget_after, _forgotten, _kept_until = (
    history._forget_after, History.forgotten, places.kept_until,
)  # fmt: skip


def forgotten_a_day_early(visit: Visit, found: Any, patience: Any) -> int:
    return _forget_after(visit, found, patience) - DAY_S


def forgets_only_what_stands(self: History, found: Any, patience: Any) -> History:
    rest, stands = _forgotten(self, found, patience), {r for v in found.visits for r in v.reports}
    kept = [r for r in self.reports if r in rest.reports or r not in stands]
    return msgspec.structs.replace(rest, body=b"".join(map(history.written, kept)))


def never_forgotten(visit: Visit, found: Any, patience: Any) -> int:
    return _forget_after(visit, found, patience) + 999 * DAY_S


def never_silent(stay: Any, last_at: int, patience: Any) -> int:
    return NEVER


def never_stale(self: History, found: Any, patience: Any) -> set[Any]:
    return set()


def places_never_forgotten(known: History, patience: Any) -> dict[Any, int]:
    return dict.fromkeys(_kept_until(known, patience), NEVER)


MUTANTS = [
    (a_closed_visit_can_be_corrected_for_a_week, history, "_forget_after", forgotten_a_day_early),
    (a_closed_visit_can_be_corrected_for_a_week, history, "_forget_after", never_forgotten),
    (forgetting_one_visit_changes_no_other, History, "forgotten", forgets_only_what_stands),
    (in_the_end_nothing_is_left_and_nothing_taken_back, shortcut, "silent_until", never_silent),
    (in_the_end_nothing_is_left_and_nothing_taken_back, History, "_stale", never_stale),
    (in_the_end_nothing_is_left_and_nothing_taken_back, places, "kept_until",
     places_never_forgotten),
]  # fmt: skip
