"""The history a demo feeds: written to a file, and judged offline to know what must come of it.

For somebody who watches, the history ends while the port is at its busiest, and what the port goes
on to send is a file of its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from portclock.failure import Failure
from portclock.traffic.feed import Sent, read_lines, traffic, write_lines
from timing.engine import Rules
from timing.judge import Judgement, judge

FILE = "events.jsonl"
LATER = "later.jsonl"
OUTCOMES = "outcomes.jsonl"
SHARE_WATCHED = 0.5
"""How much of the messages is history, at least, where somebody watches: the ports are full."""
BUSY_HOUR, PORT_TIME = 10, timezone(timedelta(hours=8))
"""The history ends in the middle of a morning at the port; at night hardly any limit runs."""
BEATS = 400
"""Ticks in the whole history: its own time passes in so many steps."""
TICK_MIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Later:
    """What the port sends after the history, and until when."""

    file: Path
    until: datetime


@dataclass(frozen=True, slots=True)
class History:
    """An events file, and what it comes to at `until`, the latest instant in it and its last tick.

    The file alone is enough to check the tables: the judge, asked nothing else, judges it so.
    `later` is None where the history is all there is.
    """

    file: Path
    first_at: datetime
    until: datetime
    judgement: Judgement
    later: Later | None = None

    @property
    def outcomes(self) -> Path:
        """Where the outcomes in the tables are written, one canonical line each, sorted."""
        return self.file.with_name(OUTCOMES)

    @property
    def messages(self) -> int:
        """How many lines the file has."""
        return self.judgement.accounts.messages

    @property
    def tick(self) -> timedelta:
        """Event time between two ticks, in whole seconds."""
        step = (self.until - self.first_at) / BEATS
        return max(TICK_MIN, timedelta(seconds=int(step.total_seconds())))


def write_history(
    folder: Path, visits: int, seed: int, rules: Rules, *, watched: bool = False
) -> History:
    """Simulate so many visits into a file of this folder, and judge it. Raises Failure."""
    file = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    sent = list(traffic(visits, seed))
    if not sent:
        raise Failure("the simulated port sent nothing", do="ask for more --visits")
    told = _by_the_busy_hour(sent) if watched else len(sent)
    write_lines(file, sent[:told])
    judgement = judge(read_lines(file), rules)
    assert judgement.now is not None, "a simulated port sends honest events too"
    later = _write_later(folder / LATER, sent[told:])
    return History(file, sent[0].sent_at, judgement.now, judgement, later)


def _by_the_busy_hour(sent: list[Sent]) -> int:
    """How many messages the port has sent when its busy hour begins for the first time after the
    share that is history."""
    half = sent[int(len(sent) * SHARE_WATCHED)].sent_at.astimezone(PORT_TIME)
    ends_at = half.replace(hour=BUSY_HOUR, minute=0, second=0)
    ends_at += timedelta(days=1) if ends_at < half else timedelta(0)
    return sum(1 for one in sent if one.sent_at < ends_at)


def _write_later(file: Path, sent: list[Sent]) -> Later | None:
    if not sent:
        return None
    write_lines(file, sent)
    return Later(file, sent[-1].sent_at)
