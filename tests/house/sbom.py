"""What a release is made of, as a CycloneDX document: every package that an installation brings.

    python tests/house/sbom.py FILE

Written by cyclonedx-py from this environment, then cut to what portclock and its extras for users
ask for, since the tools of its makers are installed here as well; checked against the standard's
own schema. Jars of Apache Kafka stand in portclock/standalone/kafka/pom.xml, and are not of it.
"""

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any, Final

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parents[2]
EXTRAS: Final = ("standalone", "disk", "reports")
"""What users install; `dev` is for its makers."""
SCHEMA: Final = SchemaVersion.V1_6


def released() -> frozenset[str]:
    """The names of all packages that an installation with these extras brings, ours too."""
    known: set[tuple[str, str]] = set()
    waiting = [("portclock", extra) for extra in ("", *EXTRAS)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in known:
            continue
        known.add((name, extra))
        for wanted in _wanted(name, extra):
            found = str(canonicalize_name(wanted.name))
            waiting += [(found, one) for one in ("", *wanted.extras)]
    return frozenset(name for name, _ in known if _installed(name))


def _wanted(name: str, extra: str) -> list[Requirement]:
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return []
    told = [Requirement(line) for line in lines]
    return [one for one in told if one.marker is None or one.marker.evaluate({"extra": extra})]


def _installed(name: str) -> bool:
    try:
        requires(name)
    except PackageNotFoundError:
        return False
    return True


def document() -> dict[str, Any]:
    """The whole document. Raises CalledProcessError, and ValueError for what is no such thing."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible"]
    command += ["--spec-version", SCHEMA.to_version(), "--pyproject", str(ROOT / "pyproject.toml")]
    done = subprocess.run(
        [*command, sys.executable], capture_output=True, text=True, check=True, timeout=300
    )
    return cut(json.loads(done.stdout), released())


def cut(whole: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """The same document without what nobody installs."""
    kept = [c for c in whole["components"] if str(canonicalize_name(c["name"])) in names]
    refs = {component["bom-ref"] for component in kept} | {
        whole["metadata"]["component"]["bom-ref"]
    }
    bonds = [
        {**bond, "dependsOn": [ref for ref in bond.get("dependsOn", ()) if ref in refs]}
        for bond in whole.get("dependencies", ())
        if bond["ref"] in refs
    ]
    return {**whole, "components": kept, "dependencies": bonds}


def write(file: Path) -> int:
    """Write it, checked; gives how many packages it names. Raises ValueError."""
    made = document()
    text = json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True)
    if (wrong := JsonStrictValidator(SCHEMA).validate_str(text)) is not None:
        raise ValueError(f"it is no CycloneDX {SCHEMA.to_version()}: {wrong}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{text}\n", encoding="utf-8")
    return len(made["components"])


if __name__ == "__main__":
    target = Path(sys.argv[1])
    print(f"{target} names {write(target)} packages")
