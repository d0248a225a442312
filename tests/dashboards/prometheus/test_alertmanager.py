"""Who is told, which way, and what is held back: by amtool, and by the container's start."""

import itertools
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
CONFIG = ROOT / "dashboards" / "prometheus" / "alertmanager.yml"
START = ROOT / "docker" / "alertmanager" / "start.sh"
RULES = CONFIG.with_name("rules.yml")


def _alerts() -> dict[str, str]:
    """Alert to severity."""
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return {r["alert"]: r["labels"]["severity"] for group in groups for r in group["rules"]}


def _config() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    return document


def _named(matchers: list[str]) -> set[str]:
    """The alerts that matchers of an inhibition name."""
    (said,) = [m for m in matchers if m.startswith("alertname")]
    found = re.fullmatch(r'alertname =~? "([A-Za-z|]+)"', said)
    assert found, said
    return set(found[1].split("|"))


def _amtool(program: Callable[[str], Path], *words: str) -> str:
    command = [str(program("amtool")), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_configuration_is_well_formed(program: Callable[[str], Path]) -> None:
    assert "SUCCESS" in _amtool(program, "check-config", str(CONFIG))


@pytest.mark.parametrize(
    "broken", ["  receiver: nobody", "  receiver: webhook\n  group_wait: soon"]
)
def test_a_broken_configuration_is_seen(
    broken: str, program: Callable[[str], Path], tmp_path: Path
) -> None:
    spoilt = tmp_path / "alertmanager.yml"
    text = CONFIG.read_text(encoding="utf-8")
    text = re.sub(r"^  group_wait: .*\n", "", text, flags=re.MULTILINE)
    spoilt.write_text(text.replace("  receiver: webhook", broken, 1), encoding="utf-8")
    command = [str(program("amtool")), "check-config", str(spoilt)]
    assert subprocess.run(command, capture_output=True, timeout=30, check=False).returncode != 0


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (["severity=critical", "alertname=PortclockWorkerGone"], "webhook"),
        (["severity=warning", "alertname=PortclockDiskLow"], "webhook"),
        (["severity=none", "alertname=PortclockWatchdog"], "heartbeat"),
        (["alertname=SomethingOfAnotherHouse"], "webhook"),
    ],
)
def test_everything_has_a_way_and_the_sign_of_life_its_own(
    labels: list[str], receiver: str, program: Callable[[str], Path]
) -> None:
    said = _amtool(
        program, "config", "routes", "test", f"--config.file={CONFIG}",
        f"--verify.receivers={receiver}", *labels,
    )  # fmt: skip
    assert said.strip() == receiver


def test_every_severity_of_the_rules_has_a_route() -> None:
    routed = {m for route in _config()["route"]["routes"] for m in route["matchers"]}
    for alert, severity in _alerts().items():
        assert {f'severity = "{severity}"', f'alertname = "{alert}"'} & routed


def test_inhibitions_name_alerts_that_exist_and_never_themselves() -> None:
    for rule in _config()["inhibit_rules"]:
        source, target = _named(rule["source_matchers"]), _named(rule["target_matchers"])
        assert source | target <= set(_alerts())
        assert source & target == set()


def test_no_two_alerts_hold_each_other_back() -> None:
    """Else two troubles at once would be told to nobody."""
    held = {
        (source, target)
        for rule in _config()["inhibit_rules"]
        for source, target in itertools.product(
            _named(rule["source_matchers"]), _named(rule["target_matchers"])
        )
    }
    while True:
        further = {(a, d) for a, b in held for c, d in held if b == c} - held
        if not further:
            break
        held |= further
    assert [pair for pair in held if pair[0] == pair[1]] == []


def test_a_missing_worker_holds_back_what_follows_from_it() -> None:
    held = set[str]()
    for rule in _config()["inhibit_rules"]:
        if _named(rule["source_matchers"]) == {"PortclockWorkerGone"}:
            held |= _named(rule["target_matchers"])
    assert {"PortclockLagGrows", "PortclockJudgingLate"} <= held
    assert "PortclockStoreAway" not in held


# -- the start of the container


def _started(told: Mapping[str, str], tmp_path: Path) -> "subprocess.CompletedProcess[str]":
    made = {"TEMPLATE": str(CONFIG), "MADE": str(tmp_path / "made.yml"), "ALERTMANAGER": "echo"}
    environment = {"PATH": os.environ["PATH"], **made, **told}
    return subprocess.run(
        ["sh", str(START), "--storage.path=/data"], env=environment,
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


def _made(told: Mapping[str, str], tmp_path: Path) -> dict[str, Any]:
    done = _started(told, tmp_path)
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = yaml.safe_load((tmp_path / "made.yml").read_text(encoding="utf-8"))
    return made


def test_without_an_environment_the_file_stays_as_it_is(tmp_path: Path) -> None:
    assert _made({}, tmp_path) == _config()


def test_alertmanager_is_started_with_what_was_made(tmp_path: Path) -> None:
    said = _started({}, tmp_path).stdout
    assert said == f"--config.file={tmp_path}/made.yml --storage.path=/data\n"


@pytest.mark.parametrize("hostile", ["x&y|z", r"back\slash\1", "it's", 'a "b" c', "#{{$x}}: y"])
def test_any_value_arrives_as_it_was_given(hostile: str, tmp_path: Path) -> None:
    url = f"http://hook/{hostile}"
    made = _made(
        {
            "PORTCLOCK_WATCH_BY": "mail",
            "PORTCLOCK_WATCH_WEBHOOK": url,
            "PORTCLOCK_WATCH_HEARTBEAT": f"{url}/beat",
            "PORTCLOCK_WATCH_MAIL_TO": f"to {hostile}",
            "PORTCLOCK_WATCH_MAIL_FROM": f"from {hostile}",
            "PORTCLOCK_WATCH_MAIL_HOST": f"host {hostile}",
            "PORTCLOCK_WATCH_MAIL_TLS": "false",
        },
        tmp_path,
    )
    webhook, mail, heartbeat = made["receivers"]
    assert webhook["webhook_configs"][0]["url"] == url
    assert heartbeat["webhook_configs"][0]["url"] == f"{url}/beat"
    assert mail["email_configs"][0]["to"] == f"to {hostile}"
    assert made["global"]["smtp_from"] == f"from {hostile}"
    assert made["global"]["smtp_smarthost"] == f"host {hostile}"
    assert made["global"]["smtp_require_tls"] is False
    assert made["route"]["receiver"] == "mail"
    assert made["inhibit_rules"] == _config()["inhibit_rules"]


@pytest.mark.parametrize(
    "wrong", [{"PORTCLOCK_WATCH_BY": "pigeon"}, {"PORTCLOCK_WATCH_MAIL_TLS": "maybe"}]
)
def test_a_way_that_does_not_exist_is_refused(wrong: dict[str, str], tmp_path: Path) -> None:
    done = _started(wrong, tmp_path)
    assert done.returncode == 78
    assert "is" in done.stderr
    assert next(iter(wrong)) in done.stderr
