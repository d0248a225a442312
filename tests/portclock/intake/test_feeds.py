"""A feed is a profile in a file whose name says which feed and which dialect it is."""

from pathlib import Path

import pytest

from events.dialects.known import NAMES
from portclock.commands.intake import folder_of
from portclock.failure import Failure
from portclock.intake.feeds import feed_of, load_feeds
from portclock.intake.testing import NOW, feeds, gate_out, pushed, write_profile


def test_a_folder_of_profiles_is_a_set_of_feeds(tmp_path: Path) -> None:
    write_profile(tmp_path, "other")
    found = feeds(tmp_path)
    assert {(one.name, one.dialect) for one in found.values()} == {
        ("carrier", "dcsa"), ("other", "dcsa")
    }  # fmt: skip
    decoded = found["carrier"].decode(pushed(gate_out()), NOW)
    assert [str(kind) for kind in decoded.kinds] == ["gated-out"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("carrier.toml", "", "is not named NAME.DIALECT.toml"),
        ("carrier.morse.toml", "", "is not named NAME.DIALECT.toml"),
        ("Carrier.dcsa.toml", "", "is not named NAME.DIALECT.toml"),
        ("carrier.dcsa.toml", "source = ", "is no profile of dcsa"),
        ("carrier.dcsa.toml", 'source = "x"\n', "port: Field required"),
        ("carrier.dcsa.toml", 'source = "x"\nport = "CNLYG"\nprot = 1\n', "prot: Extra inputs"),
    ],
)
def test_a_profile_that_is_wrong_is_named_with_what_is_wrong(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(Failure) as found:
        load_feeds(tmp_path)
    assert name in str(found.value)
    assert said in str(found.value)


def test_the_samples_that_ship_are_feeds() -> None:
    found = load_feeds(folder_of(None))
    assert {one.dialect for one in found.values()} >= {"edifact"}
    assert all(one.acknowledge is not None for one in found.values() if one.dialect == "edifact")


def test_what_is_not_there_is_said_with_what_is(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="there is no folder"):
        load_feeds(tmp_path / "nowhere")
    with pytest.raises(Failure, match=r"no feed rail \(known: carrier\)"):
        feed_of(feeds(tmp_path), "rail")


@pytest.mark.parametrize("dialect", NAMES)
def test_every_dialect_can_be_had(dialect: str, tmp_path: Path) -> None:
    (tmp_path / f"x.{dialect}.toml").write_text("nonsense = true\n", encoding="utf-8")
    with pytest.raises(Failure, match=f"is no profile of {dialect}"):
        load_feeds(tmp_path)


RAIL = """record = "Wagon"
schema = "train.xsd"
source = "cr"
port = "CNLYG"
zone = "Asia/Shanghai"
mode = "rail"
unit_type = "wagon"
[columns]
"unit.id" = "@no"
event_id = "@no"
[milestones]
Arrived = "arrived"
"""
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Train">
<xs:complexType><xs:sequence><xs:element name="Wagon"><xs:complexType><xs:sequence>
<xs:element name="Arrived" type="xs:string"/></xs:sequence><xs:attribute name="no"/>
</xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>"""
TRAIN = b'<Train><Wagon no="1634521"><Arrived>2026-03-02 04:10</Arrived></Wagon></Train>'


def test_a_schema_that_a_profile_names_is_found_beside_it(tmp_path: Path) -> None:
    (tmp_path / "train.rail.toml").write_text(RAIL, encoding="utf-8")
    with pytest.raises(Failure, match=r"train\.xsd"):
        load_feeds(tmp_path)
    (tmp_path / "train.xsd").write_text(SCHEMA, encoding="utf-8")
    feed = load_feeds(tmp_path)["train"]
    assert [str(kind) for kind in feed.decode(TRAIN, NOW).kinds] == ["arrived"]
    assert feed.decode(TRAIN.replace(b"Arrived>", b"Came>"), NOW).kinds == {}
