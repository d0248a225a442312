"""Succession: what editions are to each other in time. One promise at a time, and no silent gap.

Knows the editions of a register and their terms in force; must never know a file.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from timing.complaints import Fault
from timing.editions import Edition
from timing.kinds.limit import Limit
from timing.written import nearest


class InForce(NamedTuple):
    """One edition's time in force, [begin, end) in epoch seconds. Empty, if it ends before."""

    edition: Edition
    begin: int
    end: int

    def meets(self, other: "InForce") -> bool:
        """Whether there is an instant at which both are in force."""
        return max(self.begin, other.begin) < min(self.end, other.end)


Finding = tuple[Edition, Fault]


def terms_of(editions: Sequence[Edition]) -> tuple[InForce, ...]:
    """When each edition is in force: until it says, or until the one that supersedes it begins."""
    successors = {e.supersedes: e for e in editions if e.supersedes}
    return tuple(
        InForce(edition, edition.begins_at(), edition.ends_at(successors.get(edition.edition)))
        for edition in editions
    )


def refusals(editions: Sequence[Edition]) -> Iterator[Finding]:
    """What makes the editions impossible to load together."""
    named: dict[str, Edition] = {}
    for edition in editions:
        if edition.edition in named:
            what = f"there is an edition {edition.edition!r} already"
            yield edition, Fault(("edition",), what, "name it anew")
        named.setdefault(edition.edition, edition)
    superseded: set[str] = set()
    for edition in editions:
        for fault in _chained(edition, named, superseded):
            yield edition, Fault(("supersedes",), *fault)


def _chained(
    edition: Edition, named: Mapping[str, Edition], superseded: set[str]
) -> Iterator[tuple[str, str]]:
    if edition.supersedes is None:
        return
    former = named.get(edition.supersedes)
    if former is None:
        what = f"it supersedes {edition.supersedes!r}, which is not loaded"
        yield what, nearest(edition.supersedes, named, "put that edition into the same folder")
    elif edition.begins_at() <= former.begins_at():
        what = f"it supersedes {former.edition!r}, which does not take effect before it"
        yield what, "correct effective_from, or the order of the two"
    if edition.supersedes in superseded:
        yield f"another edition supersedes {edition.supersedes!r} already", "supersede that one"
    superseded.add(edition.supersedes)


def misfits(editions: Sequence[Edition]) -> Iterator[Finding]:
    """Where two editions speak at once, where nobody speaks, and where one ends unsaid."""
    terms = terms_of(editions)
    yield from _overlaps(terms)
    yield from _gaps(terms)
    for edition, former in _successions(editions):
        yield from ((edition, fault) for fault in _dropped(edition, former))
    for term in terms:
        yield from ((term.edition, fault) for fault in _overrides(term))


def _overlaps(terms: Sequence[InForce]) -> Iterator[Finding]:
    """Two editions in force at once, on one stage, for units that both speak of. The later one is
    told, from whatever issuer: nobody could say which of the two judges.
    """
    for one, other in combinations(sorted(terms, key=lambda term: term.begin), 2):
        if one.edition.port != other.edition.port or not one.meets(other):
            continue
        for number, limit in enumerate(other.edition.limit):
            if rival := _rival(limit, one.edition):
                what = f"{limit.id} is in force together with {rival.id} of {one.edition.edition}"
                remedy = "say which edition supersedes the other, or narrow a scope"
                yield other.edition, Fault(("limit", number, "stage"), what, remedy)


def _rival(limit: Limit, edition: Edition) -> Limit | None:
    rivals = (one for one in edition.limit if one.stage == limit.stage and one.meets(limit))
    return next(rivals, None)


def _gaps(terms: Sequence[InForce]) -> Iterator[Finding]:
    """An edition that ended before the next of its issuer for the same port begins, unsaid."""
    for term in terms:
        followers = [
            other
            for other in terms
            if (other.edition.port, other.edition.issuer)
            == (term.edition.port, term.edition.issuer)
            and other.begin >= term.end
        ]
        following = min(followers, key=lambda other: other.begin, default=None)
        if following and following.begin > term.end and not following.edition.gap:
            what = f"nothing is in force between {term.edition.edition} and this edition"
            remedy = 'say why with gap = "...", or correct the dates'
            yield following.edition, Fault(("effective_from",), what, remedy)


def _successions(editions: Sequence[Edition]) -> Iterator[tuple[Edition, Edition]]:
    named = {edition.edition: edition for edition in editions}
    for edition in editions:
        if edition.supersedes in named:
            yield edition, named[edition.supersedes]


def _dropped(edition: Edition, former: Edition) -> Iterator[Fault]:
    """Limits that a successor no longer has, and does not say so; or says so without need."""
    now, then = ({limit.id for limit in e.limit} for e in (edition, former))
    for id in sorted(then - now - set(edition.withdraws)):
        what = f"{former.edition} had a limit {id}, and this edition has none of that id"
        yield Fault(("supersedes",), what, "carry it over, or name it in withdraws = [...]")
    for number, id in enumerate(edition.withdraws):
        if id not in then - now:
            what = f"it withdraws {id}, which {former.edition} did not have or this one still has"
            yield Fault(("withdraws", number), what, nearest(id, then - now, "take it out"))


def _overrides(term: InForce) -> Iterator[Fault]:
    """Overrides that reach beyond the edition's time in force."""
    for number, limit in enumerate(term.edition.limit):
        for n, override in enumerate(limit.overrides):
            where = ("limit", number, "override", n)
            if override.begin < term.begin:
                what = f"the override of {limit.id} begins before its edition is in force"
                yield Fault((*where, "from"), what, "begin it with the edition, or later")
            if override.end is not None and override.end > term.end:
                what = f"the override of {limit.id} ends after its edition does"
                yield Fault((*where, "to"), what, "end it with the edition, or leave `to` out")
            if override.begin >= term.end:
                what = f"the override of {limit.id} begins after its edition has ended"
                yield Fault((*where, "from"), what, "put it into the edition then in force")
