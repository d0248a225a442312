"""The files of a study, from published cells and a request: the same always, to the byte.

Must never know a store, a clock or a key.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from reports.datasets import dataset
from reports.documents.fonts import FontChoice
from reports.documents.lines import Line, lines_of
from reports.documents.press import Job, job_of, pressed
from reports.documents.sheet import Publication
from reports.shapes import PublishedCell, Vintage
from reports.study.study import study

DOCUMENT: Final = "study/1"
DATASETS: Final = ("clearance", "stages", "stage-split")
"""What a study reads of its period."""


def request(vintage: str, of: Job) -> dict[str, str]:
    """What a study was asked for, in words, as a manifest keeps it."""
    return {"vintage": vintage, **of.words}


def press(
    words: Mapping[str, str],
    vintages: Sequence[Vintage],
    published: Mapping[str, Mapping[str, Sequence[PublishedCell]]],
    choice: FontChoice | None = None,
) -> dict[str, bytes]:
    """Every file of a study whose tools are at hand, by name. Raises KeyError where the vintage of
    the request or its cells are missing."""
    of, vintage = job_of(words), {one.id: one for one in vintages}[words["vintage"]]
    cells = {id: tuple(published[vintage.id].get(id, ())) for id in DATASETS}
    publication = Publication(vintage, cells)
    documents = [study(language, publication) for language in of.languages]
    lines = tuple(_lines(publication))
    return pressed(documents, lines, of, vintage.made_at, choice or FontChoice())


def _lines(publication: Publication) -> Iterator[Line]:
    """Every cell that does not name a facility: a study speaks of none."""
    for id in DATASETS:
        of = dataset(id)
        shown = (c for c in publication.sheet(id).cells if "facility" not in of.words(c.key))
        yield from lines_of(publication.vintage.id, of, shown)
