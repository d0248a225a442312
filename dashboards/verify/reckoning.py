"""Plain arithmetic of the oracle: who is chosen, which bucket, which percentile.

Never from SQL: percentiles, shares and days are said here a second time.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from dashboards.language import Words
from dashboards.scopes import CUSTOMS_STAGES
from dashboards.verify.facts import Standing
from dashboards.verify.macros import Chosen
from timing.written import LOCAL_TIME

Rows = list[tuple[Any, ...]]
Oracle = Callable[[Standing, Chosen, Words], Rows]
"""The rows that a panel must get."""
Where = Callable[[Any, Chosen], bool]
"""Whether a board speaks of an outcome, an alert or an incident."""
Item = TypeVar("Item")
HOUR_S = 3600


def port(of: Any, chosen: Chosen) -> bool:
    """By port alone."""
    return chosen.takes("port", of.port)


def place(of: Any, chosen: Chosen) -> bool:
    """By port and facility."""
    return port(of, chosen) and chosen.takes("facility", of.facility)


def operations(of: Any, chosen: Chosen) -> bool:
    """By port, facility and stage."""
    return place(of, chosen) and chosen.takes("stage", of.stage)


def customs(of: Any, chosen: Chosen) -> bool:
    """As operators, and only what concerns customs."""
    return operations(of, chosen) and (of.stage in CUSTOMS_STAGES or str(of.answers) == "customs")


def in_range(moment: datetime | None, chosen: Chosen) -> bool:
    """Within the time range, both ends included."""
    return moment is not None and chosen.since <= moment <= chosen.until


def bucket(moment: datetime, chosen: Chosen) -> datetime:
    """The beginning of its interval, counted from 1970."""
    epoch_s = int(moment.timestamp())
    return datetime.fromtimestamp(epoch_s - epoch_s % chosen.interval_s, UTC)


def local_day(moment: datetime) -> datetime:
    """The midnight at the port with which its day began."""
    local = moment.astimezone(LOCAL_TIME)
    return local.replace(hour=0, minute=0, second=0)


def percentile(values: Iterable[float], share: float) -> float | None:
    """One of the values, none between two: the one below which that share lies. None of nothing."""
    ordered = sorted(values)
    return ordered[int(share * len(ordered))] if ordered else None


def mean(values: Sequence[float]) -> float | None:
    """None of nothing."""
    return sum(values) / len(values) if values else None


def share(part: int, whole: int) -> float | None:
    """None of nothing."""
    return part / whole if whole else None


def scaled(value: float | None, by: float) -> float | None:
    """Divided, where there is something to divide."""
    return None if value is None else value / by


def grouped(items: Iterable[Item], key: Callable[[Item], Any]) -> dict[Any, list[Item]]:
    """Items by a key, in the order of their first."""
    found: dict[Any, list[Item]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def named(words: Words, of: str, name: str) -> str:
    """An identifier as people read it."""
    return words.names(of).get(name, name)
