"""Where reports that no longer stand are accounted: with what made them fall.

A corrected report and its correction must be forgotten together. Were the correction forgotten
first, the corrected report would stand again, and a visit long over would begin anew.
"""

from events.identifiers import Identity
from timing.corrections import Standing
from timing.observation import Observation
from timing.visits import Stays, Visit

Places = dict[Observation, int]
"""Reports to the number of their visit; -1 for none."""


def accounted(known: Standing, stays: Stays) -> dict[Identity, int]:
    """The visit of each fallen report, as its number; -1 for none.

    It is the latest among those of the reports that correct it; without any, a retraction is where
    its target was, by time.
    """
    placed: Places = {r: number for number, v in enumerate(stays.visits) for r in v.reports}
    placed |= dict.fromkeys(stays.kept, -1)
    by_identity = {r.identity: r for r in (*known.facts, *known.void)}
    correctors: dict[Identity, list[Observation]] = {}
    for report in by_identity.values():
        if report.corrects is not None and report.corrects != report.identity:
            correctors.setdefault(report.corrects, []).append(report)
    for report in sorted(known.void, key=lambda r: (r.recorded_at, r.identity), reverse=True):
        places = [placed[c] for c in correctors.get(report.identity, ()) if c in placed]
        target = by_identity.get(report.corrects) if report.corrects else None
        placed[report] = max(places, default=_by_time(target or report, stays.visits))
    return {report.identity: placed[report] for report in known.void}


def _by_time(report: Observation, visits: tuple[Visit, ...]) -> int:
    """The last visit begun by then; what came before all of them belongs to the first."""
    begun = [n for n, visit in enumerate(visits) if visit.opened_at <= report.occurred_at]
    return begun[-1] if begun else min(0, len(visits) - 1)
