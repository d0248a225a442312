"""Files of events as lines: one message per line, `-` for stdin, several one after another."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from portclock.failure import Failure

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Events, one JSON message per line; - is stdin."),
]
STDIN = Path("-")


def read_lines(files: Iterable[Path]) -> Iterator[bytes]:
    """Every line without its line end; blank lines are passed over. Raises Failure."""
    for file in files:
        with _open(file) as stream:
            for line in stream:
                if message := line.rstrip(b"\r\n"):
                    yield message


def require_files(files: Iterable[Path]) -> None:
    """Raises Failure before any work when a file is not there."""
    for file in files:
        if file != STDIN and not file.is_file():
            raise Failure(f"there is no file {file}", do="name a file of events, or - for stdin")


def size_bytes(files: Iterable[Path]) -> int | None:
    """How much there is to read, when that can be known before."""
    sizes = [None if file == STDIN else os.path.getsize(file) for file in files]
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


def _open(file: Path) -> BinaryIO:
    if file == STDIN:
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise Failure(f"{file} cannot be read ({error.strerror})", do="check its path") from error
