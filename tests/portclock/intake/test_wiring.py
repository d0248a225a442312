"""The intake is wired as the environment says: with feeds or not, known by a name of its own."""

from pathlib import Path

import pytest

from portclock.failure import Failure
from portclock.intake.announced import Wanted
from portclock.intake.testing import write_profile
from portclock.intake.wiring import VARIABLES, announced_in, intake_broker, intake_desk
from portclock.settings import Settings, read_settings

SIGNED_IN = {
    "PORTCLOCK_BROKER": "kafka:9092",
    "PORTCLOCK_KAFKA_PROTOCOL": "SASL_SSL",
    "PORTCLOCK_KAFKA_USER": "portclock-board",
    "PORTCLOCK_KAFKA_PASSWORD": "of the board",
}
OWN = {
    "PORTCLOCK_INTAKE_KAFKA_USER": "portclock-intake",
    "PORTCLOCK_INTAKE_KAFKA_PASSWORD": "of the intake",
}


def test_without_a_folder_of_feeds_there_is_no_desk(tmp_path: Path) -> None:
    assert intake_desk(Settings(), {}) is None
    settings = Settings(feeds=write_profile(tmp_path / "feeds"), data=tmp_path)
    desk = intake_desk(settings, {})
    assert desk is not None
    assert desk.names() == ("carrier",)
    desk.close()
    assert announced_in(settings).find(Wanted()) == []


def test_a_secret_that_is_none_stops_the_start(tmp_path: Path) -> None:
    settings = Settings(feeds=write_profile(tmp_path / "feeds"), data=tmp_path)
    with pytest.raises(Failure, match="PORTCLOCK_INTAKE_SECRETS"):
        intake_desk(settings, {"PORTCLOCK_INTAKE_SECRETS": "carrier=short"})


def test_it_shows_itself_to_kafka_by_its_own_name_or_else_by_that_of_its_process() -> None:
    settings = read_settings(SIGNED_IN)
    own = intake_broker(settings, OWN)
    assert (tuple(own), own.security.user) == (("kafka:9092",), "portclock-intake")
    assert own.security.password.get_secret_value() == "of the intake"
    assert own.security.protocol == settings.kafka.protocol
    assert intake_broker(settings, {}).security == settings.kafka


def test_half_a_name_and_a_name_that_nobody_asks_for_are_said() -> None:
    for name, value in OWN.items():
        with pytest.raises(Failure, match="go together") as found:
            intake_broker(read_settings(SIGNED_IN), {name: value})
        assert "of the intake" not in str(found.value)
    with pytest.raises(Failure, match="signs nobody in"):
        intake_broker(Settings(), OWN)


def test_its_variables_are_told() -> None:
    assert {*OWN, "PORTCLOCK_INTAKE_SECRETS"} == {*VARIABLES}
