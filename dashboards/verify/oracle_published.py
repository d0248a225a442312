"""What panels of published cells must show, in plain Python from the same cells. Never from SQL."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from dashboards.language import Words
from dashboards.verify.facts import PublishedCell, Standing, Vintage
from dashboards.verify.macros import Chosen
from dashboards.verify.reckoning import Rows, in_range, named
from timing.series import series
from timing.written import LOCAL_TIME

KEYS: Final[Mapping[str, str]] = {
    "clearance": "direction province port facility mode inspected advance goods peak",
    "stages": "direction stage port facility",
    "stage-split": "direction port stage",
    "limits": "port facility stage edition limit",
    "commitments": "port edition commitment stage direction facility",
}
LINKS: Final = (
    "unloading", "clearance-preparation", "customs-clearance", "collection", "post-release",
    "departure",
)  # fmt: skip
DWELL: Final = ("n", "mean_h", "median_h", "p90_h")


class Shown(NamedTuple):
    """A cell of the newest vintage of its month, its key by name."""

    month: datetime
    of: Vintage
    at: Mapping[str, str]
    cell: PublishedCell


def newest(standing: Standing, chosen: Chosen) -> dict[datetime, Vintage]:
    """Of each month of the range its vintage with the greatest number; no span of months."""
    found: dict[datetime, Vintage] = {}
    for vintage in sorted(standing.vintages, key=lambda one: int(one.id.split(".")[1])):
        if "/" not in vintage.month:
            year, number = map(int, vintage.month.split("-"))
            month = datetime(year, number, 1, tzinfo=LOCAL_TIME)
            if in_range(month, chosen):
                found[month] = vintage
    return found


def cells(standing: Standing, chosen: Chosen, dataset: str, names: str) -> Iterator[Shown]:
    """The cells of a dataset that name these dimensions, or some of them, and no other."""
    for month, vintage in newest(standing, chosen).items():
        for cell in standing.cells.get((vintage.id, dataset), ()):
            at = dict(zip(KEYS[dataset].split(), cell.key, strict=True))
            if all(word == "*" for name, word in at.items() if name not in names.split()):
                yield Shown(month, vintage, at, cell)


def vintages(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """The newest month first."""
    found = sorted(newest(standing, chosen).items(), reverse=True, key=lambda one: one[0])
    return [
        (month, named(words, "standing", of.standing), of.id, of.made_at, of.reason or "")
        for month, of in found
    ]


def clearance_months(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """The newest month first: means, what they are below 2017, and why one is missing."""
    rows = []
    for month, both in sorted(_by_direction(standing, chosen).items(), reverse=True):
        found: list[Any] = [month, *_vintage(next(iter(both.values())), words)]
        for direction in ("import", "export"):
            hours = _figure(both.get(direction), "mean_h")
            base = float(series().baseline(f"overall-clearance-{direction}/1").hours)
            found += [hours, None if hours is None else (base - hours) / base]
        missing = {_why(one, ("mean_h",), words) for one in both.values()} - {""}
        rows.append((*found, ", ".join(sorted(missing))))
    return rows


def clearance_by_month(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """The oldest month first, beside the constants."""
    return [
        (
            month,
            _figure(both.get("import"), "mean_h"),
            _figure(both.get("export"), "mean_h"),
            97.39,
            12.29,
        )
        for month, both in sorted(_by_direction(standing, chosen).items())
    ]


def clearance_by_port(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """The newest month first, ports by code, imports before exports."""
    found = [
        one
        for one in cells(standing, chosen, "clearance", "direction province port")
        if (one.at["port"] != "*" or one.at["province"] == "*") and _at_port(one, chosen)
    ]
    return [
        (*_head(one, words), *_place(one, words), *_dwell(one, words))
        for one in sorted(found, key=_in_order)
    ]


def figures_by_stage(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """As by port, then by stage."""
    found = [
        one
        for one in cells(standing, chosen, "stages", "direction stage port")
        if _at_port(one, chosen) and chosen.takes("stage", one.at["stage"])
    ]
    found.sort(key=lambda one: (*_in_order(one), one.at["stage"]))
    return [
        (*_head(one, words), *_place(one, words), _stage(one, words), *_dwell(one, words))
        for one in found
    ]


def stage_split(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """As by port: the whole, then its parts in the order of the stay."""
    found = [
        one
        for one in cells(standing, chosen, "stage-split", "direction port stage")
        if _at_port(one, chosen)
    ]
    order = ("release-time", *LINKS)
    found.sort(key=lambda one: (*_in_order(one), order.index(one.at["stage"])))
    wholes = {_in_order(one): one for one in found if one.at["stage"] == "release-time"}
    rows = []
    for one in found:
        mean_h, whole_h = (_figure(of, "mean_h") for of in (one, wholes[_in_order(one)]))
        part = None if mean_h is None or whole_h is None else mean_h / whole_h
        said = (*_head(one, words), *_place(one, words), _stage(one, words))
        rows.append((*said, mean_h, part, _why(one, ("mean_h",), words)))
    return rows


def kept_by_edition(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """The newest month first, then by port, stage, limit and edition."""
    rows = []
    for one in sorted(_limits(standing, chosen), key=_of_limit):
        kept = _figure(one, "kept_pct")
        said = (*_head(one, words), one.at["port"], _stage(one, words))
        numbers = (
            _figure(one, "judged"),
            None if kept is None else kept / 100,
            _figure(one, "excused"),
        )
        why = _why(one, ("judged", "kept_pct", "excused"), words)
        rows.append((*said, one.at["limit"], one.at["edition"], *numbers, why))
    return rows


def kept_by_month(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """The oldest month first, a line for each limit of an edition at a port."""
    rows: Rows = []
    for one in _limits(standing, chosen):
        kept = _figure(one, "kept_pct")
        label = f"{one.at['port']} {one.at['limit']} {one.at['edition']}"
        rows.append((one.month, label, None if kept is None else kept / 100))
    return sorted(rows, key=lambda row: (row[0], row[1].encode()))


def hidden_cells(standing: Standing, chosen: Chosen, words: Words) -> Rows:
    """By month, dataset and reason: cells, and single figures of cells that stand."""
    whole, single = Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    heads = {}
    for month, of in newest(standing, chosen).items():
        for dataset in KEYS:
            for cell in standing.cells.get((of.id, dataset), ()):
                for reason in [cell.suppressed] if cell.suppressed else cell.withheld.values():
                    group = -month.timestamp(), dataset, reason
                    heads[group] = month, *_vintage(Shown(month, of, {}, cell), words)
                    (whole if cell.suppressed else single)[group] += 1
    return [
        (
            *heads[group],
            named(words, "dataset", group[1]),
            named(words, "withheld", group[2]),
            whole[group],
            single[group],
        )
        for group in sorted(heads)
    ]


def _by_direction(standing: Standing, chosen: Chosen) -> dict[datetime, dict[str, Shown]]:
    found: dict[datetime, dict[str, Shown]] = {}
    for one in cells(standing, chosen, "clearance", "direction"):
        found.setdefault(one.month, {})[one.at["direction"]] = one
    return found


def _limits(standing: Standing, chosen: Chosen) -> list[Shown]:
    found = cells(standing, chosen, "limits", "port stage edition limit")
    return [
        one for one in found if _at_port(one, chosen) and chosen.takes("stage", one.at["stage"])
    ]


def _at_port(one: Shown, chosen: Chosen) -> bool:
    return chosen.takes("port", one.at["port"])


def _in_order(one: Shown) -> tuple[float, bytes, bool]:
    """Texts as ClickHouse sorts them: by their bytes. Cells here are imports or exports."""
    return -one.month.timestamp(), one.at["port"].encode(), one.at["direction"] != "import"


def _of_limit(one: Shown) -> tuple[Any, ...]:
    words = (one.at[name].encode() for name in ("port", "stage", "limit", "edition"))
    return -one.month.timestamp(), *words


def _vintage(one: Shown, words: Words) -> tuple[str, str]:
    return named(words, "standing", one.of.standing), one.of.id


def _head(one: Shown, words: Words) -> tuple[Any, ...]:
    return one.month, *_vintage(one, words)


def _place(one: Shown, words: Words) -> tuple[str, str]:
    port, direction = one.at["port"], one.at["direction"]
    return named(words, "place", port), named(words, "direction", direction)


def _stage(one: Shown, words: Words) -> str:
    return named(words, "stage", one.at["stage"])


def _dwell(one: Shown, words: Words) -> tuple[Any, ...]:
    return (*(_figure(one, measure) for measure in DWELL), _why(one, DWELL, words))


def _figure(one: Shown | None, measure: str) -> float | None:
    figure = one.cell.figures.get(measure) if one else None
    return None if figure is None else float(figure)


def _why(one: Shown, measures: Sequence[str], words: Words) -> str:
    """Reasons by id, as people read them."""
    cell = one.cell
    reasons = (
        {cell.suppressed}
        if cell.suppressed
        else {cell.withheld[measure] for measure in measures if measure in cell.withheld}
    )
    return ", ".join(named(words, "withheld", reason) for reason in sorted(reasons))
