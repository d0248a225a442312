"""The catalogue of evaluators: datasets, measures and rules as the reports have them, in words."""

from collections.abc import Callable, Iterable
from typing import Final, Literal

from reports import datasets
from reports.documents.words import words
from reports.places import places
from serving.asks import Language
from serving.evaluators.asks import Catalogue, Dataset, Dimension, Measure, Rule, Said, Value
from serving.evaluators.wording import dimension_word
from timing.disclosure.rules import disclosure
from timing.measures.rules import measure_rules
from timing.measures.sources import source_of
from timing.story.chinese import CHINESE
from timing.story.english import ENGLISH

LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
STORIES: Final = {"zh": CHINESE, "en": ENGLISH}
HUNDREDTHS: Final = 2
YES_OR_NO: Final = ("inspected", "advance", "peak")


def catalogue() -> Catalogue:
    """Everything that is published."""
    found = tuple(_dataset(one) for one in datasets.datasets().values())
    return Catalogue(found, tuple(_rules()), tuple(_reasons()))


def _dataset(one: datasets.Dataset) -> Dataset:
    return Dataset(
        id=one.id,
        version=one.version,
        title={language: one.title(language) for language in LANGUAGES},
        note={language: one.note(language) for language in LANGUAGES},
        basis=one.basis,
        dimensions=tuple(Dimension(name, _named(name), _values(name)) for name in one.dimensions),
        tables=one.tables,
        groupings=one.groupings,
        measures=tuple(_measure(id) for id in one.measures),
    )


def _measure(id: str) -> Measure:
    """Hours and per cent have two decimals; counts, and the most frequent hour, have none."""
    unit: Literal["count", "h", "min", "%"] = "count"
    if id.endswith("_min"):
        unit = "min"
    elif id.endswith("_h"):
        unit = "h"
    elif id.endswith("_pct"):
        unit = "%"
    whole = unit == "count" or id == "modal_h"
    return Measure(id, _named(id), unit, 0 if whole else HUNDREDTHS)


def _named(id: str) -> Said:
    """What people call a dimension or a measure: as bulletins do, which name no facility."""
    return _in_words(lambda language: _word(id, language))


def _word(id: str, language: Language) -> str:
    entries = words(language).entries
    found = (entries.get(f"{table}.{id}") for table in ("dimension", "column"))
    return next((word for word in found if word), dimension_word(id, language))


def _values(name: str) -> tuple[Value, ...]:
    """The words of a closed list; none for a facility, a stage, an edition, a limit or goods."""
    if name == "direction":
        ids: Iterable[str] = ("import", "export")
        return tuple(Value(id, _known("direction", id)) for id in ids)
    if name in ("port", "province"):
        listed = places().port if name == "port" else places().province
        return tuple(Value(one.code, {"zh": one.zh, "en": one.en}) for one in listed)
    if name in YES_OR_NO:
        return tuple(Value(id, _known(f"trait.{name}", id)) for id in ("yes", "no"))
    return ()


def _known(table: str, id: str) -> Said:
    return _in_words(lambda language: words(language).known(table, id))


def _in_words(said: Callable[[Language], str]) -> Said:
    return {language: said(language) for language in LANGUAGES}


def _rules() -> Iterable[Rule]:
    """The rules of today; a vintage names those by which it was made."""
    ids = {**measure_rules().ids, "disclosure": disclosure().id}
    for subject, id in ids.items():
        yield Rule(id, _known("rule", subject), _known("method", subject), source_of(id))


def _reasons() -> Iterable[Value]:
    """Why cells are suppressed and figures withheld."""
    ids = [key.partition(".")[2] for key in words("en").entries if key.startswith("reason.")]
    return (Value(id, _known("reason", id)) for id in ids)
