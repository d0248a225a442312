"""docs/bounds.md says what the code holds, and leaves no bound of the data's road out."""

import ast
import importlib
import importlib.util
import pkgutil
import re
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

import sinks
import streams
from portclock.restating.settings import Bounds as Restating
from portclock.standalone.clickhouse.bounds import Bounds
from serving.feed.settings import FeedSettings
from serving.notify.settings import NotifySettings
from sinks.settings import WriterSettings
from streams.settings import Settings

PAGE: Final = Path(__file__).parents[2] / "docs" / "bounds.md"
ROW: Final = re.compile(
    r"^\| ([^|]+) \| ([0-9.,]+)( [A-Za-z]+)? \| `([a-z_.]+):([A-Za-z_.]+)` \| ([^|]+) \|$"
)
SCALES: Final = {"KiB": 1024, "MiB": 1024**2, "s": 1, "ms": 1}
IN_KIB: Final = "_KIB"
BOUND: Final = re.compile(r"^[A-Z][A-Z_]*_(MAX|S|MS|KIB|BYTES|KEPT)$")
NO_BOUNDS: Final = {
    "partitions", "replication", "insync_min", "metrics_port", "web_port", "changelog_barrier",
    "era",
}  # fmt: skip
"""Numbers that say what there is, not how much there may be."""
NO_WAITS: Final = {
    "sinks.writer:POLL_S", "sinks.writer:REPORT_S", "sinks.consumer:GATHER_S",
    "sinks.quality:LATER_S",
}  # fmt: skip
"""How often something is looked at, or by which steps counted, and no end of anything."""


def _rows() -> list[re.Match[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    lines = [line for line in lines if not line.startswith("| what ")]
    found = [ROW.match(line) for line in lines]
    assert [line for line, row in zip(lines, found, strict=True) if row is None] == []
    return [row for row in found if row is not None]


ROWS: Final = _rows()


def _held(module: str, path: str) -> Any:
    """What the code says: a constant, or the default of a field."""
    thing: Any = importlib.import_module(module)
    first, _, field = path.partition(".")
    thing = getattr(thing, first)
    if not field:
        return thing
    fields = getattr(thing, "model_fields", None) or thing.__dataclass_fields__
    return fields[field].default


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[4]}:{row[5]}")
def test_a_bound_is_what_the_page_says(row: re.Match[str]) -> None:
    unit = (row[3] or "").strip()
    scale = 1 if row[5].endswith(IN_KIB) else SCALES[unit] if unit else 1
    assert _held(row[4], row[5]) == pytest.approx(float(row[2].replace(",", "")) * scale)
    assert row[6].strip()


@pytest.mark.parametrize(
    "settings",
    [Settings, WriterSettings, FeedSettings, NotifySettings, Bounds, Restating],
    ids=lambda settings: settings.__module__,
)
def test_no_bound_of_the_settings_is_left_out(settings: Any) -> None:
    fields = getattr(settings, "model_fields", None) or settings.__dataclass_fields__
    numbers = {n for n, field in fields.items() if isinstance(field.default, int | float)}
    here = (settings.__module__, settings.__name__)
    named = ((row[4], *row[5].partition(".")) for row in ROWS)
    told = {field for module, name, _, field in named if (module, name) == here}
    assert numbers - NO_BOUNDS == told


def _constants(package: ModuleType) -> set[str]:
    """The numbers that modules make, by `module:NAME`; not those that they have from others."""
    found: set[str] = set()
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        spec = importlib.util.find_spec(module.name)
        if spec is None or spec.origin is None or "testing" in module.name:
            continue
        for line in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
            target = line.targets[0] if isinstance(line, ast.Assign) else None
            target = line.target if isinstance(line, ast.AnnAssign) else target
            if isinstance(target, ast.Name) and BOUND.match(target.id):
                found.add(f"{module.name}:{target.id}")
    return found


@pytest.mark.parametrize("package", [streams, sinks])
def test_no_bound_of_the_wings_is_left_out(package: ModuleType) -> None:
    told = {f"{row[4]}:{row[5]}" for row in ROWS}
    assert _constants(package) - told - NO_WAITS == set()


def test_the_page_is_read() -> None:
    """A page of which no row is understood would agree with anything."""
    assert len(ROWS) > 100
