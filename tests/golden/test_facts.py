"""Every example, decoded: the facts, or the refusal."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from events.codec import decode, encode
from events.refusals import InvalidEvent
from events.testing import Example, examples
from events.topics import EVENT_TOPICS

ACCEPTED = examples(*(topic.name for topic in EVENT_TOPICS))
REFUSED = examples("refused")


@pytest.mark.parametrize("example", ACCEPTED, ids=lambda example: example.name)
def test_an_example_decodes_to_the_reviewed_facts(
    example: Example, golden: Callable[[str, Any], None]
) -> None:
    golden(f"facts/{example.name}", [json.loads(encode(event)) for event in decode(example.data)])


@pytest.mark.parametrize("example", REFUSED, ids=lambda example: example.name)
def test_a_refused_example_is_told_why_in_the_reviewed_words(
    example: Example, golden: Callable[[str, Any], None]
) -> None:
    with pytest.raises(InvalidEvent) as caught:
        decode(example.data)
    refusal = caught.value.refusal
    told = {"reason": refusal.reason, "detail": refusal.detail, "remedy": refusal.remedy}
    golden(f"refusals/{example.word}.{example.case}", told)


def test_no_golden_fact_is_without_an_example(golden_names: Callable[[str], set[str]]) -> None:
    assert golden_names("facts") == {example.name for example in ACCEPTED}
    assert golden_names("refusals") == {f"{each.word}.{each.case}" for each in REFUSED}
