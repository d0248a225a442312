"""The offline judge: events in, outcomes out, no broker. The oracle of the live stream.

It takes the plain road: gather the set of reports of each unit, judge each set once. The live
stream comes to the same by many small steps; tests and the demo hold the two against each other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from events.codec import decode
from events.instants import from_epoch
from events.outcomes import EventFate, Outcome
from events.refusals import InvalidEvent
from events.said import uncaused
from events.vocabulary import Fate, UnitType
from timing.announce import NOTHING, Change, Places, became, fates, moved
from timing.engine import Rules, watermark_of
from timing.findings import Findings, find
from timing.hearing import Accounts, Hearing, RefusedLine, unit_in
from timing.places import closures_of
from timing.play import Play
from timing.spoken import Voice

__all__ = ["Accounts", "Judged", "Judgement", "RefusedLine", "judge", "judged", "revisions"]

Belonging = tuple[str, UnitType, Places]
"""A unit by `<port>/<unit id>`, its type, and the visit of each of its events there."""


@dataclass(slots=True)
class Judgement:
    """What a set of messages amounts to at a moment. `written` are the outcomes as they would be
    published, `belonging` is where the events of each unit belong."""

    now: datetime | None
    written: list[bytes] = field(default_factory=list)
    belonging: list[Belonging] = field(default_factory=list)
    refused: list[RefusedLine] = field(default_factory=list)
    accounts: Accounts = field(default_factory=Accounts)
    visits: int = 0

    def lines(self) -> list[bytes]:
        """The outcomes in canonical form: one JSON line each, sorted."""
        return sorted(map(uncaused, self.written))

    @property
    def outcomes(self) -> list[Outcome]:
        """The same as models, made for whoever asks: reading them costs more than judging."""
        return list(map(Outcome.model_validate_json, self.written))

    @property
    def fates(self) -> list[EventFate]:
        """Where every event belongs, as models, made for whoever asks."""
        return [
            fate
            for key, type, places in self.belonging
            for fate in fates(unit_in(key, type), key.partition("/")[0], places)
        ]


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
    hearing = Hearing(received_at)
    for number, line in enumerate(lines, start=1):
        hearing.hear(line.rstrip(b"\r\n"), number)
    hearing.settle()
    latest_s = hearing.latest_s()
    if now is None and latest_s is not None:
        now = from_epoch(latest_s)
    judgement = Judgement(now, refused=hearing.refused, accounts=hearing.accounts)
    if now is not None:
        for one in judged(hearing, rules.under(closures_of(hearing.places())), now):
            judgement.written += one.written
            judgement.belonging.append((one.key, one.type, moved(NOTHING, one.found)))
            judgement.visits += len(one.found.visits)
    return judgement


class Judged(NamedTuple):
    """What was told of one unit at one port, judged: its outcomes as they would be published."""

    key: str
    type: UnitType
    found: Findings
    written: list[bytes]


def judged(hearing: Hearing, rules: Rules, now: datetime) -> Iterator[Judged]:
    """Judge all that was heard and settled, unit by unit, as known at `now`, and account for it.
    The hearing forgets what is judged."""
    watermark, accounts = max(watermark_of(now, rules), 0), hearing.accounts
    for key, told in hearing.taken():
        found = find(key, tuple(told.reports), rules, watermark)
        voice = Voice.of(key, told.type)
        written = [voice.outcome(Change(finding)).value for finding in found.by_key.values()]
        kept = _kept(told.type, found)
        accounts.kept += kept
        accounts.judged += len(found.visit_of) - kept
        yield Judged(key, told.type, found, written)


def _kept(type: UnitType, found: Findings) -> int:
    """How many events belong to no visit and are kept for one."""
    if became(type, None) is not Fate.KEPT:
        return 0
    return list(found.visit_of.values()).count(None)


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
