"""What differs between two sets of facts of one month, and what brought it about.

Pure. A cause is what the law said of the last revision of an outcome (`Outcome.cause`), read
further: an event that corrects or withdraws another is told from one that came late. Where only
traits differ no verdict was revised, and the outcome's cause is of something older. Must never know
where facts are kept.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, NamedTuple

from reports.facts import FrozenFact

Deed = Literal["appeared", "gone", "changed"]
CauseWord = Literal[
    "late",
    "correction",
    "withdrawal",
    "suspension",
    "edition",
    "time",
    "traits",
    "rules",
    "unknown",
]
FactKey = tuple[str, str, str, int]
"""Port, stage, visit and occurrence."""


class Cause(NamedTuple):
    """Why a fact is another one; `id` is the event's, `<source>/<event id>`, or the edition's."""

    word: CauseWord
    id: str = ""


class Change(NamedTuple):
    """One fact that is not the same in both sets. `fields` are those that differ, if it is in
    both; `by_s` is by how much its time grew."""

    deed: Deed
    port: str
    stage: str
    visit_id: str
    occurrence: int
    fields: tuple[str, ...]
    by_s: int
    cause: Cause = Cause("unknown")

    @property
    def key(self) -> FactKey:
        """Which fact."""
        return self.port, self.stage, self.visit_id, self.occurrence


def key_of(fact: FrozenFact) -> FactKey:
    """Facts come in this order wherever two sets are compared."""
    return fact.port, fact.stage, fact.visit_id, fact.occurrence


def change(older: FrozenFact | None, newer: FrozenFact | None) -> Change:
    """One fact that two sets do not share; in one of them at least it is."""
    if older is not None and newer is not None:
        return _changed(older, newer)
    if newer is not None:
        return _change("appeared", newer, _seconds(newer))
    assert older is not None
    return _change("gone", older, -_seconds(older))


def changes(older: Iterable[FrozenFact], newer: Iterable[FrozenFact]) -> Iterator[Change]:
    """What two sets do not share. Both come by key, each key once; memory stays flat."""
    before, after = iter(older), iter(newer)
    left, right = next(before, None), next(after, None)
    while left is not None or right is not None:
        if right is None or (left is not None and key_of(left) < key_of(right)):
            yield change(left, None)
            left = next(before, None)
        elif left is None or key_of(right) < key_of(left):
            yield change(None, right)
            right = next(after, None)
        else:
            if left != right:
                yield change(left, right)
            left, right = next(before, None), next(after, None)


OF_RULES: Final = frozenset({"province", "peak"})
"""What rules say of a visit, and no report."""
OF_TRAITS: Final = OF_RULES | {"goods", "laden", "inspected", "advance", "trader", "cohort_known"}
"""What is known of a visit apart from its stages."""


def cause_by_fields(change: Change) -> Cause | None:
    """The cause of a change of traits alone; None for any other."""
    fields = frozenset(change.fields)
    if not fields or not fields <= OF_TRAITS:
        return None
    return Cause("rules" if fields <= OF_RULES else "traits")


def with_causes(found: Iterable[Change], causes: Mapping[FactKey, Cause]) -> Iterator[Change]:
    """The same changes, each with its cause where one is known."""
    return (one._replace(cause=causes.get(one.key, one.cause)) for one in found)


def numbers(found: Iterable[Change]) -> dict[tuple[Deed, CauseWord], int]:
    """How many changes there are of each sort, the most frequent first."""
    counted = Counter((one.deed, one.cause.word) for one in found)
    return dict(counted.most_common())


def _changed(left: FrozenFact, right: FrozenFact) -> Change:
    names = FrozenFact._fields
    differing = tuple(n for n, a, b in zip(names, left, right, strict=True) if a != b)
    return _change("changed", right, _seconds(right) - _seconds(left), differing)


def _change(deed: Deed, fact: FrozenFact, by_s: int, fields: tuple[str, ...] = ()) -> Change:
    return Change(deed, *key_of(fact), fields, by_s)


def _seconds(fact: FrozenFact) -> int:
    """Of an ended stage; an open one has no time yet."""
    return fact.gross_s
