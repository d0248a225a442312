"""How well feeds report, for the board: from the tables."""

from portclock.board.tables import Tables
from portclock.feed_quality import quality_of
from serving.asks import Quality


class TableQuality:
    """Fulfils `serving.asks.FeedJudge`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def quality(self, since_s: int, until_s: int) -> Quality:
        """See FeedJudge.quality."""
        return self._tables.ask(lambda store: quality_of(store, since_s, until_s))
