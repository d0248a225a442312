"""Are there known weaknesses in what we install? Asked of an advisory source, which must show first
that it answers: of an old version that is known to be weak it has to say so.

pip-audit alone calls a list clean of which it could look up nothing, and ends with 0
(https://github.com/pypa/pip-audit: `--strict`). Ends with 0 when nothing is known, with 1 when
something is, and with 3, never with 0, when nobody could be asked.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
CLEAN, WEAK, UNASKED = 0, 1, 3
KNOWN_WEAK: Final = "jinja2==2.10"
"""CVE-2019-10906 and others: whatever answers truly, names it."""
WITHIN_S: Final = 600
Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


def audit(requirements: Path, run: Run) -> tuple[int, list[str]]:
    """The exit code, and what to say."""
    with tempfile.TemporaryDirectory() as folder:
        canary = Path(folder) / "canary.txt"
        canary.write_text(f"{KNOWN_WEAK}\n", encoding="utf-8")
        first = run(_command(canary))
    if not list(_weaknesses(first.stdout)):
        said = (first.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return UNASKED, [
            f"nothing was audited: the advisory source does not know even {KNOWN_WEAK} ({said}); "
            "run this where pip reaches one that answers"
        ]
    done = run(_command(requirements))
    found = list(_weaknesses(done.stdout))
    if found:
        return WEAK, found
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return UNASKED, [f"not everything could be audited: {said}"]
    return CLEAN, [f"nothing is known of what {requirements.name} names"]


def _command(requirements: Path) -> list[str]:
    asked = ["--strict", "--no-deps", "--disable-pip", "--progress-spinner", "off"]
    return [sys.executable, "-m", "pip_audit", *asked, "--format", "json", "-r", str(requirements)]


def _weaknesses(text: str) -> Iterator[str]:
    """One line each, of pip-audit's own JSON; none of what is no such document."""
    try:
        document: Any = json.loads(text)
    except ValueError:
        return
    for one in document.get("dependencies", ()):
        for weakness in one.get("vulns", ()):
            mended = ", ".join(weakness.get("fix_versions", ())) or "no version yet"
            yield f"{one['name']} {one['version']}: {weakness['id']}, mended in {mended}"


def _run(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, check=False)


if __name__ == "__main__":
    code, lines = audit(ROOT / "constraints.txt", _run)
    print("\n".join(lines), file=sys.stderr if code else sys.stdout)
    raise SystemExit(code)
