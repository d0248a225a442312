"""Laws of the reasons for which foreign bytes are refused."""

import re
from pathlib import Path

import pytest

from events.dialects.troubles import Misread, Trouble, remedy
from events.refusals import REMEDIES, Reason


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_tells_what_to_do(trouble: Trouble) -> None:
    assert 10 < len(remedy(trouble)) <= 80
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", trouble)


def test_reasons_of_our_own_messages_keep_their_remedies() -> None:
    assert remedy(Reason.BAD_CHECK_DIGIT) == REMEDIES[Reason.BAD_CHECK_DIGIT]


def test_no_trouble_has_the_name_of_a_reason() -> None:
    assert {*map(str, Trouble)} & {*map(str, Reason)} == set()


def test_a_misreading_says_why_and_where() -> None:
    error = Misread(Trouble.UNKNOWN_CODE, "1001 'X'", "segment 3 BGM")
    assert str(error) == "unknown-code: 1001 'X'"
    assert error.path == "segment 3 BGM"


def test_the_page_of_feeds_tells_every_trouble_with_its_remedy() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "feeds.md"
    rows = re.findall(r"^\| `([a-z-]+)` \| .+ \| (.+) \|$", page.read_text("utf-8"), re.MULTILINE)
    assert rows == [(str(trouble), remedy(trouble)) for trouble in Trouble]
