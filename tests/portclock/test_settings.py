"""What the environment says: read once, explained when wrong, and never showing a password."""

from pathlib import Path

import pytest

from portclock.failure import Failure
from portclock.settings import EXAMPLES, Settings, brokers, read_settings

SECRET = "s3cret/word"


def test_nothing_set_means_one_machine() -> None:
    found = read_settings({})
    assert found == Settings()
    assert found.broker == ("127.0.0.1:9092",)
    assert found.clickhouse.url == "clickhouse://default@127.0.0.1:9000/portclock"


def test_every_variable_is_read_and_others_are_not() -> None:
    found = read_settings(
        {
            "PORTCLOCK_BROKER": "a:1, b:2",
            "PORTCLOCK_CLICKHOUSE": "clickhouse://me:pw@db:9440/timing",
            "PORTCLOCK_LIMITS": "limits",
            "PORTCLOCK_DATA": "data",
            "PORTCLOCK_METRICS_PORT": "9464",
            "PORTCLOCK_DEBUG": "1",
            "PORTCLOCK_SOMETHING": "else",
            "BROKER": "not-ours",
        }
    )
    assert found.broker == ("a:1", "b:2")
    assert (found.clickhouse.host, found.clickhouse.port) == ("db", 9440)
    assert found.clickhouse.database == "timing"
    assert (found.limits, found.data) == (Path("limits"), Path("data"))
    assert (found.metrics_port, found.debug) == (9464, True)


def test_an_empty_variable_counts_as_absent() -> None:
    assert read_settings({"PORTCLOCK_BROKER": " ", "PORTCLOCK_DEBUG": ""}) == Settings()


@pytest.mark.parametrize("text", ["", ",", "host", "host:", ":9092", "host:0", "host:99999", "h:x"])
def test_a_broker_is_host_and_port(text: str) -> None:
    with pytest.raises(ValueError, match=r"broker|host:port"):
        brokers(text)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("PORTCLOCK_BROKER", "nowhere"),
        ("PORTCLOCK_CLICKHOUSE", "http://127.0.0.1"),
        ("PORTCLOCK_METRICS_PORT", "many"),
        ("PORTCLOCK_DEBUG", "perhaps"),
    ],
)
def test_a_wrong_variable_is_named_with_an_example(variable: str, text: str) -> None:
    with pytest.raises(Failure) as raised:
        read_settings({variable: text})
    example = EXAMPLES[variable.removeprefix("PORTCLOCK_").lower()]
    assert str(raised.value).startswith(f"the environment variable {variable} ")
    assert str(raised.value).endswith(f"; write it as {example}")


@pytest.mark.parametrize(
    "url",
    [
        f"clickhouse://me:{SECRET}@db:9000/portclock",
        f"clickhouse://me:{SECRET}@db:port/portclock",
        f"http://me:{SECRET}@db",
        "clickhouse://me:s3cret@db:9000/bad-name",
    ],
)
def test_a_password_is_never_shown(url: str) -> None:
    try:
        shown = repr(read_settings({"PORTCLOCK_CLICKHOUSE": url}))
    except Failure as failure:
        shown = str(failure)
    assert "s3cret" not in shown
    assert "word" not in shown.replace("user:password", "")
