"""Outcomes counted by stage and edition."""

from datetime import UTC, datetime
from io import StringIO

from rich.console import Console

from events.codec import encode
from events.envelope import Unit
from events.outcomes import AppliedLimit, Outcome
from events.vocabulary import Mode, Party, UnitType, Verdict
from portclock.verdicts import counted, table, tally
from timing.stages import CHINESE

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
        split_s={},
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


def test_what_is_written_is_counted_as_its_model_is() -> None:
    read = [counted(encode(each)) for each in OUTCOMES]
    assert [row.document() for row in tally(read)] == [row.document() for row in tally(OUTCOMES)]


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


def test_the_table_names_each_stage_once_in_both_languages_and_fits_eighty_columns() -> None:
    paper = StringIO()
    many = [outcome(stage, Verdict.BREACHED) for stage in CHINESE for _ in range(1_200)]
    Console(file=paper, width=80).print(table(tally([*OUTCOMES, *many])))
    text = paper.getvalue()
    assert "…" not in text
    assert text.count("box-move 吊箱移位") == 1
    for stage, chinese in CHINESE.items():
        assert f"{stage} {chinese}" in text
    assert "1,201" in text


def test_what_no_limit_covers_is_one_line_and_not_judged() -> None:
    paper = StringIO()
    unjudged = [outcome(stage, Verdict.NO_LIMIT, None) for stage in CHINESE]
    Console(file=paper, width=80).print(table(tally([*OUTCOMES, *unjudged])))
    lines = [" ".join(line.split()) for line in paper.getvalue().splitlines()]
    assert f"measured, no limit covers it 无时限 {len(CHINESE) + 1}" in lines
    assert "shidao/undated 3 2 1 · ·" in lines
    assert not any(line.startswith("collection") for line in lines)
