"""Settings are made from a mapping, frozen, and wrong ones are named."""

from typing import Any

import pytest
from pydantic import ValidationError

from events.topics import PARTITIONS
from streams.settings import Settings


def test_a_broker_is_all_that_is_needed() -> None:
    settings = Settings.of({"broker": "a:1, b:2"})

    assert settings.brokers == ["a:1", "b:2"]
    assert settings.partitions == PARTITIONS


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"broker": ""}, "broker"),
        ({"brokers": "a:1"}, "brokers"),
        ({"run_records_max": 0}, "run_records_max"),
        ({"places_max": 0}, "places_max"),
        ({"app_id": "no spaces"}, "app_id"),
        ({"session_timeout_s": 3.0, "heartbeat_s": 1.5}, "heartbeat_s"),
        ({"request_bytes_max": 1_000_000}, "request_bytes_max"),
        ({"replication": 2, "insync_min": 3}, "insync_min"),
        ({"metrics_port": 70_000}, "metrics_port"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        Settings.of({"broker": "a:1", **wrong})


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings.of({"broker": "a:1"}).broker = "b:2"  # type: ignore[misc]
