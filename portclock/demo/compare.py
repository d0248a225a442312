"""The tables against the offline judge, line by line. Pure; both sides in canonical form."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

SHOWN_MAX = 3


@dataclass(frozen=True, slots=True)
class Comparison:
    """What only one side has. `differing` counts all such lines; a few of each are kept to show."""

    differing: int
    only_in_tables: tuple[bytes, ...]
    only_by_judge: tuple[bytes, ...]

    @property
    def equal(self) -> bool:
        """Byte for byte the same lines, each as often."""
        return self.differing == 0


def compare(tables: Iterable[bytes], judge: Iterable[bytes]) -> Comparison:
    """Compare two sets of lines; how often each stands counts, their order does not."""
    landed, expected = Counter(tables), Counter(judge)
    extra, missing = landed - expected, expected - landed
    return Comparison(
        differing=extra.total() + missing.total(),
        only_in_tables=tuple(sorted(extra)[:SHOWN_MAX]),
        only_by_judge=tuple(sorted(missing)[:SHOWN_MAX]),
    )
