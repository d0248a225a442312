"""Settings from a mapping: frozen, bounded, and silent about passwords."""

import pytest
from pydantic import ValidationError

from sinks.settings import ClickHouseAddress, Events, SettingsError, WriterSettings

SECRET = "hu:sh@/%"
URL = "clickhouse://writer:hu%3Ash%40%2F%25@ch.port.cn:9001/dwells"


def test_address_is_taken_apart() -> None:
    address = ClickHouseAddress.parse(URL)
    assert (address.host, address.port, address.user) == ("ch.port.cn", 9001, "writer")
    assert (address.password.get_secret_value(), address.database) == (SECRET, "dwells")
    assert not address.secure
    assert ClickHouseAddress.parse("clickhouses://ch").secure


def test_address_has_what_is_usual() -> None:
    assert ClickHouseAddress.parse("clickhouse://127.0.0.1") == ClickHouseAddress()


def test_password_is_never_printed() -> None:
    address = ClickHouseAddress.parse(URL)
    settings = WriterSettings(clickhouse=address)
    for text in (repr(address), str(address), address.url, repr(settings), str(settings)):
        assert SECRET not in text
        assert "hu%3A" not in text
    assert address.url == "clickhouse://writer@ch.port.cn:9001/dwells"


def test_misspelt_field_does_not_show_its_value() -> None:
    with pytest.raises(ValidationError) as caught:
        ClickHouseAddress.model_validate({"pasword": "hush"})
    assert "pasword" in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://writer:hush@ch.port.cn/dwells",
        "clickhouse://writer:hush@",
        "clickhouse://writer:hush@ch.port.cn:hush/dwells",
        "clickhouse://writer:hush@ch.port.cn:99999/dwells",
        "clickhouse://writer:hush@ch.port.cn:9000/dwells;hush",
        "hush",
    ],
)
def test_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        WriterSettings.from_mapping({"PORTCLOCK_CLICKHOUSE": url})
    assert "PORTCLOCK_CLICKHOUSE is not understood" in str(caught.value)
    assert "hush" not in str(caught.value)


def test_same_server_another_database() -> None:
    there = ClickHouseAddress.parse(URL).within("default")
    assert there.database == "default"
    assert there.password.get_secret_value() == SECRET


def test_mapping_is_read() -> None:
    settings = WriterSettings.from_mapping(
        {
            "PORTCLOCK_BROKER": "k1:9092, k2:9092",
            "PORTCLOCK_CLICKHOUSE": URL,
            "PORTCLOCK_WRITER_GROUP": "trial",
            "PORTCLOCK_WRITER_BATCH_SPAN": "100",
            "PORTCLOCK_WRITER_BATCH_AGE_S": "0.25",
            "PORTCLOCK_WRITER_ERA": " 3 ",
            "PORTCLOCK_WRITER_RETRY_MAX_S": "",
            "PORTCLOCK_WRITER_EVENTS": "no",
            "PORTCLOCK_LIMITS": "/somewhere",
            "HOME": "/root",
        }
    )
    assert settings.brokers == ("k1:9092", "k2:9092")
    assert settings.clickhouse == ClickHouseAddress.parse(URL)
    assert (settings.group, settings.batch_span, settings.batch_age_s) == ("trial", 100, 0.25)
    assert (settings.era, settings.retry_max_s) == (3, 10.0)
    assert settings.events is Events.NO


def test_empty_mapping_means_this_machine() -> None:
    assert WriterSettings.from_mapping({}) == WriterSettings()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("PORTCLOCK_WRITER_BATCH_SPAN", "0", "batch_span"),
        ("PORTCLOCK_WRITER_BATCH_SPAN", "many", "batch_span"),
        ("PORTCLOCK_WRITER_BACH_SPAN", "10", "bach_span"),
        ("PORTCLOCK_WRITER_EVENTS", "maybe", "events: Input should be 'yes', 'no' or 'only'"),
        ("PORTCLOCK_WRITER_ERA", str(2**28), "era"),
        ("PORTCLOCK_BROKER", ",", "brokers"),
    ],
)
def test_wrong_setting_is_named(name: str, text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        WriterSettings.from_mapping({name: text})


def test_events_have_a_group_and_an_age_of_their_own() -> None:
    settings = WriterSettings(group="trial", batch_age_s=0.5, events_batch_age_s=3.0, era=7)
    own = settings.for_events()
    assert (own.group, own.batch_age_s) == ("trial-events", 3.0)
    assert (own.fetch_wait_s, own.fetch_bytes_min) == (1.5, 1024 * 1024)
    kept = {"group": "trial", "batch_age_s": 0.5, "fetch_wait_s": 0.1, "fetch_bytes_min": 65_536}
    assert own.model_copy(update=kept) == settings


def test_events_are_fetched_no_sooner_than_outcomes_and_in_bounded_time() -> None:
    slow = WriterSettings(fetch_wait_s=2.0, events_batch_age_s=1.0).for_events()
    assert slow.fetch_wait_s == 2.0
    assert WriterSettings(events_batch_age_s=60.0).for_events().fetch_wait_s == 5.0


def test_events_land_unless_told_otherwise() -> None:
    assert WriterSettings().events is Events.YES


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        WriterSettings().era = 5  # type: ignore[misc]
