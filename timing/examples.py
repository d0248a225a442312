"""The examples that an edition carries: small visits told in words, judged by the edition itself.

"10:00 inspection-ordered", "10:30:01 tick": times of the first day the edition is in force, at the
port. A unit that no example brings in was there since midnight.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from events.envelope import Event
from events.instants import format_instant
from events.vocabulary import Kind
from timing.findings import Finding, Law
from timing.history import History
from timing.limits import LOCAL_TIME, Edition, Example, Register
from timing.observation import observation_of
from timing.patience import Patience
from timing.visits import OPENERS

_WORDS = re.compile(r"(\d\d):(\d\d)(?::(\d\d))? ([a-z-]+)")
_FIRST_DAY = date(2026, 3, 2)
_UNIT = "CSQU3054383"


class UnreadableExample(Exception):
    """An example is not written as `10:00 inspection-ordered`."""


def failures(edition: Edition) -> Iterator[str]:
    """One sentence per example that does not hold."""
    for number, example in enumerate(edition.example, start=1):
        found = verdict_of(edition, example)
        if found != example.expect:
            told = ", ".join(example.given)
            says = f"{example.limit} says {found}, expected {example.expect}"
            yield f"example {number} ({told}): {says}"


def verdict_of(edition: Edition, example: Example) -> str:
    """What the limit says of the example's visit; `no-limit` where it says nothing."""
    told = [_told(edition, words) for words in example.given]
    events = [_event(edition, example, kind, moment) for moment, kind in told if kind != "tick"]
    if not any(event.kind in OPENERS for event in events):
        events.insert(0, _event(edition, example, Kind.GATED_IN, _midnight(edition)))
    watermark = int(max(moment for moment, _ in told).timestamp())
    found = _judged(edition, events, watermark)
    judged = [f for f in found if f.key.limit_id == example.limit]
    return str(judged[-1].verdict) if judged else "no-limit"


def _judged(edition: Edition, events: list[Event], watermark: int) -> list[Finding]:
    alone = edition.model_copy(update={"supersedes": None})
    law = Law(Register((alone,)), Patience())
    reports = tuple(map(observation_of, events))
    history = History(f"{edition.port}/{_UNIT}", events[0].unit, reports).at(watermark, law)
    return list(history.findings(law).by_key.values())


def _midnight(edition: Edition) -> datetime:
    day = edition.effective_from if isinstance(edition.effective_from, date) else _FIRST_DAY
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL_TIME)


def _told(edition: Edition, words: str) -> tuple[datetime, str]:
    match = _WORDS.fullmatch(words)
    if match is None:
        raise UnreadableExample(
            f"{words!r}: write it as '10:00 inspection-ordered' or '10:30:01 tick'"
        )
    hour, minute, second, kind = match.groups()
    if kind != "tick" and kind not in set(Kind):
        raise UnreadableExample(f"{words!r}: the contract has no kind {kind!r}")
    clock = timedelta(hours=int(hour), minutes=int(minute), seconds=int(second or 0))
    return _midnight(edition) + clock, kind


def _event(edition: Edition, example: Example, kind: str, moment: datetime) -> Event:
    cargo = {"size_type": example.size_type, "laden": example.laden, "category": example.category}
    return Event.model_validate(
        {
            "event_id": f"{kind}@{format_instant(moment)}",
            "source": "example",
            "kind": kind,
            "unit": {"type": "container", "id": _UNIT},
            "place": {"port": edition.port},
            "mode": "water",
            "direction": example.direction,
            "occurred_at": moment,
            "cargo": {name: value for name, value in cargo.items() if value is not None},
        }
    )
