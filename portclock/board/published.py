"""What was published, for evaluators: vintages and cells from the tables, within bounds.

Reads the tables of published cells and no other: no question to a single box begins here.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from portclock.board.tables import Tables
from portclock.reporting import ReportTables
from reports.datasets import dataset
from reports.tables import TablesUnavailable
from reports.vintages.tabled import TableLedger
from serving.asks import AnswerUnavailable
from serving.evaluators.asks import ALL, Asked, Cell, Printed, Vintage
from sinks.clickhouse import ClickHouseStore
from sinks.publishing import PublishingStore
from sinks.store import Store

CONNECTIONS: Final = 2
TIME_MAX_S: Final = 8
MEMORY_MAX: Final = 256 * 1024 * 1024
"""Of one question in the engine; a page of the most cells takes about a tenth of it."""
_BOUNDS: Final = f"SETTINGS max_execution_time = {TIME_MAX_S}, max_memory_usage = {MEMORY_MAX}"


class TablePublished:
    """Fulfils `serving.evaluators.asks.Published`; its connections are for evaluators alone, so
    that whoever pulls a year holds up no page of the board."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def vintages(self) -> Sequence[Vintage]:
        """See Published.vintages."""
        return self._tables.ask(_vintages)

    def cells(self, asked: Asked) -> Sequence[Cell]:
        """See Published.cells."""
        return self._tables.ask(lambda store: _cells(store, asked))


def _vintages(store: Store) -> list[Vintage]:
    try:
        found = TableLedger(ReportTables(_publishing(store))).vintages()
    except TablesUnavailable as error:
        raise AnswerUnavailable(str(error)) from error
    return [Vintage(*(getattr(one, name) for name in Vintage._fields)) for one in found]


def _cells(store: Store, asked: Asked) -> list[Cell]:
    sql, parameters = question(asked)
    return [_cell(*row) for row in _publishing(store).rows(sql, parameters)]


def _publishing(store: Store) -> PublishingStore:
    """These tables are asked in SQL; no other store has them."""
    if not isinstance(store, ClickHouseStore):
        raise TypeError(f"published cells are in ClickHouse, not in {type(store).__name__}")
    return PublishingStore(store)


def question(asked: Asked) -> tuple[str, dict[str, Any]]:
    """The question in SQL. Every word of an asker is a parameter, never a part of the text."""
    said: dict[str, Any] = {"vintage": asked.vintage, "dataset": asked.dataset, "n": asked.limit}
    wanted = ["vintage = %(vintage)s", "dataset = %(dataset)s"]
    for place, name in enumerate(dataset(asked.dataset).dimensions, 1):
        if name in asked.only:
            said[f"only_{place}"] = list(asked.only[name])
            wanted.append(f"has(%(only_{place})s, key[{place}])")
        if asked.named is not None:
            wanted.append(f"key[{place}] {'!=' if name in asked.named else '='} '{ALL}'")
    if asked.after is not None:
        said["after"] = list(asked.after)
        wanted.append("key > %(after)s")
    sql = (
        "SELECT key, figures, suppressed, withheld FROM published_cells FINAL "
        f"WHERE {' AND '.join(wanted)} ORDER BY key LIMIT %(n)s {_BOUNDS}"
    )
    return sql, said


def _cell(
    key: Sequence[str], figures: dict[str, str], suppressed: str | None, withheld: dict[str, str]
) -> Cell:
    printed = {name: _printed(text) for name, text in figures.items()}
    return Cell(tuple(key), printed, suppressed, withheld)


def _printed(text: str) -> Printed:
    """With the digits that it was printed with."""
    return Decimal(text) if "." in text else int(text)
