"""Whether the tables say of a visit what its events amount to. Pure.

An outcome that stands in the tables and cannot be derived again from the events that stand there
is a defect somewhere, and never passed over.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from events.outcomes import Outcome
from events.vocabulary import Verdict
from timing.findings import Key


class Difference(NamedTuple):
    """One field of one outcome. A whole outcome that one side lacks is the field `outcome`."""

    stage: str
    occurrence: int
    limit_id: str
    field: str
    judged: object
    stored: object

    def __str__(self) -> str:
        """One line for people."""
        where = f"{self.stage} #{self.occurrence}" + (
            f" ({self.limit_id})" if self.limit_id else ""
        )
        return f"{where}: {self.field}: judged {self.judged}, stored {self.stored}"

    def document(self) -> dict[str, object]:
        """As `--json` prints it."""
        return self._asdict()


def differences(judged: Iterable[Outcome], stored: Iterable[Outcome]) -> list[Difference]:
    """What the tables hold otherwise than their own events say, by stage. What brought a revision
    about belongs to the stream and is not compared."""
    ours = {_key(outcome): outcome for outcome in judged}
    theirs = {_key(outcome): outcome for outcome in stored}
    found: list[Difference] = []
    for key in sorted({*ours, *theirs}):
        found += _between(key, ours.get(key), theirs.get(key))
    return found


def _key(outcome: Outcome) -> Key:
    limit_id = outcome.limit.id if outcome.limit else ""
    return Key(outcome.visit_id, outcome.stage, outcome.occurrence, limit_id)


def _between(key: Key, judged: Outcome | None, stored: Outcome | None) -> list[Difference]:
    where = key.stage, key.occurrence, key.limit_id
    if judged is None or stored is None:
        sides = (one.verdict.value if one else None for one in (judged, stored))
        return [Difference(*where, "outcome", *sides)]
    one, other = (side.model_dump(mode="json", exclude={"cause"}) for side in (judged, stored))
    names = [name for name in one if one[name] != other[name]]
    return [Difference(*where, name, one[name], other[name]) for name in names]


def watermark_of_tables(stored: Sequence[Outcome], heard_until: int) -> int:
    """An instant up to which the tables can have been judged: as late as their open stages allow,
    and no later than what was heard; but late enough for the breaches that no closer proved."""
    due = [(o.verdict, o.deadline_at) for o in stored if o.closed_at is None and o.deadline_at]
    kept = [int(at.timestamp()) for verdict, at in due if verdict is Verdict.OPEN]
    broken = [int(at.timestamp()) + 1 for verdict, at in due if verdict is Verdict.BREACHED]
    return max([min([heard_until, *kept]), *broken])
