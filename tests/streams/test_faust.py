"""Known weaknesses of Faust: each is told with its defence, and each defence with its tests."""

import ast
import asyncio
import importlib.util
import logging
import re
from pathlib import Path
from typing import Any

import pytest

from streams.app import build
from streams.settings import Settings
from streams.worker import configure_logging
from timing.rules import Rules

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "faust.md").read_text(encoding="utf-8")
ROWS = [line.split("|")[1:-1] for line in PAGE.splitlines() if line.startswith("| ")][1:]
MODULES = [path for path in (ROOT / "streams").rglob("*.py")]
UNUSED = {
    "take", "group_by", "through", "send_soon", "tumbling", "hopping", "relative_to_field",
    "on_window_close", "Table", "GlobalTable", "SetTable", "add_processor",
}  # fmt: skip
"""Of streams, tables and channels: what acknowledges too early, repartitions, windows, or sends a
message for each event."""
KNOW_FAUST = {
    "app", "assigning", "topology", "worker", "credentials", "vigil", "ledger", "consumer",
    "fetching", "schema", "testing",
}  # fmt: skip


def _named_tests(row: list[str]) -> list[tuple[str, str]]:
    return re.findall(r"`([\w/]+\.py)::(\w+)`", row[3])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip()[:40])
def test_every_weakness_has_a_source_a_defence_and_tests_that_exist(row: list[str]) -> None:
    _, source, defence, shown = row
    assert "https://github.com/" in source or "source of 0.15.3" in source
    assert defence.strip()
    assert _named_tests(row), shown
    for path, name in _named_tests(row):
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert name in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}, path


def test_the_page_is_read() -> None:
    assert len(ROWS) > 15
    assert {len(row) for row in ROWS} == {4}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_nothing_of_faust_is_used_that_is_known_to_fail(path: Path) -> None:
    """Our own methods of these names belong to our own things."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    ours = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
    called = {
        (ast.unparse(each.func.value), each.func.attr)
        for each in ast.walk(tree)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)
    }
    of_faust = {
        name
        for whose, name in called
        if name in UNUSED - ours and re.search(r"stream|channel|topic|app|table|faust", whose)
    }
    assert of_faust == set()


def test_few_modules_know_faust() -> None:
    knowing = {
        path.stem
        for path in MODULES
        if re.search(r"^(import faust|from faust|from mode)", path.read_text(), re.MULTILINE)
    }
    assert knowing == KNOW_FAUST


def test_delivery_is_at_least_once(tmp_path: Path) -> None:
    async def look() -> None:
        settings = Settings.of({"broker": "127.0.0.1:1", "data_dir": tmp_path})
        conf: Any = build(settings, Rules(), lambda: 0.0).conf
        assert conf.processing_guarantee.value == "at_least_once"
        assert not conf.table_standby_replicas

    asyncio.run(look())


def test_rebalances_are_tested_without_tracing() -> None:
    assert importlib.util.find_spec("opentracing") is None


def test_nobody_makes_debug_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """The level of the root is another's to set; that of these is theirs."""
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    monkeypatch.setattr(root, "level", root.level)
    configure_logging()
    root.setLevel(logging.DEBUG)
    for name in ("aiokafka", "aiokafka.conn", "kafka", "asyncio"):
        assert not logging.getLogger(name).isEnabledFor(logging.DEBUG), name
    source = (ROOT / "streams" / "worker.py").read_text(encoding="utf-8")
    assert "worker.spinner = None" in source
