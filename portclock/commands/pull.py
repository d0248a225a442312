"""`portclock pull`: a publisher asked for its events, page by page, again and again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.intake import FeedName
from portclock.commands.options import Feeds, Json, ToBroker

if TYPE_CHECKING:
    from portclock.intake.delivery import Post
    from portclock.intake.feeds import Feed
    from portclock.intake.pulling import Bookmark, Publisher

TOKEN = "PORTCLOCK_PULL_TOKEN"
ANSWER_S = 60.0
Url = Annotated[
    str,
    typer.Option("--url", metavar="URL", help="Where its events are, with any filter of its own."),
]
State = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Where it has come to. [default: NAME.pull.json]"),
]
Every = Annotated[
    int, typer.Option(min=1, metavar="SECONDS", help="Ask again so long after the last page.")
]
Since = Annotated[
    str,
    typer.Option(metavar="PARAMETER", help="Asks for what was created from a time on."),
]


def pull(
    feed: FeedName,
    url: Url,
    feeds: Feeds = None,
    to: ToBroker = None,
    state: State = None,
    every: Every = 300,
    since: Since = "eventCreatedDateTime:gte",
    once: Annotated[bool, typer.Option("--once", help="To the last page, then end.")] = False,
    json: Json = False,
) -> None:
    """Ask a publisher of DCSA Track & Trace for its events, page by page, until told to stop.

    Each page is taken as if it had been pushed, and where the pull has come to is kept after it was
    acknowledged. A token for the publisher is read from PORTCLOCK_PULL_TOKEN, or from the file that
    PORTCLOCK_PULL_TOKEN_FILE names. While it does not answer, it is asked again later.
    """
    from portclock.commands.intake import broker_post, folder_of
    from portclock.commands.stopping import asked_to_stop
    from portclock.intake.feeds import feed_of, load_feeds
    from portclock.intake.pulling import Bookmark

    taking = feed_of(load_feeds(folder_of(feeds)), feed)
    bookmark = Bookmark(state or Path(f"{feed}.pull.json"))
    with _publisher(url, since) as asked, broker_post(to) as post, asked_to_stop() as stop:
        while not stop.is_set():
            _round(asked, bookmark, taking, post, json)
            if once:
                break
            stop.wait(every)


@contextmanager
def _publisher(url: str, since: str) -> "Iterator[Publisher]":
    import httpx

    from portclock.environment import environment
    from portclock.intake.pulling import Publisher

    token = environment().get(TOKEN, "").strip()
    headers = {"accept": "application/json"} | (
        {"authorization": f"Bearer {token}"} if token else {}
    )
    with httpx.Client(headers=headers, timeout=ANSWER_S) as client:
        yield Publisher(client, url, since)


def _round(
    publisher: "Publisher", bookmark: "Bookmark", feed: "Feed", post: "Post", json: bool
) -> None:
    """One pull, from where the last one came to."""
    from portclock.commands.intake import tell
    from portclock.commands.output import say
    from portclock.intake.delivery import deliver
    from portclock.intake.pulling import Unreachable, pages
    from portclock.intake.taking import take

    try:
        for page in pages(publisher, bookmark.read(), datetime.now(UTC).replace(microsecond=0)):
            taken = take(feed, f"page {page.number}", page.data, datetime.now(UTC))
            deliver(taken, post)
            bookmark.keep(page.then)
            tell(taken.receipt, json)
    except Unreachable as error:
        say(f"{error}; asking again later")
