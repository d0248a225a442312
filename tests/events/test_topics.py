"""Topics: named once, described in full, and shaped alike where they must be."""

import json
import re

import pytest

from events.testing import EXAMPLES, examples
from events.topics import (
    EVENT_TOPICS,
    EVENTS_DLQ,
    OUTCOME_TOPICS,
    PEOPLE_TOPICS,
    TICKS,
    TOPICS,
    UNIT_RECALLS,
    Topic,
    topic_for,
)
from events.vocabulary import Kind

topics = pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)


@topics
def test_a_topic_is_described_in_full(topic: Topic) -> None:
    assert topic.key
    assert topic.owner
    assert topic.made_by
    assert topic.read_by
    assert topic.retention_ms >= 24 * 3600 * 1000
    assert topic.message_bytes_max >= 1024 * 1024


@topics
def test_a_topic_name_is_kebab_case_without_a_dot(topic: Topic) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", topic.name)


def test_topic_names_are_unique_and_dead_letters_end_in_dlq() -> None:
    names = [topic.name for topic in TOPICS]
    assert len(set(names)) == len(names)
    assert [name for name in names if name.endswith("-dlq")] == [EVENTS_DLQ.name]
    assert [topic for topic in TOPICS if topic.shape == "dead-letter"] == [EVENTS_DLQ]


def test_all_topics_have_the_same_partitions() -> None:
    assert len({topic.partitions for topic in TOPICS}) == 1


def test_a_dead_letter_has_room_for_the_largest_message_and_its_headers() -> None:
    largest = max(topic.message_bytes_max for topic in EVENT_TOPICS)
    assert EVENTS_DLQ.message_bytes_max > largest


def test_what_was_refused_is_kept_longer_than_what_came() -> None:
    assert EVENTS_DLQ.retention_ms > max(topic.retention_ms for topic in EVENT_TOPICS)


def test_every_topic_belongs_to_one_side() -> None:
    assert (*EVENT_TOPICS, TICKS, UNIT_RECALLS, *OUTCOME_TOPICS, *PEOPLE_TOPICS) == TOPICS


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Kind.GATED_OUT, "terminal-events"),
        (Kind.DISCHARGED, "terminal-events"),
        (Kind.MOVE_ENDED, "terminal-events"),
        (Kind.CLOCK_STOPPED, "terminal-events"),
        (Kind.INSPECTION_ORDERED, "customs-events"),
        (Kind.RELEASED, "customs-events"),
        (Kind.CONDITIONALLY_RELEASED, "customs-events"),
        (Kind.OVERTIME_BOOKED, "customs-events"),
        (Kind.SUSPENSION_DECLARED, "terminal-events"),
        (Kind.RAIL_LOADED, "rail-water-events"),
        (Kind.RAMP_TRANSFERRED, "rail-water-events"),
    ],
)
def test_a_kind_travels_on_the_feed_of_its_family(kind: Kind, name: str) -> None:
    assert topic_for(kind).name == name


def test_every_feed_carries_something() -> None:
    assert {topic_for(kind) for kind in Kind} == set(EVENT_TOPICS)


# --- examples without orphans


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_an_example_on_its_feed(kind: Kind) -> None:
    found = [each for each in examples(topic_for(kind).name) if each.word == kind and not each.case]
    assert len(found) == 1


def test_no_example_is_an_orphan() -> None:
    folders = {topic.name for topic in TOPICS} | {"refused"}
    assert {path.name for path in EXAMPLES.iterdir()} == folders
    for example in examples(*(topic.name for topic in EVENT_TOPICS)):
        assert topic_for(Kind(example.word)).name == example.folder
        assert json.loads(example.data)["kind"] == example.word


def test_examples_are_json_or_named_bin() -> None:
    assert {path.suffix for path in EXAMPLES.glob("*/*")} == {".json", ".bin"}
    assert {path.parent.name for path in EXAMPLES.glob("*/*.bin")} == {"refused"}
    for path in EXAMPLES.glob("*/*.json"):
        json.loads(path.read_bytes())
