"""The register: editions read from files, in force from a midnight to a midnight, or refused."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from events.testing import PORT, at
from events.vocabulary import Category, Direction, Mode
from timing.calendars import CONTINUOUS
from timing.kinds.ask import Ask
from timing.limits import (
    KNOWN_MAX,
    PUBLISHED,
    Edition,
    Register,
    RegisterError,
    Term,
    load_edition,
    read_editions,
)
from timing.limits import load_register as load
from timing.visits import Traits
from timing.written import midnight

MakeEdition = Callable[..., Edition]
MOVE = """\
[[limit]]
id = "t.move"
stage = "box-move"
kind = "duration"
within = "PT30M"
"""
EXAMPLE = """\
[[example]]
limit = "t.move"
given = ["10:00 move-ordered", "10:30 move-ended"]
expect = "met"
"""


def edition_text(limits: str = MOVE, examples: str = EXAMPLE, **keys: str) -> str:
    usual = {
        "edition": "t/undated", "issuer": "t", "title": "an example", "status": "example",
        "port": PORT, "effective_from": "undated",
    }  # fmt: skip
    head = "".join(f'{name} = "{value}"\n' for name, value in {**usual, **keys}.items())
    return f"{head}\n{limits}\n{examples}"


def written(folder: Path, text: str, name: str = "t.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def traits(**some: Any) -> Traits:
    usual = dict.fromkeys(Traits._fields)
    return Traits(**{**usual, "mode": Mode.WATER, **some})


def test_an_edition_is_read_from_a_file(tmp_path: Path) -> None:
    read = load_edition(written(tmp_path, edition_text()))
    assert read.edition == "t/undated"
    assert read.limit[0].model_dump()["within"] == 1800


BROKEN = {
    "not TOML": ("edition = ", 1, "not TOML"),
    "a key misspelt": (edition_text(titel="x"), 7, "no key 'titel' here; did you mean 'title'"),
    "a stage nobody knows": (edition_text(MOVE.replace("box-", "bx-")), 10, "no stage 'bx-move'"),
    "a kind nobody knows": (edition_text(MOVE.replace('"dur', '"du')), 8, "no kind 'duation'"),
    "a calendar nobody defined": (edition_text(calendar="office"), 7, "no calendar 'office'"),
    "limits with one id": (edition_text(MOVE + MOVE), 14, "'t.move' stands twice"),
    "an example of no limit": (
        edition_text(examples=EXAMPLE.replace('"t.move"', '"t.mve"')), 15, "which is no limit here"
    ),
    "a predecessor that is missing": (edition_text(supersedes="t/older"), 7, "which is not loaded"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "complaint"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_edition_is_refused_with_its_file_and_line(
    text: str, line: int, complaint: str, tmp_path: Path
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(RegisterError, match=complaint) as refused:
        load(tmp_path)
    (told,) = refused.value.complaints
    assert (told.file, told.line) == (file, line)
    assert told.remedy


def test_every_finding_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, edition_text(port="x", status="y"), "a.toml")
    written(tmp_path, edition_text(calendar="office"), "b.toml")
    with pytest.raises(RegisterError) as refused:
        load(tmp_path)
    told = [(one.file.name, one.line) for one in refused.value.complaints]
    assert told == [("a.toml", 4), ("a.toml", 5), ("b.toml", 7)]


def test_what_can_be_read_is_read_beside_what_cannot(tmp_path: Path) -> None:
    files = [
        written(tmp_path, edition_text(), "a.toml"), written(tmp_path, "edition =", "b.toml")
    ]  # fmt: skip
    read, wrong = read_editions(files)
    assert [one.edition.edition for one in read] == ["t/undated"]
    assert [one.file for one in wrong] == files[1:]


def test_bytes_that_are_not_utf_8_are_refused_with_the_file(tmp_path: Path) -> None:
    (tmp_path / "gbk.toml").write_bytes("title = '天津港'".encode("gbk"))
    with pytest.raises(RegisterError, match=r"gbk\.toml: not TOML.*save it as UTF-8"):
        load(tmp_path)


def test_an_empty_folder_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="no edition") as refused:
        load(tmp_path)
    assert str(tmp_path) in str(refused.value)


def test_two_editions_with_one_name_are_refused(tmp_path: Path) -> None:
    files = [written(tmp_path, edition_text(), name) for name in ("a.toml", "b.toml")]
    with pytest.raises(RegisterError, match="name it anew") as refused:
        load(tmp_path)
    assert refused.value.complaints[0].file == files[1]


def test_editions_are_found_in_every_folder_below_every_folder_named(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "deep").mkdir(parents=True)
        written(tmp_path / name / "deep", edition_text(edition=name, port=f"CN{name.upper()}"))
    register = load(tmp_path / "one", tmp_path / "two")
    assert [each.edition for each in register.editions] == ["one", "two"]


def test_without_a_folder_the_published_editions_are_loaded() -> None:
    ports = {"CNSHD", "CNSHA", "CNTXG", "CNNSA", "CNCKG", "CNXMN"}
    assert ports <= {each.port for each in load().editions}
    assert load() == load(PUBLISHED)


#  trial                        | formal
#  2019-02-01                2019-07-15 00:00 +08:00
@pytest.mark.parametrize(
    ("begins", "editions"),
    [
        (date(2019, 1, 31), []),
        (date(2019, 2, 1), ["tianjin/2019-02-01-trial"]),
        (date(2019, 7, 14), ["tianjin/2019-02-01-trial"]),
        (date(2019, 7, 15), ["tianjin/2019-07-15"]),
        (date(2026, 3, 2), ["tianjin/2019-07-15"]),
    ],
)
def test_an_edition_is_in_force_until_its_successor_begins(
    begins: date, editions: list[str]
) -> None:
    found = load().in_force("CNTXG", "empty-return", midnight(begins))
    assert [each.edition for each, _ in found] == editions
    assert [each.edition for each in load().editions_at("CNTXG", midnight(begins))] == editions


def test_the_midnight_is_that_of_the_port_to_the_second() -> None:
    begins = midnight(date(2019, 7, 15))
    before, after = (load().in_force("CNTXG", "tally-report", t) for t in (begins - 1, begins))
    assert before == ()
    assert [each.edition for each, _ in after] == ["tianjin/2019-07-15"]


def test_an_undated_edition_has_always_been_in_force(edition: MakeEdition) -> None:
    register = Register((edition("box-move PT1H"),))
    assert register.in_force(PORT, "box-move", 0)


def test_an_edition_ends_when_it_says(edition: MakeEdition) -> None:
    ends = edition("box-move PT1H", effective_to=date(2026, 3, 2))
    register = Register((ends,))
    assert register.in_force(PORT, "box-move", epoch("00:00") - 1)
    assert not register.in_force(PORT, "box-move", epoch("00:00"))


def test_a_limit_is_of_its_port_and_stage_only(edition: MakeEdition) -> None:
    register = Register((edition("box-move PT1H"),))
    assert not register.in_force("CNTAC", "box-move", 0)
    assert not register.in_force(PORT, "pickup", 0)
    assert not register.terms("CNTAC", None, "box-move", traits())
    assert not register.terms(PORT, None, "pickup", traits())


def test_the_fingerprint_changes_with_any_limit(edition: MakeEdition) -> None:
    one, same, other = (
        Register((edition(words),)).fingerprint
        for words in ("box-move PT1H", "box-move PT1H", "box-move PT61M")
    )
    assert one == same != other


def test_the_fingerprint_changes_with_the_holidays_where_any_are_counted(
    edition: MakeEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fingerprints() -> list[str]:
        hours = {"id": "t", "hours": [["08:00", "18:00"]]}
        working = [[], [{**hours, "days": "all"}], [{**hours, "days": "china"}]]
        return [Register((edition("box-move PT1H", working_time=w),)).fingerprint for w in working]

    before = fingerprints()
    monkeypatch.setattr("timing.limits.HOLIDAYS", "another list")
    after = fingerprints()
    assert before[:2] == after[:2]
    assert before[2] != after[2]


def test_the_later_wording_of_a_limit_is_shown() -> None:
    edition, _ = load().limit_ids()["tianjin.paperwork"]
    assert edition.edition == "tianjin/2019-07-15"


# What one 40-foot box, inspected, comes to at two ports that publish the same three hours:
#   上海  3小时/标准箱   |==================================>| 6 h
#   天津  每箱 3小时     |================>| 3 h
@pytest.mark.parametrize(
    ("port", "edition", "hours"),
    [("CNSHA", "shanghai/2019-12-30", 6), ("CNTXG", "tianjin/2019-07-15", 3)],
)
def test_three_hours_a_teu_and_three_hours_a_box_stay_unlike(
    port: str, edition: str, hours: int
) -> None:
    box = traits(size_type="42G1", direction=Direction.IMPORT, laden=True)
    terms = load().terms(port, None, "unstuffing-and-restuffing", box)
    (applied,) = [one.applied for one in terms if one.begin <= epoch("10:00") < one.end]
    assert applied is not None
    assert (applied.edition, applied.limit_s) == (edition, hours * 3600)


def test_the_terms_of_a_constant_limit_are_ready(edition: MakeEdition) -> None:
    ends = edition("box-move PT1H", effective_to=date(2026, 3, 2))
    (term,) = Register((ends,)).terms(PORT, "LPCT", "box-move", traits())
    assert term.end == epoch("00:00")
    assert term.applied is not None
    assert (term.applied.limit, term.applied.limit_s) == (ends.limit[0], 3600)
    assert (term.applied.calendar, term.flags, term.unfixed) == (CONTINUOUS, (), None)


def test_a_limit_that_must_be_asked_each_time_stands_for_itself(edition: MakeEdition) -> None:
    override = {"reason": "fog", "from": "2026-03-02", "within": "PT2H"}
    made = edition("box-move PT1H", scope={"override": [override]})
    (term,) = Register((made,)).terms(PORT, None, "box-move", traits())
    assert term == Term(term.begin, term.end, None, (), (made, made.limit[0]))


LISTED = {"id": "t", "stage": "box-move", "kind": "listed"}
SIZED = {
    "id": "u", "stage": "box-move", "kind": "duration-by-size", "within_by_size": {"20": "PT1H"}
}  # fmt: skip


def test_a_limit_that_allows_nothing_says_why_or_is_left_out(edition: MakeEdition) -> None:
    register = Register((edition(limit=[LISTED, SIZED]),))
    flags = [
        [term.flags for term in register.terms(PORT, None, "box-move", traits(size_type=size))]
        for size in (None, "42G1", "22G1")
    ]
    assert flags == [[("listed",), ("size-unknown",)], [("listed",)], [("listed",), ()]]


def test_terms_are_those_of_the_limits_that_cover_the_unit(edition: MakeEdition) -> None:
    register = Register((edition("box-move PT1H", scope={"facilities": ["LPCT"]}),))
    found = [register.terms(PORT, place, "box-move", traits()) for place in ("LPCT", "LNOCT", None)]
    assert [len(terms) for terms in found] == [1, 0, 0]


@pytest.mark.parametrize(
    ("stage", "some"),
    [
        ("unstuffing", {"size_type": "22G1"}),
        ("unstuffing", {"size_type": "L5G1"}),
        ("inspection-positioning", {}),
        ("pickup", {"direction": Direction.IMPORT}),
    ],
)
def test_terms_say_what_asking_each_limit_says(stage: str, some: dict[str, Any]) -> None:
    register, unit, moment = load(), traits(**some), epoch("10:00")
    asked = [
        edition.apply(limit, Ask(moment, None, unit))
        for edition, limit in register.in_force("CNSHD", stage, moment)
        if limit.covers(unit, None)
    ]
    terms = register.terms("CNSHD", None, stage, unit)
    assert [(t.applied, t.flags) for t in terms] == [said for said in asked if any(said)]


def test_the_shelves_of_a_port_hold_what_is_asked_for_stage_by_stage(edition: MakeEdition) -> None:
    register, unit = Register((edition("box-move PT1H", "inspection PT2H"),)), traits()
    shelves = register.shelves(PORT)
    assert set(shelves) == {"box-move", "inspection"}
    assert register.shelves("CNTAC") == {}
    for stage, shelf in shelves.items():
        assert shelf.terms(None, unit) == register.terms(PORT, None, stage, unit) != ()


def weighed(edition: MakeEdition) -> Edition:
    steps = {"within": "PT30M", "up_to_kg": 1000, "step": "PT10M", "step_kg": 500}
    limit = {"id": "t", "stage": "box-move", "kind": "duration-by-weight", **steps}
    return edition(limit=[limit])


def test_what_was_found_for_a_sort_of_unit_is_found_again(edition: MakeEdition) -> None:
    register = Register((edition("box-move PT1H"),))
    light, heavy = (traits(weight_kg=kg) for kg in (1, 2))
    known = register.terms(PORT, None, "box-move", light)
    assert register.terms(PORT, None, "box-move", heavy) is known
    by_weight = Register((weighed(edition),))
    limits = [
        term.applied.limit_s if term.applied else None
        for kg in (1000, 1001)
        for term in by_weight.terms(PORT, None, "box-move", traits(weight_kg=kg))
    ]
    assert limits == [1800, 2400]


JOURNEY = {
    "id": "t", "stage": "box-move", "kind": "notice", "journey_over": "PT4H", "notice": "PT4H"
}  # fmt: skip
SORTS: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "mode": ({"modes": ["rail"]}, Mode.WATER, Mode.RAIL),
    "direction": ({"directions": ["import"]}, Direction.EXPORT, Direction.IMPORT),
    "laden": ({"laden": True}, False, True),
    "category": ({"categories": ["reefer"]}, None, Category.REEFER),
    "size_type": (SIZED, None, "22G1"),
    "journey_s": (JOURNEY, None, 3600),
}


@pytest.mark.parametrize(("trait", "told"), SORTS.items(), ids=SORTS.keys())
def test_units_that_differ_in_what_a_limit_asks_are_of_two_sorts(
    trait: str, told: tuple[dict[str, Any], Any, Any], edition: MakeEdition
) -> None:
    keys, one, other = told
    usual = {"id": "t", "stage": "box-move", "kind": "duration", "within": "PT1H"}
    limit = keys if "kind" in keys else {**usual, **keys}
    register = Register((edition(limit=[limit]),))
    found = [
        [term.applied is not None for term in register.terms(PORT, None, "box-move", unit)]
        for unit in (traits(**{trait: one}), traits(**{trait: other}))
    ]
    assert found[1] == [True]
    assert found[0] != found[1]


def test_a_register_remembers_a_bounded_number_of_sorts(edition: MakeEdition) -> None:
    register = Register((weighed(edition),))
    first = register.terms(PORT, None, "box-move", traits(weight_kg=0))
    for kg in range(1, KNOWN_MAX):
        register.terms(PORT, None, "box-move", traits(weight_kg=kg))
    assert register.terms(PORT, None, "box-move", traits(weight_kg=0)) is first
    register.terms(PORT, None, "box-move", traits(weight_kg=KNOWN_MAX))
    again = register.terms(PORT, None, "box-move", traits(weight_kg=0))
    assert again == first
    assert again is not first
