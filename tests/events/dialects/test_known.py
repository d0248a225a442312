"""Laws of the names of dialects."""

from pathlib import Path

import pytest

from events.dialects import __file__ as home
from events.dialects.known import NAMES, dialect
from events.dialects.troubles import Trouble

FOLDERS = [path.parent for path in Path(home).parent.glob("*/__init__.py")]


def test_every_folder_of_a_dialect_has_a_name() -> None:
    assert {*NAMES} == {folder.name.replace("_", "-") for folder in FOLDERS}


@pytest.mark.parametrize("name", NAMES)
def test_every_dialect_reads_a_profile_and_bytes(name: str) -> None:
    found = dialect(name)
    assert found.name == name
    assert callable(found.decode)
    with pytest.raises(ValueError, match=r"\w"):
        found.read_profile("nothing = true")


def test_a_dialect_is_ready_for_its_door() -> None:
    found = dialect("edifact")
    text = Path(home).with_name("profiles").joinpath("customs.edifact.toml").read_text("utf-8")
    assert found.decode(b"rubbish", found.read_profile(text), None).reasons == {
        Trouble.BROKEN_SYNTAX: 1
    }


def test_an_unknown_name_is_told_which_there_are() -> None:
    with pytest.raises(ValueError, match="there are edifact, dcsa"):
        dialect("x12")
