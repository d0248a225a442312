"""Soundness: what one edition must be beyond its form, so that each of its words leads somewhere.

Knows one edition at a time; what editions are to each other is for `timing.succession`.
"""

from collections.abc import Iterator, Sequence

from timing.calendars import CONTINUOUS
from timing.commitments.promise import limit_of
from timing.complaints import Fault, Where
from timing.editions import Edition
from timing.instants import NEVER
from timing.kinds.limit import Limit
from timing.written import midnight, nearest

_SAYS_EXAMPLE = ("示例", "example")


def faults(edition: Edition) -> Iterator[Fault]:
    """Everything unsound in an edition, each with its place in the document."""
    yield from _head(edition)
    yield from _repeated("limit", [limit.id for limit in edition.limit])
    yield from _repeated("commitment", [promise.id for promise in edition.commitment])
    times = [CONTINUOUS.id, *(time.id for time in edition.working_time)]
    yield from _repeated("working_time", times, known=1)
    yield from _calendars(edition)
    yield from _names(edition)
    for number, limit in enumerate(edition.limit):
        yield from _overrides(("limit", number, "override"), limit)


def _head(edition: Edition) -> Iterator[Fault]:
    if edition.status != "example" and not edition.source.strip():
        what = "an edition that was published has a source, and this one has none"
        yield Fault(("source",), what, 'add source = "https://...", or say status = "example"')
    shows = any(word in edition.title.lower() for word in _SAYS_EXAMPLE)
    if edition.status == "example" and not shows:
        what = f"the title of an example must say so, and {edition.title!r} does not"
        yield Fault(("title",), what, "put 示例 or 'example' into it")
    if edition.withdraws and not edition.supersedes:
        what = "it withdraws limits, and supersedes no edition that had them"
        yield Fault(("withdraws",), what, "name the edition it supersedes")
    if not (edition.limit or edition.commitment):
        yield Fault((), "an edition without a limit or commitment", "add a [[limit]]")
    ends = edition.effective_to
    if ends and midnight(ends) <= edition.begins_at():
        what = f"it ends on {ends}, before it takes effect"
        yield Fault(("effective_to",), what, "correct effective_from or effective_to")


def _repeated(table: str, ids: Sequence[str], known: int = 0) -> Iterator[Fault]:
    """Ids that stand twice; the first `known` of them are not of the file."""
    for number, id in enumerate(ids):
        if id in ids[:number]:
            what = f"the id {id!r} stands twice among the tables [[{table}]]"
            yield Fault((table, number - known, "id"), what, "give each its own")


def _calendars(edition: Edition) -> Iterator[Fault]:
    """Calendars that nobody defined; one that limits only inherited is told once."""
    named: dict[Where, str] = {("calendar",): edition.calendar}
    for number, limit in enumerate(edition.limit):
        if limit.calendar != edition.calendar:
            named["limit", number, "calendar"] = limit.calendar
    for where, calendar in named.items():
        if calendar not in edition.calendars:
            what = f"there is no calendar {calendar!r}"
            remedy = f"add a [[working_time]] of that id, or write {CONTINUOUS.id!r}"
            yield Fault(where, what, nearest(calendar, edition.calendars, remedy))


def _names(edition: Edition) -> Iterator[Fault]:
    """Examples and commitments that speak of limits which the edition does not have."""
    ids = [limit.id for limit in edition.limit]
    for number, example in enumerate(edition.example):
        if example.limit not in ids:
            what = f"the example shows {example.limit!r}, which is no limit here"
            yield Fault(("example", number, "limit"), what, _other(example.limit, ids))
    for number, promise in enumerate(edition.commitment):
        named = limit_of(promise)
        if named is not None and named not in ids:
            what = f"commitment {promise.id} is of {named!r}, which is no limit here"
            yield Fault(("commitment", number, "of"), what, _other(named, ids))


def _other(id: str, ids: list[str]) -> str:
    return nearest(id, ids, "name the id of a [[limit]] of this file")


def _overrides(where: Where, limit: Limit) -> Iterator[Fault]:
    """Overrides that end before they begin, or hold together with another."""
    for number, one in enumerate(limit.overrides):
        end = NEVER if one.end is None else one.end
        if end <= one.begin:
            what = f"the override of {limit.id} ends before it begins"
            yield Fault((*where, number, "to"), what, "correct its from or to")
        for other in limit.overrides[:number]:
            other_end = NEVER if other.end is None else other.end
            if one.begin < other_end and other.begin < end:
                what = f"two overrides of {limit.id} hold on the same day"
                yield Fault((*where, number, "from"), what, "end one before the other begins")
