"""A pull: every page once by its cursor, from where the last one came to, whoever dies when."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from portclock.failure import Failure
from portclock.intake import pulling
from portclock.intake.pulling import OVERLAP, Bookmark, Publisher, Reached, Unreachable, pages
from portclock.intake.testing import NOW

URL = "https://carrier.example/events?limit=2"
SINCE = "eventCreatedDateTime:gte"


class Carrier:
    """Three pages, whose next ones it names in one of two ways."""

    def __init__(self, by: str = "cursor") -> None:
        self.by, self.asked = by, list[dict[str, str]]()
        self.status = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(dict(request.url.params))
        number = int(request.url.params.get("cursor", "1"))
        after = {} if number == 3 else self._after(number + 1)
        return httpx.Response(self.status, headers=after, content=b"[%d]" % number)

    def _after(self, number: int) -> dict[str, str]:
        if self.by == "cursor":
            return {"Next-Page-Cursor": str(number)}
        return {"Next-Page": f"https://carrier.example/events?cursor={number}&limit=2"}

    @property
    def publisher(self) -> Publisher:
        return Publisher(httpx.Client(transport=httpx.MockTransport(self)), URL, SINCE)


@pytest.mark.parametrize("by", ["cursor", "address"])
def test_every_page_is_had_once_in_order(by: str) -> None:
    carrier = Carrier(by)
    assert [page.data for page in pages(carrier.publisher, Reached(), NOW)] == [
        b"[1]", b"[2]", b"[3]"
    ]  # fmt: skip
    assert [asked.get("cursor") for asked in carrier.asked] == [None, "2", "3"]
    assert all(asked["limit"] == "2" for asked in carrier.asked)
    assert all(SINCE not in asked for asked in carrier.asked)


def test_the_next_pull_asks_for_what_came_since_this_one_began_and_a_little_before() -> None:
    carrier = Carrier()
    *_, last = pages(carrier.publisher, Reached(), NOW)
    assert last.then == Reached(since=NOW - OVERLAP)
    list(pages(carrier.publisher, last.then, NOW + timedelta(hours=2)))
    assert carrier.asked[3][SINCE] == "2026-03-02T03:00:00Z"


def test_a_pull_that_died_goes_on_at_its_cursor_and_remembers_when_it_began() -> None:
    carrier = Carrier()
    first = next(iter(pages(carrier.publisher, Reached(), NOW)))
    assert first.then == Reached(None, NOW, "2")
    again = list(pages(carrier.publisher, first.then, NOW + timedelta(days=1)))
    assert [page.data for page in again] == [b"[2]", b"[3]"]
    assert again[-1].then == Reached(since=NOW - OVERLAP)


@pytest.mark.parametrize(("status", "error"), [(500, Unreachable), (429, Unreachable),
                                               (401, Failure), (404, Failure)])  # fmt: skip
def test_what_will_pass_is_waited_for_and_what_will_not_is_said(
    status: int, error: type[Exception]
) -> None:
    carrier = Carrier()
    carrier.status = status
    with pytest.raises(error, match=str(status)):
        list(pages(carrier.publisher, Reached(), NOW))


def test_a_publisher_that_is_not_there_is_asked_again_later() -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    client = httpx.Client(transport=httpx.MockTransport(gone))
    with pytest.raises(Unreachable, match="refused"):
        list(pages(Publisher(client, URL, SINCE), Reached(), NOW))


def test_a_cursor_that_leads_in_circles_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "PAGES_MAX", 2)
    with pytest.raises(Failure, match="more than 2 pages"):
        list(pages(Carrier().publisher, Reached(), NOW))


def test_a_page_beyond_the_bound_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "INPUT_BYTES_MAX", 2)
    with pytest.raises(Failure, match="smaller ones"):
        list(pages(Carrier().publisher, Reached(), NOW))


def test_where_it_came_to_outlives_the_process(tmp_path: Path) -> None:
    file = tmp_path / "carrier.pull.json"
    assert Bookmark(file).read() == Reached()
    for reached in (Reached(None, NOW, "c"), Reached(NOW), Reached(NOW, NOW, "d")):
        Bookmark(file).keep(reached)
        assert Bookmark(file).read() == reached
    file.write_bytes(b'{"since": "yesterday"}')
    with pytest.raises(Failure, match="nothing counts twice"):
        Bookmark(file).read()
