"""The quality of feeds in a span: what receipts and refusals say of whoever reports.

Asked through the Store; each question is said in SQL and plainly, and one suite holds the two
together. Every answer is counted from rows that replace themselves, so it is the same however often
the log was read. Must never know a client.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sinks.receipts import UNSTAMPED, ReceiptRow
from sinks.rows import RefusalRow
from sinks.store import Parameters, Question, Store
from sinks.tables import RECEIPTS, REFUSALS, Row

ROWS_MAX: Final = 1_000
"""Senders name themselves, and codes are theirs to choose: of more, those heard least are left."""
LATER_S: Final = (60, 600, 3_600, 21_600, 86_400)
"""Bounds of the steps in which lateness is counted; what is later than the last is the sixth."""
MIDDLE, MOST, ALL = 0.5, 0.95, 1.0


class Span(NamedTuple):
    """From `since_s` until before `until_s`, epoch seconds."""

    since_s: int
    until_s: int


class Received(NamedTuple):
    """One source on one topic, over the messages that it sent itself. `told_again`: those whose
    content had come before, in this span. `ahead`: those that tell of a time after their receipt.
    Times are half, 19 of 20 and the most, by nearest rank, over as many as stand in `recorded` and
    `timed`. `clock_s` is the least and half of what passed from writing down to receipt: below
    nought, the source's clock is ahead of the broker's. `later` counts by the steps of LATER_S."""

    topic: str
    source: str
    messages: int
    events: int
    refused: int
    told_again: int
    ahead: int
    recorded: int
    timed: int
    recorded_after_s: list[int]
    received_after_s: list[int]
    clock_s: list[int]
    later: list[int]


class Refused(NamedTuple):
    """What was refused of one source for one reason, by unknown word, with the first example."""

    topic: str
    source: str
    reason: str
    code: str
    messages: int
    first_at: datetime
    first_place: str
    first_detail: str


class Teller(NamedTuple):
    """Who told of one kind at a place, and how often."""

    port: str
    facility: str
    kind: str
    topic: str
    source: str
    messages: int


def received(store: Store, span: Span) -> list[Received]:
    """Every source heard in the span, by topic and name. As the two below, raises
    StoreUnavailable and StoreRefused."""
    found = store.ask(RECEIVED, span._asdict())
    return sorted(Received._make([*row[:9], *map(list, row[9:])]) for row in found)


def refused(store: Store, span: Span) -> list[Refused]:
    """Every reason of every source, with its unknown words; the most frequent first."""
    return [Refused._make(row) for row in store.ask(REFUSED, span._asdict())]


def tellers(store: Store, span: Span) -> list[Teller]:
    """Who told of what where, in order."""
    return [Teller._make(row) for row in store.ask(TELLERS, span._asdict())]


def within(moment: datetime | None, asked: Parameters) -> bool:
    """Whether an instant is in the span that was asked about."""
    return moment is not None and asked["since_s"] <= moment.timestamp() < asked["until_s"]


def _own(rows: Iterable[ReceiptRow], asked: Parameters) -> Iterator[ReceiptRow]:
    """What feeds sent themselves, in the span."""
    for row in rows:
        if row.receipt in OWN and row.received_at > UNSTAMPED and within(row.received_at, asked):
            yield row


def ranks(times: Sequence[int], *levels: float) -> list[int]:
    """The values at these ranks, none between two; noughts of nothing."""
    ordered = sorted(times)
    last = len(ordered) - 1
    return [ordered[min(last, int(level * len(ordered)))] if ordered else 0 for level in levels]


def _passed(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> list[int]:
    return [int((b - a).total_seconds()) for a, b in pairs if a is not None and b is not None]


def _received(rows: Iterable[ReceiptRow], asked: Parameters) -> Iterable[Row]:
    feeds: dict[tuple[str, str], list[ReceiptRow]] = defaultdict(list)
    for row in _own(rows, asked):
        feeds[row.topic, row.source].append(row)
    found = [_feed(name, told) for name, told in feeds.items()]
    return sorted(found, key=lambda one: (-one.messages, one.topic, one.source))[:ROWS_MAX]


def _feed(name: tuple[str, str], rows: list[ReceiptRow]) -> Received:
    digests = [row.digest for row in rows if row.receipt != "refused"]
    recorded = _passed((row.occurred_at, row.recorded_at) for row in rows)
    late = _passed((row.occurred_at, row.received_at) for row in rows)
    clock = _passed((row.recorded_at, row.received_at) for row in rows)
    return Received(
        *name,
        messages=len(rows),
        events=sum(row.events for row in rows),
        refused=len(rows) - len(digests),
        told_again=len(digests) - len(set(digests)),
        ahead=sum(_ahead(row) for row in rows),
        recorded=len(recorded),
        timed=len(late),
        recorded_after_s=ranks(recorded, MIDDLE, MOST, ALL),
        received_after_s=ranks(late, MIDDLE, MOST, ALL),
        clock_s=ranks(clock, 0, MIDDLE),
        later=_steps(late),
    )


def _ahead(row: ReceiptRow) -> bool:
    times = (row.occurred_at, row.recorded_at)
    return any(moment is not None and moment > row.received_at for moment in times)


def _steps(late: list[int]) -> list[int]:
    """How many are within each bound and not within the one before; the last: beyond all."""
    upto = [sum(one <= bound for one in late) for bound in LATER_S]
    return [after - before for before, after in zip([0, *upto], [*upto, len(late)], strict=True)]


def _refused(rows: Iterable[RefusalRow], asked: Parameters) -> Iterable[Row]:
    alike: dict[tuple[str, ...], list[RefusalRow]] = defaultdict(list)
    for row in rows:
        if row.record == "refusal" and within(row.received_at, asked):
            alike[row.topic, row.source, row.reason, row.code].append(row)
    found = [Refused._make((*name, len(some), *_first(some))) for name, some in alike.items()]
    return sorted(found, key=lambda one: (-one.messages, *one[:4]))[:ROWS_MAX]


def _first(rows: list[RefusalRow]) -> tuple[datetime, str, str]:
    one = min(rows, key=lambda row: (row.received_at, row.partition, row.offset))
    assert one.received_at is not None, "only what has a time is in a span"
    return one.received_at, f"{one.topic}/{one.partition}/{one.offset}", one.detail


def _tellers(rows: Iterable[ReceiptRow], asked: Parameters) -> Iterable[Row]:
    told = Counter(
        (row.port, row.facility, row.kind, row.topic, row.source)
        for row in _own(rows, asked)
        if row.kind
    )
    return [(*place, told[place]) for place in sorted(told)]


def _after(earlier: str, later: str) -> str:
    return f"assumeNotNull(dateDiff('second', {earlier}, {later}))"


def _step_columns() -> Iterator[str]:
    late = _after("occurred_at", "received_at")
    for lower, upper in zip((None, *LATER_S), (*LATER_S, None), strict=True):
        above = "" if lower is None else f" AND {late} > {lower}"
        below = "" if upper is None else f" AND {late} <= {upper}"
        yield f"countIf(isNotNull(occurred_at){above}{below})"


def between(column: str) -> str:
    """The same in SQL."""
    since, until = (f"toDateTime64(%({name})s, 0, 'UTC')" for name in Span._fields)
    return f"{column} >= {since} AND {column} < {until}"


OWN: Final = frozenset({"taken", "split", "refused"})
"""Receipts of what a feed sent itself."""
_OWN: Final = (
    f"receipt IN ('taken', 'split', 'refused') AND received_at > toDateTime64(0, 0, 'UTC') "
    f"AND {between('received_at')}"
)
RECEIVED: Final = Question(
    RECEIPTS,
    "SELECT topic, source, count() AS messages, sum(events), countIf(receipt = 'refused'), "
    "countIf(receipt != 'refused') - uniqExactIf(digest, receipt != 'refused'), "
    "countIf(occurred_at > received_at OR recorded_at > received_at), "
    "countIf(isNotNull(recorded_at)), countIf(isNotNull(occurred_at)), "
    f"quantilesExactIf({MIDDLE}, {MOST}, 1)({_after('occurred_at', 'recorded_at')}, "
    "isNotNull(recorded_at)), "
    f"quantilesExactIf({MIDDLE}, {MOST}, 1)({_after('occurred_at', 'received_at')}, "
    "isNotNull(occurred_at)), "
    f"quantilesExactIf(0, {MIDDLE})({_after('recorded_at', 'received_at')}, "
    f"isNotNull(recorded_at)), [{', '.join(_step_columns())}] "
    f"FROM receipts FINAL WHERE {_OWN} GROUP BY topic, source "
    f"ORDER BY messages DESC, topic, source LIMIT {ROWS_MAX}",
    _received,
)
REFUSED: Final = Question(
    REFUSALS,
    "SELECT topic, source, reason, code, count() AS messages, min(assumeNotNull(received_at)), "
    "argMin(concat(topic, '/', toString(partition), '/', toString(offset)), "
    "(assumeNotNull(received_at), partition, offset)), "
    "argMin(detail, (assumeNotNull(received_at), partition, offset)) "
    f"FROM refusals FINAL WHERE record = 'refusal' AND {between('received_at')} "
    "GROUP BY topic, source, reason, code "
    f"ORDER BY messages DESC, topic, source, reason, code LIMIT {ROWS_MAX}",
    _refused,
)
TELLERS: Final = Question(
    RECEIPTS,
    "SELECT port, facility, kind, topic, source, count() FROM receipts FINAL "
    f"WHERE kind != '' AND {_OWN} GROUP BY port, facility, kind, topic, source "
    "ORDER BY port, facility, kind, topic, source",
    _tellers,
)
