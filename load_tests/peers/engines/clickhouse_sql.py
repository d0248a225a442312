"""ClickHouse over the accepted messages as a file: the ceiling of the machine for durations."""

from pathlib import Path
from typing import Any

import chdb

from load_tests.peers.durations import SPANS
from load_tests.peers.meter import Meter, asked, told

THREADS = 1
QUERY = """
WITH found AS (
    SELECT place.port AS port, unit.id AS unit, span.1 AS name,
        minIf(at, kind = span.2) AS opened, maxIf(at, kind = span.3) AS closed
    FROM (
        SELECT kind, place, unit, toUnixTimestamp(parseDateTimeBestEffort(occurred_at)) AS at
        FROM file('{file}', JSONEachRow,
            'kind LowCardinality(String), occurred_at String,
             place Tuple(port LowCardinality(String)), unit Tuple(id String)')
    )
    ARRAY JOIN [{spans}] AS span
    GROUP BY port, unit, name
    HAVING countIf(kind = span.2) > 0 AND countIf(kind = span.3) > 0
)
SELECT count(), sum(CRC32(concat(port, '|', unit, '|', name, '|', toString(closed - opened))))
FROM found
SETTINGS max_threads = {threads}, input_format_skip_unknown_fields = 1
"""


def by_clickhouse(file: Path) -> tuple[int, int]:
    """How many durations, and the sum of their checksums."""
    spans = ", ".join(f"('{name}', '{a}', '{b}')" for name, (a, b) in SPANS.items())
    query = QUERY.format(file=file, spans=spans, threads=THREADS)
    answer: Any = chdb.query(query, "CSV")  # type: ignore[no-untyped-call]
    count, checksum = answer.bytes().decode().split(",")
    return int(count), int(checksum)


def main() -> None:
    options, meter = asked(), Meter()
    messages = options.file.read_bytes().count(b"\n")
    by_clickhouse(options.file)  # the first query of a process also starts the engine
    meter.begin()
    count, checksum = by_clickhouse(options.file)
    meter.report(messages)
    told(words=count, checksum=checksum)


if __name__ == "__main__":
    main()
