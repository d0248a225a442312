"""Cells written down: JSON, CSV (RFC 4180) or Parquet. The same cells give the same bytes.

Figures keep the digits that they were printed with: decimals in Parquet, plain digits elsewhere.
Must never know where cells come from, nor who asks.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from serving.evaluators.accepted import Format
from serving.evaluators.answers import Cells, CellShown, Head, encoded
from serving.evaluators.asks import Cell, Dataset, Measure, Printed

if TYPE_CHECKING:
    import pyarrow as pa

DIGITS: Final = 18
"""Of a decimal in Parquet: more than any number of hours has."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run."""


class Page(NamedTuple):
    """Cells, what stands beside them, and the address of the next page."""

    dataset: Dataset
    head: Head
    cells: Sequence[Cell]
    next: str | None

    @property
    def measures(self) -> list[Measure]:
        """Those asked for."""
        return [one for one in self.dataset.measures if one.id in self.head.measures]


def written(page: Page, format: Format) -> bytes:
    """The page as a file of that format."""
    return {Format.JSON: _as_json, Format.CSV: _as_csv, Format.PARQUET: _as_parquet}[format](page)


def formats() -> tuple[Format, ...]:
    """Those that can be written here: Parquet wants a library that the extra `reports` brings."""
    from importlib.util import find_spec

    return tuple(Format) if find_spec("pyarrow") else (Format.JSON, Format.CSV)


def _as_json(page: Page) -> bytes:
    return encoded(Cells(page.head, [_shown(page, cell) for cell in page.cells], page.next))


def _shown(page: Page, cell: Cell) -> CellShown:
    wanted = page.head.measures
    return CellShown(
        key=dict(zip(page.dataset.names, cell.key, strict=True)),
        figures={name: cell.figures[name] for name in wanted if name in cell.figures},
        suppressed=cell.suppressed,
        withheld={name: cell.withheld[name] for name in wanted if name in cell.withheld},
    )


def _as_csv(page: Page) -> bytes:
    """A header, then a line for each cell. A figure that is missing is empty; `suppressed` and
    `withheld` say why. A word that a spreadsheet would run has an apostrophe before it."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(_columns(page))
    for cell in page.cells:
        figures = [_plain(cell.figures.get(name)) for name in page.head.measures]
        words = [_tame(word) for word in cell.key]
        lines.writerow([page.head.vintage.id, *words, cell.suppressed or "", *figures,
                        _reasons(page, cell)])  # fmt: skip
    return out.getvalue().encode()


def _columns(page: Page) -> list[str]:
    return ["vintage", *page.dataset.names, "suppressed", *page.head.measures, "withheld"]


def _reasons(page: Page, cell: Cell) -> str:
    """`p95_h:reason p90_h:reason`, in the order of the measures."""
    found = [name for name in page.head.measures if name in cell.withheld]
    return " ".join(f"{name}:{cell.withheld[name]}" for name in found)


def _plain(figure: Printed | None) -> str:
    """Every digit, and never an exponent."""
    if figure is None:
        return ""
    return str(figure) if isinstance(figure, int) else f"{figure:f}"


def _tame(word: str) -> str:
    return f"'{word}" if word.startswith(FORMULA) else word


def _as_parquet(page: Page) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(dict(_arrays(page)), metadata=_metadata(page))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    found: bytes = sink.getvalue().to_pybytes()
    return found


def _arrays(page: Page) -> Iterator[tuple[str, "pa.Array"]]:
    """The columns of the CSV, each with its type: missing is null, never nought."""
    import pyarrow as pa

    yield "vintage", pa.array([page.head.vintage.id] * len(page.cells), pa.string())
    for place, name in enumerate(page.dataset.names):
        yield name, pa.array([cell.key[place] for cell in page.cells], pa.string())
    yield "suppressed", pa.array([cell.suppressed for cell in page.cells], pa.string())
    for measure in page.measures:
        kind = pa.decimal128(DIGITS, measure.decimals) if measure.decimals else pa.int64()
        yield measure.id, pa.array([cell.figures.get(measure.id) for cell in page.cells], kind)
    yield "withheld", pa.array([_reasons(page, cell) for cell in page.cells], pa.string())


def _metadata(page: Page) -> dict[bytes, bytes]:
    """What stands beside the cells in JSON stands in the file's metadata here."""
    head = json.dumps(msgspec.to_builtins(page.head), ensure_ascii=False, sort_keys=True)
    return {b"portclock": head.encode()}
