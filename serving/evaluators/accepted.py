"""Which content type an answer has, by the header Accept (RFC 9110, 12.5.1). Pure."""

from collections.abc import Iterable
from enum import Enum
from typing import Final

RANGES_MAX: Final = 50


class Format(Enum):
    """A way to write cells: its name, and its registered media type."""

    JSON = ("json", "application/json")
    CSV = ("csv", "text/csv")
    PARQUET = ("parquet", "application/vnd.apache.parquet")

    @property
    def id(self) -> str:
        """As an address names it, and as a file ends."""
        return self.value[0]

    @property
    def media_type(self) -> str:
        """As headers name it."""
        return self.value[1]


def chosen(accept: str, offered: Iterable[Format]) -> Format | None:
    """The most wanted of those offered, of equals the first; None if none is wanted. What says
    nothing takes anything."""
    ranges = [_range(one) for one in accept.split(",")[:RANGES_MAX] if one.strip()]
    if not ranges:
        return next(iter(offered), None)
    weighed = [(_weight(one.media_type, ranges), one) for one in offered]
    best = max((weight for weight, _ in weighed), default=0.0)
    return next((one for weight, one in weighed if weight == best), None) if best > 0 else None


def _range(text: str) -> tuple[str, float]:
    """A media range in lower case, and its weight; other parameters mean nothing to us."""
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    said = next((one[2:] for one in parameters if one.startswith("q=")), "1")
    try:
        return name, min(max(float(said), 0.0), 1.0)
    except ValueError:
        return name, 0.0


def _weight(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """By the most specific range that covers it; 0 if none does."""
    for covering in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        found = [weight for name, weight in ranges if name == covering]
        if found:
            return max(found)
    return 0.0
