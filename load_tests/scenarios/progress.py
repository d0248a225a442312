"""How far worker and writer have come, from what they say of themselves.

Knows the names of their counters; must never know what they count it for.
"""

from typing import Final, NamedTuple, Self

from load_tests.scenarios.house import House
from portclock.standalone.stack import WORKER, WRITER
from portclock.standalone.waiting import until

COUNTED_WITHIN_S: Final = 10.0
COUNTED_EVERY_S: Final = 1.2
_WORKER: Final = {
    "ended": ("timing_records_ended_total", ""),
    "ticks": ("timing_records_ended_total", 'ending="tick"'),
    "parts": ("timing_parts_records_total", ""),
    "copies": ("timing_copies_records_total", ""),
    "outcomes": ("timing_outcomes_records_total", ""),
    "alerts": ("timing_alerts_records_total", ""),
    "fates": ("timing_fates_records_total", ""),
    "refusals": ("timing_refusals_records_total", ""),
    "open_units": ("timing_units_open_count", ""),
}
_ROWS: Final = {
    table: ("timing_written_rows_total", f'table="{table}"')
    for table in ("stage_dwells", "limit_alerts", "event_fates", "refusals", "events")
}


class Worked(NamedTuple):
    """What the worker has done and had acknowledged. `messages` were sent by others than itself;
    `words` are what it published for the tables. Approximate while parts are on their way."""

    messages: int
    words: int
    outcomes: int
    open_units: int

    @classmethod
    def look(cls, house: House) -> Self:
        """Ask it."""
        told = {name: int(value) for name, value in house.metrics(WORKER, _WORKER).items()}
        own = told["parts"] + told["copies"]
        words = told["outcomes"] + told["alerts"] + told["fates"] + told["refusals"]
        return cls(told["ended"] - told["ticks"] - own, words, told["outcomes"], told["open_units"])


def wait_until_told(house: House) -> None:
    """The worker counts its units now and then only: wait a while for a count that stands."""
    counted = [-1, 0]

    def stands() -> bool:
        counted[:] = [counted[1], Worked.look(house).open_units]
        return counted[0] == counted[1] > 0

    until(stands, COUNTED_WITHIN_S, pause_s=COUNTED_EVERY_S)


def rows_written(house: House) -> tuple[int, int]:
    """Rows that the tables have acknowledged: of what the worker publishes, and of events."""
    told = {name: int(value) for name, value in house.metrics(WRITER, _ROWS).items()}
    events = told.pop("events")
    return sum(told.values()), events
