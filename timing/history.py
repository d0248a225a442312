"""The history of a unit at a port: every report that still matters, and up to when it was judged.

Immutable; a change gives a new one. Nothing is stored that the reports do not imply: what was
published before is found again by judging the same reports at the same watermark.
"""

from dataclasses import dataclass, field, replace

from events.envelope import Unit
from events.identifiers import Identity
from timing.findings import Findings, Law, find
from timing.observation import Observation, merged
from timing.occurrences import NEVER
from timing.patience import Patience
from timing.visits import Visit


@dataclass(slots=True)
class _Memo:
    """What was found of a history, and until then what was found of the one it came from."""

    before: Findings | None = None
    found: Findings | None = None

    def latest(self) -> Findings | None:
        """The youngest findings there are."""
        return self.found or self.before


@dataclass(frozen=True, slots=True)
class History:
    """All reports of one unit at one port, at most one per identity.

    `settled_until`: the last instant of the visits already forgotten; what happened up to then is
    too late for this state. `register`: the fingerprint of the register that judged last.
    """

    key: str
    unit: Unit
    reports: tuple[Observation, ...] = ()
    watermark: int = 0
    settled_until: int = 0
    register: str = ""
    _memo: _Memo = field(default_factory=_Memo, compare=False, repr=False)

    def known(self, identity: Identity) -> Observation | None:
        """The report that stands under an identity."""
        return next((r for r in self.reports if r.identity == identity), None)

    def with_report(self, report: Observation) -> "History":
        """Take in one report, or another version of one."""
        known = self.known(report.identity)
        if known is None:
            return self._changed((*self.reports, report))
        newer = merged(known, report)
        return self._changed(tuple(newer if r is known else r for r in self.reports))

    def at(self, watermark: int, law: Law) -> "History":
        """The same reports, judged later. A watermark never runs backwards."""
        forward = max(watermark, self.watermark)
        register = law.register.fingerprint
        memo = _Memo(self._memo.latest()) if register == self.register else _Memo()
        return replace(self, watermark=forward, register=register, _memo=memo)

    def _changed(self, reports: tuple[Observation, ...]) -> "History":
        return replace(self, reports=reports, _memo=_Memo(self._memo.latest()))

    def findings(self, law: Law) -> Findings:
        """What the reports amount to at the watermark; computed once."""
        memo = self._memo
        if memo.found is None:
            memo.found = find(self.key, self.reports, law, self.watermark, memo.before)
            memo.before = None
        return memo.found

    def forgotten(self, law: Law) -> "History":
        """Without the visits and announcements whose time to be corrected is over."""
        found = self.findings(law)
        over = [v for v in found.visits if self.watermark > _forget_after(v, found, law.patience)]
        gone = {r.identity for v in over for r in v.reports} | self._stale(found, law.patience)
        if not gone:
            return self
        settled = max([self.settled_until, *(v.last_heard_at() for v in over)])
        visits = {v.visit_id for v in over}
        gone |= {identity for identity, visit in found.visit_of.items() if visit in visits}
        reports = tuple(r for r in self.reports if r.identity not in gone)
        return replace(self._changed(reports), settled_until=settled)

    def _stale(self, found: Findings, patience: Patience) -> set[Identity]:
        last = self._kept_until(found, patience)
        return {identity for identity, until in last.items() if self.watermark > until}

    def _kept_until(self, found: Findings, patience: Patience) -> dict[Identity, int]:
        """How long what belongs to no visit is kept: a correction as long as what it corrects."""
        kept = [r for r in self.reports if found.visit_of[r.identity] is None]
        until = {r.identity: r.occurred_at + patience.ahead_s for r in kept}
        chained = [(r.identity, r.corrects) for r in kept if r.corrects in until]
        for _ in chained:
            for identity, target in chained:
                until[identity] = max(until[identity], until[target])
        return until

    def due_at(self, law: Law) -> int:
        """The smallest watermark at which judging again would change something; NEVER if none."""
        found = self.findings(law)
        forget = [_forget_after(v, found, law.patience) + 1 for v in found.visits]
        stale = [until + 1 for until in self._kept_until(found, law.patience).values()]
        return min([found.due_at, *forget, *stale], default=NEVER)


def _forget_after(visit: Visit, found: Findings, patience: Patience) -> int:
    if visit.closed_at is not None:
        return max(visit.closed_at, visit.last_heard_at()) + patience.retention_s
    if visit.missing_end:
        following = next(v for v in found.visits if v.opened_at > visit.opened_at)
        return following.opened_at + patience.retention_s
    return visit.last_heard_at() + patience.stay_max_s
