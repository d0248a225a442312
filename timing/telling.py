"""Telling: a plain visit told from its first report on, each as if it came only now.

The visit is noted as it was before each of its reports, so that another can be told from there.
Must never decide what a report does to a stage: the passage does, or refuses.
"""

from typing import Final, NamedTuple

from msgspec.structs import replace

from events.vocabulary import Kind
from timing.abridged import turns_written
from timing.brief import Detour
from timing.instants import NEVER
from timing.observation import Observation
from timing.occurrences import Occurrence
from timing.passage import Passage, plain_in
from timing.remainder import LINKED, PACKED, STOPPED, Remainder, Which, Whole
from timing.roles import NOTHING_PLAIN, SHOWS, Links, Part, Turn
from timing.rules import Rules
from timing.running import NOTHING_BOOKED, ODD, SIZE, Live, Stay, earliest
from timing.running import turn as written_turn
from timing.stages import Stage
from timing.underway import NOTHING, Act

Told = tuple[Observation, int]
"""A report, and where it stands in the body of the history."""
Known = dict[int, Observation]
"""All reports of a history, by where they stand in its body."""
What = Act | Occurrence
"""What became of an occurrence; the occurrence itself, where the passage leaves it to the law."""
_DEPARTED: Final = Kind.DEPARTED
_NOTHING_KNOWN: Final[Known] = {}


class Retelling(Passage, gc=False):
    """A visit that is told from its beginning. `here`: the unit is there, or has left again;
    `directed`: somebody has said which way it goes; `last_rank` places the latest report.
    `unlinked` and `unturned`: a milestone came before its predecessor, so that the chain, or whose
    turn it was, is left to the law.
    """

    here: bool = False
    directed: bool = False
    last_rank: int = -1
    entered_at: int | None = None
    closed_at: int | None = None
    known: Known = _NOTHING_KNOWN
    unlinked: bool = False
    unturned: bool = False

    def heard_at(self, offset: int) -> Observation:
        """All are at hand."""
        return self.known[offset]

    def follow(self, report: Observation, offset: int) -> None:
        """The next report goes through the visit. Raises Detour."""
        part = self.live.stay.parts[report.kind]
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

    def unpacked(self) -> None:
        """What is made of two stages is left to the law."""

    def _is_told(self, stage_no: int, start: int, level: int) -> bool:
        """The same; what a hold or a suspension bears upon is for the law to judge."""
        shows = SHOWS[stage_no]
        if shows and not shows & self.seen:
            return False
        if level >= ODD:
            raise Detour
        return True

    def _hand_over(self, turn: Turn) -> None:
        """The same; where a later turn came before, the law says whose each was."""
        if not self.before & turn.this:
            if self.before & turn.later:
                self.unturned = True
            else:
                self.turns += written_turn(turn.party_no, self.report.occurred_at)

    def _link(self, links: Links, kind_no: int) -> None:
        """The same; a chain whose milestones run backwards is left to the law."""
        if self.unlinked:
            return
        try:
            super()._link(links, kind_no)
        except Detour:
            self.unlinked = True
            running = self.running
            places = range(0, len(running), SIZE)
            kept = [running[at : at + SIZE] for at in places if running[at] not in LINKED]
            self.running = b"".join(kept)
            self.soonest = earliest(self.running)

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
    which occurrence. `rest` is what the passage could not say, if anything."""

    account: Account
    visit: Retelling
    before: list[Retelling]
    acts: list[list[Act]]
    rest: Remainder | None

    @property
    def became(self) -> dict[Which, What]:
        """What became of each occurrence in the end."""
        found: dict[Which, What] = {
            (act.stage_no, act.number): act for acts in self.acts for act in acts
        }
        if self.rest is not None:
            if self.visit.unlinked:
                found = {which: act for which, act in found.items() if which[0] not in LINKED}
            found.update(self.rest.left)
        return found


def alike(one: Stay, other: Stay) -> bool:
    """Whether the same reports amount to the same in both."""
    return (one.visit_id, one.traits, one.fallen) == (other.visit_id, other.traits, other.fallen)


def tell(
    account: Account, body: bytes, watermark: int, rules: Rules, prior: Telling | None
) -> Telling:
    """The visit of an account, in a body and at a watermark. What begins alike in a prior telling,
    at no later watermark and under the same rules, is not told again; what is due since then is
    looked at anew. Raises Detour."""
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
    if visit.soonest <= watermark:
        visit.acts = []
        visit.wait(watermark)
    for report, offset in account.facts[common:]:
        before.append(replace(visit))
        visit.acts = []
        visit.follow(report, offset)
        acts.append(visit.acts)
    visit.body = body
    return Telling(account, visit, before, acts, _rest(account, visit))


def _rest(account: Account, visit: Retelling) -> Remainder | None:
    """What the passage could not say; None where it said everything."""
    unpacked, unlinked = bool(visit.seen & PACKED), visit.unlinked
    rests = visit.seen & STOPPED or visit.plain is NOTHING_PLAIN
    if not (unpacked or unlinked or visit.unturned or rests):
        return None
    stay = account.stay
    gone = tuple([account.known[at] for _, at in stay.fallen])
    whole = Whole(
        stay.visit_id, [report for report, _ in account.facts], visit.entered_at, visit.closed_at,
        gone, visit.seen,
    )  # fmt: skip
    rest = Remainder(whole, visit.rules, visit.watermark)
    if visit.unturned:
        visit.turns = turns_written(rest.visit)
    if unlinked:
        visit.done = bytes([number for number in visit.done if number not in LINKED])
    if unpacked or unlinked:
        rest.leave(unpacked=unpacked, unlinked=unlinked)
    return rest


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
