"""Broken engines: each breaks one part, and the law named beside it must notice.

A law that passes on its mutants would hold of anything. Stories are drawn from fixed seeds.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from timing import roles, running

Law = Callable[[Random], None]
Mutant = tuple[Law, object, str, object]
SEEDS = range(400)


def first_broken(law: Law) -> int | None:
    """The first of the fixed seeds whose story breaks the law."""
    return next((seed for seed in SEEDS if _breaks(law, seed)), None)


def _breaks(law: Law, seed: int) -> bool:
    try:
        law(Random(seed))
    except AssertionError:
        return True
    return False


@contextmanager
def replaced(room: Any, name: str, part: object) -> Iterator[None]:
    whole = getattr(room, name)
    _forget_what_was_read_off()
    setattr(room, name, part)
    try:
        yield
    finally:
        setattr(room, name, whole)
        _forget_what_was_read_off()


def _forget_what_was_read_off() -> None:
    """The table of stages is read once; a broken reading must not outlive its mutant."""
    roles.parts_of.cache_clear()
    running.shared.cache_clear()


def test_the_law_notices_the_broken_part_and_holds_of_the_whole(mutant: Mutant) -> None:
    law, room, name, broken_part = mutant
    with replaced(room, name, broken_part):
        seed = first_broken(law)
    assert seed is not None, "no story of the seeds breaks the law on this mutant"
    assert not _breaks(law, seed)


def test_every_law_has_noticed_something(laws: list[Law], mutants: list[Mutant]) -> None:
    assert {law.__name__ for law, *_ in mutants} == {law.__name__ for law in laws}
