"""The quality of feeds as a document for programs. Pure."""

from datetime import UTC, datetime
from typing import Any

from events.instants import format_instant
from serving.asks import FeedQuality, Quality, StageEnds, UnknownWord
from sinks.quality import LATER_S

Document = dict[str, Any]


def only(found: Quality, source: str) -> Quality:
    """What concerns one source: itself, its words, and the stages whose ends it tells."""
    return found._replace(
        feeds=[one for one in found.feeds if one.source == source],
        unknown=[one for one in found.unknown if one.source == source],
        ends=[one for one in found.ends if source in one.told_by],
    )


def complete_share(ended: int, missing: int) -> float | None:
    """The share of ends that were reported, of those that are due; None while none is."""
    due = ended + missing
    return ended / due if due else None


def document(found: Quality) -> Document:
    """Names and units as in docs/feeds.md; instants in UTC."""
    return {
        "since": _instant(found.since_s),
        "until": _instant(found.until_s),
        "feeds": [_feed(one) for one in found.feeds],
        "unknown": [_word(one) for one in found.unknown],
        "stages": [_ends(one) for one in found.ends],
    }


def _instant(epoch_s: int) -> str:
    return format_instant(datetime.fromtimestamp(epoch_s, UTC))


def _feed(one: FeedQuality) -> Document:
    bounds = (*(f"within_{bound}_s" for bound in LATER_S), "later")
    return {
        **one._asdict(),
        "recorded_after_s": _ranks(one.recorded_after_s),
        "received_after_s": _ranks(one.received_after_s),
        "clock_s": dict(zip(("least", "p50"), one.clock_s, strict=True)) if one.clock_s else None,
        "later": dict(zip(bounds, one.later, strict=True)),
        "complete": _rounded(complete_share(one.ended, one.missing)),
    }


def _ranks(times: tuple[int, int, int] | None) -> Document | None:
    return None if times is None else dict(zip(("p50", "p95", "max"), times, strict=True))


def _word(one: UnknownWord) -> Document:
    return {**one._asdict(), "first_at": _instant(one.first_at)}


def _ends(one: StageEnds) -> Document:
    complete = _rounded(complete_share(one.ended, one.missing))
    return {**one._asdict(), "missing": one.missing, "complete": complete}


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
