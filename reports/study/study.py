"""A time release study (放行时间研究), put together in the sections of the WCO's model report:
objectives, scope, methodology, analysis, conclusions
(https://1library.net/article/model-final-report-format-measure-time-required.yjn6vr5q).

Knows the order of its parts and nothing of a part.
"""

from collections.abc import Iterator
from typing import Final

from reports.bulletin.bulletin import labels, month_words, numbering, standing
from reports.bulletin.method import made_of, method, withheld
from reports.documents.blocks import Block, Document, Language, numbered
from reports.documents.sheet import Publication
from reports.documents.voice import Voice, voice
from reports.study.analysis import analysis
from reports.study.conclusions import conclusions
from reports.study.scope import methodology, objectives, scope

METHOD: Final = ("span", "basis", "mean", "ranks", "extremes", "split", "peak", "disclosure")
"""What is said of how a study was made, in this order."""


def study(language: Language, publication: Publication) -> Document:
    """The study of a period in one language: of the month or months of its vintage."""
    said, vintage = voice(language), publication.vintage
    name = f"study-{vintage.month.replace('/', '_')}"
    return Document(
        language=language,
        name=name,
        kicker=said.say("study.kicker"),
        title=said.say("study.title", span=month_words(said, vintage.month)),
        standing=standing(said, vintage),
        colophon=said.say("colophon", vintage=vintage.id),
        labels=labels(said, name),
        blocks=numbered(tuple(_blocks(said, publication)), *numbering(said)),
    )


def _blocks(said: Voice, publication: Publication) -> Iterator[Block]:
    yield from objectives(said, publication)
    yield from scope(said, publication)
    yield from methodology(said, publication)
    yield from analysis(said, publication)
    yield from conclusions(said, publication)
    yield from withheld(said, publication)
    yield from method(said, METHOD)
    yield from made_of(said, publication.vintage, ())
