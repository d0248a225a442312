"""In brief: a finding of an occurrence that nobody held, in a plain visit.

The same law as in `timing.findings`, without the parts that do not apply: no holds, no calendar but
the continuous one, one limit at most. What it cannot say it refuses. A property holds both against
each other.
"""

from typing import Final

from events.identifiers import PORT_CODE_CHARS
from events.vocabulary import Precision, Verdict
from timing.dwell import Held, Turns, split_in_turn
from timing.editions import Applied
from timing.findings import Finding, Flags, Key, Level, risk_s
from timing.forms import Changing
from timing.instants import NEVER
from timing.limits import NO_SHELVES
from timing.occurrences import INFERRED, UNDONE, Occurrence, Reports
from timing.rules import Rules
from timing.stages import Stage
from timing.verdict import of_closed, of_notice, of_open, over
from timing.visits import Traits


class Detour(Exception):
    """This cannot be said in brief."""


_CALM, _AT_RISK, _BREACHED = Level.CALM, Level.AT_RISK, Level.BREACHED
_OPEN: Final = Verdict.OPEN
_BROKEN: Final = Verdict.BREACHED
_NO_LIMIT: Final = Verdict.NO_LIMIT
_SECOND: Final = Precision.SECOND
"""Members by names of the module: to ask an enumeration costs ten times as much (Python 3.11)."""
_NO_LIMIT_AT_ALL: Final[tuple[Applied | None, Flags]] = (None, ())


class Brief(Changing, gc=False):
    """A plain visit and what judges it."""

    visit_id: str
    traits: Traits
    rules: Rules
    watermark: int

    @property
    def port(self) -> str:
        """The port at which the unit is."""
        return self.visit_id[:PORT_CODE_CHARS]

    def limit(self, stage: Stage, start: int, facility: str | None) -> tuple[Applied | None, Flags]:
        """The limit that applies to what began then, if any, with its flags. Raises Detour where
        several do, where one asks for more than this, and where one counts working time."""
        traits = self.traits
        # As in `port` and in `shelves`, without the calls.
        shelves = self.rules.register.by_port.get(self.visit_id[:PORT_CODE_CHARS], NO_SHELVES)
        shelf = shelves.get(stage.id)
        if shelf is None:
            return _NO_LIMIT_AT_ALL
        found: tuple[Applied | None, Flags] | None = None
        for begin, end, applied, flags, unfixed in shelf.terms(facility or traits.facility, traits):
            if begin <= start < end:
                if found is not None or unfixed is not None:
                    raise Detour
                if applied is not None and not applied.continuous:
                    raise Detour
                found = applied, flags
        return found or _NO_LIMIT_AT_ALL

    def outlook(
        self, stage: Stage, start: int, facility: str | None, heard_at: int
    ) -> tuple[int, Level]:
        """The smallest watermark at which what is under way would be judged otherwise, and how
        urgent it is now. Raises Detour."""
        applied, _ = self.limit(stage, start, facility)
        if applied is None or applied.at_least:
            return NEVER, _CALM
        limit_s, now = applied.limit_s, self.watermark
        calm_s = risk_s(limit_s, self.rules.patience)
        _, level = _by_now((now if now > heard_at else heard_at) - start, limit_s, calm_s)
        if level is _CALM:
            return start + calm_s, level
        return NEVER if level is _BREACHED else start + limit_s + 1, level

    def opened(self, occurrence: Occurrence, fallen: Reports = ()) -> Finding:
        """What an occurrence under way amounts to; `fallen` are reports that no longer stand, and
        would have shaped it. Raises Detour."""
        start, reports = occurrence.segments[0][0], occurrence.reports
        applied, flags = self.limit(occurrence.stage, start, reports[0].facility)
        weight, coarse = _said(reports)
        decided_at = reports[-1].occurred_at
        beside = occurrence.appointments + fallen
        if beside:
            weight += sum([r.weight for r in beside])
            decided_at = max(decided_at, *[r.occurred_at for r in beside])
        verdict, level, limit_id = _NO_LIMIT, _CALM, ""
        deadline_at: int | None = None
        risk_at: int | None = None
        if applied is not None:
            verdict, limit_id = _OPEN, applied.limit_id
            if not applied.at_least:
                limit_s, calm_s = applied.limit_s, risk_s(applied.limit_s, self.rules.patience)
                deadline_at, risk_at = start + limit_s, start + calm_s
                verdict, level = _by_now(max(self.watermark, decided_at) - start, limit_s, calm_s)
                if level is _BREACHED:
                    decided_at = max(decided_at, deadline_at)
        return Finding(
            Key(self.visit_id, occurrence.stage.id, occurrence.number, limit_id), self.traits,
            occurrence, applied, None, None, (), (), verdict, decided_at, deadline_at, risk_at,
            level, 2 * weight - (verdict is not _BROKEN), coarse + flags,
        )  # fmt: skip

    def closed(self, occurrence: Occurrence, turns: Turns, fallen: Reports = ()) -> Finding:
        """What an occurrence that has ended amounts to; `turns` are asked where all answer for it,
        `fallen` are as those of `opened`. Raises Detour."""
        stage, start, end = occurrence.stage, occurrence.segments[0][0], occurrence.closed_at
        assert end is not None, "what is under way has not ended"
        applied, flags = self.limit(stage, start, occurrence.reports[0].facility)
        weight, coarse = _said(occurrence.reports)
        beside = occurrence.appointments + fallen
        weight += sum([r.weight for r in beside]) if beside else 0
        gross = end - start
        verdict, level, limit_id = _NO_LIMIT, _CALM, ""
        deadline_at: int | None = None
        if applied is not None:
            verdict = _at_the_end(gross, applied)
            if occurrence.flags and _lapses(occurrence, applied, verdict):
                applied, flags, verdict = None, (), _NO_LIMIT
            else:
                limit_id = applied.limit_id
                if verdict is _BROKEN:
                    level = _BREACHED
                    deadline_at = None if applied.at_least else start + applied.limit_s
        return Finding(
            Key(self.visit_id, stage.id, occurrence.number, limit_id), self.traits, occurrence,
            applied, gross, gross, (), _split(occurrence, gross, turns), verdict, end, deadline_at,
            None, level, 2 * weight - (verdict is not _BROKEN), occurrence.flags + coarse + flags,
        )  # fmt: skip

    def may_lapse(self, stage: Stage, start: int, facility: str | None) -> bool:
        """Whether an end that is inferred, or that undoes what was begun, may leave no limit where
        there was one. Raises Detour."""
        return self.limit(stage, start, facility)[0] is not None


def _by_now(net_s: int, limit_s: int, calm_s: int) -> tuple[Verdict, Level]:
    if calm_s <= limit_s and not over(net_s + 1, calm_s):
        return _OPEN, _CALM  # What is not even at risk has broken nothing.
    verdict = of_open(net_s, limit_s)
    if verdict is _BROKEN:
        return verdict, _BREACHED
    return verdict, _AT_RISK if over(net_s + 1, calm_s) else _CALM


def _lapses(occurrence: Occurrence, applied: Applied, verdict: Verdict) -> bool:
    """As in `timing.findings`: what ended undone has kept no limit, and of a notice ahead of an
    instant that nobody reported nothing is known."""
    if applied.at_least and INFERRED in occurrence.flags:
        return True
    return UNDONE in occurrence.flags and verdict is not _BROKEN


def _at_the_end(net_s: int, applied: Applied) -> Verdict:
    if applied.at_least:
        return of_notice(net_s, applied.limit_s)
    return of_closed(net_s, net_s, applied.limit_s)


def _split(occurrence: Occurrence, gross: int, turns: Turns) -> Held:
    answers = occurrence.stage.answers
    if answers != "all":
        return ((answers, gross),) if gross else ()
    start = occurrence.segments[0][0]
    return split_in_turn(start, start + gross, turns)


def _said(reports: Reports) -> tuple[int, Flags]:
    """How many contents were seen of these reports, and how coarsely they tell the time."""
    for report in reports:
        if report.rare is not None:
            break
    else:
        return len(reports), ()
    coarse = sorted({r.said.precision for r in reports} - {_SECOND})
    return sum([r.weight for r in reports]), tuple(f"{said}-precision" for said in coarse)
