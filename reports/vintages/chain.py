"""The chain: every vintage names the hash of the one made before it, whatever its month.

Whoever holds one manifest of ours can tell if any vintage made before it was changed, taken away or
slipped in later. Pure; must never know where vintages are kept.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from reports.shapes import Vintage
from reports.vintages.digest import vintage_hash

FIRST: Final = ""
"""What the first vintage of all names."""


class ChainBroken(ValueError):
    """The vintages are no chain; the message names the one at which it breaks."""


def next_link(made: Sequence[Vintage]) -> str:
    """What a new vintage names, after those made so far, in order."""
    return vintage_hash(made[-1]) if made else FIRST


def ordered(vintages: Iterable[Vintage]) -> list[Vintage]:
    """The vintages in the order of making. Raises ChainBroken."""
    left = _by_link(vintages)
    found: list[Vintage] = []
    while left:
        link = next_link(found)
        if link not in left:
            raise ChainBroken(_what_is_wrong(found, list(left.values())))
        found.append(left.pop(link))
    return found


def _by_link(vintages: Iterable[Vintage]) -> dict[str, Vintage]:
    found: dict[str, Vintage] = {}
    for vintage in vintages:
        if vintage.after in found:
            both = sorted((found[vintage.after].id, vintage.id))
            raise ChainBroken(f"vintages {both[0]} and {both[1]} follow the same one")
        found[vintage.after] = vintage
    return found


def _what_is_wrong(found: list[Vintage], left: list[Vintage]) -> str:
    names = ", ".join(sorted(vintage.id for vintage in left)[:3])
    if not found:
        return f"the first vintage of all is missing; {names} follow something unknown"
    return f"{names} do not follow {found[-1].id}: a vintage was changed, or is gone"
