"""What commands print: JSON for programs on stdout, words and progress for people on stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

Document = dict[str, Any]


def print_json(document: object) -> None:
    """One JSON document on one line of stdout."""
    import orjson

    print_line(orjson.dumps(document))


def print_line(line: bytes) -> None:
    """One line of bytes that is JSON already, as it is."""
    sys.stdout.write(line.decode() + "\n")


def say(text: str) -> None:
    """One line for people, on stderr, so that stdout stays what was asked for."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def stdout() -> "Console":
    """Where tables for people go."""
    from rich.console import Console

    return Console(highlight=False)


@contextmanager
def progress(quiet: bool) -> Iterator["Progress"]:
    """A progress display on stderr; nothing at all when `quiet` or when nobody is looking."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(complete_style="cyan"),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", style="dim"),
    )
    silent = quiet or not console.is_terminal
    with Progress(*columns, console=console, disable=silent, transient=True) as shown:
        yield shown
