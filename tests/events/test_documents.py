"""What is documented is so: every word, field, topic and stage stands on its page, and no other."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import BaseModel

from events.alerts import INCIDENTS_MAX, TEXT_MAX, AlertDeed, Delivery
from events.codec import CLOCK_TOLERANCE, FINDINGS_MAX, MESSAGE_BYTES_MAX, NESTING_MAX, UNITS_MAX
from events.dead_letters import REPLAY_OF, Refused, Settled
from events.envelope import Cargo, Customs, Event, Place, Refs, Scope, Unit
from events.instants import EARLIEST, LATEST
from events.outcomes import Alert, AppliedLimit, Because, EventFate, Outcome, Tick
from events.recalls import Recall
from events.refusals import REMEDIES, Reason
from events.topics import DAY_MS, PARTITIONS, TOPICS, topic_for
from events.vocabulary import (
    AlertState,
    Category,
    Cause,
    Deed,
    DeliveryState,
    Direction,
    Fate,
    Flag,
    Kind,
    Mode,
    Party,
    Verdict,
)
from timing.stages import CHINESE, JOINT, RESTUFFING, STAGES, UNSTUFFING, Stage

DOCS = Path(__file__).parents[2] / "docs"
CONTRACT = (DOCS / "contract.md").read_text(encoding="utf-8")
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
FIRST_HOUR = (DOCS / "first-hour.md").read_text(encoding="utf-8")


class Table(NamedTuple):
    """One table of a page: the heading of its first column, and its rows."""

    heading: str
    rows: list[list[str]]

    @property
    def words(self) -> list[str]:
        """The quoted words of the first column."""
        return [word for row in self.rows for word in quoted(row[0])]


def quoted(text: str) -> list[str]:
    """The words in backticks, outside of blocks of code."""
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return re.findall(r"`([^`]+)`", prose)


def section(page: str, title: str) -> str:
    return page.split(f"\n## {title}\n")[1].split("\n## ")[0]


def tables(text: str) -> list[Table]:
    blocks = re.findall(r"(?:^\|.*\n)+", text + "\n", re.MULTILINE)
    return [
        Table(cells(lines[0])[0], [*map(cells, lines[2:])]) for lines in map(str.splitlines, blocks)
    ]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


# --- the contract


@pytest.mark.parametrize(
    ("title", "shape"),
    [
        ("Event", Event),
        ("Outcome", Outcome),
        ("Alert", Alert),
        ("Deed", AlertDeed),
        ("Delivery", Delivery),
        ("Fate", EventFate),
        ("Tick", Tick),
        ("Recall", Recall),
    ],
)
def test_every_field_is_documented_and_no_other(title: str, shape: type[BaseModel]) -> None:
    assert sorted(tables(section(CONTRACT, title))[0].words) == sorted(shape.model_fields)


def test_the_fields_that_are_required_are_marked_so() -> None:
    rows = tables(section(CONTRACT, "Event"))[0].rows
    marked = {quoted(row[0])[0] for row in rows if row[1] == "yes"}
    assert marked == {name for name, field in Event.model_fields.items() if field.is_required()}


@pytest.mark.parametrize(
    ("field", "shape"),
    [("unit", Unit), ("place", Place), ("cargo", Cargo), ("customs", Customs), ("refs", Refs)],
)
def test_the_fields_inside_a_field_are_documented(field: str, shape: type[BaseModel]) -> None:
    (row,) = (
        row for row in tables(section(CONTRACT, "Event"))[0].rows if quoted(row[0]) == [field]
    )
    assert set(quoted(row[2])) >= set(shape.model_fields)


def test_the_keys_of_a_scope_are_documented() -> None:
    (row,) = (
        row for row in tables(section(CONTRACT, "Event"))[0].rows if quoted(row[0]) == ["scope"]
    )
    assert {*quoted(row[2]), "stage"} == set(Scope.__annotations__)
    assert "`stage`" in section(CONTRACT, "Event")


@pytest.mark.parametrize(("field", "shape"), [("limit", AppliedLimit), ("cause", Because)])
def test_the_fields_inside_a_field_of_an_outcome_are_documented(
    field: str, shape: type[BaseModel]
) -> None:
    (row,) = (
        row for row in tables(section(CONTRACT, "Outcome"))[0].rows if quoted(row[0]) == [field]
    )
    assert quoted(row[1]) == list(shape.model_fields)


@pytest.mark.parametrize(
    "words", [Direction, Mode, Category, Party], ids=lambda words: words.__name__
)
def test_every_word_of_an_event_is_documented(words: type[Direction]) -> None:
    assert set(words) <= set(quoted(section(CONTRACT, "Event")))


def test_every_kind_is_documented_on_its_feed() -> None:
    feed, found = "", {}
    for row in tables(section(CONTRACT, "Kinds"))[0].rows:
        feed = quoted(row[0])[0] if row[0] else feed
        found[quoted(row[1])[0]] = feed
        assert row[2]
    assert found == {kind.value: topic_for(kind).name for kind in Kind}


def test_every_topic_is_documented_as_it_is() -> None:
    rows = tables(section(CONTRACT, "Topics"))[0].rows
    assert rows == [
        [
            f"`{topic.name}`",
            topic.key,
            f"`{topic.shape}`",
            ", ".join(topic.made_by),
            ", ".join(topic.read_by),
            f"{topic.retention_ms // DAY_MS} day{'s' * (topic.retention_ms > DAY_MS)}",
        ]
        for topic in TOPICS
    ]
    assert f"{PARTITIONS} partitions" in section(CONTRACT, "Topics")


def test_every_verdict_cause_flag_state_and_fate_is_documented() -> None:
    _, verdicts, causes, flags = tables(section(CONTRACT, "Outcome"))
    assert verdicts.words == list(Verdict)
    assert causes.words == list(Cause)
    assert flags.words == list(Flag)
    assert tables(section(CONTRACT, "Alert"))[1].words == list(AlertState)
    assert tables(section(CONTRACT, "Deed"))[1].words == list(Deed)
    assert tables(section(CONTRACT, "Delivery"))[1].words == list(DeliveryState)
    assert set(quoted(section(CONTRACT, "Fate"))) >= set(Fate)


def test_every_header_of_a_dead_letter_is_documented() -> None:
    refused, settled, _ = tables(section(CONTRACT, "Dead letter"))
    assert refused.words == list(Refused.model_fields)
    assert settled.words == list(Settled.model_fields)
    assert REPLAY_OF in quoted(section(CONTRACT, "Dead letter"))


def test_every_reason_is_documented_with_its_remedy() -> None:
    reasons = tables(section(CONTRACT, "Dead letter"))[2]
    assert [(quoted(row[0])[0], row[2]) for row in reasons.rows] == [
        (reason.value, REMEDIES[reason]) for reason in Reason
    ]


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    event = section(CONTRACT, "Event")
    assert f"1 to {UNITS_MAX} units" in event
    assert f"up to {MESSAGE_BYTES_MAX} bytes" in event
    assert f"up to {NESTING_MAX} levels" in event
    assert f"up to {CLOCK_TOLERANCE.seconds // 60} minutes" in event
    assert f"from {EARLIEST.year} to {LATEST.year - 1}" in event
    assert f"up to {TEXT_MAX} characters" in section(CONTRACT, "Deed")
    assert f"up to {INCIDENTS_MAX} of them" in section(CONTRACT, "Delivery")
    assert FINDINGS_MAX == 5
    assert "up to five" in section(CONTRACT, "Dead letter")


# --- the glossary


def test_every_stage_stands_in_the_glossary_with_its_chinese_term_and_its_party() -> None:
    found = {
        quoted(row[0])[0]: (row[1], row[3]) for row in tables(section(GLOSSARY, "Stages"))[0].rows
    }
    assert found == {stage.id: (stage.chinese, stage.answers) for stage in STAGES}
    assert {stage: term for stage, (term, _) in found.items()} == CHINESE


def test_the_glossary_names_the_kinds_that_open_and_close_a_stage() -> None:
    for row in tables(section(GLOSSARY, "Stages"))[0].rows:
        known = {
            kind for stage in STAGES if stage.id == quoted(row[0])[0] for kind in ends_of(stage)
        }
        assert set(quoted(row[2])) == {kind.value for kind in known}, row


def ends_of(stage: Stage) -> set[Kind]:
    parts = [stage, UNSTUFFING, RESTUFFING] if stage is JOINT else [stage]
    return {kind for part in parts for kind in (*part.openers, *part.closers)}


def test_a_word_of_the_glossary_has_one_meaning_and_every_verdict_its_term() -> None:
    words = [row[0] for row in tables(section(GLOSSARY, "Words"))[0].rows]
    assert len(set(words)) == len(words)
    (verdict,) = (row for row in tables(section(GLOSSARY, "Words"))[0].rows if row[0] == "verdict")
    assert [part.split()[0] for part in verdict[2].split(", ")] == list(Verdict)


# --- the first hour


def test_the_first_hour_leads_through_files_that_exist() -> None:
    links = re.findall(r"\]\(([^)]+)\)", FIRST_HOUR)
    assert len(links) > 10
    assert [link for link in links if not (DOCS / link).is_file()] == []


def test_the_words_of_the_first_hour_can_be_run() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", FIRST_HOUR, re.DOTALL)
    known: dict[str, object] = {}
    exec(compile(f"{code.replace('told(', 'visit = told(', 1)}", "first-hour.md", "exec"), known)
    assert known["visit"]
