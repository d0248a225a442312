"""The register: editions read from files, in force from a midnight to a midnight, or refused."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from events.testing import PORT, at
from events.vocabulary import Category, Direction, Mode
from timing.limits import PUBLISHED, Edition, Limit, Register, RegisterError, load_edition
from timing.limits import load_register as load
from timing.visits import Traits

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
        "edition": "t/undated", "issuer": "t", "title": "t", "source": "https://example.org",
        "status": "example", "port": PORT, "effective_from": "undated",
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
    assert (read.edition, read.limit[0].within) == ("t/undated", 1800)


@pytest.mark.parametrize(
    ("text", "seconds"), [("PT2M", 120), ("PT2H", 7200), ("P1D", 86400), ("PT1H30M", 5400)]
)
def test_a_duration_is_read_as_whole_seconds(text: str, seconds: int, edition: MakeEdition) -> None:
    assert edition(f"box-move {text}").limit[0].within == seconds


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("half an hour", "no ISO 8601 duration"),
        ("PT0M", "no fixed positive duration"),
        ("P1M", "no fixed positive duration"),
        ("-PT5M", "no fixed positive duration"),
    ],
)
def test_what_has_no_fixed_length_is_no_duration(text: str, complaint: str, tmp_path: Path) -> None:
    file = written(tmp_path, edition_text(MOVE.replace("PT30M", text)))
    with pytest.raises(RegisterError, match=complaint):
        load_edition(file)


BROKEN = {
    "not TOML": ("edition = ", "not TOML"),
    "a key nobody knows": (edition_text(misspelt="x"), "misspelt"),
    "a key of a limit nobody knows": (edition_text(MOVE + 'witin = "PT1H"\n'), "witin"),
    "a stage nobody knows": (edition_text(MOVE.replace("box-move", "lunch")), "no stage 'lunch'"),
    "a kind nobody knows": (edition_text(MOVE.replace('"duration"', '"rate"')), "kind"),
    "no bound": (edition_text(MOVE.replace('within = "PT30M"', "")), "takes 'within'"),
    "two bounds": (
        edition_text(MOVE + 'within_by_size = { "20" = "PT1H" }\n'), "takes 'within' and nothing"
    ),
    "a size nobody knows": (
        edition_text(
            MOVE.replace("duration", "duration-by-size")
            .replace('within = "PT30M"', 'within_by_size = { "30" = "PT1H" }')
        ),
        "within_by_size.30",
    ),
    "a share above all": (edition_text(MOVE + "share = 1.2\n"), "share"),
    "a port that is none": (edition_text(port="Lianyungang"), "port"),
    "a date that is none": (edition_text(effective_from="soon"), "effective_from"),
    "no source": (edition_text().replace("source =", "# source ="), "source"),
    "a status nobody knows": (edition_text(status="draft"), "status"),
    "limits with one name": (edition_text(MOVE + MOVE), r"\['t.move'\] stand twice"),
    "an example of no limit": (
        edition_text(examples=EXAMPLE.replace('"t.move"', '"t.other"')), r"unknown limits"
    ),
    "a predecessor that is missing": (edition_text(supersedes="t/older"), "which is not loaded"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "complaint"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_edition_is_refused_with_its_file(
    text: str, complaint: str, tmp_path: Path
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(RegisterError, match=complaint) as refused:
        load(tmp_path)
    assert str(file) in str(refused.value)


def test_every_finding_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    file = written(tmp_path, edition_text(port="x", status="y"))
    with pytest.raises(RegisterError, match=r"(?s)status.*port"):
        load_edition(file)


def test_bytes_that_are_not_utf_8_are_refused_with_the_file(tmp_path: Path) -> None:
    (tmp_path / "gbk.toml").write_bytes("title = '天津港'".encode("gbk"))
    with pytest.raises(RegisterError, match=r"gbk\.toml: not TOML"):
        load(tmp_path)


def test_an_empty_folder_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="no edition") as refused:
        load(tmp_path)
    assert str(tmp_path) in str(refused.value)


def test_two_editions_with_one_name_are_refused_with_both_files(tmp_path: Path) -> None:
    files = [written(tmp_path, edition_text(), name) for name in ("a.toml", "b.toml")]
    with pytest.raises(RegisterError, match="name it anew") as refused:
        load(tmp_path)
    assert all(str(file) in str(refused.value) for file in files)


def test_editions_are_found_in_every_folder_below_every_folder_named(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "deep").mkdir(parents=True)
        written(tmp_path / name / "deep", edition_text(edition=name, port=f"CN{name.upper()}"))
    register = load(tmp_path / "one", tmp_path / "two")
    assert [each.edition for each in register.editions] == ["one", "two"]


def test_without_a_folder_the_published_editions_are_loaded() -> None:
    assert {each.port for each in load().editions} == {"CNSHD", "CNTXG"}
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
    midnight = epoch("00:00") + (begins - date(2026, 3, 2)).days * 86400
    found = load().in_force("CNTXG", "empty-return", midnight)
    assert [each.edition for each, _ in found] == editions


def test_the_midnight_is_that_of_the_port_to_the_second() -> None:
    # 2019-07-14 24:00 +08:00 is 16:00 in UTC
    midnight = epoch("00:00") + (date(2019, 7, 15) - date(2026, 3, 2)).days * 86400
    assert midnight % 86400 == 16 * 3600
    before, after = (load().in_force("CNTXG", "tally-report", t) for t in (midnight - 1, midnight))
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


def test_the_fingerprint_changes_with_any_limit(edition: MakeEdition) -> None:
    one, same, other = (
        Register((edition(words),)).fingerprint
        for words in ("box-move PT1H", "box-move PT1H", "box-move PT61M")
    )
    assert one == same != other


def test_the_later_wording_of_a_limit_is_shown() -> None:
    edition, limit = load().limit_ids()["tianjin.paperwork"]
    assert edition.edition == "tianjin/2019-07-15"
    assert limit.within == 600


@pytest.mark.parametrize(
    ("scope", "some", "covered"),
    [
        ({}, {}, True),
        ({"facilities": ("LPCT",)}, {}, True),
        ({"facilities": ("LNOCT",)}, {}, False),
        ({"modes": (Mode.RAIL,)}, {}, False),
        ({"directions": (Direction.IMPORT,)}, {}, False),
        ({"directions": (Direction.IMPORT,)}, {"direction": Direction.IMPORT}, True),
        ({"categories": (Category.GENERAL,)}, {}, True),
        ({"categories": (Category.GENERAL,)}, {"category": Category.DANGEROUS}, False),
    ],
)
def test_a_limit_covers_what_its_scope_names(
    scope: dict[str, Any], some: dict[str, Any], covered: bool
) -> None:
    usual = {"id": "t", "stage": "box-move", "kind": "duration", "within": "PT1S"}
    limit = Limit.model_validate({**usual, **scope})
    assert limit.covers(traits(**some), "LPCT") is covered


@pytest.mark.parametrize(
    ("size_type", "allowed"),
    [("22G1", 7200), ("25G1", 7200), ("42G1", 10800), ("L5G1", None), ("MKG1", None), (None, None)],
)
def test_the_allowance_follows_the_length_code(size_type: str | None, allowed: int | None) -> None:
    _, limit = load().limit_ids()["shidao.unstuffing"]
    assert limit.allowance_s(size_type) == allowed


def test_one_bound_for_all_needs_no_size() -> None:
    _, limit = load().limit_ids()["shidao.pickup"]
    assert limit.allowance_s(None) == 1800
