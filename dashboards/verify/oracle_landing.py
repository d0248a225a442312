"""What panels about the pipeline must show, in plain Python from the facts. Never from SQL."""

from collections import Counter

from dashboards.language import Words
from dashboards.verify.facts import Standing
from dashboards.verify.macros import Chosen
from dashboards.verify.reckoning import Rows, bucket, grouped, in_range, named, percentile, scaled
from events.alerts import Delivery
from events.envelope import Event
from events.vocabulary import DeliveryState


def _events(standing: Standing, chosen: Chosen) -> list[Event]:
    return [
        event
        for event in standing.events
        if in_range(event.occurred_at, chosen) and chosen.takes("port", event.place.port)
    ]


def landed(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """One row."""
    found = {(one.source, one.event_id): one for one in _events(standing, chosen)}
    units = {(one.place.port, one.unit.type, one.unit.id) for one in found.values()}
    judged = {(one.source, one.event_id) for one in standing.fates}
    unsettled = sum(not settled for _, settled in standing.refused)
    return [(len(found), len(units), len(found.keys() - judged), unsettled)]


def events_over_time(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """By interval and source."""
    cells = grouped(
        _events(standing, chosen), lambda one: (bucket(one.occurred_at, chosen), one.source)
    )
    return [(*cell, len({one.event_id for one in cells[cell]})) for cell in sorted(cells)]


def sources(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """The most silent first."""
    by_source = grouped(_events(standing, chosen), lambda one: one.source)
    rows = [_source(source, events, chosen) for source, events in by_source.items()]
    return sorted(rows, key=lambda row: (-row[3], row[0]))


def _source(
    source: str, events: list[Event], chosen: Chosen
) -> tuple[str, int, object, float, float | None, float | None, float | None]:
    late = [
        (one.recorded_at - one.occurred_at).total_seconds() for one in events if one.recorded_at
    ]
    last_at = max(one.occurred_at for one in events)
    return (
        source,
        len({one.event_id for one in events}),
        last_at,
        (chosen.until - last_at).total_seconds() / 60,
        scaled(percentile(late, 0.5), 60),
        scaled(percentile(late, 0.95), 60),
        scaled(max(late, default=None), 60),
    )


def fates(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """By port, of the events of the range."""
    told = {(one.source, one.event_id) for one in _events(standing, chosen)}
    of_range = (one for one in standing.fates if (one.source, one.event_id) in told)
    by_port = grouped(of_range, lambda one: one.port)
    rows: Rows = []
    for port in sorted(by_port):
        said = Counter(str(one.fate) for one in by_port[port])
        rows.append((port, said["judged"], said["kept"], said["kept"] / len(by_port[port])))
    return rows


def refused(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """By topic and reason, what waits first."""
    found = [one for one in standing.refused if in_range(one[0].received_at, chosen)]
    cells = grouped(found, lambda one: (one[0].topic, str(one[0].reason)))
    rows = [
        (
            topic,
            reason,
            len(letters),
            sum(not settled for _, settled in letters),
            max(letter.received_at for letter, _ in letters),
        )
        for (topic, reason), letters in cells.items()
    ]
    rows.sort(key=lambda row: (-row[3], -row[2], row[0], row[1]))
    return [(row[0], named(words, "reason", row[1]), *row[2:]) for row in rows]


def refused_over_time(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """By interval and reason."""
    found = [one for one, _ in standing.refused if in_range(one.received_at, chosen)]
    cells = grouped(found, lambda one: (bucket(one.received_at, chosen), str(one.reason)))
    return [
        (time, named(words, "reason", reason), len(cells[time, reason]))
        for time, reason in sorted(cells)
    ]


def deliveries(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """By channel, failures first."""
    found = [
        one
        for one in standing.deliveries
        if in_range(one.noticed_at, chosen) and chosen.takes("port", one.port)
    ]
    by_channel = grouped(found, lambda one: one.channel)
    rows = [_channel(channel, messages) for channel, messages in by_channel.items()]
    return sorted(rows, key=lambda row: (-row[3], -row[2], row[0]))


def _channel(
    channel: str, messages: list[Delivery]
) -> tuple[str, int, int, int, int, float | None, float | None]:
    said = Counter(one.state for one in messages)
    took = [
        (one.settled_at - one.published_at).total_seconds()
        for one in messages
        if one.state is DeliveryState.DELIVERED and one.settled_at
    ]
    return (
        channel,
        said[DeliveryState.DELIVERED],
        said[DeliveryState.WAITING],
        said[DeliveryState.FAILED],
        said[DeliveryState.HELD_BACK],
        percentile(took, 0.5),
        percentile(took, 0.99),
    )
