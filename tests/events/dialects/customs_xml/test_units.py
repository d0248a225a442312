"""What a declaration is about, and where."""

import pytest

from events.dialects.customs_xml.profile import Profile
from events.dialects.customs_xml.units import bill_of, of_the_unit, place_of, units_of
from events.dialects.troubles import Misread, Trouble
from events.dialects.xml_tree import Node, read

BOX = """<TransportEquipment>
<EquipmentIdentification><ID>{}</ID></EquipmentIdentification></TransportEquipment>"""
BILL = """<Consignment>
<TransportContractDocument><ID>{}</ID></TransportContractDocument>{}</Consignment>"""
TAC = Profile.read(
    'source = "t"\nport = "CNTAC"\nfacility = "TIC"\n'
    '[places]\n2330 = {port = "CNNKG"}\nCNTAC230031 = {port = "CNTAC", facility = "SMTL"}\n'
    '"00027/2331" = {port = "CNNTG", facility = "NTT"}'
)


def body(text: str) -> Node:
    return read(f"<Declaration>{text}</Declaration>".encode())


def units(text: str) -> list[tuple[str, str | None]]:
    found = []
    for unit in units_of(body(text)):
        said = of_the_unit(unit, "import")
        found.append((f"{said['unit']['type']} {said['unit']['id']}", bill_of(unit[1])))
    return found


def test_boxes_are_the_units_where_there_are_any() -> None:
    inside = BILL.format("B1", BOX.format("b"))
    assert units(BILL.format("B1", "") + BOX.format("a")) == [("container a", None)]
    assert units(inside + BOX.format("a")) == [("container b", "B1"), ("container a", None)]


def test_bills_are_lots_where_there_are_no_boxes() -> None:
    assert units(BILL.format("B/1", "") + BILL.format("B 2", "")) == [
        ("lot B%2F1", "B/1"), ("lot B%202", "B 2"),
    ]  # fmt: skip
    assert units("") == []


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("CNTAC230030/2327", ("CNTAC", "TIC")),
        ("CNTAC230031/2327", ("CNTAC", "SMTL")),
        ("00027/2330", ("CNNKG", None)),
        ("00027/2331", ("CNNTG", "NTT")),
        ("CNTAC", ("CNTAC", "TIC")),
    ],
)
def test_a_place_is_found_by_terminal_office_or_port(name: str, place: tuple[str, str]) -> None:
    site = place_of(body(f"<UnloadingLocation><ID>{name}</ID></UnloadingLocation>"), TAC)
    assert (site.port, site.facility) == place


def test_another_place_is_none_of_ours() -> None:
    for text in ("", "<LoadingLocation><ID>CNSHA/2225</ID></LoadingLocation>"):
        with pytest.raises(Misread) as refused:
            place_of(body(text), TAC)
        assert refused.value.why is Trouble.UNKNOWN_PLACE
