"""Merging: sorted lines of several parts as one sequence, with one block of each at hand. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator

Block = list[bytes]
"""Some lines, sorted; never none."""


def merged(parts: Iterable[Iterator[Block]]) -> Iterator[Block]:
    """The blocks of all parts as blocks in order. Whatever is not beyond the end of any block at
    hand may go out; to sort runs that are sorted already costs little more than to copy them."""
    at_hand = [(next(part, []), part) for part in parts]
    while at_hand := [one for one in at_hand if one[0]]:
        until = min(block[-1] for block, _ in at_hand)
        cuts = [bisect_right(block, until) for block, _ in at_hand]
        ready = [
            line for (block, _), cut in zip(at_hand, cuts, strict=True) for line in block[:cut]
        ]
        ready.sort()
        yield ready
        at_hand = [
            (block[cut:] or next(part, []), part)
            for (block, part), cut in zip(at_hand, cuts, strict=True)
        ]
