"""Both languages say everything, and say it with the same numbers."""

import re
from pathlib import Path

import pytest

from serving.access.viewers import Role
from serving.board.views import Level
from serving.web.words import CODES, tables, words

FIELD = re.compile(r"\{(\w+)\}")
TEMPLATES = Path(__file__).parents[3] / "serving" / "web" / "templates"


def test_both_languages_have_the_same_words_with_the_same_numbers() -> None:
    fields = {
        code: {
            (table, key): sorted(FIELD.findall(text))
            for table, entries in tables(code).items()
            for key, text in entries.items()
        }
        for code in CODES
    }
    assert fields["zh"] == fields["en"]


def test_every_word_of_a_row_is_said_in_both_languages() -> None:
    for code in CODES:
        said = tables(code)
        assert {level.value for level in Level} == set(said["level"])
        assert {role.value for role in Role} == set(said["role"])
        assert {"at-risk", "breached", "resolved", "retracted"} == set(said["state"])
        assert {"acknowledged", "assigned", "commented", "escalated"} == set(said["deed"])


def test_no_word_hides_behind_a_method() -> None:
    assert words("en")["filter"]["clear"] == "Clear"
    with pytest.raises(KeyError):
        words("en")["filter"]["items"]


def test_no_word_is_kept_that_no_page_says() -> None:
    """A word is said by its name in a template, or by the value of a row or of a loop."""
    by_value = {"level", "state", "deed", "role", "keys", "error", "filter"}
    looped = {
        "house": {"now", "breaches", "stages", "inspections", "feeds", "unit", "data"},
        "data": {"provisional", "final", "restated"},
        "now": {"by_stage", "by_facility", "by_yard", "by_answers", "new_one", "new_many"},
        "inspections": {"noticed", "received", "positioned", "started", "ended"},
        "breaches": {"open", "acknowledged", "resolved", "retracted", "none_open", "new_one",
                     "new_many", "none_acknowledged", "none_resolved", "none_retracted"},
    }  # fmt: skip
    text = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    unsaid = [
        f"{table}.{key}"
        for table, entries in tables("en").items()
        if table not in by_value
        for key in entries
        if key not in looped.get(table, ()) and not re.search(rf"w\.{table}\.{key}\b", text)
    ]
    assert unsaid == []
