"""The words of the wire: closed, kebab-case, and never dropped without a version."""

import re
from enum import StrEnum

import pytest

from events.vocabulary import (
    SUSPENSIONS,
    AlertState,
    Category,
    Cause,
    Direction,
    Fate,
    Flag,
    Kind,
    Mode,
    Party,
    Precision,
    UnitType,
    Verdict,
)

PUBLISHED: dict[type[StrEnum], str] = {
    UnitType: "container wagon uld lot place",
    Mode: "water rail air road",
    Direction: "import export transhipment domestic",
    Category: "general perishable mineral dangerous reefer other",
    Party: "terminal customs consignee agent carrier rail ground-handler third-party force-majeure",
    Precision: "second minute day",
    Verdict: "met breached excused open no-limit void",
    AlertState: "at-risk breached resolved retracted",
    Cause: "event time suspension edition",
    Flag: """
        inferred-close clamped conditional-release minute-precision day-precision size-unknown
        weight-unknown journey-unknown calendar-unknown no-appointment ordered-too-late listed
        override
    """,
    Fate: "judged kept",
    Kind: """
        arrived departed discharged loaded rail-unloaded rail-loaded air-unloaded ramp-transferred
        stored truck-arrived gated-in gated-out truck-departed transfer-ordered transfer-started
        transfer-ended move-ordered move-started move-ended unstuffing-ordered unstuffing-started
        unstuffing-ended stuffing-started stuffing-ended tally-ended tally-reported
        pickup-requested pickup-planned available-for-pickup manifest-declared arrival-reported
        declared declaration-accepted inspection-ordered scan-ordered inspection-scheduled
        positioned inspection-started inspection-ended documents-requested documents-supplied
        detained conditionally-released released lab-sampled lab-result overtime-booked
        clock-stopped clock-resumed suspension-declared suspension-lifted
    """,
}
"""The words that senders and readers rely on. Adding one is fine; dropping one needs a version."""


@pytest.mark.parametrize("words", PUBLISHED, ids=lambda words: words.__name__)
def test_no_published_word_is_dropped(words: type[StrEnum]) -> None:
    assert {word.value for word in words} >= set(PUBLISHED[words].split())


@pytest.mark.parametrize("words", PUBLISHED, ids=lambda words: words.__name__)
def test_a_word_is_kebab_case_and_its_name_says_the_same(words: type[StrEnum]) -> None:
    for word in words:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", word.value)
        assert word.name == word.value.upper().replace("-", "_")


def test_only_suspensions_speak_of_places() -> None:
    assert {kind for kind in Kind if kind.startswith("suspension-")} == SUSPENSIONS
