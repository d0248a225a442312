"""When something may be told: quiet hours and digests, in the local time of the port.

Pure: told the time, in epoch milliseconds.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from serving.notify.routes import Digest, Quiet, Route, Told

DAY_MIN = 24 * 60


class Due(NamedTuple):
    """When to tell; `held` when that is later than at once."""

    at_ms: int
    held: bool


def due(route: Route, zone: ZoneInfo, state: Told, noticed_ms: int, window_ms: int) -> Due:
    """When a route tells a state that came at `noticed_ms`: after the window in which others may
    join it, with the next digest, or when the quiet hours are over, whichever is the latest."""
    at_ms = noticed_ms
    if route.digest and state in route.digest.states:
        at_ms = _next_digest(route.digest, zone, at_ms)
    if route.quiet and state not in route.quiet.passing:
        at_ms = quiet_until(route.quiet, zone, at_ms) or at_ms
    return Due(at_ms, True) if at_ms > noticed_ms else Due(noticed_ms + window_ms, False)


def quiet_until(quiet: Quiet, zone: ZoneInfo, at_ms: int) -> int | None:
    """The end of the quiet hours that an instant falls into; None when it falls into none.

    They begin with their first minute and are over with their last: at 06:00 it may ring.
    """
    local = _local(at_ms, zone)
    now, over_night = local.time(), quiet.begins > quiet.ends
    if over_night:
        inside = now >= quiet.begins or now < quiet.ends
    else:
        inside = quiet.begins <= now < quiet.ends
    if not inside:
        return None
    tomorrow = over_night and now >= quiet.begins
    day = local.date() + timedelta(days=1) if tomorrow else local.date()
    return _epoch_ms(datetime.combine(day, quiet.ends, zone))


def _next_digest(digest: Digest, zone: ZoneInfo, at_ms: int) -> int:
    """The next full stretch of `every_min` after midnight; midnight itself begins anew."""
    local = _local(at_ms, zone)
    passed = local.hour * 60 + local.minute
    next_min = (passed // digest.every_min + 1) * digest.every_min
    midnight = datetime(local.year, local.month, local.day, tzinfo=zone)
    return _epoch_ms(midnight + timedelta(minutes=min(next_min, DAY_MIN)))


def _local(at_ms: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, zone)


def _epoch_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
