"""Every finding can be said in both languages, with all that it fills in."""

import string
import tomllib
from typing import get_args

import pytest

from reports.vintages import finding
from reports.vintages.finding import WORDS, Word, different, differing, equal, not_compared

SAID = tomllib.loads(WORDS.read_text(encoding="utf-8"))


def filled(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("word", get_args(Word))
def test_every_finding_has_words_that_fill_in_the_same(word: Word) -> None:
    assert filled(SAID[word]["zh"]) == filled(SAID[word]["en"])
    values = {name: "X" for name in filled(SAID[word]["en"]) - {"subject"}}
    one = equal(word, "S", **values)
    assert one.sentence("en") != one.sentence("zh")
    assert one.sentence("en").endswith(".")
    assert one.sentence("zh").endswith("。")


def test_there_are_no_words_of_nothing() -> None:
    assert set(SAID) == set(get_args(Word))


def test_only_what_is_different_differs() -> None:
    three = [equal("file-same", "a"), different("file-missing", "b"), not_compared("signed", "c")]
    assert differing(three) == [three[1]]
    assert finding.different("file-missing", "b").document() == {
        "state": "different", "finding": "file-missing", "subject": "b", "said": {},
    }  # fmt: skip
