"""An audit that asked nobody says so; it never passes for one that found nothing."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from audit import CLEAN, KNOWN_WEAK, UNASKED, WEAK, audit

ROOT = Path(__file__).resolve().parents[2]
PINNED = ROOT / "constraints.txt"


def _told(code: int, *weak: str, stderr: str = "") -> "subprocess.CompletedProcess[str]":
    """What pip-audit says: as JSON, or nothing where it broke off."""
    found = [
        {"name": name, "version": "1", "vulns": [{"id": f"PYSEC-{name}", "fix_versions": ["2"]}]}
        for name in weak
    ]
    clean = {"name": "sound", "version": "1", "vulns": []}
    text = "" if stderr else json.dumps({"dependencies": [clean, *found], "fixes": []})
    return subprocess.CompletedProcess((), code, text, stderr)


GONE = _told(1, stderr="Traceback\nConnectionError: no such host")
CANARY = _told(1, "jinja2")
CASES = {
    "the source is away": (GONE, CANARY, UNASKED, "ConnectionError: no such host"),
    "it knows nothing": (_told(0), _told(0), UNASKED, f"does not know even {KNOWN_WEAK}"),
    "nothing is known": (CANARY, _told(0), CLEAN, "nothing is known of what constraints.txt"),
    "something is": (CANARY, _told(1, "weak"), WEAK, "weak 1: PYSEC-weak, mended in 2"),
    "half could be asked": (CANARY, GONE, UNASKED, "not everything could be audited"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_end_says_what_was_found_out(case: str) -> None:
    canary, whole, code, said = CASES[case]
    asked = list[Sequence[str]]()

    def run(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        asked.append(command)
        return canary if len(asked) == 1 else whole

    ended, lines = audit(PINNED, run)
    assert ended == code
    assert said in "\n".join(lines)
    assert all("--strict" in command for command in asked)


def test_all_that_is_pinned_is_asked_about() -> None:
    lines = PINNED.read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 100
    assert [pin for pin in pins if "==" not in pin] == []
