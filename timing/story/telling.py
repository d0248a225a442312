"""The story of a unit at a port: its visits, the events of each with what they did, and its stages.

What is told once for every event stands in `timing.story.acts`, once for every stage in
`timing.story.chapters`. Must never know a language.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from events.identifiers import Identity
from timing.corrections import Standing, order, standing
from timing.findings import Findings, find
from timing.observation import Observation, merged
from timing.rules import Rules
from timing.story.acts import (
    Act,
    Acts,
    Held,
    by_correction,
    by_saying,
    by_visit,
    gathered,
    of_kept,
    of_place,
)
from timing.story.chapters import Chapter, Scene, chapter
from timing.visits import Visit


@dataclass(frozen=True, slots=True)
class Line:
    """One event and what it did. Events of a place are told where they touch the visit."""

    report: Observation
    acts: tuple[Act, ...]
    stands: bool


@dataclass(frozen=True, slots=True)
class Story:
    """One visit, as known at the watermark."""

    visit: Visit
    watermark: int
    lines: tuple[Line, ...]
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """All visits of a unit at a port; `waiting` are the events of one that has had none yet."""

    findings: Findings
    stories: tuple[Story, ...]
    waiting: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything known of a unit; `said` is what does not depend on a visit."""

    port: str
    rules: Rules
    watermark: int
    found: Findings
    standing: Standing
    said: Acts


def tell(key: str, heard: Sequence[Observation], rules: Rules, watermark: int) -> Telling:
    """Explain everything about one unit at one port. `heard` are all messages about it, repeated
    ones too, in any order. Raises Unexplained."""
    reports = tuple(_once(heard))
    found, stand = find(key, reports, rules, watermark), standing(reports)
    said = _joined(by_correction(stand), by_saying(heard))
    known = _Known(key.partition("/")[0], rules, watermark, found, stand, said)
    stories = tuple(_story(known, visit) for visit in found.visits)
    return Telling(found, stories, () if stories else _lines(known, None, {}, ()))


def _once(heard: Iterable[Observation]) -> Iterable[Observation]:
    """One report per identity, as a history keeps them."""
    known: dict[Identity, list[Observation]] = {}
    for report in heard:
        known.setdefault(report.identity, []).append(report)
    return (reduce(merged, versions) for versions in known.values())


def _joined(*many: Acts) -> Acts:
    joined: Acts = {}
    for acts in many:
        for identity, some in acts.items():
            joined.setdefault(identity, []).extend(some)
    return joined


def _story(known: _Known, visit: Visit) -> Story:
    scene = Scene(known.port, visit, known.rules, known.watermark)
    findings = [f for f in known.found.by_key.values() if f.key.visit_id == visit.visit_id]
    findings.sort(key=lambda f: (f.occurrence.opened_at, f.occurrence.closed_at or known.watermark))
    chapters = tuple(chapter(scene, finding) for finding in findings)
    held = {c.name: Held(c.finding.occurrence, c.holds) for c in chapters}
    acts = by_visit(visit, held.values())
    closures = tuple(r for c in chapters for h in c.holds for r in h.reports)
    return Story(visit, known.watermark, _lines(known, visit, acts, closures), chapters)


def _lines(
    known: _Known, visit: Visit | None, acts: Acts, closures: tuple[Observation, ...]
) -> tuple[Line, ...]:
    """In the order of the work. `closures` are reports that are not the unit's own."""
    facts = {r.identity for r in known.standing.facts}
    own = {r.identity: r for r in (*known.standing.facts, *known.standing.void)}
    mine = {i: r for i, r in own.items() if _belongs(known, visit, r)}
    mine |= {r.identity: r for r in closures if r.identity in acts and r.identity not in own}
    lines = []
    for report in sorted(mine.values(), key=order):
        identity = report.identity
        did = [*acts.get(identity, ()), *known.said.get(identity, ())]
        if identity not in own:
            did += of_place(report)
        stands = identity in facts or identity not in own
        if stands and known.found.visit_of.get(identity, "") is None:
            did.append(of_kept(report, known.found.visits, known.rules.patience))
        lines.append(Line(report, tuple(gathered(did)), stands))
    return tuple(lines)


def _belongs(known: _Known, visit: Visit | None, report: Observation) -> bool:
    """Whether a visit's story tells of a report: what belongs to no visit is told with the last
    one begun by then, or else with the first."""
    where = known.found.visit_of[report.identity]
    if visit is None or where is not None:
        return visit is None or where == visit.visit_id
    begun = [v for v in known.found.visits if v.opened_at <= report.occurred_at]
    return (begun or known.found.visits)[-1 if begun else 0] is visit
