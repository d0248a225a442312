"""One page of cells: from a question to bytes. Asked in a thread, and bounded in rows."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec

from serving.access.viewers import Viewer
from serving.evaluators import cursors, showing, written
from serving.evaluators.accepted import Format, chosen
from serving.evaluators.answers import Head, encoded
from serving.evaluators.asks import Asked, Cell, Dataset, Vintage
from serving.evaluators.choosing import Chosen, choose
from serving.evaluators.library import Library
from serving.evaluators.problems import Kind, Refused
from serving.evaluators.scope import narrowed
from serving.evaluators.tagged import tag_of
from serving.evaluators.wanted import Wanted, named_by, wanted_of

Pairs = Iterable[tuple[str, str]]


class Question(NamedTuple):
    """What somebody asks of a dataset: the parameters of their address, and what they accept."""

    dataset: Dataset
    viewer: Viewer
    pairs: Pairs
    accept: str


class Settled(NamedTuple):
    """A question that can be answered: every choice made, nothing read yet but the vintages.

    `tag` is of all that decides the bytes of the answer: what was published never changes.
    """

    dataset: Dataset
    head: Head
    asked: Asked
    format: Format
    tag: str


class Pulled(NamedTuple):
    """A page as it is sent, and how many cells it has."""

    body: bytes
    format: Format
    next: str | None
    rows: int


def settled(library: Library, question: Question) -> Settled:
    """Every choice made. Raises Refused, and AnswerUnavailable."""
    dataset, viewer = question.dataset, question.viewer
    wanted = wanted_of(dataset, question.pairs)
    format = wanted.format or chosen(question.accept, written.formats())
    if format not in written.formats():
        raise Refused(Kind.NOT_ACCEPTABLE)
    # The scope is a filter like any other, so that it is one of the dimensions divided by.
    wanted = wanted._replace(only=narrowed(viewer, dataset, wanted.only))
    named = named_by(dataset, wanted)
    head = showing.head(dataset, _vintage(library, wanted), viewer, wanted)
    after = _after(dataset, head, wanted.cursor)
    asked = Asked(head.vintage.id, dataset.id, wanted.only, named, after, wanted.limit)
    tag = tag_of(encoded(head), msgspec.json.encode([after, wanted.limit, format.id]))
    return Settled(dataset, head, asked, format, tag)


def pulled(library: Library, question: Settled) -> Pulled:
    """The page. One cell more than wanted is asked for, to know whether there is a next one."""
    asked = question.asked
    found = library.published.cells(asked._replace(limit=asked.limit + 1))
    cells = found[: asked.limit]
    following = _next(question, cells[-1]) if len(found) > len(cells) else None
    page = written.Page(question.dataset, question.head, cells, following)
    return Pulled(written.written(page, question.format), question.format, following, len(cells))


def _vintage(library: Library, wanted: Wanted) -> Chosen:
    found = choose(library.published.vintages(), wanted.vintage, wanted.month)
    if found is None:
        raise Refused(Kind.UNKNOWN, f"{wanted.vintage or wanted.month or 'vintage'}")
    return found


def _identity(head: Head) -> str:
    """What a cursor belongs to: the same vintage, filters and divisions. Figures may differ."""
    return msgspec.json.encode(
        [head.dataset, head.vintage.id, head.scope, head.only, head.by]
    ).decode()


def _after(dataset: Dataset, head: Head, cursor: str) -> tuple[str, ...] | None:
    if not cursor:
        return None
    found = cursors.read(cursor, _identity(head), len(dataset.names))
    if found is None:
        raise Refused(Kind.WRONG_CURSOR)
    return found


def _next(question: Settled, last: Cell) -> str:
    """The address of the next page: the same question of this very vintage."""
    head = question.head
    pairs = [("vintage", head.vintage.id)]
    pairs += [(name, word) for name, words in head.only.items() for word in words]
    if head.by is not None:
        pairs.append(("by", ",".join(head.by)))
    if len(head.measures) < len(question.dataset.measures):
        pairs.append(("measures", ",".join(head.measures)))
    pairs += [("page_size", str(question.asked.limit)), ("format", question.format.id),
              ("cursor", cursors.written(_identity(head), last.key))]  # fmt: skip
    return f"/v1/datasets/{question.dataset.id}/cells?{urlencode(pairs)}"


def named_file(settled: Settled) -> str:
    """What a program may call the file that it keeps."""
    return f"{settled.dataset.id}-{settled.head.vintage.id}.{settled.format.id}"


def newest(vintages: Iterable[Vintage]) -> str | None:
    """The vintage of an answer that names none."""
    found = choose(list(vintages), "", "")
    return found.vintage.id if found else None
