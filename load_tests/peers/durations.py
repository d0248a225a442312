"""Plain durations of a file of accepted events: the one question that SQL over a file can answer.

From the first opener to the last closer of each unit at each port. No holds, no calendars, no
limits, no order of arrival: it is not the law, it is a ceiling to hold the law's speed against.
"""

import zlib
from collections.abc import Iterable
from datetime import datetime

import orjson

SPANS = {
    "in-yard-transfer": ("transfer-started", "transfer-ended"),
    "unloading": ("arrived", "discharged"),
    "clearance": ("declaration-accepted", "released"),
    "stay": ("discharged", "gated-out"),
}
"""By name: the kinds of event that open and close."""


def by_python(lines: Iterable[bytes]) -> tuple[int, int]:
    """How many durations there are, and the sum of their checksums."""
    opened: dict[tuple[str, str, str], int] = {}
    closed: dict[tuple[str, str, str], int] = {}
    for line in lines:
        event = orjson.loads(line)
        at = int(datetime.fromisoformat(event["occurred_at"]).timestamp())
        for name, (opener, closer) in SPANS.items():
            key = event["place"]["port"], event["unit"]["id"], name
            if event["kind"] == opener:
                opened[key] = min(at, opened.get(key, at))
            if event["kind"] == closer:
                closed[key] = max(at, closed.get(key, at))
    both = [(*key, closed[key] - at) for key, at in opened.items() if key in closed]
    return len(both), sum(zlib.crc32("|".join(map(str, each)).encode()) for each in both)
