"""Laws of local times: an offset is the zone's, and what is none or two instants is refused."""

from datetime import datetime
from zoneinfo import ZoneInfoNotFoundError

import pytest
from pydantic import TypeAdapter, ValidationError

from events.dialects.sender import Introduced, Sender, Zone, zoned
from events.dialects.troubles import Misread, Trouble
from events.vocabulary import Mode

local = datetime.fromisoformat


def test_a_local_time_has_the_offset_of_its_zone_on_its_day() -> None:
    assert zoned(local("2026-03-02T08:25"), "Asia/Shanghai") == "2026-03-02T08:25:00+08:00"
    assert zoned(local("2026-07-02T08:25"), "Europe/Berlin") == "2026-07-02T08:25:00+02:00"
    assert zoned(local("2026-01-02T08:25"), "Europe/Berlin") == "2026-01-02T08:25:00+01:00"


@pytest.mark.parametrize("hour", [local("2026-10-25T02:30"), local("2026-03-29T02:30")])
def test_an_hour_that_is_twice_or_never_is_refused(hour: datetime) -> None:
    with pytest.raises(Misread) as caught:
        zoned(hour, "Europe/Berlin")
    assert caught.value.why is Trouble.AMBIGUOUS_TIME


def test_an_unknown_zone_is_an_error_of_the_profile() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        zoned(local("2026-03-02T00:00"), "Asia/Lianyungang")


def test_a_sender_works_on_the_water_unless_told() -> None:
    sender = Sender(source="s", port="CNLYG", zone="Asia/Shanghai")
    assert sender.mode is Mode.WATER
    assert sender.facility is None


def test_what_introduces_a_sender_is_all_that_the_sender_is() -> None:
    said = Introduced(source="s", port="CNLYG", facility="LPCT", mode=Mode.RAIL)
    assert said.sender_in("Asia/Urumqi") == Sender(
        source="s", port="CNLYG", facility="LPCT", mode=Mode.RAIL, zone="Asia/Urumqi"
    )


def test_a_line_that_no_dialect_knows_is_an_error() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Introduced.model_validate({"source": "s", "port": "CNLYG", "colour": "red"})


@pytest.mark.parametrize("name", ["Beijing", "", "Asia", "../etc/passwd"])
def test_what_is_no_zone_is_named_with_one_that_is(name: str) -> None:
    with pytest.raises(ValidationError, match=f"no such zone: '{name}'; write it as Asia/Shanghai"):
        TypeAdapter(Zone).validate_python(name)
