"""Effects: what a draft changes, in counts that add up over units and over processes.

The cohort is what ended in the period; what had begun by its end and not ended is counted as open,
whatever happened later. Knows findings; must never know a unit's name, except where the most
affected are told (`reports.whatif.affected`).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from events.vocabulary import Verdict
from reports.whatif.trial import Tried, limits_of, worst
from timing.commitments.period import Period
from timing.finding import Finding
from timing.series import rounded

Side = Literal["current", "draft"]
Shift = tuple[Verdict, Verdict]
"""What is said of an occurrence now, and what under the draft."""


class Row(NamedTuple):
    """Which limit a line of the comparison is about; of no limit: all occurrences together."""

    side: Side
    stage: str
    limit_id: str


ALL = Row("draft", "", "")
"""Every occurrence that any limit of either side judged, once."""


@dataclass(slots=True)
class Effect:
    """What becomes of the occurrences that one limit judged and that ended in the period.

    `shifts` count them by verdict, now and under the draft. For a limit of the draft its own
    verdict stands under the draft, and the worst of all limits now. `breakers` are the parties that
    answer for what is broken under the draft and was not now. `used_pct` is which part of the
    allowance was used, in whole per cent rounded up; of nothing for limits that ask for at least.
    """

    open_n: int = 0
    shifts: Counter[Shift] = field(default_factory=Counter)
    breakers: Counter[str] = field(default_factory=Counter)
    used_pct: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Effect") -> None:
        """Those of other units."""
        self.open_n += other.open_n
        self.shifts += other.shifts
        self.breakers += other.breakers
        self.used_pct += other.used_pct

    @property
    def judged(self) -> int:
        """How many ended and were judged by this limit."""
        return self.shifts.total()

    def now(self, verdict: Verdict) -> int:
        """How many have this verdict now."""
        return sum(n for (before, _), n in self.shifts.items() if before is verdict)

    def then(self, verdict: Verdict) -> int:
        """How many have it under the draft."""
        return sum(n for (_, after), n in self.shifts.items() if after is verdict)

    @property
    def newly(self) -> int:
        """Broken under the draft, and not now."""
        return sum(n for shift, n in self.shifts.items() if newly_broken(shift))

    @property
    def relieved(self) -> int:
        """Broken now, and not under the draft."""
        return sum(n for (now, then), n in self.shifts.items() if newly_broken((then, now)))

    def used(self, per_cent: int) -> int | None:
        """The part of the allowance, in per cent, within which so many per cent of units stayed:
        the nearest rank. None where nothing is known."""
        place = -(-per_cent * self.used_pct.total() // 100)
        for part in sorted(self.used_pct):
            place -= self.used_pct[part]
            if place <= 0:
                return part
        return None


Effects = dict[Row, Effect]


def kept_percent(met: int, broken: int) -> Decimal | None:
    """The share of kept limits among those kept or broken, in per cent with two decimals; None of
    nothing."""
    judged = met + broken
    return rounded(Fraction(100 * met, judged), 2) if judged else None


def newly_broken(shift: Shift) -> bool:
    """Whether an occurrence keeps what it is asked now and would not under the draft."""
    now, then = shift
    return then is Verdict.BREACHED is not now


def count(effects: Effects, found: Iterable[Tried], period: Period) -> None:
    """Add what occurrences come to. Those that ended before the period, or began after it, are not
    in it."""
    for one in found:
        occurrence = one.first.occurrence
        closed_at = occurrence.closed_at
        if closed_at is not None and period.holds(closed_at):
            _count_ended(effects, one)
        elif occurrence.opened_at < period.ends_at and (
            closed_at is None or closed_at >= period.ends_at
        ):
            for row in _rows(one):
                _of(effects, row).open_n += 1


def _of(effects: Effects, row: Row) -> Effect:
    """The effect of a row, new where there is none: made for every occurrence, it costs more than
    to count it."""
    known = effects.get(row)
    if known is None:
        known = effects[row] = Effect()
    return known


def _rows(one: Tried) -> dict[Row, Finding]:
    """The lines that an occurrence is in: of each limit of the draft that judges it, else of each
    in force that no longer would."""
    drafted = {_row("draft", f): f for f in limits_of(one.draft)}
    if drafted:
        return {ALL: one.draft[0], **drafted}
    dropped = {_row("current", f): f for f in limits_of(one.current)}
    return {ALL: one.draft[0], **dropped} if dropped else {}


def _row(side: Side, one: Finding) -> Row:
    return Row(side, one.key.stage, one.key.limit_id)


def _count_ended(effects: Effects, one: Tried) -> None:
    now, then = worst(one.current), worst(one.draft)
    for row, finding in _rows(one).items():
        own = row.limit_id and row.side == "draft"
        shift = (now, finding.verdict if own else then)
        effect = _of(effects, row)
        effect.shifts[shift] += 1
        if newly_broken(shift):
            effect.breakers[str(finding.occurrence.stage.answers)] += 1
        if own and (used := _used_pct(finding)) is not None:
            effect.used_pct[used] += 1


def _used_pct(one: Finding) -> int | None:
    if one.applied is None or one.net_s is None or one.applied.at_least:
        return None
    return -(-100 * one.net_s // one.applied.limit_s)


def joined(parts: Iterable[Effects]) -> Effects:
    """The effects of several parts of the units as those of all."""
    found: Effects = {}
    for part in parts:
        for row, effect in part.items():
            found.setdefault(row, Effect()).add(effect)
    return found
