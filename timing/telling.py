"""Telling: a plain visit told from its first report on, each as if it came only now.

The visit is noted as it was before each of its reports, so that another can be told from there.
Must never decide what a report does to a stage: the passage does, or refuses.
"""

from typing import Final, NamedTuple

from msgspec.structs import replace

from events.vocabulary import Kind
from timing.brief import Detour
from timing.instants import NEVER
from timing.observation import Observation
from timing.passage import Passage, plain_in
from timing.roles import BIT, DETOURS, Part, bits_of
from timing.rules import Rules
from timing.running import NOTHING_BOOKED, Live, Stay
from timing.stages import Stage
from timing.underway import NOTHING, Act

Told = tuple[Observation, int]
"""A report, and where it stands in the body of the history."""
Known = dict[int, Observation]
"""All reports of a history, by where they stand in its body."""
Became = dict[tuple[int, int], Act]
"""What became of each occurrence, by the number of its stage and its own."""
_DEPARTED: Final = Kind.DEPARTED
_OVERTIME: Final = Kind.OVERTIME_BOOKED
BARRED: Final = bits_of(*DETOURS - {_OVERTIME})
"""Overtime bears on what is counted in working time alone, which is refused by itself."""
_NOTHING_KNOWN: Final[Known] = {}


class Retelling(Passage, gc=False):
    """A visit that is told from its beginning. `here`: the unit is there, or has left again;
    `directed`: somebody has said which way it goes; `last_rank` places the latest report."""

    here: bool = False
    directed: bool = False
    last_rank: int = -1
    entered_at: int | None = None
    closed_at: int | None = None
    known: Known = _NOTHING_KNOWN

    def heard_at(self, offset: int) -> Observation:
        """All are at hand."""
        return self.known[offset]

    def follow(self, report: Observation, offset: int) -> None:
        """The next report goes through the visit. Raises Detour."""
        kind = report.kind
        part = self.live.stay.parts[kind]
        if kind is not _OVERTIME and (self.seen & part.barred or BIT[kind] & BARRED):
            raise Detour
        self._belongs(report, part)
        self.hear(report, offset)
        self.take(part)
        self.last_at, self.last_rank = report.occurred_at, part.rank
        if part.enters and self.here and self.entered_at is None:
            self.entered_at = report.occurred_at
        if part.leaves and not self.left:
            self.closed_at, self.left = report.occurred_at, True

    def may_lapse(self, stage: Stage, start: int, facility: str | None) -> bool:
        """Whatever lapses is found when two tellings are compared."""
        return False

    def _belongs(self, report: Observation, part: Part) -> None:
        """Refuses what may be of another stay, and what takes more thought (`timing.visits`)."""
        at, patience = report.occurred_at, self.rules.patience
        self.directed = self.directed or report.direction is not None
        if self.closed_at is not None:
            if not part.belated or not 0 < at - self.closed_at <= patience.retention_s:
                raise Detour
        elif not self.here:
            self.here = part.begins
            if part.leaves or at - self.live.stay.since > patience.ahead_s:
                raise Detour
        elif part.enters and self.entered_at is not None:
            if at - self.entered_at >= patience.reentry_gap_s:
                raise Detour
        elif part.leaves and report.kind is _DEPARTED and not self.directed:
            raise Detour


class Account(NamedTuple):
    """What stands of a visit, in order, and the visit before the first of it is told."""

    facts: list[Told]
    stay: Stay
    known: Known


class Telling(NamedTuple):
    """A visit as it is in the end; as it was before each of its facts; and what each of them did to
    which occurrence."""

    account: Account
    visit: Retelling
    before: list[Retelling]
    acts: list[list[Act]]

    @property
    def became(self) -> Became:
        """What became of each occurrence in the end."""
        return {(act.stage_no, act.number): act for acts in self.acts for act in acts}


def alike(one: Stay, other: Stay) -> bool:
    """Whether the same reports amount to the same in both."""
    return (one.visit_id, one.traits, one.fallen) == (other.visit_id, other.traits, other.fallen)


def tell(
    account: Account, body: bytes, watermark: int, rules: Rules, prior: Telling | None
) -> Telling:
    """The visit of an account, in a body and at a watermark. What begins alike in a prior telling,
    at no later watermark and under the same rules, is not told again: what is due since then shows
    in `soonest`. Raises Detour."""
    before: list[Retelling] = []
    acts: list[list[Act]] = []
    common = 0 if prior is None else _in_common(prior.account, account)
    if prior is None or common == 0:
        visit = _beginning(account.stay, rules)
    else:
        at_end = common == len(prior.account.facts)
        visit = replace(prior.visit if at_end else prior.before[common])
        before, acts = prior.before[:common], prior.acts[:common]
    visit.watermark, visit.body, visit.known = watermark, b"", account.known
    for report, offset in account.facts[common:]:
        before.append(replace(visit))
        visit.acts = []
        visit.follow(report, offset)
        acts.append(visit.acts)
    visit.body = body
    return Telling(account, visit, before, acts)


def _in_common(prior: Account, account: Account) -> int:
    """How many facts both begin with, where those amount to the same."""
    if not _begin_alike(prior, account):
        return 0
    common = 0
    for (one, _), (other, _) in zip(prior.facts, account.facts, strict=False):
        if one is not other:  # The pairs are not the same where they are compiled.
            break
        common += 1
    return common


def _begin_alike(one: Account, other: Account) -> bool:
    return one.stay.since == other.stay.since and alike(one.stay, other.stay)


def _beginning(stay: Stay, rules: Rules) -> Retelling:
    """A visit of which nothing was told yet."""
    live = Live(stay, stay.since, -1, 0)
    return Retelling(
        stay.visit_id, stay.traits, rules, 0, b"", b"", stay.fallen, [], None, live,
        b"", b"", NEVER, stay.since, False, plain_in(stay, rules), NOTHING, 0, 0, 0, b"",
        NOTHING_BOOKED,
    )  # fmt: skip
