"""`portclock intake`: foreign files into the topics, one by one or as a folder receives them."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.options import Feeds, Json, Quiet, ToBroker
from portclock.failure import Failure

if TYPE_CHECKING:
    from portclock.intake.announced import Announced
    from portclock.intake.delivery import Carrier, Post
    from portclock.intake.feeds import Feed
    from portclock.intake.folder import Folder
    from portclock.intake.receipt import Receipt
    from portclock.intake.taking import Taken

LOOK_S = 1.0
Paths = Annotated[
    list[Path],
    typer.Argument(metavar="DIR|FILE...", help="One folder to watch, or files to take once."),
]
FeedName = Annotated[
    str, typer.Option("--feed", metavar="NAME", help="Which feed it is: NAME.DIALECT.toml.")
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the events there as lines; send nothing."),
]
Once = Annotated[bool, typer.Option("--once", help="Take what is in the folder, then end.")]


def intake(
    paths: Paths,
    feed: FeedName,
    feeds: Feeds = None,
    to: ToBroker = None,
    out: Out = None,
    once: Once = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Take what terminals, customs and railways send: files in their own formats.

    Without --feeds the profiles that ship as examples are known, to try it with.

    A folder is watched until Ctrl-C: what is put there is taken, then moved to done/, or to
    refused/ where something in it was not understood; each has a receipt beside it. Files are taken
    once and stay where they are. The same file twice counts once. With --out nothing is sent, and
    portclock judge reads what is written. Exit code 1 if a file was refused.
    """
    from portclock.intake.feeds import feed_of, load_feeds

    taking = feed_of(load_feeds(folder_of(feeds)), feed)
    watched = paths[0] if len(paths) == 1 and paths[0].is_dir() else None
    if watched is None:
        _require(paths)
    with _post(to, out) as post:
        if watched is None:
            receipts = _files(paths, taking, post, quiet or json)
        else:
            receipts = _watched(watched, taking, post, once)
        outcomes = [tell(receipt, json) for receipt in receipts]
    if watched is None and "refused" in outcomes:
        raise typer.Exit(1)


def folder_of(said: Path | None) -> Path:
    """The folder of profiles that is named, else the samples that ship."""
    import events.dialects

    return said or Path(events.dialects.__file__).parent / "profiles"


def _require(paths: Iterable[Path]) -> None:
    for path in paths:
        if not path.is_file():
            raise Failure(f"there is no file {path}", do="name files, or one folder to watch")


@contextmanager
def _post(to: str | None, out: Path | None) -> "Iterator[Post]":
    """The broker, or a file."""
    from portclock.intake.delivery import Post

    if out is None:
        with broker_post(to) as post:
            yield post
        return
    from portclock.intake.lines import LinesCarrier

    with LinesCarrier(out) as lines:
        yield Post(lines, None)


@contextmanager
def broker_post(to: str | None) -> "Iterator[Post]":
    """A broker that has our topics, and the file of what was announced. Raises Failure."""
    with _broker(to) as carrier, announced() as keeper:
        from portclock.intake.delivery import Post

        yield Post(carrier, keeper)


@contextmanager
def announced() -> "Iterator[Announced]":
    """What was announced on this machine; closed at the end."""
    from portclock.commands.wiring import settings
    from portclock.intake.wiring import announced_in

    with closing(announced_in(settings())) as found:
        yield found


@contextmanager
def _broker(to: str | None) -> "Iterator[Carrier]":
    """Raises Failure."""
    from events.topics import EVENT_TOPICS, EVENTS_DLQ
    from portclock.commands.wiring import broker_of
    from portclock.outbox import KafkaOutbox, require_topics

    brokers = broker_of(to, "--to")
    require_topics(brokers, [topic.name for topic in (*EVENT_TOPICS, EVENTS_DLQ)])
    with KafkaOutbox(brokers) as outbox:
        yield outbox


def _files(paths: list[Path], feed: "Feed", post: "Post", quiet: bool) -> "Iterator[Receipt]":
    from portclock.commands.output import progress

    with progress(quiet) as shown:
        task = shown.add_task("taking", total=len(paths), note="")
        for path in paths:
            shown.update(task, note=path.name)
            yield _take(path, feed, post).receipt
            shown.advance(task)


def _watched(root: Path, feed: "Feed", post: "Post", once: bool) -> "Iterator[Receipt]":
    """Until told to stop; what is being taken then is taken to its end."""
    from portclock.commands.output import say
    from portclock.commands.stopping import asked_to_stop
    from portclock.intake.folder import Folder

    folder = Folder(root)
    with asked_to_stop() as stopping:
        if not once:
            say(f"watching {root} for {feed.name} ({feed.dialect}); Ctrl-C ends")
        yield from _each(folder, folder.left_over(), feed, post)
        looks = 0
        while not stopping.is_set() and not (once and looks > 1):
            yield from _each(folder, folder.claim(), feed, post)
            looks += 1
            _rest(stopping)


def _each(
    folder: "Folder", files: Iterable[Path], feed: "Feed", post: "Post"
) -> "Iterator[Receipt]":
    for file in files:
        taken = _take(file, feed, post)
        folder.finish(file, taken)
        yield taken.receipt


def _rest(stopping: threading.Event) -> None:
    stopping.wait(LOOK_S)


def _take(path: Path, feed: "Feed", post: "Post") -> "Taken":
    """Read, decode, deliver. Raises Failure when the file is too big or the broker is gone."""
    from portclock.intake.delivery import deliver
    from portclock.intake.taking import INPUT_BYTES_MAX, take

    if path.stat().st_size > INPUT_BYTES_MAX:
        raise Failure(
            f"{path} has more than {INPUT_BYTES_MAX // 2**20} MiB",
            do="cut it into smaller files, each whole in its format",
        )
    taken = take(feed, path.name, path.read_bytes(), datetime.now(UTC))
    deliver(taken, post)
    return taken


def tell(receipt: "Receipt", json: bool) -> str:
    """Print a receipt as soon as it is given."""
    from portclock.commands.output import print_json
    from portclock.intake.told import told

    if json:
        print_json(receipt.document())
    else:
        typer.echo("\n".join(told(receipt)))
    return receipt.outcome
