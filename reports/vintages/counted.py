"""Cells of a closed month as they were counted, kept: a span beside its months need not count each
of them again.

Kept under what they follow from besides the frozen facts: dataset, rules and promises. Where any of
these is another now, there is nothing kept, and they are counted anew; `verify` of the month itself
always counts. Knows the table `counted_cells`; must never be shown to anybody: it is not protected.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import orjson

from reports.datasets import Dataset
from reports.shapes import Cell, Exposure
from reports.tables import Tables
from timing.measures.rules import MeasureRules, measure_rules
from timing.measures.summary import Summary

_COLUMNS: Final = ("vintage", "dataset", "key", "counted")
_LISTS: Final = ("ranks_s", "within", "left_out")


def keep_counted(
    tables: Tables, vintage: str, of: Dataset, cells: Sequence[Cell], attempt: str
) -> None:
    """Keep all cells of a dataset under what they follow from. `attempt` as in `keep_cells`."""
    name = _name(of, measure_rules())
    rows = [(vintage, name, list(cell.key), _written(cell)) for cell in cells]
    if rows:
        tables.insert("counted_cells", _COLUMNS, rows, f"{vintage}/{attempt}/counted/{name}")


def kept_counted(tables: Tables, vintage: str, of: Dataset) -> tuple[Cell, ...]:
    """What was kept of a dataset by those rules, by key; nothing where nothing was."""
    rows = tables.rows(
        "SELECT key, counted FROM counted_cells "
        "WHERE vintage = %(vintage)s AND dataset = %(name)s ORDER BY key LIMIT 1 BY key",
        {"vintage": vintage, "name": _name(of, measure_rules())},
    )
    return tuple(sorted((_cell(*row) for row in rows), key=lambda cell: cell.key))


def _name(of: Dataset, rules: MeasureRules) -> str:
    """`stages/1 0f3a...`: the digest is over everything that the cells follow from."""
    asked = of.model_dump_json(exclude={"zh", "en", "zh_note", "en_note", "measures"})
    digest = sha256(f"{asked} {rules.model_dump_json()}".encode()).hexdigest()
    return f"{of.ref} {digest[:16]}"


def _written(cell: Cell) -> str:
    """As JSON; squares of seconds outgrow 64 bits, so they are a text."""
    summary = {**cell.summary._asdict(), "square_sum": str(cell.summary.square_sum)}
    return orjson.dumps([summary, list(cell.exposure)]).decode()


def _cell(key: Sequence[str], counted: str) -> Cell:
    said, exposure = orjson.loads(counted)
    said["square_sum"] = int(said["square_sum"])
    said["left_out"] = [tuple(pair) for pair in said["left_out"]]
    summary = Summary(**{**said, **{name: tuple(said[name]) for name in _LISTS}})
    return Cell(tuple(key), summary, Exposure._make(exposure))
