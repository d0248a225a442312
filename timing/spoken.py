"""Spoken: what a step says to the world, as the bytes that the models of the contract would write.

A port is told more than two words for every event that it reports, and to make a model of each and
write it costs ten times as much as these plain shapes. Says what `timing.announce` says, in the
same order; a property holds the two against each other. Must never decide what is said.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from events.instants import instant_text
from events.outcomes import AppliedLimit
from events.said import (
    PlainAlert,
    PlainCause,
    PlainFate,
    PlainLimit,
    PlainOutcome,
    PlainUnit,
    SaidAlert,
    SaidFate,
    SaidOutcome,
    Words,
    write,
)
from events.vocabulary import Cause, Party, UnitType, Verdict
from timing import announce
from timing.announce import Alarm, Change, Places, Reason
from timing.dwell import Held
from timing.editions import Applied
from timing.findings import Finding, Level
from timing.forms import Frozen
from timing.occurrences import Reports

LIMITS_KEPT: Final = 4096
"""How many limits are remembered as they are cited: each with its allowance."""
_VOID: Final = Verdict.VOID
_EDITION: Final = Cause.EDITION
_CALM: Final = Level.CALM
"""Members by names of the module: to ask an enumeration costs ten times as much (Python 3.11)."""
_NOBODY: Final[Mapping[Party, int]] = {}


class Voice(Frozen, frozen=True, gc=False):
    """Speaks of one unit at one port. `cause` is that of all it says; where an edition judges for
    the first time, each limit has its own."""

    unit: PlainUnit
    port: str
    reason: Reason | None
    cause: PlainCause | None

    @classmethod
    def of(cls, key: str, unit_type: UnitType, reason: Reason | None = None) -> "Voice":
        """`key` is `<port>/<unit id>`, as histories have it."""
        port, _, id = key.partition("/")
        cause = None if reason is None else PlainCause(reason[0], reason[1])
        return cls(PlainUnit(unit_type, id), port, reason, cause)

    def words(self, changed: Iterable[Change], moved: Places) -> Words:
        """Everything that the changes and the reports that moved amount to."""
        outcomes: list[SaidOutcome] = []
        alerts: list[SaidAlert] = []
        for change in changed:
            finding = change.finding
            if not change.told:
                outcomes.append(self.outcome(change))
            if finding.level is not _CALM or change.was is not _CALM:
                alerts += [self.alert(finding, alarm) for alarm in announce.alarms(change)]
        return Words(tuple(outcomes), tuple(alerts), self.fates(moved) if moved else ())

    def outcome(self, change: Change) -> SaidOutcome:
        """One stage as it stands; what ceased to exist is said once more, as void. Raises
        ValueError where the model would: a bug of ours, which must stop the process."""
        finding, gone = change.finding, change.gone
        occurrence, traits, applied = finding.occurrence, finding.traits, finding.applied
        stage, reports, visit_id = occurrence.stage, occurrence.reports, finding.key.visit_id
        held, split, reason = finding.held, finding.split, self.reason
        verdict = _VOID if gone else finding.verdict
        opened_at, closed_at = occurrence.segments[0].start, occurrence.closed_at
        age_s = deadline_at = None
        if closed_at is None:
            age_s = finding.decided_at - opened_at
            deadline_at = None if gone else finding.deadline_at
        if (
            finding.revision < 1
            or occurrence.number < 1
            or ((finding.gross_s or 0) < 0 or (finding.net_s or 0) < 0 or (age_s or 0) < 0)
        ):
            raise ValueError(f"no outcome can say this: {finding}")
        value = write(PlainOutcome(
            visit_id, self.unit, self.port, reports[0].facility or traits.facility, traits.mode,
            traits.direction, stage.id, occurrence.number, instant_text(opened_at),
            None if closed_at is None else instant_text(closed_at), finding.gross_s, finding.net_s,
            _by_party(held) if held else _NOBODY, _by_party(split) if split else _NOBODY, age_s,
            verdict, None if applied is None else _limit(applied),
            None if deadline_at is None else instant_text(deadline_at), stage.answers,
            instant_text(finding.decided_at), finding.revision + gone, stage.definition,
            finding.flags, _ids(reports),
            self.cause if reason is None or reason[0] is not _EDITION else self._own_cause(finding),
        ))  # fmt: skip
        return SaidOutcome(visit_id.encode(), value, verdict)

    def alert(self, finding: Finding, alarm: Alarm) -> SaidAlert:
        """What people are told of one promise."""
        key, occurrence, deadline_at = finding.key, finding.occurrence, finding.deadline_at
        assert finding.applied is not None, "only a limit can raise an alert"
        state, raised_at = alarm
        value = write(PlainAlert(
            announce.alert_id(key, state), key.visit_id, self.unit, self.port,
            occurrence.reports[0].facility or finding.traits.facility, key.stage, key.occurrence,
            _limit(finding.applied), state, occurrence.stage.answers, instant_text(raised_at),
            None if deadline_at is None else instant_text(deadline_at), self._own_cause(finding),
        ))  # fmt: skip
        return SaidAlert(key.visit_id.encode(), value, state)

    def fates(self, moved: Places) -> tuple[SaidFate, ...]:
        """Where reports belong."""
        unit, port, said = self.unit, self.port, []
        key = unit.id.encode()
        for report, visit_id in moved:
            fate = announce.became(unit.type, visit_id)
            plain = PlainFate(report.source, report.event_id, port, unit, fate, visit_id)
            said.append(SaidFate(key, write(plain), fate))
        return tuple(said)

    def _own_cause(self, finding: Finding) -> PlainCause | None:
        return None if self.reason is None else PlainCause(*announce.because(self.reason, finding))


def _by_party(held: Held) -> dict[Party, int]:
    for _, seconds in held:
        if seconds < 0:
            raise ValueError(f"nobody can have had a unit for less than no time: {held}")
    return dict(held)


def _limit(applied: Applied) -> PlainLimit:
    limit = applied.limit
    return _cited(limit.id, applied.edition, limit.kind, applied.limit_s)


@lru_cache(maxsize=LIMITS_KEPT)
def _cited(id: str, edition: str, kind: str, limit_s: int) -> PlainLimit:
    """A limit as outcomes and alerts cite it, looked at by the model once."""
    model = AppliedLimit(id=id, edition=edition, kind=kind, limit_s=limit_s)
    return PlainLimit(model.id, model.edition, model.kind, model.limit_s)


def _ids(reports: Reports) -> tuple[str, ...]:
    """The events that shaped an occurrence, each once."""
    if len(reports) == 1:
        return (reports[0].event_id,)
    if len(reports) == 2:  # As most that have ended: at a third of the price.
        one, other = reports[0].event_id, reports[1].event_id
        return (one, other) if one != other else (one,)
    return tuple(dict.fromkeys([report.event_id for report in reports]))
