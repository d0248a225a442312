"""Laws of units and goods."""

import pytest

from events.dialects.edifact.testing_gates import event, gate, refusal
from events.dialects.troubles import Trouble, Why
from events.refusals import Reason


@pytest.mark.parametrize(
    ("eqd", "unit"),
    [
        ("EQD+CN+CSNU 635118-9", {"type": "container", "id": "CSNU6351189"}),
        ("EQD+RR+1634521", {"type": "wagon", "id": "1634521"}),
        ("EQD+UL+PMC12345CA", {"type": "uld", "id": "PMC12345CA"}),
    ],
)
def test_a_unit_is_a_box_a_wagon_or_a_uld(eqd: str, unit: dict[str, str]) -> None:
    assert event(gate(eqd=f"'{eqd}"))["unit"] == unit


@pytest.mark.parametrize(
    ("eqd", "why"),
    [
        ("EQD+CH+CHAS1", Trouble.UNKNOWN_QUALIFIER),
        ("EQD+CN+", Reason.MISSING_FIELD),
        ("EQD+CN+CSNU6351180", Reason.BAD_CHECK_DIGIT),
        ("EQD+CN+BOX1", Reason.INVALID_UNIT),
        ("EQD+CN+CSNU6351189+++9", Trouble.UNKNOWN_CODE),
        ("EQD+CN+CSNU6351189++++9", Trouble.UNKNOWN_CODE),
        ("EQD+CN+CSNU6351189+twenty", Reason.INVALID_VALUE),
    ],
)
def test_what_is_no_unit_is_refused(eqd: str, why: Why) -> None:
    assert refusal(gate(eqd=f"'{eqd}")) is why


@pytest.mark.parametrize(
    ("way", "load", "direction", "laden"),
    [
        ("1", "4", "domestic", False),
        ("2", "5", "export", True),
        ("3", "7", "import", True),
        ("6", "8", "transhipment", True),
        ("5", "6", None, None),
        ("", "", None, None),
    ],
)
def test_direction_and_load_are_those_of_eqd(
    way: str, load: str, direction: str | None, laden: bool | None
) -> None:
    said = event(gate(eqd=f"'EQD+CN+CSNU6351189+0000:102:5++{way}+{load}"))
    assert said.get("direction") == direction
    assert said.get("cargo", {}).get("laden") == laden
    assert "size_type" not in said.get("cargo", {})


@pytest.mark.parametrize(
    ("mea", "kilograms"),
    [("KGM:21300", 21300), ("TNE:21.3", 21300), ("TNE:21,3", 21300), ("KGM:0", 0)],
)
def test_a_weight_is_in_whole_kilograms(mea: str, kilograms: int) -> None:
    assert event(gate(f"'MEA+AAE+G+{mea}"))["cargo"]["weight_kg"] == kilograms


@pytest.mark.parametrize(
    ("mea", "why"),
    [
        ("KGM:heavy", Reason.INVALID_VALUE),
        ("KGM:NaN", Reason.INVALID_VALUE),
        ("KGM:1E999999", Reason.INVALID_VALUE),
        ("KGM:-5", Reason.INVALID_VALUE),
        ("LBR:21300", Trouble.UNKNOWN_CODE),
    ],
)
def test_a_weight_that_is_none_is_refused(mea: str, why: Why) -> None:
    assert refusal(gate(f"'MEA+AAE+G+{mea}")) is why


def test_dangerous_goods_stand_before_cold_ones() -> None:
    assert event(gate("'TMP+2+-18:CEL"))["cargo"]["category"] == "reefer"
    assert event(gate("'TMP+2'DGS+IMD+3"))["cargo"]["category"] == "dangerous"
    assert "category" not in event(gate())["cargo"]


def test_goods_without_a_box_are_a_lot_only_where_the_profile_names_their_number() -> None:
    reply = "CUSRES:D:95B:UN'BGM+961+R+9'GIS+4'RFF+AWB:112/345 6'DTM+204:202603020825:203"
    assert refusal(reply) is Reason.INVALID_UNIT
    assert event(reply, lots=["AWB"])["unit"] == {"type": "lot", "id": "112%2F345%206"}
