"""What a rendered board must be, whatever it asks: whole, legible, placed, and read by its types.

Looks at the JSON alone. The SDK's types catch a misspelt key; these rules catch what they let pass.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, Final

from dashboards.columns import UNITS
from dashboards.sdk import CLICKHOUSE, PROMETHEUS, read_board, written

Document = Mapping[str, Any]

KINDS: Final = frozenset({"stat", "bargauge", "table", "timeseries"})
COLUMNS_OF_GRID: Final = 24
SOURCES: Final = {CLICKHOUSE: "${datasource}", PROMETHEUS: "${metrics}"}


def layout_complaints(board: Document) -> Iterator[str]:
    """Every rule that a board breaks, with the panel's id."""
    panels = board["panels"]
    ids = [panel.get("id") for panel in panels]
    if len(set(ids)) < len(ids) or None in ids:
        yield "panels share an id, or have none"
    for panel in panels:
        yield from (f"panel {panel.get('id')}: {said}" for said in _panel(panel))
    for one, other in combinations(panels, 2):
        if _overlap(one["gridPos"], other["gridPos"]):
            yield f"panels {one.get('id')} and {other.get('id')} overlap"
    yield from _misread(board)


def _panel(panel: Document) -> Iterator[str]:
    if panel["type"] not in KINDS:
        yield f"{panel['type']} is no kind of panel that boards use"
    for text in ("title", "description"):
        if not panel.get(text):
            yield f"there is no {text}"
    source = panel.get("datasource", {})
    if source.get("uid") != SOURCES.get(source.get("type", "")):
        yield "the data source is not the variable"
    place = panel["gridPos"]
    if place["x"] + place["w"] > COLUMNS_OF_GRID or min(place["w"], place["h"]) < 1:
        yield "it does not fit into the grid"
    for unit in _units(panel["fieldConfig"]):
        if unit not in UNITS:
            yield f"{unit!r} is not a fixed unit"
    yield from _overrides(panel)
    if any(not _just_above_one(steps) for steps in _steps_of_used(panel["fieldConfig"])):
        yield "a share of the limit is orange from 80 % and red above 100 %, and nothing else"
    if len(panel.get("targets", ())) != 1:
        yield "there is not exactly one query"
    yield from _query(panel)


def _query(panel: Document) -> Iterator[str]:
    for target in panel.get("targets", ()):
        if target["datasource"] != panel["datasource"]:
            yield "the query asks another data source than the panel"
        if "rawSql" in target and "format" not in target:
            yield "the query has no format, which means lines"
        elif "rawSql" in target and (target["format"] == 0) != (
            target["queryType"] == "timeseries"
        ):
            yield "format and queryType contradict each other"


def _units(config: Document) -> Iterator[str]:
    if "unit" in config["defaults"]:
        yield config["defaults"]["unit"]
    for override in config.get("overrides", ()):
        yield from (one["value"] for one in override["properties"] if one["id"] == "unit")


def _overrides(panel: Document) -> Iterator[str]:
    for override in panel["fieldConfig"].get("overrides", ()):
        set_here = {one["id"] for one in override["properties"]}
        if {"thresholds", "color"} <= set_here:
            yield "a fixed colour outlasts the steps of the same field"
        if panel["type"] == "bargauge" and {"displayName", "unit"} <= set_here:
            yield "a heading of the number stands in the place of each bar's name"


def _steps_of_used(config: Document) -> Iterator[list[Any]]:
    for override in config.get("overrides", ()):
        if override["matcher"].get("options") == "used_share":
            for one in override["properties"]:
                if one["id"] == "thresholds":
                    yield [step.get("value") for step in one["value"]["steps"]]


def _just_above_one(steps: list[Any]) -> bool:
    """A time equal to its limit keeps it, and Grafana colours from a step on."""
    return len(steps) == 3 and steps[:2] == [None, 0.8] and 1 < steps[2] < 1.00001


def _overlap(one: Document, other: Document) -> bool:
    apart = (
        one["x"] + one["w"] <= other["x"]
        or other["x"] + other["w"] <= one["x"]
        or one["y"] + one["h"] <= other["y"]
        or other["y"] + other["h"] <= one["y"]
    )
    return not apart


def _misread(board: Document) -> Iterator[str]:
    """A key that the SDK's types do not know is lost on the way through them."""
    try:
        again = json.loads(written(read_board(board)))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        yield f"the SDK's types do not read it: {error!r}"
        return
    yield from _lost(board, again, "")


def _lost(before: Any, after: Any, path: str) -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in before:
            if key not in after:
                yield f"{path}/{key} is no key of Grafana's"
            else:
                yield from _lost(before[key], after[key], f"{path}/{key}")
    elif isinstance(before, list) and isinstance(after, list):
        for place, (one, other) in enumerate(zip(before, after, strict=False)):
            yield from _lost(one, other, f"{path}/{place}")
    elif before != after:
        yield f"{path} is read as {after!r}"
