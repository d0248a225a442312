"""Honest stories: valid on the wire, in order, and judged as planned."""

from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest

from events.codec import decode
from events.outcomes import Outcome
from events.topics import topic_for
from events.vocabulary import Kind, Verdict
from portclock.traffic.boxes import box_of
from portclock.traffic.flows import Leg, read_sample
from portclock.traffic.plans import World, plan_visit
from portclock.traffic.stories import tell
from portclock.traffic.telling import DELAY_MAX_S, Report
from timing.engine import Rules
from timing.judge import Judgement, judge

START_AT = 1772380800
VISITS = 1600
WORLD = World(21, START_AT, read_sample())


@pytest.fixture(scope="module")
def stories() -> list[list[Report]]:
    return [tell(WORLD, visit) for visit in range(VISITS)]


@pytest.fixture(scope="module")
def judgement(stories: list[list[Report]]) -> Judgement:
    lines = (report.value() for story in stories for report in story)
    return judge(lines, Rules())


def test_a_story_is_a_function_of_its_number_only() -> None:
    alone = [report.value() for report in tell(WORLD, 77)]
    assert alone == [report.value() for report in tell(World(21, START_AT, read_sample()), 77)]
    assert alone != [report.value() for report in tell(World(22, START_AT, read_sample()), 77)]


def test_every_honest_report_is_a_valid_event_on_its_own_feed(stories: list[list[Report]]) -> None:
    seen = set()
    for story in stories:
        for report in story:
            events = decode(report.value())
            first = events[0]
            assert report.topic == topic_for(first.kind).name
            assert report.key in (first.unit.id, first.customs and first.customs.declaration)
            assert first.recorded_at is not None
            assert int(first.recorded_at.timestamp()) == report.due_s
            delay = first.recorded_at - first.occurred_at
            assert 0 <= delay.total_seconds() <= DELAY_MAX_S
            seen |= {(event.source, event.event_id) for event in events}
    messages = sum(map(len, stories))
    assert len(seen) >= messages


def test_reports_are_due_in_order_and_not_before_the_start(stories: list[list[Report]]) -> None:
    for story in stories:
        due = [report.due_s for report in story]
        assert due == sorted(due)
        assert due[0] >= START_AT


def test_the_stories_tell_of_everything_they_should(stories: list[list[Report]]) -> None:
    kinds = Counter(report.kind for story in stories for report in story)
    silent = {
        Kind.AIR_UNLOADED, Kind.RAMP_TRANSFERRED, Kind.STORED, Kind.TRANSFER_STARTED,
    }  # fmt: skip
    assert set(Kind) - {Kind(kind) for kind in kinds} <= silent
    together = [r for story in stories for r in story if "units" in r.body]
    assert {len(report.body["units"]) for report in together} == {2, 3, 4}
    assert {report.kind for report in together} >= {"manifest-declared", "declared", "released"}
    advance = [r for story in stories for r in story if r.body.get("customs", {}).get("advance")]
    assert advance


def test_empty_boxes_are_neither_declared_nor_inspected(stories: list[list[Report]]) -> None:
    for visit, story in enumerate(stories):
        flow = WORLD.sample.flow(visit)[1]
        if not flow.laden:
            assert not {"declared", "released", "inspection-ordered"} & {r.kind for r in story}


def test_every_visit_is_found_and_only_words_about_places_are_kept(
    stories: list[list[Report]], judgement: Judgement
) -> None:
    assert judgement.visits == VISITS
    assert not judgement.refused
    cut_off = len(WORLD.sample.members[WORLD.sample.flow(VISITS - 1)[1].group]) > 1
    kept = {fate.unit.type for fate in judgement.fates if fate.visit_id is None}
    assert cut_off or kept == {"place"}


def test_most_limits_are_kept_some_broken_and_some_of_those_excused(judgement: Judgement) -> None:
    verdicts = Counter(outcome.verdict for outcome in judgement.outcomes)
    judged = verdicts[Verdict.MET] + verdicts[Verdict.BREACHED] + verdicts[Verdict.EXCUSED]
    assert judged > 1000
    assert 0.01 < verdicts[Verdict.BREACHED] / judged < 0.08
    assert 0 < verdicts[Verdict.EXCUSED] < verdicts[Verdict.BREACHED]
    limits = {(o.port, o.limit.edition) for o in judgement.outcomes if o.limit}
    assert limits == {("CNTXG", "tianjin/2019-07-15"), ("CNSHD", "shidao/undated")}


def test_the_judge_finds_the_additive_stages_as_planned(judgement: Judgement) -> None:
    by_visit: dict[str, dict[str, Outcome]] = defaultdict(dict)
    for outcome in judgement.outcomes:
        by_visit[outcome.visit_id][outcome.stage] = outcome
    checked = Counter[Leg]()
    for visit in range(VISITS):
        flow, plan = WORLD.sample.flow(visit)[1], plan_visit(WORLD, visit)
        stages = (
            ("unloading", "clearance-preparation", "customs-clearance", "collection"),
            plan.import_stages,
        )
        if flow.leg is Leg.EXPORT:
            stages = (
                ("clearance-preparation", "customs-clearance", "post-release", "departure"),
                plan.export_stages,
            )
        if not flow.laden or flow.leg not in (Leg.IMPORT, Leg.EXPORT):
            continue
        own = _stay(by_visit, plan.came_at if flow.leg is Leg.IMPORT else plan.landed_at, visit)
        assert tuple(own[name].gross_s for name in stages[0]) == stages[1]
        checked[flow.leg] += 1
    assert min(checked[Leg.IMPORT], checked[Leg.EXPORT]) > 200


def _stay(
    by_visit: dict[str, dict[str, Outcome]], opened_at: int, visit: int
) -> dict[str, Outcome]:
    port = WORLD.sample.flow(visit)[1].port
    opening = datetime.fromtimestamp(opened_at, UTC).strftime("%Y%m%dT%H%M%SZ")
    return by_visit[f"{port}/{box_of(WORLD, visit).number}/{opening}"]
