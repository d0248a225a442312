"""What the shipped editions show, the samples among them: every kind of limit, at its boundary."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, get_args

import pytest

from events.sentences import read_sentence
from events.vocabulary import Category
from timing.commitments.promise import (
    BlameSharePromise,
    BracketPromise,
    CallPromise,
    MeanPromise,
    PercentilePromise,
    Promise,
    RatePromise,
    SharePromise,
    UnitPromise,
)
from timing.editions import AnyLimit, Edition, Example
from timing.examples import outcome_of
from timing.kinds.by_size import BySizeLimit
from timing.kinds.by_weight import ByWeightLimit
from timing.kinds.duration import DurationLimit
from timing.kinds.half_day import HalfDayLimit
from timing.kinds.lead_time import LeadTimeLimit
from timing.kinds.limit import Limit
from timing.kinds.listed import ListedLimit
from timing.kinds.notice import NoticeLimit
from timing.kinds.per_teu import PerTeuLimit
from timing.limits import PUBLISHED, load_register
from timing.review import complaints
from timing.succession import misfits

Entry = Limit | UnitPromise | CallPromise

SAMPLES = PUBLISHED.parent / "samples"
DOCS = Path(__file__).parents[2] / "docs" / "limits.md"
SHIPPED = load_register(PUBLISHED, SAMPLES).editions
DAY = datetime(2026, 3, 1, 16, tzinfo=UTC)
BY_COMING_IN: Final = {"empty-return", "delivery"}
"""Stages that end with the unit's coming in: until then nothing is known of it."""

PAIRS = [(edition, limit) for edition in SHIPPED for limit in edition.limit]
each_limit = pytest.mark.parametrize(
    ("edition", "limit"), PAIRS, ids=[f"{e.edition}-{one.id}" for e, one in PAIRS]
)


def _examples(edition: Edition, limit: Limit, *expect: str) -> list[Example]:
    return [e for e in edition.example if e.limit == limit.id and e.expect in expect]


def _moments(example: Example) -> list[int]:
    return [int(read_sentence(words, DAY).moment.timestamp()) for words in example.given]


def _unit(example: Example) -> Example:
    """All that an example says but what happened."""
    return example.model_copy(update={"given": (), "expect": "met", "flags": ()})


def _a_second_apart(one: Example, other: Example) -> bool:
    if _unit(one) != _unit(other):
        return False
    moments = zip(_moments(one), _moments(other), strict=False)
    return len(one.given) == len(other.given) and sum(abs(a - b) for a, b in moments) == 1


def test_samples_are_held_to_the_same_tests_as_what_was_published() -> None:
    assert list(complaints(SAMPLES)) == []


def test_a_sample_is_marked_as_one_and_says_so_in_its_first_line() -> None:
    for file in SAMPLES.rglob("*.toml"):
        assert file.read_text(encoding="utf-8").startswith("# 示例 An example, published by nobody")
    for edition in load_register(SAMPLES).editions:
        assert edition.status == "example"
        assert edition.title.startswith("示例")
        assert edition.issuer == "示例"
        assert edition.source == ""


def test_nothing_published_is_a_sample_and_no_sample_judges_unasked() -> None:
    assert {edition.status for edition in load_register().editions} == {"published", "trial"}
    places = {edition.port for edition in load_register(SAMPLES).editions}
    assert not places & {edition.port for edition in load_register().editions}


def test_all_that_is_shipped_can_be_in_force_together() -> None:
    assert list(misfits(SHIPPED)) == []


@each_limit
def test_a_limit_is_shown_kept_and_broken_a_second_apart(edition: Edition, limit: Limit) -> None:
    if isinstance(limit, ListedLimit):
        assert _examples(edition, limit, "no-limit")
        return
    kept = _examples(edition, limit, "met", "open")
    broken = _examples(edition, limit, "breached")
    assert any(_a_second_apart(one, other) for one in kept for other in broken)


@each_limit
def test_a_limit_is_shown_broken_while_nobody_reports_the_end(
    edition: Edition, limit: Limit
) -> None:
    """But where no time could pass: a notice is given or not, and what is listed has no limit."""
    if limit.at_least or isinstance(limit, ListedLimit) or limit.stage in BY_COMING_IN:
        return
    broken = _examples(edition, limit, "breached")
    assert any(example.given[-1].endswith(" tick") for example in broken)


@each_limit
def test_a_limit_is_shown_not_to_apply_where_it_names_whom_it_speaks_of(
    edition: Edition, limit: Limit
) -> None:
    narrow = limit.categories or limit.facilities or limit.directions
    if narrow or not limit.by_traits or isinstance(limit, BySizeLimit | PerTeuLimit):
        assert _examples(edition, limit, "no-limit")


def test_every_override_is_shown() -> None:
    for edition, limit in PAIRS:
        flags = [example.flags for example in edition.example if example.limit == limit.id]
        assert bool(limit.overrides) is any("override" in each for each in flags)


def test_the_same_words_per_teu_and_per_box_judge_a_40_foot_box_differently() -> None:
    """上海 3小时/标准箱, 天津 每箱3小时: six hours of work on one box."""
    by_name = {edition.edition: edition for edition in SHIPPED}
    given = (
        "08:00 inspection-ordered",
        "09:00 unstuffing-started",
        "12:00 unstuffing-ended",
        "14:00 inspection-ended",
        "17:00 stuffing-ended",
    )
    verdicts = {}
    for name in ("shanghai/2019-12-30", "tianjin/2019-07-15"):
        for size_type in ("22G1", "42G1"):
            limit = f"{name.partition('/')[0]}.unstuffing-and-restuffing"
            told = Example(limit=limit, given=given, expect="met", size_type=size_type)
            outcome = outcome_of(by_name[name], told)
            assert outcome is not None
            verdicts[name.partition("/")[0], size_type] = str(outcome.verdict)
    assert verdicts == {
        ("shanghai", "22G1"): "breached",
        ("shanghai", "42G1"): "met",
        ("tianjin", "22G1"): "breached",
        ("tianjin", "42G1"): "breached",
    }


def _kinds(union: object) -> set[type]:
    return set(get_args(get_args(union)[0]))


def test_every_kind_that_can_be_written_is_shown() -> None:
    assert {type(limit) for _, limit in PAIRS} == _kinds(AnyLimit)
    promises = {type(promise) for edition in SHIPPED for promise in edition.commitment}
    assert promises == _kinds(Promise)


KINDS: Final[dict[int, Callable[[Entry], bool]]] = {
    1: lambda one: isinstance(one, DurationLimit),
    2: lambda one: isinstance(one, BySizeLimit),
    3: lambda one: isinstance(one, PerTeuLimit),
    4: lambda one: isinstance(one, Limit) and "-and-" in one.stage,
    5: lambda one: isinstance(one, PercentilePromise) and len(one.points) > 1,
    6: lambda one: isinstance(one, MeanPromise),
    7: lambda one: isinstance(one, SharePromise),
    8: lambda one: isinstance(one, LeadTimeLimit),
    9: lambda one: isinstance(one, NoticeLimit),
    10: lambda one: isinstance(one, DurationLimit) and one.stage == "tally-report",
    11: lambda one: isinstance(one, BracketPromise | RatePromise),
    12: lambda one: isinstance(one, HalfDayLimit),
    13: lambda one: isinstance(one, Limit) and bool(one.overrides),
    14: lambda one: isinstance(one, BlameSharePromise),
    15: lambda one: isinstance(one, Limit) and one.categories == (Category.GENERAL,),
    16: lambda one: isinstance(one, ListedLimit),
    17: lambda one: isinstance(one, ByWeightLimit),
}
"""The kinds that real documents have, by the number that the page for people gives them."""


def _entries() -> dict[str, Entry]:
    limits: dict[str, Entry] = {limit.id: limit for _, limit in PAIRS}
    return limits | {p.id: p for edition in SHIPPED for p in edition.commitment}


def _page_of_kinds() -> Iterator[tuple[int, list[str]]]:
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0].isdecimal():
            yield int(cells[0]), re.findall(r"`([^`]+)`", cells[-1])


def test_the_page_says_where_each_of_the_17_kinds_is_shown() -> None:
    told, entries = dict(_page_of_kinds()), _entries()
    assert list(told) == list(range(1, 18)) == list(KINDS)
    for number, ids in told.items():
        assert ids
        assert all(KINDS[number](entries[id]) for id in ids), (number, ids)


def test_the_page_names_every_edition_with_all_it_says() -> None:
    page = DOCS.read_text(encoding="utf-8")
    for edition in SHIPPED:
        named = [edition.edition, edition.source, *(f"`{one.id}`" for one in edition.limit)]
        named += [f"`{promise.id}`" for promise in edition.commitment]
        named += [reason for one in edition.unexpressed for reason in one.reason.split(" / ")]
        assert [words for words in named if words not in page] == []
