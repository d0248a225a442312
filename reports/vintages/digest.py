"""What a hash is taken over: cells, vintages and small documents as bytes, one way only.

A line is JSON with sorted names, without spaces, in UTF-8; a figure with decimals is a text, so
that 5.00 stays 5.00. The lines of a dataset are sorted as bytes, each ends with a line feed, and
its hash is the SHA-256 of all of them: `sha256sum` says the same of the file. Must never know where
rows are kept.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, cast

from reports.shapes import Printed, PublishedCell, Standing, Vintage


class NotCanonical(ValueError):
    """A line is not what this module would have written; the message says where it is not."""


def canonical(document: object) -> bytes:
    """One document as one line, without the line feed. Numbers in it are whole."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def digest(content: bytes) -> str:
    """SHA-256 in small hexadecimal."""
    return sha256(content).hexdigest()


def cell_line(cell: PublishedCell) -> bytes:
    """One published cell. What it does not have is not named: no `suppressed`, no `withheld`."""
    said: dict[str, object] = {"cell": cell.key}
    if cell.figures:
        said["figures"] = {name: _written(value) for name, value in cell.figures.items()}
    if cell.suppressed is not None:
        said["suppressed"] = cell.suppressed
    if cell.withheld:
        said["withheld"] = dict(cell.withheld)
    return canonical(said)


def lines(cells: Iterable[PublishedCell]) -> bytes:
    """A dataset as the file that its hash is of."""
    return b"".join(sorted(cell_line(cell) + b"\n" for cell in cells))


def read_lines(content: bytes) -> list[PublishedCell]:
    """The cells of such a file. Raises NotCanonical, naming the line, for any other."""
    found = []
    for number, line in enumerate(content.splitlines(keepends=True), 1):
        try:
            cell = _cell(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
            raise NotCanonical(f"line {number} is no published cell") from None
        if cell_line(cell) + b"\n" != line:
            raise NotCanonical(f"line {number} is not written as the rule says")
        found.append(cell)
    return found


def hashes(published: Mapping[str, Iterable[PublishedCell]]) -> dict[str, str]:
    """The hash of each dataset."""
    return {name: digest(lines(cells)) for name, cells in sorted(published.items())}


def vintage_document(vintage: Vintage) -> dict[str, object]:
    """A vintage as JSON has it: the instant in UTC, to the second."""
    return {
        **vintage._asdict(),
        "made_at": written_instant(vintage.made_at),
        "rules": dict(vintage.rules),
        "published": dict(vintage.published),
    }


def vintage_of(document: Mapping[str, Any]) -> Vintage:
    """The vintage that such a document tells of. Raises KeyError, TypeError, ValueError."""
    found = Vintage(
        **{
            **document,
            "standing": cast(Standing, document["standing"]),
            "made_at": datetime.fromisoformat(document["made_at"]),
        }
    )
    if vintage_document(found) != document:
        raise ValueError(f"vintage {found.id} is not written as the rule says")
    return found


def vintage_hash(vintage: Vintage) -> str:
    """The hash of all that is said of a vintage, by which the next one names it."""
    return digest(canonical(vintage_document(vintage)))


def written_instant(moment: datetime) -> str:
    """In UTC, to the second, as 2026-04-03T01:00:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _written(value: Printed) -> int | str:
    return f"{value:f}" if isinstance(value, Decimal) else value


def _read(value: object) -> Printed:
    if isinstance(value, str):
        return Decimal(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError(f"{value!r} is no figure")


def _cell(said: Mapping[str, Any]) -> PublishedCell:
    figures = {name: _read(value) for name, value in said.get("figures", {}).items()}
    return PublishedCell(
        tuple(said["cell"]), figures, said.get("suppressed"), dict(said.get("withheld", {}))
    )
