"""Places: every port that the house ships limits for has a name, and a wrong file says where."""

import re
from pathlib import Path

import pytest

from reports.places import PLACES, PlacesError, load_places, places
from timing.limits import PUBLISHED, load_register


def test_every_port_with_an_edition_has_a_name_in_both_languages() -> None:
    register = load_register(PUBLISHED, PUBLISHED.parent / "samples")
    named = {port.code for port in places().port}
    assert {edition.port for edition in register.editions} <= named


def test_a_port_is_summed_into_its_province_and_an_unknown_one_into_none() -> None:
    assert places().province_of("CNLYG") == "CN-JS"
    assert places().province_of("ZZZZZ") == ""
    assert (places().name("CNLYG", "zh"), places().name("CN-JS", "en")) == ("连云港", "Jiangsu")
    assert places().name("ZZZZZ", "zh") == "ZZZZZ"


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ('province = "CN-XX"', 'province = "CN-JS"', "no province CN-XX"),
        ('code = "CNDLC"', 'code = "CNTXG"', "CNDLC stands there twice"),
        ('gb = "12"', 'gb = "120000"', "province.0.gb"),
        ("zh = 天津", 'zh = "天津"', "not TOML"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(
    tmp_path: Path, wrong: str, right: str, said: str
) -> None:
    file = tmp_path / "places.toml"
    file.write_text(PLACES.read_text(encoding="utf-8").replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(PlacesError, match=rf"(?s){re.escape(str(file))}.*{said}"):
        load_places(file)
