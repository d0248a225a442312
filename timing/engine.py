"""The verbs of the timing law: observe, elapse, declare, reconsider, and when to look again.

Everything is an argument: the history, the event, the rules, and how far event time is known to
be complete. The same arguments give the same step, in the live stream and in the offline judge.
"""

from datetime import datetime
from typing import Final

from events.reading import Reported
from events.vocabulary import Cause
from timing import abridged, announce, places, shortcut
from timing.announce import Reason
from timing.findings import Findings, find
from timing.history import History
from timing.holds import suspending
from timing.instants import NEVER
from timing.observation import Observation, observation_of, unit_key, unit_of
from timing.occurrences import Reports
from timing.places import closures_of, is_place
from timing.recent import Recent
from timing.retold import forget_told, retold
from timing.rules import Rules
from timing.running import SIZE, WAITING, Live
from timing.step import Novelty, Step
from timing.suspensions import Suspension
from timing.underway import ASKED_OF

__all__ = [
    "Novelty",
    "Rules",
    "Step",
    "closures_of",
    "declare",
    "elapse",
    "forget_found",
    "next_deadline",
    "observe",
    "reconsider",
    "settled",
    "unit_key",
    "watermark_of",
]

_RECENT: Final = Recent[Findings]()
"""Nothing but a saving: without it everything is the same, and sets are judged a third more often
(3,436 times rather than 2,599 in 40,010 events of the simulated ports)."""


def watermark_of(tick_at: datetime, rules: Rules) -> int:
    """Event time held to be complete at a tick: the tick less the allowed lateness."""
    return int(tick_at.timestamp()) - rules.patience.allowed_lateness_s


def observe(history: History | None, event: Reported, rules: Rules, watermark: int) -> Step:
    """Something happened to a unit. An event seen before changes nothing; one too late is kept
    aside. What happens to a place is declared."""
    report = observation_of(event)
    before = history or _newborn(event, rules, watermark)
    step = shortcut.taken(before, report, rules, watermark)
    if step is not None:
        return step
    if report.occurred_at <= before.settled_until:
        return _aside(history, before, report)
    if shortcut.repeated(before, report):
        return Step(history, novelty=Novelty.DUPLICATE)
    known = before.known(report.identity)
    if known is not None and report.said_before(known):
        return Step(history, novelty=Novelty.DUPLICATE)
    novelty = Novelty.NEW if known is None and report.corrects is None else Novelty.CORRECTION
    step = retold(before, report, rules, watermark, novelty)
    if step is not None:
        return step
    after = before.with_report(report).at(watermark, rules)
    return _advance(before, after, (rules, rules), _by_event(report), novelty)


def elapse(history: History, watermark: int, rules: Rules) -> Step:
    """Nothing happened until the watermark: deadlines pass, and what is over is forgotten."""
    if is_place(history):
        return _passed(history.at(watermark, rules), rules)
    step = shortcut.elapsed(history, rules, watermark)
    if step is not None:
        return step
    after = history.at(watermark, rules)
    return _advance(history, after, (rules, rules), (Cause.TIME, None), Novelty.NEW)


def declare(history: History | None, event: Reported, rules: Rules, watermark: int) -> Step:
    """A suspension of a place was declared, lifted or corrected. Says nothing of units: whoever
    holds those of the port reconsiders them under the new closures."""
    report = observation_of(event)
    before = history or History.of(unit_key(event), unit_of(event))
    known = before.known(report.identity)
    if known is not None and report.said_before(known):
        return Step(history, novelty=Novelty.DUPLICATE)
    novelty = Novelty.NEW if known is None and report.corrects is None else Novelty.CORRECTION
    step = _passed(before.with_report(report).at(watermark, rules), rules)
    return Step(step.history, moved=((report.identity, None),), of=before, novelty=novelty)


def reconsider(history: History, before: Rules, after: Rules, watermark: int, because: str) -> Step:
    """Judge a unit again when other places stand still. `because` is `<source>/<event_id>` of what
    was said of the place. The history is the very same one if nothing changes."""
    if not _touched(history, before, after):
        return Step(history)
    later, cause = history.at(watermark, after), (Cause.SUSPENSION, because)
    step = _advance(history, later, (before, after), cause, Novelty.NEW)
    return step if step.changes or step.moved else Step(history)


def _touched(history: History, before: Rules, after: Rules) -> bool:
    """Whether what is new or gone among the suspensions may bear upon a visit under way in short.
    Of others that would take as long to say as to judge them."""
    live = history.live
    if live is None or live.stay.due_at < NEVER:
        return True
    port = history.key.partition("/")[0]
    differing = set(before.closures.of(port)) ^ set(after.closures.of(port))
    return any(_bears_upon(suspension, history, live) for suspension in differing)


def _bears_upon(suspension: Suspension, history: History, live: Live) -> bool:
    """Whether work at the port may have rested while anything of a visit was under way, as far as
    can be said without its reports. A facility that none of them names is not where the unit is."""
    facility, traits = suspension.facility, live.stay.traits
    if suspension.end is not None and suspension.end <= live.stay.since:
        return False
    if facility is not None and history.body.find(facility.encode()) < 0:
        return False
    stages = live.running[::SIZE] + (live.done if suspension.start < live.last_at else b"")
    asked = suspension.stages
    concerned = any(not asked or not ASKED_OF[number].isdisjoint(asked) for number in stages)
    return concerned and bool(suspending((suspension,), facility, traits))


def forget_found() -> None:
    """Forget what is kept beside the histories, only to save work: some megabytes at most. For
    those who weigh or time the law; every answer stays what it was."""
    _RECENT.forget()
    forget_told()


def next_deadline(history: History, rules: Rules) -> int | None:
    """The smallest watermark at which `elapse` has something to do; None if there is none."""
    due_at = history.due_at
    if due_at is None:
        due_at = _look_again(history, rules)
    return None if due_at == NEVER else due_at


def _look_again(history: History, rules: Rules) -> int:
    if is_place(history):
        return places.look_again(history, rules.patience)
    return history.look_again(history.findings(rules), rules.patience)


def _by_event(report: Observation) -> Reason:
    return Cause.EVENT, f"{report.source}/{report.event_id}"


def _aside(history: History | None, before: History, report: Observation) -> Step:
    return Step(history, moved=((report.identity, None),), of=before, novelty=Novelty.LATE)


def _advance(
    before: History,
    after: History,
    rules: tuple[Rules, Rules],
    cause: Reason,
    novelty: Novelty,
) -> Step:
    then, now = rules
    reports = after.reports
    same = before.register == now.register.fingerprint
    old = announce.NOTHING
    if same and before.body:
        old = _RECENT.of(before, then) or find(
            before.key, _those_of(before, after, reports), then, before.watermark
        )
    new = find(after.key, reports, now, after.watermark)
    if not same and before.register:
        cause = (Cause.EDITION, None)
    return Step(
        settled(after, reports, new, now),
        announce.changes(old, new),
        announce.moved(old, new),
        cause,
        after,
        novelty,
    )


def _those_of(before: History, after: History, reports: Reports) -> Reports:
    """The reports of a history, taken from those of the next one, so that what is the same is read
    once and is seen to be the same at once."""
    if before.body == after.body:
        return reports
    return reports[:-1] if after.body.startswith(before.body) else before.reports


def settled(after: History, reports: Reports, found: Findings, rules: Rules) -> History | None:
    """What is left once that is forgotten whose time is over, ready for what comes next."""
    rest = after.forgotten(found, rules.patience)
    if not rest.body:
        return None
    if rest is not after:
        reports = rest.reports
        found = find(rest.key, reports, rules, rest.watermark)
    left = abridged.prepared(rest, found, rules, reports)
    _RECENT.keep(left, rules, found)
    return left


def _passed(history: History, rules: Rules) -> Step:
    rest = places.forgotten(history, rules.patience)
    return Step(rest if rest.body else None)


def _newborn(event: Reported, rules: Rules, watermark: int) -> History:
    """An empty history. What happened longer ago than visits are kept may be of one already
    forgotten, which must not be judged again by what is left of it."""
    settled_until, register = watermark - rules.patience.retention_s - 1, rules.register
    return History(
        unit_key(event), event.unit.type, b"", 0, settled_until, register.fingerprint, NEVER,
        WAITING,
    )  # fmt: skip
