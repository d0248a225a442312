"""For tests of the evaluators' answers: a small library in memory, the same on every run.

Three vintages of two months, two datasets whose cells are drawn from a seed, some of them
suppressed; files of a sealed bulletin whose seal is never looked at here. Ships inside the package,
so that no test imports from another test.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from itertools import product
from random import Random
from typing import Final, NamedTuple

from serving.asks import AnswerUnavailable
from serving.evaluators.asks import (
    ALL,
    Asked,
    Catalogue,
    Cell,
    Dataset,
    Dimension,
    Measure,
    Printed,
    Rule,
    Said,
    Value,
    Vintage,
)

PORTS: Final = ("CNLYG", "CNNJG", "CNSHA")
FACILITIES: Final = ("", "LPCT", "XYCT", "=1+1")
"""The first is not said by the units; the last is what a spreadsheet would run."""
MODES: Final = ("rail", "water")
DIRECTIONS: Final = ("export", "import")


def _said(english: str, chinese: str) -> Said:
    return {"en": english, "zh": chinese}


_WORDS: Final[Mapping[str, tuple[Said, tuple[str, ...]]]] = {
    "direction": (_said("direction", "进出口"), DIRECTIONS),
    "port": (_said("port", "口岸"), PORTS),
    "facility": (_said("facility", "场站"), FACILITIES),
    "mode": (_said("mode", "运输方式"), MODES),
}
_MEASURES: Final = (
    Measure("n", _said("units", "单元数"), "count", 0),
    Measure("mean_h", _said("mean", "平均"), "h", 2),
    Measure("p90_h", _said("90th percentile", "第90百分位"), "h", 2),
    Measure("within_24h_pct", _said("within 24 h", "24小时内占比"), "%", 2),
)


def _dataset(id: str, names: tuple[str, ...], groupings: tuple[tuple[str, ...], ...]) -> Dataset:
    dimensions = tuple(
        Dimension(name, _WORDS[name][0], tuple(Value(w, _said(w, w)) for w in _WORDS[name][1]))
        for name in names
    )
    title, note = _said(f"Dataset {id}", f"数据集 {id}"), _said("By the clock", "钟表时间")
    return Dataset(id, 1, title, note, "gross", dimensions, groupings[:2], groupings, _MEASURES)


CLEARANCE: Final = _dataset(
    "clearance", ("direction", "port", "facility", "mode"),
    (("direction", "port", "facility"), ("direction", "port", "mode"), ("direction", "port"),
     ("direction", "mode"), ("direction",)),
)  # fmt: skip
SPLIT: Final = _dataset("split", ("direction", "port"), (("direction", "port"), ("direction",)))
CATALOGUE: Final = Catalogue(
    (CLEARANCE, SPLIT),
    (Rule("extremes/1", _said("Extremes", "极端值"), _said("Far out", "远离"), "https://a.test/"),),
)


def _vintage(id: str, standing: str, day: int, reason: str | None = None) -> Vintage:
    made_at, rules = datetime(2026, 4, day, 1, tzinfo=UTC), {"extremes": "extremes/1"}
    month = id.rpartition(".")[0]
    return Vintage(id, month, standing, made_at, 4321, f"{day:064x}", rules, reason)  # type: ignore[arg-type]


VINTAGES: Final = (
    _vintage("2026-02.1", "provisional", 1),
    _vintage("2026-02.2", "final", 2),
    _vintage("2026-03.1", "provisional", 3),
)
LATER: Final = _vintage("2026-02.3", "restated", 20, "a source sent its February again")


def cells_of(vintage: str, dataset: Dataset) -> tuple[Cell, ...]:
    """All cells of a dataset of a vintage, by key."""
    return _drawn(vintage, dataset.id)


@cache
def _drawn(vintage: str, id: str) -> tuple[Cell, ...]:
    dataset = next(one for one in CATALOGUE.datasets if one.id == id)
    rolls, found = Random(f"{vintage}/{id}"), list[Cell]()
    for grouping in dataset.groupings:
        words = [_WORDS[name][1] if name in grouping else (ALL,) for name in dataset.names]
        found += [_cell(rolls, key) for key in product(*words)]
    return tuple(sorted(found, key=lambda cell: cell.key))


def _cell(rolls: Random, key: tuple[str, ...]) -> Cell:
    if rolls.random() < 0.1:
        return Cell(key, {}, "too-few-units")
    figures: dict[str, Printed] = {
        "n": rolls.randint(5, 90_000), "mean_h": _hundredths(rolls, 9_999),
        "p90_h": _hundredths(rolls, 99_999), "within_24h_pct": _hundredths(rolls, 10_000),
    }  # fmt: skip
    if rolls.random() < 0.2:
        del figures["p90_h"]
        return Cell(key, figures, withheld={"p90_h": "too-few-on-a-side"})
    return Cell(key, figures)


def _hundredths(rolls: Random, most: int) -> Decimal:
    """Tens of them, so that a nought stands at the end of every figure."""
    return Decimal(rolls.randint(0, most // 10) * 10).scaleb(-2)


class PublishedInMemory:
    """Published cells, and the vintages there are. `asked` remembers every question; while `down`,
    nothing is answered."""

    def __init__(self, vintages: Sequence[Vintage] = VINTAGES) -> None:
        self.kept, self.down, self.asked = list(vintages), False, list[Asked]()

    def vintages(self) -> list[Vintage]:
        """All of them."""
        if self.down:
            raise AnswerUnavailable("the tables are away")
        return list(self.kept)

    def cells(self, asked: Asked) -> list[Cell]:
        """In the order of their keys."""
        self.asked.append(asked)
        dataset = next(one for one in CATALOGUE.datasets if one.id == asked.dataset)
        found = [cell for cell in cells_of(asked.vintage, dataset) if _meant(cell, dataset, asked)]
        return found[: asked.limit]


def _meant(cell: Cell, dataset: Dataset, asked: Asked) -> bool:
    words = dict(zip(dataset.names, cell.key, strict=True))
    if asked.after is not None and cell.key <= asked.after:
        return False
    named = {name for name, word in words.items() if word != ALL}
    if asked.named is not None and named != set(asked.named):
        return False
    return all(words[name] in only for name, only in asked.only.items())


class SealsInMemory(NamedTuple):
    """Files by vintage, and keys."""

    files: Mapping[str, Mapping[str, bytes]]
    public: Mapping[str, object]

    def keys(self) -> Mapping[str, object]:
        """As a JWK set."""
        return self.public

    def names(self, vintage: str) -> list[str]:
        """By name."""
        return sorted(self.files.get(vintage, {}))

    def file(self, vintage: str, name: str) -> bytes | None:
        """One of them."""
        return self.files.get(vintage, {}).get(name)


SEALS: Final = SealsInMemory(
    {"2026-02.2": {"manifest.json": b'{"files":{}}', "通报.zh.html": b"<!doctype html>"}},
    {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": "AAAA"}]},
)
