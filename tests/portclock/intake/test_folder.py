"""A watched folder: whole files only, each in one place at a time, taken again after a crash."""

from pathlib import Path

import orjson
import pytest

from portclock.failure import Failure
from portclock.intake.folder import Folder
from portclock.intake.taking import Taken, take
from portclock.intake.testing import NOW, feeds, gate_out, pushed


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def names(folder: Folder, place: str) -> set[str]:
    return {file.name for file in (folder.root / place).iterdir() if file.is_file()}


def whole(folder: Folder) -> list[Path]:
    """What two looks in a row find unchanged."""
    list(folder.claim())
    return list(folder.claim())


def taken_of(tmp_path: Path, file: Path) -> Taken:
    return take(feeds(tmp_path / "feeds")["carrier"], file.name, file.read_bytes(), NOW)


def test_a_file_that_still_grows_is_left_alone(folder: Folder) -> None:
    growing = folder.root / "a.json"
    growing.write_bytes(b"[")
    assert list(folder.claim()) == []
    growing.write_bytes(b"[]")
    assert list(folder.claim()) == []
    assert [file.name for file in folder.claim()] == ["a.json"]
    assert names(folder, "taken") == {"a.json"}
    assert not growing.exists()


@pytest.mark.parametrize("name", ["a.json.part", "a.tmp", ".hidden", "a.filepart"])
def test_a_name_that_says_not_yet_is_left_alone(folder: Folder, name: str) -> None:
    (folder.root / name).write_bytes(b"[]")
    assert whole(folder) == []


def test_what_was_taken_whole_is_done_and_has_its_receipt(folder: Folder, tmp_path: Path) -> None:
    (folder.root / "a.json").write_bytes(pushed(gate_out()))
    (file,) = whole(folder)
    folder.finish(file, taken_of(tmp_path, file))
    assert names(folder, "done") == {"a.json", "a.json.receipt.json", "a.json.answer"}
    assert names(folder, "taken") == set()
    said = orjson.loads((folder.root / "done" / "a.json.receipt.json").read_bytes())
    assert said["events"] == {"gated-out": 1}


def test_what_was_not_understood_is_refused_whole_and_can_be_put_back(
    folder: Folder, tmp_path: Path
) -> None:
    (folder.root / "a.json").write_bytes(b"[{]")
    (file,) = whole(folder)
    target = folder.finish(file, taken_of(tmp_path, file))
    assert names(folder, "refused") == {"a.json", "a.json.receipt.json", "a.json.answer"}
    target.write_bytes(pushed(gate_out()))
    target.rename(folder.root / "a.json")
    (file,) = whole(folder)
    folder.finish(file, taken_of(tmp_path, file))
    assert "a.json" in names(folder, "done")


def test_an_answer_lies_beside_its_file(folder: Folder, tmp_path: Path) -> None:
    (folder.root / "a.json").write_bytes(pushed(gate_out()))
    (file,) = whole(folder)
    folder.finish(file, taken_of(tmp_path, file)._replace(answer=b"CONTRL"))
    assert (folder.root / "done" / "a.json.answer").read_bytes() == b"CONTRL"


def test_nothing_is_written_over(folder: Folder, tmp_path: Path) -> None:
    for number in range(2):
        (folder.root / "a.json").write_bytes(pushed(gate_out(number)))
        (file,) = whole(folder)
        folder.finish(file, taken_of(tmp_path, file))
    done = {name for name in names(folder, "done") if name.endswith(".json.receipt.json")}
    assert len(done) == 2
    (folder.root / "b.json").write_bytes(b"1")
    first = whole(folder)
    (folder.root / "b.json").write_bytes(b"2")
    second = whole(folder)
    assert {file.read_bytes() for file in (*first, *second)} == {b"1", b"2"}


def test_what_was_being_taken_when_we_died_is_taken_again(folder: Folder) -> None:
    for name in ("b.json", "a.json"):
        (folder.root / name).write_bytes(b"[]")
    whole(folder)
    assert [file.name for file in Folder(folder.root).left_over()] == ["a.json", "b.json"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="cannot be used"):
        Folder(tmp_path / "nowhere")
