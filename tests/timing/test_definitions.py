"""Metric definitions: data with an id and a version, read as written or refused with the reason."""

from pathlib import Path

import pytest

from events.vocabulary import Direction, Kind
from timing.definitions import DEFINITIONS, DefinitionError, definition, definitions
from timing.definitions import load_definitions as load

RELEASES = frozenset({Kind.RELEASED, Kind.CONDITIONALLY_RELEASED})


@pytest.mark.parametrize(
    ("id", "direction", "openers", "closers"),
    [
        (
            "overall-clearance-import/1",
            Direction.IMPORT,
            (Kind.ARRIVED, Kind.ARRIVAL_REPORTED),
            RELEASES,
        ),
        ("overall-clearance-export/1", Direction.EXPORT, (Kind.ARRIVAL_REPORTED,), RELEASES),
        ("customs-clearance/1", None, (Kind.DECLARATION_ACCEPTED,), RELEASES),
        (
            "release-time-import/1",
            Direction.IMPORT,
            (Kind.ARRIVED,),
            frozenset({Kind.GATED_OUT, Kind.LOADED, Kind.RAIL_LOADED}),
        ),
        (
            "release-time-export/1",
            Direction.EXPORT,
            (Kind.ARRIVAL_REPORTED,),
            frozenset({Kind.DEPARTED}),
        ),
    ],
)
def test_a_measure_starts_and_ends_where_its_definition_says(
    id: str, direction: Direction | None, openers: tuple[Kind, ...], closers: frozenset[Kind]
) -> None:
    said = definition(id)
    assert (said.id, said.direction) == (id, direction)
    assert (said.openers, said.closers) == (openers, closers)


def test_these_are_all() -> None:
    assert len(definitions()) == 5


def test_every_definition_has_both_names_a_page_and_says_that_it_is_unconfirmed() -> None:
    for said in definitions().values():
        assert said.chinese.endswith("时间")
        assert said.english.isascii()
        assert said.source.startswith("http")
        assert said.status == "unconfirmed"
        assert said.advance


def test_only_a_clearance_may_end_before_it_begins() -> None:
    clamped = {said.metric for said in definitions().values() if said.clamped}
    assert clamped == {
        "overall-clearance-import",
        "overall-clearance-export",
        "customs-clearance",
    }


def test_an_unknown_id_is_told_with_those_there_are() -> None:
    with pytest.raises(KeyError, match=r"no definition 'customs/9'; there are overall-clearance"):
        definition("customs/9")


def _written(folder: Path, was: str, becomes: str) -> Path:
    text = DEFINITIONS.read_text(encoding="utf-8")
    assert was in text
    file = folder / "definitions.toml"
    file.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("was", "becomes", "finding"),
    [
        ('"arrived", "arrival-reported"', '"arived"', "[[definition]] 1; correct these keys:"),
        ('"arrived", "arrival-reported"', "", "openers"),
        ('"arrived", "arrival-reported"', '"released"', "cannot both start and end"),
        ("clamped = true", "clampt = true", "clampt"),
        ('source = "http', 'source = "see ', "source"),
        ("version = 1", "version = 2", "overall-clearance-import has versions [2]"),
        ("version = 1", "version = 0", "version"),
        ('status = "unconfirmed"', 'status = "official"', "status"),
        ('chinese = "进口整体通关时间"', 'chinese = ""', "chinese"),
        ("[[definition]]", "[[definitoin]]", "must hold [[definition]] tables and nothing else"),
        ("version = 1", "version =", "not TOML"),
    ],
)
def test_a_mistake_is_told_with_the_file_and_the_key(
    was: str, becomes: str, finding: str, tmp_path: Path
) -> None:
    with pytest.raises(DefinitionError) as caught:
        load(_written(tmp_path, was, becomes))
    assert "definitions.toml" in str(caught.value)
    assert finding in str(caught.value)


def test_a_new_version_stands_beside_the_old_one(tmp_path: Path) -> None:
    text = DEFINITIONS.read_text(encoding="utf-8")
    first = text.split("[[definition]]")[1]
    file = tmp_path / "definitions.toml"
    file.write_text(
        f"{text}\n[[definition]]{first.replace('version = 1', 'version = 2')}", encoding="utf-8"
    )
    found = load(file)
    assert {"overall-clearance-import/1", "overall-clearance-import/2"} <= set(found)


def test_a_version_that_stands_twice_is_refused(tmp_path: Path) -> None:
    text = DEFINITIONS.read_text(encoding="utf-8")
    file = tmp_path / "definitions.toml"
    file.write_text(f"{text}\n[[definition]]{text.split('[[definition]]')[1]}", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"versions \[1, 1\]"):
        load(file)
