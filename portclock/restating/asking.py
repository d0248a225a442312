"""Asking the worker to judge a unit again: a mark in the tables first, then the recall.

The worker that has a unit is the only one that writes of it; whoever restates only brings back what
it needs. A recall that would not fit into a message is not sent, and said.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol

from events.codec import encode
from events.outcomes import Because
from events.recalls import RECALL_BYTES_MAX, Belonging, Recall
from events.topics import UNIT_RECALLS
from portclock.restating.months import touched
from portclock.restating.whole import Pair, Whole
from sinks.publishing import RESTATEMENTS

Row = tuple[Any, ...]


class Outbox(Protocol):
    """Where recalls leave; `settle` waits until all are acknowledged."""

    def send_raw(self, topic: str, key: bytes | None, value: bytes) -> None: ...

    def settle(self) -> object: ...


class Marks(Protocol):
    """Where marks are kept; the same token again keeps nothing more."""

    def insert(
        self, table: str, columns: Sequence[str], rows: Sequence[Row], token: str
    ) -> None: ...


class Wish(NamedTuple):
    """Why units are judged again. `run` tells one restatement from another; empty for what came
    late by itself. `reason` is in words."""

    run: str = ""
    reason: str | None = None


class Asked(NamedTuple):
    """One unit to be judged again, why, and how it differs."""

    whole: Whole
    because: Because
    pairs: list[Pair]


class Asker:
    """Marks and asks. `now` is the clock of the door."""

    def __init__(
        self, outbox: Outbox, marks: Marks, wish: Wish, now: Callable[[], datetime]
    ) -> None:
        self._outbox, self._marks, self._wish, self._now = outbox, marks, wish, now

    def ask(self, wanted: Sequence[Asked]) -> list[Asked]:
        """Ask for all of these; those that do not fit into a message come back, not asked for."""
        recalls = [(one, encode(recall_of(one.whole, one.because))) for one in wanted]
        fitting = [(one, value) for one, value in recalls if len(value) <= RECALL_BYTES_MAX]
        rows = [row for one, _ in fitting if (row := self._mark(one)) is not None]
        if rows:
            self._marks.insert(RESTATEMENTS.name, RESTATEMENTS.columns, rows, _token(rows))
        for one, value in fitting:
            self._outbox.send_raw(UNIT_RECALLS.name, one.whole.unit.id.encode(), value)
        self._outbox.settle()
        return [one for one, value in recalls if len(value) > RECALL_BYTES_MAX]

    def _mark(self, one: Asked) -> Row | None:
        """The mark of a unit; none where only the belonging of events changes."""
        months = touched(one.pairs, one.whole.until_s)
        if not months:
            return None
        because, wish = one.because, self._wish
        return (
            one.whole.port, one.whole.unit.id, because.what.value, because.id or "", wish.run,
            months, len(one.pairs), wish.reason, self._now(),
        )  # fmt: skip


def recall_of(whole: Whole, because: Because) -> Recall:
    """What the worker is given."""
    visits = (Belonging(source=i.source, event_id=i.event_id, visit_id=visit)
              for i, visit in whole.visits.items())  # fmt: skip
    return Recall(
        port=whole.port,
        unit=whole.unit,
        messages=tuple(message.decode() for message in whole.messages),
        outcomes=whole.outcomes,
        visits=tuple(visits),
        cause=because,
    )


_TOKEN_ROWS: Final = 3


def _token(rows: Sequence[Row]) -> str:
    """Told apart by what is marked and when: the same marks at another time are new ones."""
    some = ["/".join(map(str, row)) for row in (*rows[:_TOKEN_ROWS], rows[-1])]
    return f"restatements {len(rows)} {' '.join(some)}"
