"""Outcomes counted by stage and edition."""

from datetime import UTC, datetime
from io import StringIO

from rich.console import Console

from events.envelope import Unit
from events.outcomes import AppliedLimit, Outcome
from events.vocabulary import Mode, Party, UnitType, Verdict
from portclock.verdicts import table, tally

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)


def outcome(stage: str, verdict: Verdict, edition: str | None = "shidao/undated") -> Outcome:
    limit = AppliedLimit(id="x", edition=edition, kind="duration", limit_s=60) if edition else None
    return Outcome(
        visit_id="CNSHD/CSQU3054383/20260302T100000Z",
        unit=Unit(type=UnitType.CONTAINER, id="CSQU3054383"),
        port="CNSHD",
        facility=None,
        mode=Mode.WATER,
        direction=None,
        stage=stage,
        occurrence=1,
        opened_at=TEN,
        closed_at=None,
        gross_s=None,
        net_s=None,
        held_s={},
        age_s=0,
        verdict=verdict,
        limit=limit,
        deadline_at=None,
        answers=Party.TERMINAL,
        decided_at=TEN,
        revision=1,
        definition=None,
        flags=(),
        event_ids=(),
    )


OUTCOMES = [
    outcome("unstuffing", Verdict.MET),
    outcome("box-move", Verdict.BREACHED),
    outcome("box-move", Verdict.MET),
    outcome("box-move", Verdict.MET),
    outcome("box-move", Verdict.NO_LIMIT, None),
    outcome("box-move", Verdict.VOID),
]


def test_one_tally_per_stage_and_edition_and_void_does_not_count() -> None:
    documents = [row.document() for row in tally(OUTCOMES)]
    nought = {"met": 0, "breached": 0, "excused": 0, "open": 0, "no-limit": 0}
    assert documents == [
        {"stage": "box-move", "edition": None, **nought, "no-limit": 1},
        {"stage": "box-move", "edition": "shidao/undated", **nought, "met": 2, "breached": 1},
        {"stage": "unstuffing", "edition": "shidao/undated", **nought, "met": 1},
    ]


def test_nothing_judged_is_an_empty_tally() -> None:
    assert tally([]) == []


def test_the_table_names_each_stage_once_in_both_languages() -> None:
    paper = StringIO()
    Console(file=paper, width=120).print(table(tally(OUTCOMES)))
    text = paper.getvalue()
    assert text.count("box-move") == 1
    assert text.count("吊箱移位") == 1
    assert "掏箱" in text
    assert "shidao/undated" in text
