"""Figures for programs: one line for each, as CSV and as Parquet.

A line names its cell by the words of the datasets, says which measure, and has a value or the
reason why there is none. Codes stand in both forms, so there is one for all languages. Must never
know which cells a document shows.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Final, NamedTuple

from reports.datasets import Dataset
from reports.shapes import ALL, Printed, PublishedCell
from timing.series import decimals

if TYPE_CHECKING:
    import pyarrow as pa

DIMENSIONS: Final = (
    "direction", "province", "port", "facility", "mode", "inspected", "advance", "goods", "peak",
    "stage", "edition", "limit", "commitment",
)  # fmt: skip
HEADS: Final = ("vintage", "dataset", *DIMENSIONS, "measure", "value", "reason")
PLACES: Final = 2
"""Decimals of a value in Parquet. More would be lost, and are refused."""


class Line(NamedTuple):
    """One figure. A dimension that is summed over, or that the dataset has not, is `*`; one that
    the units do not state is empty. Without a value there is a reason."""

    vintage: str
    dataset: str
    words: Mapping[str, str]
    measure: str
    value: Printed | None
    reason: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands under HEADS."""
        value = "" if self.value is None else str(self.value)
        named = (self.words.get(dimension, ALL) for dimension in DIMENSIONS)
        return (self.vintage, self.dataset, *named, self.measure, value, self.reason)


def lines_of(vintage: str, dataset: Dataset, cells: Iterable[PublishedCell]) -> Iterator[Line]:
    """Every measure of some cells. Of a suppressed one, a line without a measure says why."""
    for cell in cells:
        words = {str(name): word for name, word in dataset.words(cell.key).items()}
        if cell.suppressed is not None:
            yield Line(vintage, dataset.ref, words, "", None, cell.suppressed)
            continue
        for measure in dataset.measures:
            if measure in cell.figures:
                yield Line(vintage, dataset.ref, words, measure, cell.figures[measure])
            elif measure in cell.withheld:
                yield Line(vintage, dataset.ref, words, measure, None, cell.withheld[measure])


def as_csv(lines: Iterable[Line]) -> bytes:
    """UTF-8, comma, one header, lines ended by CR LF (RFC 4180, https://www.rfc-editor.org/rfc/rfc4180)."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADS)
    writer.writerows(line.cells for line in lines)
    return out.getvalue().encode()


def as_parquet(lines: Sequence[Line]) -> bytes:
    """The same; values are decimals, and null where there is a reason. Raises ValueError for more
    decimals than the column holds."""
    import pyarrow.parquet as pq

    out = BytesIO()
    pq.write_table(_columns(lines), out, compression="zstd")
    return out.getvalue()


def _columns(lines: Sequence[Line]) -> "pa.Table":
    import pyarrow as pa

    cells = [line.cells for line in lines]
    value = HEADS.index("value")
    columns = {
        head: pa.array([row[at] for row in cells], pa.dictionary(pa.int32(), pa.string()))
        for at, head in enumerate(HEADS)
        if at != value
    }
    values = [None if line.value is None else _exactly(line.value) for line in lines]
    columns["value"] = pa.array(values, pa.decimal128(18, PLACES))
    return pa.table({head: columns[head] for head in HEADS})


def _exactly(value: Printed) -> Decimal:
    found = Decimal(value)
    if decimals(found) > PLACES:
        raise ValueError(f"{value} has more than {PLACES} decimals")
    return found
