"""Reviewing a folder of editions before it may judge: examples, conflicts, released hashes.

Each complaint names the file, what is wrong and what to do. No complaint: it may judge.
"""

from collections.abc import Iterator
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from timing.examples import UnreadableExample, failures
from timing.limits import Edition, RegisterError, load_edition, load_register

RELEASED = "released.sha256"
"""Beside the editions: one line `<sha256>  <path>` for each edition that may never change again."""


class Complaint(NamedTuple):
    """What keeps an edition from judging, and what to do about it."""

    file: Path
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}; {self.remedy}"


def complaints(folder: Path) -> Iterator[Complaint]:
    """Everything that keeps the editions below a folder from judging."""
    try:
        load_register(folder)
    except RegisterError as error:
        yield Complaint(folder, str(error), "correct the file, then look again")
        return
    editions = {file: load_edition(file) for file in sorted(folder.rglob("*.toml"))}
    for file, edition in editions.items():
        yield from _of_examples(file, edition)
    yield from _of_overlaps(editions)
    yield from _of_releases(folder)


def _of_examples(file: Path, edition: Edition) -> Iterator[Complaint]:
    try:
        for failure in failures(edition):
            yield Complaint(file, failure, "correct the example or the limit")
    except UnreadableExample as error:
        yield Complaint(file, f"an example cannot be read: {error}", "write it as in the README")
    shown = {example.limit for example in edition.example}
    for limit in edition.limit:
        if limit.id not in shown:
            what = f"limit {limit.id} has no example"
            yield Complaint(file, what, "add an [[example]] that shows its boundary")


def _of_overlaps(editions: dict[Path, Edition]) -> Iterator[Complaint]:
    for (file, one), (_, other) in combinations(editions.items(), 2):
        chained = one.edition == other.supersedes or other.edition == one.supersedes
        apart = one.port != other.port or one.issuer != other.issuer
        if not (chained or apart or _ended(one, other)):
            what = f"in force together with {other.edition}"
            yield Complaint(file, what, "say which supersedes the other")


def _ended(one: Edition, other: Edition) -> bool:
    first, last = sorted((one, other), key=Edition.begins_at)
    if first.effective_to is None or last.effective_from == "undated":
        return False
    return first.effective_to <= last.effective_from


def hashes(folder: Path) -> dict[str, str]:
    """The sha256 of every edition below a folder, by its path there."""
    files = sorted(folder.rglob("*.toml"))
    return {
        file.relative_to(folder).as_posix(): sha256(file.read_bytes()).hexdigest() for file in files
    }


def released(folder: Path) -> dict[str, str]:
    """The hashes of the editions that were released, by path."""
    file = folder / RELEASED
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    return {path: digest for digest, path in pairs}


def _of_releases(folder: Path) -> Iterator[Complaint]:
    now = hashes(folder)
    for path, digest in released(folder).items():
        if path not in now:
            yield Complaint(
                folder / path, "was released and is gone", "put it back; editions stay for ever"
            )
        elif now[path] != digest:
            yield Complaint(
                folder / path, "released, and changed since", "restore it; publish a new edition"
            )
