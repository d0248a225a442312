"""中文: says all that English says, with the same numbers, in the words of the glossary."""

from pathlib import Path
from string import Formatter

import pytest

from timing.stages import STAGE_IDS
from timing.story.chinese import CHINESE
from timing.story.english import ENGLISH

GLOSSARY = (Path(__file__).parents[3] / "docs" / "glossary.md").read_text(encoding="utf-8")
TABLES = ("kinds", "parties", "verdicts", "flags", "traits", "sentences")


def numbers(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("table", TABLES)
def test_both_languages_have_the_same_words(table: str) -> None:
    assert set(getattr(CHINESE, table)) == set(getattr(ENGLISH, table))


@pytest.mark.parametrize("key", sorted(ENGLISH.sentences))
def test_both_languages_give_the_same_numbers(key: str) -> None:
    assert numbers(CHINESE.sentences[key]) == numbers(ENGLISH.sentences[key])


def test_every_stage_is_named_as_in_the_table() -> None:
    assert set(CHINESE.stages) == STAGE_IDS


@pytest.mark.parametrize("table", ["kinds", "parties", "verdicts"])
def test_no_two_words_are_alike(table: str) -> None:
    words = getattr(CHINESE, table)
    assert len(set(words.values())) == len(words)


@pytest.mark.parametrize("verdict", sorted(CHINESE.verdicts))
def test_the_verdicts_are_those_of_the_glossary(verdict: str) -> None:
    assert f"{verdict} {CHINESE.verdicts[verdict]}" in GLOSSARY


@pytest.mark.parametrize("label", ["limit", "edition", "calendar", "split", "allowance"])
def test_the_labels_are_those_of_the_glossary(label: str) -> None:
    assert f"| {label} | {CHINESE.sentences[label]} |" in GLOSSARY
