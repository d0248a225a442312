"""The history a demo feeds: written to a file, and judged offline to know what must come of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from portclock.failure import Failure
from portclock.traffic.feed import read_lines, traffic, write_lines
from timing.engine import Rules
from timing.judge import Judgement, judge

FILE = "events.jsonl"
OUTCOMES = "outcomes.jsonl"
BEATS = 400
"""Ticks in the whole history: its own time passes in so many steps."""
TICK_MIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class History:
    """An events file, and what it comes to at `until`, the latest instant in it and its last tick.

    The file alone is enough to check the tables: the judge, asked nothing else, judges it so.
    """

    file: Path
    first_at: datetime
    until: datetime
    judgement: Judgement

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


def write_history(folder: Path, visits: int, seed: int, rules: Rules) -> History:
    """Simulate so many visits into a file of this folder, and judge it. Raises Failure."""
    file = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    sent = list(traffic(visits, seed))
    if not sent:
        raise Failure("the simulated port sent nothing", do="ask for more --visits")
    write_lines(file, sent)
    judgement = judge(read_lines(file), rules)
    assert judgement.now is not None, "a simulated port sends honest events too"
    return History(file, sent[0].sent_at, judgement.now, judgement)
