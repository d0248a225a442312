"""Compares what a manifest says with what is kept: record, frozen facts, cells, today's facts.

For whoever may ask the tables. Each step goes one further back: from the figures as published to
the facts that stand today. Must never know a folder, a signature or a driver.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from reports.shapes import PublishedCell, Vintage
from reports.vintages.asks import Ledger, Observatory, Published, Workshop
from reports.vintages.chain import ChainBroken, ordered
from reports.vintages.changes import Change, numbers
from reports.vintages.digest import cell_line, digest, hashes, lines, vintage_document
from reports.vintages.finding import Finding, different, equal, not_compared
from timing.commitments.period import Period

NOTHING = digest(b"")
"""The hash of a dataset without a cell."""


class Archive(NamedTuple):
    """What is asked; all three over the same tables."""

    ledger: Ledger
    workshop: Workshop
    observatory: Observatory


def recorded(kept: Sequence[Vintage], used: Sequence[Vintage]) -> Iterator[Finding]:
    """Whether the record `kept` still says of these vintages what was sealed, and is a chain."""
    by_id = {vintage.id: vintage for vintage in kept}
    try:
        ordered(kept)
    except ChainBroken as broken:
        yield different("chain-broken", "vintages", why=str(broken))
    else:
        yield equal("chain-whole", "vintages", number=str(len(kept)))
    for vintage in used:
        yield _recorded(vintage, by_id.get(vintage.id))


def stored(archive: Archive, vintage: Vintage) -> Iterator[Finding]:
    """Whether the facts and cells of a vintage are those that were published."""
    frozen = archive.workshop.frozen(vintage.id)
    if frozen == (vintage.facts, vintage.facts_hash):
        yield equal("facts-same", vintage.id, number=f"{frozen.facts:,}")
    else:
        yield different("facts-changed", vintage.id)
    found = hashes(archive.workshop.published(vintage.id))
    for name in sorted({*found, *vintage.published}):
        said = {"vintage": vintage.id, "dataset": name}
        if found.get(name, NOTHING) == vintage.published.get(name, NOTHING):
            yield equal("stored-cells-same", f"{vintage.id}/{name}", **said)
        else:
            yield different("stored-cells-changed", f"{vintage.id}/{name}", **said)


def counted_again(archive: Archive, vintage: Vintage, period: Period) -> Iterator[Finding]:
    """Whether the frozen facts, counted and protected again, come to the cells published.

    Where they do not, and the rules of today are others, nothing is proved either way.
    """
    made = ordered(archive.ledger.vintages())
    before = made[: [one.id for one in made].index(vintage.id)]
    again = archive.workshop.protected(vintage.id, period, before)
    kept = archive.workshop.published(vintage.id)
    moved = _moved(vintage.rules, archive.workshop.rules(period))
    for name in sorted({*again, *kept}):
        yield _counted(vintage, name, (again, kept), moved)


def today(archive: Archive, vintage: Vintage, period: Period) -> tuple[Finding, list[Change]]:
    """Whether the facts that stand today are those that were frozen, and what is not."""
    found = list(archive.observatory.changes_today(vintage.id, period))
    if not found:
        return equal("today-same", vintage.id), found
    causes = ", ".join(
        f"{deed} {cause} {number:,}" for (deed, cause), number in numbers(found).items()
    )
    return different("today-differs", vintage.id, number=f"{len(found):,}", causes=causes), found


def since(vintage: Vintage, later: Vintage | None, causes: str) -> Iterator[Finding]:
    """What has become of a vintage since: none of it says that anything is not as it was made.
    `causes` tells by what units of its months were judged again; empty for none."""
    if later is not None:
        reason = f": {later.reason}" if later.reason else ""
        said = {"by": later.id, "standing": later.standing, "reason": reason}
        yield not_compared("superseded", vintage.id, **said)
    elif causes:
        yield not_compared("touched-since", vintage.id, causes=causes)


def _recorded(sealed: Vintage, kept: Vintage | None) -> Finding:
    if kept is None:
        return different("vintage-unknown", sealed.id)
    said, found = vintage_document(sealed), vintage_document(kept)
    fields = [name for name in said if said[name] != found[name]]
    if fields:
        return different("vintage-changed", sealed.id, fields=", ".join(fields))
    return equal("vintage-same", sealed.id)


def _moved(then: Mapping[str, str], now: Mapping[str, str]) -> str:
    return ", ".join(name for name in sorted({*then, *now}) if then.get(name) != now.get(name))


def _counted(vintage: Vintage, name: str, both: tuple[Published, Published], moved: str) -> Finding:
    again, kept = (of.get(name, ()) for of in both)
    subject, said = f"{vintage.id}/{name}", {"vintage": vintage.id, "dataset": name}
    if lines(again) == lines(kept):
        return equal("counted-again-same", subject, **said)
    if moved:
        return not_compared("rules-moved", subject, vintage=vintage.id, rules=moved)
    keys = differing_keys(again, kept)
    first = "/".join(keys[0]) if keys else "?"
    return different("counted-again-differs", subject, number=str(len(keys)), first=first, **said)


def differing_keys(
    some: Sequence[PublishedCell], others: Sequence[PublishedCell]
) -> list[tuple[str, ...]]:
    """The keys of cells that are not alike in both, in order."""
    left = {cell.key: cell_line(cell) for cell in some}
    right = {cell.key: cell_line(cell) for cell in others}
    return sorted(key for key in {*left, *right} if left.get(key) != right.get(key))
