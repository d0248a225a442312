"""The units most affected: what a draft breaks and what it spares, the farthest over first.

Names units, so this is for those who may see them. Knows findings; must never keep more than it is
asked for.
"""

from collections.abc import Iterable
from heapq import nsmallest
from typing import Literal, NamedTuple

from events.vocabulary import Verdict
from reports.whatif.effect import newly_broken
from reports.whatif.trial import Tried, limits_of, over_s, worst
from timing.commitments.period import Period
from timing.finding import Finding


class Affected(NamedTuple):
    """One occurrence that one side breaks and the other does not. `over_s` is by how much it is
    over the limit of the side that breaks it; the limit, its allowance and the net time are of that
    side too."""

    change: Literal["broken", "spared"]
    over_s: int
    visit_id: str
    stage: str
    occurrence: int
    facility: str | None
    answers: str
    closed_at: int
    now: Verdict
    then: Verdict
    limit_id: str
    limit_s: int
    net_s: int


class Most(NamedTuple):
    """The most affected, at most so many of each change; and how many visits there are in all."""

    broken: tuple[Affected, ...] = ()
    spared: tuple[Affected, ...] = ()
    visits_broken: int = 0
    visits_spared: int = 0


def affected(found: Iterable[Tried], period: Period) -> list[Affected]:
    """What a draft breaks or spares of what ended in the period."""
    changed = []
    for one in found:
        closed_at = one.first.occurrence.closed_at
        if closed_at is None or not period.holds(closed_at):
            continue
        now, then = worst(one.current), worst(one.draft)
        if newly_broken((now, then)):
            changed.append(_told("broken", one, one.draft, (now, then)))
        elif newly_broken((then, now)):
            changed.append(_told("spared", one, one.current, (now, then)))
    return changed


def _told(
    change: Literal["broken", "spared"],
    one: Tried,
    breaking: tuple[Finding, ...],
    shift: tuple[Verdict, Verdict],
) -> Affected:
    worst_one = max((f for f in limits_of(breaking) if f.verdict is Verdict.BREACHED), key=over_s)
    occurrence, key = worst_one.occurrence, worst_one.key
    assert occurrence.closed_at is not None, "it ended in the period"
    assert worst_one.applied is not None, "a limit judged it"
    assert worst_one.net_s is not None, "it ended"
    return Affected(
        change=change,
        over_s=over_s(worst_one),
        visit_id=key.visit_id,
        stage=key.stage,
        occurrence=key.occurrence,
        facility=occurrence.reports[0].facility or worst_one.traits.facility,
        answers=str(occurrence.stage.answers),
        closed_at=occurrence.closed_at,
        now=shift[0],
        then=shift[1],
        limit_id=key.limit_id,
        limit_s=worst_one.applied.limit_s,
        net_s=worst_one.net_s,
    )


class Toll:
    """Keeps the most affected of many units, and counts the rest."""

    def __init__(self, keep: int) -> None:
        """`keep`: at most so many of each change."""
        self._keep = keep
        self._known: dict[str, list[Affected]] = {"broken": [], "spared": []}
        self._visits: dict[str, int] = {"broken": 0, "spared": 0}

    def take(self, changed: list[Affected]) -> None:
        """What changes for one unit; a visit of it counts once for each change."""
        for change, known in self._known.items():
            mine = [one for one in changed if one.change == change]
            if mine:
                self._visits[change] += len({one.visit_id for one in mine})
                known += mine
                if len(known) > 64 * (self._keep + 1):
                    known[:] = nsmallest(self._keep, known, key=_order)

    def add(self, other: Most) -> None:
        """What was kept of other units."""
        self._known["broken"] += other.broken
        self._known["spared"] += other.spared
        self._visits["broken"] += other.visits_broken
        self._visits["spared"] += other.visits_spared

    def most(self) -> Most:
        """The most affected, the farthest over first; of equal ones, by visit and stage."""
        broken, spared = (
            tuple(nsmallest(self._keep, self._known[change], key=_order))
            for change in ("broken", "spared")
        )
        return Most(broken, spared, self._visits["broken"], self._visits["spared"])


def _order(one: Affected) -> tuple[int, str, str, int]:
    return -one.over_s, one.visit_id, one.stage, one.occurrence
