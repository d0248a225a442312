"""Where the board begins: the rows of `sinks.beginning`, brought to the board in its own words.

Read once, by the feed's thread, over a connection of its own: it streams every open stage, which
takes longer than somebody who looks at a page would wait.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager

from events.alerts import AlertDeed
from events.outcomes import Alert, Outcome
from serving.asks import AnswerUnavailable, Place, Seen
from sinks.beginning import TableBeginning, committed
from sinks.settings import WriterSettings
from sinks.store import Store, StoreRefused, StoreUnavailable


class BoardBeginning:
    """Fulfils `serving.asks.Beginning`. `upto` is what the writer had committed when this was made;
    rows are asked for later, so none falls between."""

    def __init__(self, connect: Callable[[], Store], upto: Mapping[tuple[str, int], int]) -> None:
        self._connect, self._upto = connect, upto

    @classmethod
    def of(cls, connect: Callable[[], Store], writer: WriterSettings) -> "BoardBeginning":
        """As the writer of these settings has landed it. Raises KafkaError."""
        return cls(connect, committed(writer))

    def outcomes(self) -> Iterator[tuple[Outcome, Place]]:
        """See Beginning.outcomes."""
        with self._rows() as rows:
            for outcome, place in rows.outcomes():
                yield outcome, Place(*place)

    def alerts(self) -> Iterator[tuple[Alert, Place]]:
        """See Beginning.alerts."""
        with self._rows() as rows:
            for alert, place in rows.alerts():
                yield alert, Place(*place)

    def deeds(self) -> Iterator[AlertDeed]:
        """See Beginning.deeds."""
        with self._rows() as rows:
            yield from rows.deeds()

    def spots(self) -> Iterator[Seen]:
        """See Beginning.spots."""
        with self._rows() as rows:
            for seen in rows.spots():
                yield Seen(*seen)

    def upto(self) -> Mapping[tuple[str, int], int]:
        """See Beginning.upto."""
        return self._upto

    @contextmanager
    def _rows(self) -> Iterator[TableBeginning]:
        try:
            with closing(self._connect()) as store:
                yield TableBeginning(store, self._upto)
        except (StoreUnavailable, StoreRefused) as error:
            raise AnswerUnavailable(f"the tables cannot answer now: {error}") from error
