"""SQL about the pipeline as the tables show it: what landed, its fate, what was refused, how late.

An event is counted once by its identity, however many contents it had.
"""

from dashboards.language import Words


def _of_range(where: str) -> str:
    """The condition on fates that they are of events of the time range: a small set, found by the
    key of the fates, where the opposite would hold every fate there is in memory.
    """
    return f"""(source, event_id) GLOBAL IN (
        SELECT source, event_id FROM events
        WHERE $__timeFilter(occurred_at)
            AND {where}
    )"""


def landed(where: str) -> str:
    """Events of the time range, by when they happened; and refusals that wait for somebody."""
    return f"""SELECT uniqExact(source, event_id) AS events,
    uniqExact(port, unit_type, unit_id) AS units,
    uniqExact(source, event_id) - (
        SELECT uniqExact(source, event_id) FROM event_fates
        WHERE {_of_range(where)}
    ) AS unaccounted,
    (SELECT count() FROM refusals_latest WHERE settled_at IS NULL) AS unsettled
FROM events FINAL
WHERE $__timeFilter(occurred_at)
    AND {where}"""


def events_over_time(where: str) -> str:
    """Events by when they happened, a line for each source."""
    return f"""SELECT $__timeInterval(occurred_at) AS time,
    source,
    uniqExact(event_id) AS events
FROM events FINAL
WHERE $__timeFilter(occurred_at)
    AND {where}
GROUP BY time, source
ORDER BY time, source"""


def sources(where: str) -> str:
    """Each source: how much, how long silent, and how long after the fact it wrote things down."""
    return f"""SELECT source,
    uniqExact(event_id) AS events,
    max(occurred_at) AS last_at,
    dateDiff('second', max(occurred_at), $__toTime) / 60 AS silent_min,
    quantileExactOrNullIf(0.5)(late_s, late_s IS NOT NULL) / 60 AS late_p50_min,
    quantileExactOrNullIf(0.95)(late_s, late_s IS NOT NULL) / 60 AS late_p95_min,
    max(late_s) / 60 AS late_max_min
FROM (
    SELECT source, event_id, occurred_at,
        dateDiff('second', occurred_at, recorded_at) AS late_s
    FROM events FINAL
    WHERE $__timeFilter(occurred_at)
        AND {where}
)
GROUP BY source
ORDER BY silent_min DESC, source"""


def fates(where: str) -> str:
    """What became of the events of the time range, once for each unit that they speak of."""
    return f"""SELECT port,
    countIf(fate = 'judged') AS judged,
    countIf(fate = 'kept') AS kept,
    kept / count() AS kept_share
FROM event_fates FINAL
WHERE {_of_range(where)}
GROUP BY port
ORDER BY port"""


def refused(words: Words) -> str:
    """Refused messages of the time range by topic and reason; a message has no port."""
    return f"""SELECT topic,
    {words.sql("reason", "reason")} AS reason_name,
    count() AS refused,
    countIf(settled_at IS NULL) AS unsettled,
    max(received_at) AS last_at
FROM refusals_latest
WHERE $__timeFilter(received_at)
GROUP BY topic, reason
ORDER BY unsettled DESC, refused DESC, topic, reason"""


def refused_over_time(words: Words) -> str:
    """Refused messages by when the broker took them, a line for each reason."""
    return f"""SELECT $__timeInterval(received_on) AS time,
    {words.sql("reason", "reason")} AS reason_name,
    count() AS refused
FROM (
    SELECT reason, assumeNotNull(received_at) AS received_on
    FROM refusals_latest
    WHERE $__timeFilter(received_at)
)
GROUP BY time, reason
ORDER BY time, reason"""


def deliveries(where: str) -> str:
    """Messages to people by channel, noticed in the time range: their fate, and how long it took
    from the log to the channel, in whole seconds.
    """
    took = "dateDiff('second', published_at, settled_at)"
    return f"""SELECT channel,
    countIf(state = 'delivered') AS delivered,
    countIf(state = 'waiting') AS waiting,
    countIf(state = 'failed') AS failed,
    countIf(state = 'held-back') AS held_back,
    quantileExactOrNullIf(0.5)({took}, state = 'delivered') AS delay_p50_s,
    quantileExactOrNullIf(0.99)({took}, state = 'delivered') AS delay_p99_s
FROM alert_deliveries FINAL
WHERE $__timeFilter(noticed_at)
    AND {where}
GROUP BY channel
ORDER BY failed DESC, waiting DESC, channel"""
