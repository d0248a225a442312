"""The offline judge: events in, outcomes out, no broker. The oracle of the live stream.

It takes the plain road: gather the set of reports of each unit, judge each set once. The live
stream comes to the same by many small steps; tests and the demo hold the two against each other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from events.codec import canonical, decode
from events.envelope import Event
from events.instants import from_epoch
from events.outcomes import EventFate, Outcome
from events.refusals import InvalidEvent, Refusal
from events.vocabulary import Fate
from timing import announce
from timing.engine import Rules, watermark_of
from timing.history import History
from timing.observation import observation_of, unit_key, unit_of
from timing.places import closures_of, is_place
from timing.play import Play


@dataclass(slots=True)
class Accounts:
    """Every message accounted for. `messages + split == events + duplicates + corrections`, where
    `events == judged + kept + quarantined`; `split` counts the units beyond the first that
    multi-unit messages named, `corrections` further versions of an event already counted."""

    messages: int = 0
    split: int = 0
    duplicates: int = 0
    corrections: int = 0
    judged: int = 0
    kept: int = 0
    quarantined: int = 0

    @property
    def events(self) -> int:
        """Distinct events: what is left when repetitions are taken off."""
        return self.messages + self.split - self.duplicates - self.corrections

    @property
    def unexplained(self) -> int:
        """Must be zero."""
        return self.events - self.judged - self.kept - self.quarantined


class RefusedLine(NamedTuple):
    """A message that could not be read, by its place in the input (from 1)."""

    line: int
    refusal: Refusal


@dataclass(slots=True)
class Judgement:
    """What a set of messages amounts to at a moment."""

    now: datetime | None
    outcomes: list[Outcome] = field(default_factory=list)
    fates: list[EventFate] = field(default_factory=list)
    refused: list[RefusedLine] = field(default_factory=list)
    accounts: Accounts = field(default_factory=Accounts)
    visits: int = 0

    def lines(self) -> list[bytes]:
        """The outcomes in canonical form: one JSON line each, sorted."""
        return sorted(map(canonical, self.outcomes))


def judge(
    lines: Iterable[bytes],
    rules: Rules,
    now: datetime | None = None,
    *,
    received_at: datetime | None = None,
) -> Judgement:
    """Judge messages, one per line, as known at `now`; by default, the latest instant in them.

    `received_at`, if given, is when the messages were taken: later times are future times.
    """
    judgement = Judgement(now)
    histories: dict[str, History] = {}
    for number, line in enumerate(lines, start=1):
        judgement.accounts.messages += 1
        try:
            events = decode(line.rstrip(b"\r\n"), received_at=received_at)
        except InvalidEvent as error:
            judgement.accounts.quarantined += 1
            judgement.refused.append(RefusedLine(number, error.refusal))
        else:
            _take(judgement.accounts, histories, events)
    if judgement.now is None:
        judgement.now = _latest(histories.values())
    if judgement.now is not None:
        watermark = watermark_of(judgement.now, rules)
        under = rules.under(closures_of(h for h in histories.values() if is_place(h)))
        for history in histories.values():
            _conclude(judgement, history, under, watermark)
    return judgement


def _take(accounts: Accounts, histories: dict[str, History], events: tuple[Event, ...]) -> None:
    accounts.split += len(events) - 1
    for event in events:
        _add(accounts, histories, event)


def _add(accounts: Accounts, histories: dict[str, History], event: Event) -> None:
    report, key = observation_of(event), unit_key(event)
    history = histories.get(key) or History.of(key, unit_of(event))
    known = history.known(report.identity)
    if known is not None and report.said_before(known):
        accounts.duplicates += 1
        return
    accounts.corrections += known is not None
    histories[key] = history.with_report(report)


def _latest(histories: Iterable[History]) -> datetime | None:
    moments = [max(r.occurred_at, r.recorded_at) for h in histories for r in h.reports]
    return from_epoch(max(moments)) if moments else None


def _conclude(judgement: Judgement, history: History, rules: Rules, watermark: int) -> None:
    found = history.at(watermark, rules).findings(rules)
    port, unit = history.key.partition("/")[0], history.unit
    judgement.outcomes += announce.outcomes(unit, announce.changes(announce.NOTHING, found))
    fates = announce.fates(unit, port, announce.moved(announce.NOTHING, found))
    judgement.fates += fates
    kept = sum(fate.fate is Fate.KEPT for fate in fates)
    judgement.accounts.kept += kept
    judgement.accounts.judged += len(fates) - kept
    judgement.visits += len(found.visits)


def revisions(lines: Iterable[bytes], rules: Rules) -> Iterator[Outcome]:
    """Every revision of every outcome, as the messages come in: each moves the watermark forward.

    This is what a live stream publishes when it reads the messages in this order.
    """
    play = Play(rules)
    for line in lines:
        try:
            events = decode(line.rstrip(b"\r\n"))
        except InvalidEvent:
            continue
        for event in events:
            play.reach(watermark_of(event.recorded_at or event.occurred_at, rules))
            for step in play.take(event):
                yield from step.outcomes
