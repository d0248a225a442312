"""Figures over many for the board: days from the rollups of the tables, promises by the law."""

from datetime import date

from portclock.board.promised import promises
from portclock.board.tables import Tables
from serving.asks import Promise, StageDay
from sinks import figures
from timing.rules import Rules


class TableFigures:
    """Fulfils `serving.asks.Figures`."""

    def __init__(self, tables: Tables, rules: Rules) -> None:
        self._tables, self._rules = tables, rules

    def days(self, port: str, first: str, last: str) -> list[StageDay]:
        """See Figures.days."""
        found = self._tables.ask(lambda store: figures.days(store, port, first, last))
        return [StageDay._make(row) for row in found]

    def promises(self, port: str, first: str, last: str) -> list[Promise]:
        """See Figures.promises."""
        span = date.fromisoformat(first), date.fromisoformat(last)
        editions = self._rules.register.editions
        return self._tables.ask(lambda store: promises(store, editions, port, *span))
