"""The files for TLS and passwords at Kafka say what the tests of that road were run with.

The broker of `tests/security` is started from the same settings; the image's way of writing them is
not tried here, only turned back.
"""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import yaml

from events.topics import EVENT_TOPICS, EVENTS_DLQ
from portclock.broker_rights import SERVICES
from portclock.standalone.broker_secured import MECHANISM, SETTINGS

DOCKER = Path(__file__).resolve().parents[2] / "docker"
LAID: dict[str, Any] = yaml.safe_load((DOCKER / "compose.secure.yaml").read_text())["services"]
ONE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]
ITS_OWN = {"listeners", "advertised.listeners", "listener.security.protocol.map"}
"""What containers have otherwise: names of hosts, and a listener for their administrator."""


def _setting(variable: str) -> str:
    """A variable of the image as the setting that it stands for."""
    dashed = variable.removeprefix("KAFKA_").lower().replace("___", "-")
    return dashed.replace("_", ".")


def test_the_broker_is_guarded_as_the_one_that_was_tried() -> None:
    tried = dict(line.split("=", 1) for line in SETTINGS.splitlines())
    tried = {name.replace(".secure.", ".inside."): value for name, value in tried.items()}
    given = {_setting(n): v for n, v in LAID["kafka"]["environment"].items()}
    for name, value in tried.items():
        if name in ITS_OWN or name.endswith("keystore.location"):
            continue
        assert given[name] == value.format(mechanism=MECHANISM), name


def test_everybody_but_the_administrator_comes_over_tls_with_a_password() -> None:
    broker = LAID["kafka"]["environment"]
    spoken = dict(
        pair.split(":") for pair in broker["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")
    )
    for listener in broker["KAFKA_LISTENERS"].split(","):
        name, address = listener.split("://")
        alone = address.startswith("127.0.0.1:")
        assert spoken[name] == "SASL_SSL" or alone, listener


def test_every_service_that_knows_kafka_shows_itself_by_its_own_name_and_password() -> None:
    speaking = {n for n, s in ONE.items() if "PORTCLOCK_BROKER" in s.get("environment", {})}
    assert speaking == {"worker", "pulse", "writer", "restater", "board", "notify"}
    passwords = set()
    for name in speaking:
        told = LAID[name]["environment"]
        assert told["PORTCLOCK_KAFKA_PROTOCOL"] == "SASL_SSL"
        assert told["PORTCLOCK_KAFKA_USER"] == f"portclock-{name}"
        assert told["PORTCLOCK_KAFKA_USER"] in SERVICES
        assert any(v.endswith(f":{told['PORTCLOCK_KAFKA_CA']}:ro") for v in LAID[name]["volumes"])
        passwords.add(told["PORTCLOCK_KAFKA_PASSWORD"])
    assert len(passwords) == len(speaking)


def test_what_hands_in_over_http_is_known_to_kafka_as_somebody_else_than_the_board() -> None:
    told = LAID["board"]["environment"]
    assert told["PORTCLOCK_INTAKE_KAFKA_USER"] == "portclock-intake"
    assert told["PORTCLOCK_INTAKE_KAFKA_PASSWORD"] != told["PORTCLOCK_KAFKA_PASSWORD"]
    writes = {
        user: {name for _, name, may in needs if may == "Write"} for user, needs in SERVICES.items()
    }
    assert writes["portclock-intake"] == {*(topic.name for topic in EVENT_TOPICS), EVENTS_DLQ.name}
    assert not writes["portclock-intake"] & writes["portclock-board"]


def test_every_service_of_ours_reaches_the_tables_over_tls() -> None:
    file = ElementTree.parse(DOCKER / "clickhouse" / "secure.xml").getroot()
    port = file.findtext("tcp_port_secure")
    asking = {n for n, s in ONE.items() if "PORTCLOCK_CLICKHOUSE" in s.get("environment", {})}
    assert len(asking) == 5
    for name in asking:
        told = LAID[name]["environment"]
        plain = ONE[name]["environment"]["PORTCLOCK_CLICKHOUSE"]
        secured = re.sub("^clickhouse:", "clickhouses:", plain).replace(":9000/", f":{port}/")
        assert told["PORTCLOCK_CLICKHOUSE"] == secured
        assert told["PORTCLOCK_CLICKHOUSE_CA"]
