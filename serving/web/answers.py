"""What the JSON answers look like, and how OpenAPI says so: the rows of the board themselves.

One place for both, so that what is documented is what is sent.
"""

from typing import Any, Final

import msgspec
from fastapi.responses import Response

from serving.asks import Promise, Quality, StageDay
from serving.board.views import Counts, Feed, Incident, Inspection, OpenStage, Share

_REFERENCE: Final = "#/components/schemas/{name}"


class Now(msgspec.Struct):
    """`version` of the board and its event time (epoch seconds) with what is urgent."""

    version: int
    now_s: int | None
    counts: Counts
    rows: list[OpenStage]


class CountsBy(msgspec.Struct):
    """The counts of all, and of each name, the worst first."""

    version: int
    now_s: int | None
    counts: Counts
    shares: list[Share]


class Breaches(msgspec.Struct):
    """Incidents, the newest first."""

    version: int
    now_s: int | None
    incidents: list[Incident]


class Inspections(msgspec.Struct):
    """Inspections ordered or under way."""

    version: int
    now_s: int | None
    inspections: list[Inspection]


class Feeds(msgspec.Struct):
    """Sources of events."""

    version: int
    now_s: int | None
    feeds: list[Feed]


class StageFigures(msgspec.Struct):
    """One stage under one limit on one day; seconds are net."""

    day: str
    port: str
    facility: str | None
    stage: str
    answers: str
    limit_id: str
    limit_edition: str
    limit_s: int
    ended: int
    met: int
    breached: int
    excused: int
    net_mean_s: float
    net_p50_s: float
    net_p90_s: float


class PromiseFigures(msgspec.Struct):
    """A commitment over many, and what held."""

    port: str
    stage: str
    commitment_id: str
    edition: str
    words: str
    promised: float
    found: float | None
    unit: str
    numerator: int
    denominator: int
    kept: bool | None


class Stages(msgspec.Struct):
    """One day and the same day a week before."""

    port: str
    day: str
    days: list[StageFigures]
    promises: list[PromiseFigures]


class FeedFigures(msgspec.Struct):
    """One source on one topic; times in seconds are half, 19 of 20 and the most, `clock_s` the
    least and half; `later` counts within 1 min, 10 min, 1 h, 6 h, 1 d, and later."""

    source: str
    topic: str
    messages: int
    events: int
    refused: int
    told_again: int
    check_digits: int
    unknown: int
    future: int
    ahead: int
    recorded_after_s: tuple[int, int, int] | None
    received_after_s: tuple[int, int, int] | None
    clock_s: tuple[int, int] | None
    later: list[int]
    ended: int
    missing: int


class UnknownFigures(msgspec.Struct):
    """A word of a source that means nothing here; `first_at` in epoch seconds."""

    source: str
    topic: str
    reason: str
    code: str
    messages: int
    first_at: int
    first_place: str
    first_detail: str


class EndFigures(msgspec.Struct):
    """How one stage ended at a place, which kinds end it, and who tells of them there."""

    port: str
    facility: str
    stage: str
    begun: int
    ended: int
    inferred: int
    open: int
    overdue: int
    expected: list[str]
    told_by: list[str]


class FeedQualities(msgspec.Struct):
    """All feeds, over what was received from `since_s` until before `until_s`, epoch seconds."""

    since_s: int
    until_s: int
    feeds: list[FeedFigures]
    unknown: list[UnknownFigures]
    stages: list[EndFigures]


_ALL: Final = (Now, CountsBy, Breaches, Inspections, Feeds, Stages, FeedQualities)


def stage_day(row: StageDay) -> StageFigures:
    """The row with the names of its fields."""
    return StageFigures(**row._asdict())


def promise(row: Promise) -> PromiseFigures:
    """The row with the names of its fields."""
    return PromiseFigures(**row._asdict())


def qualities(found: Quality) -> FeedQualities:
    """The rows with the names of their fields."""
    return FeedQualities(
        found.since_s,
        found.until_s,
        [msgspec.convert(one._asdict(), FeedFigures) for one in found.feeds],
        [UnknownFigures(**one._asdict()) for one in found.unknown],
        [msgspec.convert(one._asdict(), EndFigures) for one in found.ends],
    )


def wire(answer: msgspec.Struct) -> Response:
    """The answer as JSON; nobody keeps it."""
    body = msgspec.json.encode(answer)
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


def shape(answer: type[msgspec.Struct]) -> dict[int | str, dict[str, Any]]:
    """How OpenAPI says the shape of an answer."""
    schema = {"$ref": _REFERENCE.format(name=answer.__name__)}
    said = (answer.__doc__ or "").strip()
    return {200: {"description": said, "content": {"application/json": {"schema": schema}}}}


def components() -> dict[str, Any]:
    """The schemas that the shapes refer to."""
    return msgspec.json.schema_components(_ALL, ref_template=_REFERENCE)[1]
