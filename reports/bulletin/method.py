"""The end of every document: what was withheld, how things were measured, and what made it.

Knows definitions, rules and vintages by id. Must never know a figure of a place.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from reports.baselines import NATIONAL, OVERALL, Baselines
from reports.datasets import dataset
from reports.documents.blocks import Block, Heading, Listing, Paragraph, Row, Term, Terms
from reports.documents.sheet import Publication
from reports.documents.voice import Voice, captioned, columns
from reports.documents.writing import count, decimal
from reports.shapes import Vintage
from timing.definitions import definition
from timing.series import Figure
from timing.written import LOCAL_TIME

DEFINITIONS = (
    *OVERALL.values(),
    "customs-clearance/1",
    "release-time-import/1",
    "release-time-export/1",
)


def withheld(said: Voice, publication: Publication) -> Iterator[Block]:
    """How many figures are missing in all that was published, by dataset and reason."""
    yield Heading(said.say("withheld.title"), "withheld")
    yield Paragraph(said.say("withheld.words"))
    found = Counter(_hidden(publication))
    if not found:
        yield Paragraph(said.say("withheld.none"))
        return
    rows = [
        Row(
            (
                dataset(id).title(said.language),
                said.say(f"withheld.{what}"),
                said.reason(why),
                count(n),
            )
        )
        for (id, what, why), n in sorted(found.items())
    ]  # fmt: skip
    heads = columns(said, "dataset:words", "withheld:words", "reason:words", "number")
    yield captioned(said, ("withheld-table", said.say("withheld.caption")), heads, rows)


def _hidden(publication: Publication) -> Iterator[tuple[str, str, str]]:
    for id, cells in publication.cells.items():
        for cell in cells:
            if cell.suppressed is not None:
                yield id, "cells", cell.suppressed
            for reason in cell.withheld.values():
                yield id, "figures", reason


def method(said: Voice, keys: Sequence[str]) -> Iterator[Block]:
    """How it was measured: the sentences named by `keys`, then the definitions with their ids."""
    yield Heading(said.say("method.title"), "method")
    yield Listing(tuple(said.say(f"method.{key}") for key in keys))
    yield Heading(said.say("method.definitions"), "definitions", 3)
    yield Terms(tuple(_definition(said, id) for id in DEFINITIONS))


def _definition(said: Voice, id: str) -> Term:
    found = definition(id)
    ends = (found.openers, sorted(found.closers))
    opens, closes = (said.say("comma").join(map(said.kind, some)) for some in ends)
    return Term(
        id,
        said.say(
            "method.definition",
            name=found.chinese if said.language == "zh" else found.english,
            opens=opens,
            closes=closes,
            status=said.say(f"method.{found.status}"),
            source=found.source,
        ),
    )


def baselines(said: Voice, loaded: Baselines) -> Iterator[Block]:
    """What cuts are measured against, each with its page."""
    yield Heading(said.say("method.baselines"), "baselines", 3)
    national = [loaded.of(direction, NATIONAL) for direction in OVERALL]
    found = (*(one for one in national if one is not None), *loaded.figures)
    yield Terms(tuple(_baseline(said, one) for one in found))


def _baseline(said: Voice, one: Figure) -> Term:
    place = said.say("place.national") if one.place == NATIONAL else said.place(one.place)
    what = said.say(f"direction.{one.runs}")
    hours = decimal(one.hours)
    figure = said.say("method.baseline", period=one.period, hours=hours, source=one.source)
    return Term(said.say("pair", name=place, means=what), figure)


def made_of(said: Voice, shown: Vintage, others: Sequence[tuple[str, Vintage]]) -> Iterator[Block]:
    """Which vintage this is, under which rules, over which facts; and those beside it."""
    yield Heading(said.say("vintage.title"), "vintage", 3)
    entries = [
        Term(said.say("vintage.id"), shown.id, exact=True),
        Term(said.say("vintage.standing"), _standing(said, shown)),
        Term(said.say("vintage.made_at"), port_time(said, shown.made_at)),
        Term(said.say("vintage.facts"), count(shown.facts)),
        Term(said.say("vintage.facts_hash"), shown.facts_hash, exact=True),
    ]
    hashes = sorted(shown.published.items())
    entries += [Term(dataset(id).ref, digest, exact=True) for id, digest in hashes]
    entries += [
        Term(said.words.known("rule", subject), id, exact=True)
        for subject, id in sorted(shown.rules.items())
    ]
    entries += [Term(said.say(f"vintage.{key}"), one.id, exact=True) for key, one in others]
    yield Terms(tuple(entries))


def port_time(said: Voice, at: datetime) -> str:
    """An instant as a port reads it, to the minute."""
    return said.say("port_time", at=f"{at.astimezone(LOCAL_TIME):%Y-%m-%d %H:%M}")


def _standing(said: Voice, shown: Vintage) -> str:
    """With the reason in the words of whoever gave it; English paper has no letters for Chinese."""
    standing = said.say(f"standing.{shown.standing}")
    if shown.reason is None:
        return standing
    foreign = said.language == "en" and not shown.reason.isascii()
    reason = said.say("vintage.reason_elsewhere") if foreign else shown.reason
    return said.say("pair", name=standing, means=reason)
