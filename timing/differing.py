"""Differing: what two tellings of a visit amount to, each for its reports.

Only what does not look the same in both is judged, once for each. Must never tell a visit, nor know
why it is told twice.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec.structs import replace

from timing import announce
from timing.announce import Change
from timing.findings import Finding, Findings, Key
from timing.instants import NEVER
from timing.occurrences import Occurrence
from timing.remainder import Remainder, otherwise_from
from timing.stages import STAGES
from timing.telling import Retelling, Telling, What, alike
from timing.underway import Act

Where = Mapping[int, int]
"""Places in the body of one history to places in that of another; none where all are the same."""
SAME_PLACES: Final[Where] = {}


def differing(old: Telling | None, new: Telling, where: Where) -> tuple[Change, ...]:
    """What became otherwise, judged both ways; all of it where nothing was told before. `where`:
    where in the body of the new telling the reports of the old stand, as far as they moved. Raises
    Detour."""
    became = new.became
    if old is None:
        return announce.changes(announce.NOTHING, _judged(new, became.values()))
    was = old.became
    every = dict.fromkeys([*was, *became])
    stay = new.account.stay
    if alike(old.account.stay, stay) and not (where and stay.fallen):
        turned = old.visit.turns != new.visit.turns
        since = otherwise_from(old.rest, new.rest)
        there = {one: _moved(what, where) for one, what in was.items()} if where else was
        pairs = [(one, there.get(one), became.get(one)) for one in every]
        every = dict.fromkeys(
            [one for one, then, now in pairs if not _same(then, now, turned, since)]
        )
    before = _judged(old, [was[one] for one in every if one in was])
    after = _judged(new, [became[one] for one in every if one in became])
    return announce.changes(before, after)


def _judged(telling: Telling, every: Iterable[What]) -> Findings:
    """What some occurrences amount to. Raises Detour."""
    found: dict[Key, Finding] = {}
    visit, rest = telling.visit, telling.rest
    for what in every:
        if rest is None:
            assert isinstance(what, Act), "the passage says everything"
            finding = visit.judged(what)
            found[finding.key] = finding
        else:
            for finding in _by_the_law(visit, rest, what):
                found[finding.key] = finding
    return Findings(found, {}, (), NEVER)


def _by_the_law(visit: Retelling, rest: Remainder, what: What) -> list[Finding]:
    if isinstance(what, Act):
        if not rest.bears_upon(what.start, what.end):
            return [visit.judged(what)]
        what = visit.occurrence(what)
    return rest.judged(what)


def _moved(what: What, where: Where) -> What:
    """The same of reports that stand elsewhere."""
    if not isinstance(what, Act):
        return what
    offsets, booked = [tuple([where[at] for at in some]) for some in (what.offsets, what.booked)]
    return replace(what, offsets=offsets, booked=booked)


def _same(was: What | None, now: What | None, turned: bool, since: int) -> bool:
    """Whether two acts leave the same behind, however it came about. Where all answer together, the
    time of each is another if any turn is; where clocks count otherwise `since` an instant, so may
    be that of whatever had not ended by then."""
    if isinstance(was, Act) and isinstance(now, Act):
        if turned and STAGES[was.stage_no].answers == "all":
            return False
        if since < NEVER and (now.end is None or now.end > since):
            return False
        return was is now or (was.start, was.end, was.offsets, was.flags, was.booked) == (
            now.start, now.end, now.offsets, now.flags, now.booked
        )  # fmt: skip
    if not isinstance(was, Occurrence) or not isinstance(now, Occurrence):
        return False
    if (turned and was.stage.answers == "all") or since < NEVER:
        return False
    return was == now
