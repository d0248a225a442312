"""How one language says what figures are of: places, stages, traits, and figures themselves.

A figure that is not there is a mark with a reason, never an empty place: `[c]` withheld, `[x]`
nothing to compare with, `–` nothing was counted (marks as statistical offices of the United Kingdom
write them, https://analysisfunction.civilservice.gov.uk/policy-store/symbols-in-tables-definitions-and-help/).
"""

from decimal import Decimal
from typing import Final, NamedTuple

from reports.documents.blocks import Column, Language, Row, Table
from reports.documents.words import Words, words
from reports.documents.writing import NOTHING, count, decimal
from reports.places import Places, places
from reports.shapes import PublishedCell
from timing.story.chinese import CHINESE
from timing.story.english import ENGLISH

WITHHELD: Final = "[c]"
MISSING: Final = "[x]"

_STORIES: Final = {"zh": CHINESE, "en": ENGLISH}


class Voice(NamedTuple):
    """One language, and what places are called in it."""

    words: Words
    places: Places

    @property
    def language(self) -> Language:
        """Which language."""
        return self.words.language

    def say(self, key: str, **values: object) -> str:
        """A text of the files of words, filled in."""
        return self.words.say(key, **values)

    def place(self, code: str) -> str:
        """A port or province. The empty code is of a port in no province that is known."""
        return self.places.name(code, self.language) if code else self.say("place.unknown")

    def stage(self, id: str) -> str:
        """A stage."""
        return _STORIES[self.language].stage(id).replace("-", " ")

    def stage_head(self, id: str) -> str:
        """A stage where it stands first: on a head, in a legend."""
        name = self.stage(id)
        return name[:1].upper() + name[1:]

    def kind(self, id: str) -> str:
        """A kind of event."""
        return _STORIES[self.language].kinds[id]

    def trait(self, dimension: str, word: str) -> str:
        """What a dimension's word means: `inspected`, `yes`; a place where it is one."""
        if dimension in ("port", "province"):
            return self.place(word)
        if dimension == "stage":
            return self.stage(word)
        if dimension in ("mode", "goods") and word:
            return _STORIES[self.language].traits.get(word, word)
        return self.words.known(f"trait.{dimension}", word or "unsaid")

    def reason(self, id: str) -> str:
        """Why a figure is withheld."""
        return self.words.known("reason", id)

    def figure(self, cell: PublishedCell | None, measure: str) -> str:
        """A figure as it stands in a table, or the mark that stands for it."""
        if cell is None:
            return NOTHING
        found = cell.figures.get(measure)
        if found is not None:
            return number(found)
        hidden = cell.suppressed is not None or measure in cell.withheld
        return WITHHELD if hidden else NOTHING


def voice(language: Language) -> Voice:
    """A language with the places shipped."""
    return Voice(words(language), places())


def number(value: int | Decimal | None) -> str:
    """A count or a figure of two decimals; without one, the mark for nothing to compare with."""
    if value is None:
        return MISSING
    return count(value) if isinstance(value, int) else decimal(value)


def table(said: Voice, key: str, columns: tuple[Column, ...], rows: list[Row]) -> Table:
    """A table, whose caption is a word of the files (`<key>.caption`), with what its marks mean."""
    return captioned(said, (key.replace(".", "-"), said.say(f"{key}.caption")), columns, rows)


def captioned(
    said: Voice, named: tuple[str, str], columns: tuple[Column, ...], rows: list[Row]
) -> Table:
    """A table by its id and caption, with what its marks mean."""
    shown = {cell for row in rows for cell in row.cells}
    marks = {WITHHELD: "mark.withheld", MISSING: "mark.missing", NOTHING: "mark.nothing"}
    notes = tuple(said.say(word, mark=mark) for mark, word in marks.items() if mark in shown)
    return Table(*named, columns, tuple(rows), notes)


def columns(said: Voice, *keys: str) -> tuple[Column, ...]:
    """Heads of columns by their keys in the table `column`; a key with `:words` holds words."""
    return tuple(
        Column(said.say(f"column.{key.removesuffix(':words')}"), "words")
        if key.endswith(":words")
        else Column(said.say(f"column.{key}"))
        for key in keys
    )
