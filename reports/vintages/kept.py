"""What is published, in the tables: the record of vintages, and their cells.

Knows the tables `vintages` and `published_cells`. Must never know how a cell was counted.
"""

from collections.abc import Sequence
from datetime import UTC
from decimal import Decimal
from itertools import groupby
from typing import Final, cast

from reports.shapes import Printed, PublishedCell, Standing, Vintage
from reports.tables import Row, Tables

ROWS_AT_ONCE: Final = 20_000
_VINTAGE: Final = (
    "id", "month", "standing", "made_at", "facts", "facts_hash", "rules", "reason", "published",
    "after",
)  # fmt: skip
_CELL: Final = ("vintage", "dataset", "key", "figures", "suppressed", "withheld")


class TableLedger:
    """See Ledger. Rows are only added; an id that is recorded is not recorded again."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def vintages(self) -> Sequence[Vintage]:
        """See Ledger."""
        rows = self._tables.rows(f"SELECT {', '.join(_VINTAGE)} FROM vintages")
        return [_vintage(row) for row in rows]

    def append(self, vintage: Vintage) -> None:
        """See Ledger. The store takes one row by one token: of two at once the first stands."""
        if vintage.id not in {one.id for one in self.vintages()}:
            row = tuple(getattr(vintage, name) for name in _VINTAGE)
            self._tables.insert("vintages", _VINTAGE, [row], f"vintages/{vintage.id}")


def published_cells(
    tables: Tables, vintage: str, only: Sequence[str] = ()
) -> dict[str, list[PublishedCell]]:
    """The published cells of a vintage by dataset, in the order of their keys; of some or all."""
    narrowed = " AND dataset IN %(only)s" if only else ""
    rows = tables.rows(
        f"SELECT {', '.join(_CELL[1:])} FROM published_cells "
        f"WHERE vintage = %(vintage)s{narrowed} ORDER BY dataset, key",
        {"vintage": vintage, "only": list(only)},
    )
    by_dataset = groupby(rows, key=lambda row: str(row[0]))
    return {name: [_cell(row[1:]) for row in some] for name, some in by_dataset}


def keep_cells(
    tables: Tables, vintage: str, dataset: str, cells: Sequence[PublishedCell], attempt: str
) -> None:
    """Keep the cells of a dataset. `attempt` names who asks: what the same one asks for twice is
    stored once, and what another one asks for is not taken for it."""
    rows = [_cell_row(vintage, dataset, cell) for cell in cells]
    for first in range(0, len(rows), ROWS_AT_ONCE):
        token = f"{vintage}/{attempt}/{dataset}/{first}"
        tables.insert("published_cells", _CELL, rows[first : first + ROWS_AT_ONCE], token)


def _vintage(row: Row) -> Vintage:
    said = dict(zip(_VINTAGE, row, strict=True))
    return Vintage(
        **{
            **said,
            "standing": cast(Standing, said["standing"]),
            "made_at": said["made_at"].replace(tzinfo=UTC),
        }
    )


def _cell_row(vintage: str, dataset: str, cell: PublishedCell) -> Row:
    figures = {name: f"{value}" for name, value in cell.figures.items()}
    return vintage, dataset, list(cell.key), figures, cell.suppressed, dict(cell.withheld)


def _cell(row: Row) -> PublishedCell:
    key, figures, suppressed, withheld = row
    printed = {name: _printed(text) for name, text in figures.items()}
    return PublishedCell(tuple(key), printed, suppressed, dict(withheld))


def _printed(text: str) -> Printed:
    """Hours and per cent have decimals, counts have none."""
    return Decimal(text) if "." in text else int(text)
