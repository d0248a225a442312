"""The words of both languages belong together."""

import re
from string import Formatter

import pytest

from reports.documents.blocks import LANGUAGES
from reports.documents.words import words
from timing.disclosure.shapes import FEW_ALIKE, ONE_SIDED, PROTECTED, SINGLE

CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff}][,;:()]|[,;:(][\u4e00-\u9fff]")


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys_and_fill_in_the_same_names() -> None:
    zh, en = words("zh").entries, words("en").entries
    assert set(zh) == set(en)
    for key in zh:
        assert _names(zh[key]) == _names(en[key]), key


def test_english_words_hold_no_chinese_so_that_paper_needs_no_chinese_font() -> None:
    said = {k: v for k, v in words("en").entries.items() if k != "frame.sibling"}
    assert [key for key, text in said.items() if CHINESE.search(text)] == []


def test_chinese_words_have_chinese_punctuation() -> None:
    said = words("zh").entries
    assert [key for key, text in said.items() if HALF_WIDTH.search(text)] == []


def test_a_word_that_nobody_knows_stands_as_it_is() -> None:
    assert words("en").known("reason", "protected") != "protected"
    assert words("en").known("reason", "something-new") == "something-new"


@pytest.mark.parametrize("reason", [PROTECTED, ONE_SIDED, FEW_ALIKE, SINGLE])
def test_every_reason_of_disclosure_control_is_said_in_both_languages(reason: str) -> None:
    for language in LANGUAGES:
        assert words(language).known("reason", reason) != reason
