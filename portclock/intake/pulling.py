"""Pages of a publisher that answers by cursor, as DCSA's Track & Trace does: asked until the last.

Knows addresses, headers and where a pull has come to; must never know what a page says. What is
pulled twice counts once, so a pull that begins a little earlier than the last one ended loses
nothing that its publisher wrote down late.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import httpx
import orjson

from events.instants import format_instant, parse_instant
from portclock.failure import Failure
from portclock.intake.taking import INPUT_BYTES_MAX

OVERLAP: Final = timedelta(hours=1)
"""A publisher may write an event down this much later than its own time of creation says."""
PAGES_MAX: Final = 10_000
"""Of one pull: a cursor that leads round in circles ends here."""
CURSOR: Final = "cursor"
_NEXT_CURSOR: Final = "next-page-cursor"
_NEXT_PAGE: Final = "next-page"


class Unreachable(Exception):
    """The publisher did not answer, or said that it cannot now: it is to be asked again later."""


class Reached(NamedTuple):
    """Where a publisher's pulls have come to: all created before `since` was taken; a pull that
    `began_at` then goes on at `cursor`."""

    since: datetime | None = None
    began_at: datetime | None = None
    cursor: str = ""

    def document(self) -> dict[str, str]:
        """As a JSON object."""
        at = {name: getattr(self, name) for name in ("since", "began_at")}
        said = {name: format_instant(moment) for name, moment in at.items() if moment}
        return {**said, "cursor": self.cursor}

    @classmethod
    def read(cls, said: dict[str, Any]) -> Self:
        """From such an object. Raises ValueError (pydantic's) and TypeError."""
        at = {name: parse_instant(said[name]) for name in ("since", "began_at") if name in said}
        return cls(**at, cursor=str(said.get("cursor", "")))


class Page(NamedTuple):
    """One page, and where the pull will have come to once it was taken."""

    number: int
    data: bytes
    then: Reached


class Publisher(NamedTuple):
    """Whom to ask: an address with whatever filter is wanted, and the name of the parameter that
    asks for what was created from a time on."""

    client: httpx.Client
    url: str
    since: str


def pages(publisher: Publisher, reached: Reached, now: datetime) -> Iterator[Page]:
    """Every page from there on. Raises Unreachable, and Failure where asking again is in vain."""
    began_at = reached.began_at or now
    cursor = reached.cursor
    for number in range(1, PAGES_MAX + 1):
        answer = _asked(publisher, reached, cursor)
        cursor = _next(answer)
        on_its_way = Reached(reached.since, began_at, cursor)
        yield Page(number, answer.content, on_its_way if cursor else Reached(began_at - OVERLAP))
        if not cursor:
            return
    raise Failure(
        f"{publisher.url} has more than {PAGES_MAX:,} pages", do="ask for less, by a filter in it"
    )


def _asked(publisher: Publisher, reached: Reached, cursor: str) -> httpx.Response:
    url = httpx.URL(publisher.url)
    if cursor:
        url = url.copy_set_param(CURSOR, cursor)
    elif reached.since is not None:
        url = url.copy_set_param(publisher.since, format_instant(reached.since))
    try:
        answer = publisher.client.get(url)
    except httpx.HTTPError as error:
        raise Unreachable(f"{publisher.url}: {error or type(error).__name__}") from error
    _require(answer, publisher.url)
    return answer


def _require(answer: httpx.Response, url: str) -> None:
    if answer.status_code >= 500 or answer.status_code == 429:
        raise Unreachable(f"{url} answered {answer.status_code}")
    if answer.status_code != 200:
        raise Failure(
            f"{url} answered {answer.status_code}", do="check the address and the token for it"
        )
    if len(answer.content) > INPUT_BYTES_MAX:
        raise Failure(
            f"a page of {url} has more than {INPUT_BYTES_MAX // 2**20} MiB",
            do="ask for smaller ones, by limit=N in the address",
        )


def _next(answer: httpx.Response) -> str:
    """The cursor of the next page; empty after the last one."""
    found = answer.headers.get(_NEXT_CURSOR)
    return str(found or httpx.URL(answer.headers.get(_NEXT_PAGE, "")).params.get(CURSOR, ""))


class Bookmark:
    """Where pulls have come to, in a file that is written whole or not at all."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> Reached:
        """Nowhere yet, where there is no file. Raises Failure for one that is none of ours."""
        try:
            return Reached.read(orjson.loads(self._file.read_bytes()))
        except FileNotFoundError:
            return Reached()
        except (OSError, ValueError, TypeError) as error:
            raise Failure(
                f"{self._file} does not say where a pull has come to ({error})",
                do="remove it to pull everything again: nothing counts twice",
            ) from error

    def keep(self, reached: Reached) -> None:
        """From now on, there."""
        half = self._file.with_name(f".{self._file.name}.part")
        half.write_bytes(orjson.dumps(reached.document()))
        half.replace(self._file)
