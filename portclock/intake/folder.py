"""A watched folder: what is put there is taken, and moved to where its outcome can be seen.

    FOLDER/            whoever sends puts files here, under another name until they are whole
    FOLDER/taken/      being taken; after a crash they are taken again
    FOLDER/done/       taken whole, each with its receipt beside it
    FOLDER/refused/    not, or not whole: the receipt says why; put it back once it is corrected

Files move by renaming, so that one is never in two places. Must never know a format or a broker.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from portclock.failure import Failure
from portclock.intake.taking import Taken

NOT_YET: Final = (".part", ".tmp", ".filepart", ".crdownload")
"""How senders name a file that is still growing."""
OWN: Final = (".receipt.json", ".answer")
"""What we put beside a file."""
_Look = tuple[int, int]


class Folder:
    """One folder. A file is whole when two looks in a row find the same size and time."""

    def __init__(self, root: Path) -> None:
        """Makes the three places in it. Raises Failure."""
        self.root, self._taken = root, root / "taken"
        self._seen: dict[Path, _Look] = {}
        try:
            for place in (self._taken, root / "done", root / "refused"):
                place.mkdir(exist_ok=True)
        except OSError as error:
            raise Failure(
                f"{root} cannot be used ({error.strerror})",
                do="make that folder, and let us write in it",
            ) from error

    def left_over(self) -> list[Path]:
        """What was being taken when we ended, oldest name first."""
        return sorted(file for file in self._taken.iterdir() if file.is_file())

    def claim(self) -> Iterator[Path]:
        """Every file that has become whole since the last look, moved to `taken`, by name."""
        looks = {file: _look(file) for file in sorted(self._candidates())}
        before, self._seen = self._seen, {file: look for file, look in looks.items() if look}
        for file, look in self._seen.items():
            if before.get(file) == look:
                yield self._claimed(file)

    def finish(self, file: Path, taken: Taken) -> Path:
        """Write its receipt and its answer, then move it to where its outcome belongs."""
        place = self.root / ("done" if taken.receipt.outcome == "taken" else "refused")
        target = _free(place / file.name, taken.receipt.id)
        _write(_beside(target, ".receipt.json"), _readable(taken.receipt.document()))
        if taken.answer is not None:
            _write(_beside(target, ".answer"), taken.answer)
        file.rename(target)
        return target

    def _candidates(self) -> Iterator[Path]:
        for entry in os.scandir(self.root):
            name = entry.name
            if entry.is_file() and not name.startswith(".") and not name.endswith(NOT_YET):
                yield Path(entry.path)

    def _claimed(self, file: Path) -> Path:
        target = self._taken / file.name
        number = 1
        while target.exists():  # the same name came again while the first waits
            number += 1
            target = self._taken / f"{file.stem}~{number}{file.suffix}"
        return file.rename(target)


def _look(file: Path) -> _Look | None:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def _free(target: Path, receipt: str) -> Path:
    """The name, or one with the receipt in it where another file has that name already."""
    if not target.exists():
        return target
    return target.with_name(f"{target.stem}~{receipt[:8]}{target.suffix}")


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all."""
    growing = file.with_name(f".{file.name}.part")
    growing.write_bytes(data)
    growing.replace(file)


def _readable(document: dict[str, Any]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
