"""A draft edition before it may be tried: the checks that a published one must pass.

Form, sense, examples, and what it would be to the editions that are loaded. Reads the draft's file
and no other; must never know history.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from timing.complaints import Complaint, Fault, located
from timing.editions import Edition
from timing.examples import failures
from timing.limits import read_editions
from timing.succession import misfits, refusals


class Reviewed(NamedTuple):
    """A draft, if it can be read, and everything that keeps it from being published."""

    draft: Edition | None
    complaints: tuple[Complaint, ...]


def reviewed(file: Path, editions: Sequence[Edition]) -> Reviewed:
    """Read a draft and hold it against the editions loaded, as `limits check` would in one folder
    with them."""
    read, wrong = read_editions([file])
    if not read:
        return Reviewed(None, tuple(wrong))
    draft = read[0].edition
    faults = [*failures(draft), *_among(draft, editions)]
    return Reviewed(draft, tuple(located(file, read[0].text, faults)))


def _among(draft: Edition, editions: Sequence[Edition]) -> Iterator[Fault]:
    """What the draft would be to the others; of faults between these, nothing."""
    together = [*editions, draft]
    found = list(refusals(together)) or list(misfits(together))
    return (fault for edition, fault in found if edition is draft)
