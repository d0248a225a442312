"""Baselines: the national ones are those that were published, local ones are loaded with a page."""

from decimal import Decimal
from pathlib import Path

import pytest

from reports.baselines import NATIONAL, Baselines, BaselinesError, load_baselines, read_baselines

ONE = """
[[figure]]
definition = "overall-clearance-import/1"
place = "{place}"
period = "2017"
hours = {hours}
status = "{status}"
source = "https://example.org/2017"
"""


def _written(place: str = "CN-JS", hours: str = "88.10", status: str = "baseline") -> bytes:
    return ONE.format(place=place, hours=hours, status=status).encode()


def test_national_baselines_are_the_published_ones() -> None:
    assert Baselines().hours("import", NATIONAL) == Decimal("97.39")
    assert Baselines().hours("export", NATIONAL) == Decimal("12.29")


def test_a_place_has_its_own_baseline_and_never_another_ones() -> None:
    found = read_baselines(_written())
    assert found.hours("import", "CN-JS") == Decimal("88.10")
    assert found.hours("export", "CN-JS") is None
    assert found.hours("import", "CNLYG") is None


def test_bytes_are_kept_as_they_were_so_that_they_can_be_read_again() -> None:
    found = read_baselines(_written())
    assert read_baselines(found.written) == found
    assert read_baselines(b"") == Baselines()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"[[figure]", "not TOML"),
        (b"figures = 1", "figure"),
        (_written(hours="-1"), "figure.0.hours"),
        (_written(status="announced"), "no baseline"),
        (_written() + _written(), "twice"),
        (b"\xff", "not TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_is_wrong(
    tmp_path: Path, written: bytes, said: str
) -> None:
    file = tmp_path / "ours.toml"
    file.write_bytes(written)
    with pytest.raises(BaselinesError, match=rf"ours\.toml: .*{said}|ours\.toml: (.|\n)*{said}"):
        load_baselines(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BaselinesError, match="name a file"):
        load_baselines(tmp_path / "none.toml")
