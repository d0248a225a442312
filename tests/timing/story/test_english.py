"""English: a word for everything that can be said."""

from collections.abc import Mapping
from string import Formatter

import pytest

from events.vocabulary import Category, Direction, Flag, Kind, Mode, Party, Verdict
from timing.story.acts import Deed
from timing.story.english import ENGLISH
from timing.story.verdicts import NOT_COVERED, NOTHING_IN_FORCE, REASONS


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (ENGLISH.kinds, tuple(Kind)),
        (ENGLISH.parties, (*Party, "all")),
        (ENGLISH.verdicts, tuple(v for v in Verdict if v is not Verdict.VOID)),
        (ENGLISH.flags, tuple(Flag)),
        (ENGLISH.traits, (*Mode, *Direction, *Category, "laden", "empty")),
    ],
    ids=["kinds", "parties", "verdicts", "flags", "traits"],
)
def test_every_word_of_the_wire_has_its_own(
    table: Mapping[str, str], words: tuple[str, ...]
) -> None:
    assert set(table) == {str(word) for word in words}
    assert len(set(table.values())) == len(table)


def test_every_deed_and_every_reason_is_a_sentence() -> None:
    wanted = {*map(str, Deed), *REASONS, NOTHING_IN_FORCE, NOT_COVERED}
    assert wanted <= set(ENGLISH.sentences)


def test_no_sentence_is_written_twice() -> None:
    counted = [s for key, s in ENGLISH.sentences.items() if list(Formatter().parse(s))]
    assert len(set(counted)) == len(counted)
