"""The year of ten ports: the same for a seed, judged as it is told, and its ports differ."""

from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest

from events.outcomes import Outcome
from events.reading import read
from load_tests.year.ports import CHUNK_VISITS, chunks, ports
from load_tests.year.visits import messages
from timing.judge import Judgement, judge
from timing.limits import PUBLISHED, load_register
from timing.measures.cohorts import Cohort, cohorts_of
from timing.patience import Patience
from timing.rules import Rules

VISITS = 1_500
LINES = [line for chunk in chunks(2025, VISITS) for told in messages(chunk, 7) for line in told]


@pytest.fixture(scope="module")
def judgement() -> Judgement:
    rules = Rules(load_register(PUBLISHED), Patience())
    return judge(LINES, rules, datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def cohorts() -> dict[str, list[Cohort]]:
    found = defaultdict(list)
    events = (event for line in LINES for event in read(line))
    for cohort in cohorts_of(events, Patience()):
        found[cohort.visit_id.partition("/")[0]].append(cohort)
    return found


def test_the_same_seed_tells_the_same_bytes_and_another_others() -> None:
    (chunk, *_) = chunks(2025, 200)
    assert list(messages(chunk, 7)) == list(messages(chunk, 7))
    assert list(messages(chunk, 7)) != list(messages(chunk, 8))


def test_chunks_cover_every_visit_once_and_are_small() -> None:
    found = list(chunks(2025, 90_000))
    numbers = sorted(number for chunk in found for number in range(chunk.first, chunk.until))
    assert numbers == list(range(len(numbers)))
    assert abs(len(numbers) - 90_000) < 900
    assert max(chunk.until - chunk.first for chunk in found) == CHUNK_VISITS
    assert {(chunk.port.code, chunk.period.name) for chunk in found} == {
        (port.code, f"2025-{month:02d}") for port in ports() for month in range(1, 13)
    }


def test_every_message_is_read_and_every_visit_is_found(judgement: Judgement) -> None:
    assert not judgement.refused
    assert judgement.accounts.kept == judgement.accounts.quarantined == 0
    told = sum(chunk.until - chunk.first for chunk in chunks(2025, VISITS))
    assert judgement.visits == told


def test_limits_are_kept_and_broken_and_a_few_stays_never_end(judgement: Judgement) -> None:
    outcomes: list[Outcome] = judgement.outcomes
    verdicts = Counter(outcome.verdict.value for outcome in outcomes)
    assert min(verdicts["met"], verdicts["breached"], verdicts["no-limit"]) > 20
    stays = [outcome for outcome in outcomes if outcome.stage == "release-time"]
    unended = sum(outcome.closed_at is None for outcome in stays)
    assert 0 < unended < len(stays) // 50


def test_ports_differ_in_what_is_inspected_and_declared_ahead(
    cohorts: dict[str, list[Cohort]],
) -> None:
    shares = {
        code: sum(one.advance is True for one in some) / len(some) for code, some in cohorts.items()
    }
    assert shares["CNSHA"] > 2 * shares["CNSHD"]
    few = {one.trader for one in cohorts["CNSHD"]} - {None}
    assert 1 <= len(few) <= 3
    assert any(one.inspected for some in cohorts.values() for one in some)
