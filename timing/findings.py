"""Findings: everything a unit's reports amount to at a watermark. A pure function of the set.

Visits, occurrences, holds and limits meet here; what each occurrence comes to is said in
`timing.case`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from operator import attrgetter
from typing import Final, NamedTuple

from msgspec.structs import replace

from events.identifiers import Identity
from events.vocabulary import Kind, Verdict
from timing.calendars import UnknownYear
from timing.case import Case, Scene, judged
from timing.corrections import standing
from timing.editions import Applied
from timing.fallen import accounted
from timing.finding import LEVELS, Finding, Flags, Key, Level, due, risk_s
from timing.holds import STOPS, Hold, holds_in, stopping, suspending
from timing.instants import NEVER
from timing.kinds.ask import CALENDAR_UNKNOWN, Appointment, Ask
from timing.limits import Shelf, Term
from timing.observation import Observation
from timing.occurrences import INFERRED, UNDONE, Occurrence, Reports, occurrences
from timing.rules import Rules
from timing.suspensions import Suspension
from timing.turns import held_in_turn
from timing.visits import Stays, Visit, stays

__all__ = [
    "LEVELS",
    "Bench",
    "Finding",
    "Findings",
    "Flags",
    "Key",
    "Level",
    "due",
    "find",
    "holds_on",
    "risk_s",
    "scene_of",
]

_BROKEN: Final = Verdict.BREACHED
_OVERTIME: Final = Kind.OVERTIME_BOOKED
"""Members by names of the module: to ask an enumeration costs ten times as much (Python 3.11)."""
_named: Final = attrgetter("source", "event_id")
_identity: Final[Callable[[tuple[str, str]], Identity]] = partial(tuple.__new__, Identity)
"""As `Observation.identity`, at a third of its price: every report of every finding is asked."""


class Findings(NamedTuple):
    """All findings of a unit, where each report belongs, and when to look again. `corrected`: some
    reports do not stand."""

    by_key: dict[Key, Finding]
    visit_of: dict[Identity, str | None]
    visits: tuple[Visit, ...]
    due_at: int
    corrected: bool = False


def find(key: str, reports: tuple[Observation, ...], rules: Rules, watermark: int) -> Findings:
    """Judge everything about one unit at one port, as known at the watermark."""
    known = standing(reports)
    told = stays(key, known.facts, rules.patience)
    fallen = accounted(known, told) if known.void else {}
    port = key.partition("/")[0]
    by_key: dict[Key, Finding] = {}
    due_at = NEVER
    for number, visit in enumerate(told.visits):
        gone: Reports = ()
        if fallen:
            gone = tuple(r for r in known.void if fallen[r.identity] == number)
        bench = Bench(port, scene_of(visit, rules, watermark, gone))
        for occurrence in occurrences(visit):
            for finding in bench.findings(occurrence):
                by_key[finding.key] = finding
                if finding.deadline_at is not None or finding.risk_at is not None:
                    due_at = min(due_at, due(finding))
    return Findings(by_key, _visits_of(told, fallen), told.visits, due_at, bool(known.void))


def _visits_of(told: Stays, fallen: dict[Identity, int]) -> dict[Identity, str | None]:
    found: dict[Identity, str | None] = {}
    for visit in told.visits:
        found |= dict.fromkeys(_identities(visit.reports), visit.visit_id)
    found |= dict.fromkeys(_identities(told.kept))
    for identity, n in fallen.items():
        found[identity] = told.visits[n].visit_id if n >= 0 else None
    return found


def _identities(reports: Iterable[Observation]) -> Iterator[Identity]:
    return map(_identity, map(_named, reports))


def scene_of(visit: Visit, rules: Rules, watermark: int, gone: Reports) -> Scene:
    """What all occurrences of a visit are judged with; `gone` are its reports that fell."""
    booked: Reports = ()
    if _OVERTIME in visit.kinds:
        booked = tuple(r for r in visit.heard if r.kind is _OVERTIME)
    return Scene(visit, rules, watermark, gone, booked)


class Bench:
    """Where all occurrences of a visit are judged: what holds them, and which limits apply."""

    def __init__(self, port: str, scene: Scene) -> None:
        visit = scene.visit
        self.scene = scene
        self.shelves: Mapping[str, Shelf] = scene.rules.register.shelves(port)
        self.holds: tuple[Hold, ...] = ()
        if not visit.kinds.isdisjoint(STOPS):
            self.holds = holds_in(visit.reports, visit.traits)
        self.suspensions = _since(visit, scene.rules.closures.of(port))
        self._may_rest = bool(self.holds or self.suspensions)
        self._held_at: dict[str | None, tuple[Hold, ...]] = {}

    def findings(self, occurrence: Occurrence) -> list[Finding]:
        """One for each limit that applies to an occurrence; one without, where none does."""
        scene, evidence = self.scene, occurrence.reports
        facility = evidence[0].facility or scene.visit.traits.facility
        holds = self._holds(occurrence, facility) if self._may_rest else ()
        if holds or scene.fallen or occurrence.appointments:
            evidence = _evidence(scene, occurrence, holds)
        shelf = self.shelves.get(occurrence.stage.id)
        if shelf is None:
            return [judged(Case(scene, occurrence, holds, evidence), None)]
        terms = shelf.terms(facility, scene.visit.traits)
        applied, flags = _limits(terms, occurrence, scene.visit)
        case = Case(scene, occurrence, holds, evidence, flags)
        return [_under(case, *one) for one in applied] or [judged(case, None)]

    def _holds(self, occurrence: Occurrence, facility: str | None) -> tuple[Hold, ...]:
        """Those that stop the clock of an occurrence while it lasts."""
        holds = self.holds
        if self.suspensions:
            known = self._held_at.get(facility)
            if known is None:
                known = (*holds, *suspending(self.suspensions, facility, self.scene.visit.traits))
                self._held_at[facility] = known
            holds = known
        begin, end = occurrence.opened_at, occurrence.closed_at
        near = [
            h for h in holds if (end is None or h.start < end) and (h.end is None or h.end > begin)
        ]
        return holds_on(occurrence, tuple(near), self.scene.visit) if near else ()


def _since(visit: Visit, suspensions: tuple[Suspension, ...]) -> tuple[Suspension, ...]:
    """Those that were not over when the first of a visit was told."""
    if not suspensions:
        return ()
    begin = visit.reports[0].occurred_at
    return tuple(s for s in suspensions if s.end is None or s.end > begin)


def _under(case: Case, applied: Applied, flags: Flags) -> Finding:
    """The finding under a limit that applies, if the limit can say anything of it."""
    its_case = replace(case, flags=(*case.flags, *flags)) if flags else case
    try:
        finding = judged(its_case, applied)
    except UnknownYear:
        return judged(replace(case, flags=(*case.flags, CALENDAR_UNKNOWN)), None)
    return judged(case, None) if case.occurrence.flags and _lapsed(finding) else finding


def _lapsed(finding: Finding) -> bool:
    """What ended undone can have broken its limit; it can't have kept it. Of a notice ahead of an
    instant that nobody reported, nothing is known."""
    flags, applied = finding.occurrence.flags, finding.applied
    if applied is not None and applied.at_least and INFERRED in flags:
        return True
    return UNDONE in flags and finding.verdict is not _BROKEN


def holds_on(occurrence: Occurrence, holds: tuple[Hold, ...], visit: Visit) -> tuple[Hold, ...]:
    """Those of a visit's holds, suspensions among them, that stop the clock of an occurrence."""
    mine = stopping(holds, occurrence.stage)
    if occurrence.stage.answers != "all":
        return mine
    return tuple(dict.fromkeys((*mine, *held_in_turn(holds, visit))))


def _limits(
    terms: tuple[Term, ...], occurrence: Occurrence, visit: Visit
) -> tuple[list[tuple[Applied, Flags]], Flags]:
    """The limits that apply, each with its own flags; and why others do not."""
    at = occurrence.opened_at
    applied: list[tuple[Applied, Flags]] = []
    why_not: dict[str, None] = {}
    for term in terms:
        if term.begin <= at < term.end:
            one, flags = _asked(term, occurrence, visit)
            if one is not None:
                applied.append((one, flags))
            else:
                why_not |= dict.fromkeys(flags)
    return applied, tuple(why_not)


def _asked(term: Term, occurrence: Occurrence, visit: Visit) -> tuple[Applied | None, Flags]:
    if term.unfixed is None:
        return term.applied, term.flags
    edition, limit = term.unfixed
    said = ((r.occurred_at, r.said.about_at, r.said.party) for r in occurrence.appointments)
    booked = tuple(Appointment(made, at, party) for made, at, party in said if at is not None)
    ask = Ask(occurrence.opened_at, occurrence.closed_at, visit.traits, booked)
    try:
        return edition.apply(limit, ask)
    except UnknownYear:
        return None, (CALENDAR_UNKNOWN,)


def _evidence(scene: Scene, occurrence: Occurrence, holds: tuple[Hold, ...]) -> Reports:
    """The reports that shaped an occurrence: its own, what it was booked for, the holds on it, and
    those that fell."""
    until = occurrence.closed_at if occurrence.closed_at is not None else NEVER
    held = [
        r
        for h in holds
        if h.start < until and (h.end or NEVER) > occurrence.opened_at
        for r in h.reports
    ]
    stage = occurrence.stage
    kinds = {*stage.openers, *stage.closers, stage.appointments}
    fallen = [r for r in scene.fallen if r.kind in kinds]
    own = (*occurrence.reports, *occurrence.appointments)
    return tuple(dict.fromkeys((*own, *held, *fallen)))
