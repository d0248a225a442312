"""Reviewing a folder of editions before it may judge: form, sense, time, examples, hashes.

Everything that is wrong is told at once, each with its file, its line and what to do. No complaint:
it may judge.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from timing.complaints import Complaint, Fault, located
from timing.editions import Edition
from timing.examples import failures
from timing.limits import Read, conflicts, read_editions
from timing.succession import misfits

__all__ = ["RELEASED", "Complaint", "complaints", "hashes", "released"]

RELEASED = "released.sha256"
"""Beside the editions: one line `<sha256>  <path>` for each edition that may never change again."""


def complaints(folder: Path) -> Iterator[Complaint]:
    """Everything that keeps the editions below a folder from judging.

    What editions are to each other is looked at once all of them can be read.
    """
    files = sorted(folder.rglob("*.toml"))
    if not files:
        what = f"no edition (*.toml) below {folder}"
        yield Complaint(folder, None, what, "name a folder that has one")
        return
    read, unreadable = read_editions(files)
    found = [*unreadable, *(() if unreadable else _together(read)), *_of_examples(read)]
    yield from sorted(found, key=lambda one: (one.file, one.line or 0))
    yield from _of_releases(folder)


def _together(read: list[Read]) -> Iterator[Complaint]:
    if clashes := list(conflicts(read)):
        yield from clashes
        return
    yield from _placed(read, misfits([one.edition for one in read]))


def _placed(read: list[Read], found: Iterable[tuple[Edition, Fault]]) -> Iterator[Complaint]:
    by_edition = {one.edition.edition: one for one in read}
    for edition, fault in found:
        one = by_edition[edition.edition]
        yield from located(one.file, one.text, [fault])


def _of_examples(read: list[Read]) -> Iterator[Complaint]:
    for one in read:
        yield from located(one.file, one.text, failures(one.edition))


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
        file = folder / path
        if path not in now:
            what, remedy = "was released and is gone", "put it back; editions stay for ever"
            yield Complaint(file, None, what, remedy)
        elif now[path] != digest:
            what, remedy = "released, and changed since", "restore it; publish a new edition"
            yield Complaint(file, None, what, remedy)
