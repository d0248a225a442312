"""What a language must have to tell a story, and how a sentence is filled in.

A sentence is a key and numbers; a language holds the text of each key. How a number is written
follows from the ending of its name: `_s` seconds, `_at` epoch seconds, and the rest by tables.
Must never know what a verdict means: which sentence is true is decided in `timing.story.verdicts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Union

from timing.written import LOCAL_TIME

Value = Union[int, str, tuple[str, ...], "Sentence"]
DAY_S, HOUR_S, MINUTE_S = 86_400, 3_600, 60


class Sentence(NamedTuple):
    """One thing said: `key` names its text in a language's table, `values` fill it in."""

    key: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Language:
    """One language as tables, and its code (ISO 639-1).

    `units` are day, hour, minute, second. The keys of the tables are words of the wire (kinds,
    parties, verdicts, flags, traits) or of this package (`sentences`: deeds, reasons, verdicts,
    allowances, labels); `stages` may be empty, for a stage is an English word already.
    """

    code: str
    units: tuple[str, str, str, str]
    between_units: str
    comma: str
    kinds: Mapping[str, str]
    parties: Mapping[str, str]
    verdicts: Mapping[str, str]
    flags: Mapping[str, str]
    traits: Mapping[str, str]
    sentences: Mapping[str, str]
    stages: Mapping[str, str]

    def say(self, sentence: Sentence) -> str:
        """The sentence in this language. A key or word that the tables lack raises KeyError."""
        values = {name: self.value(name, value) for name, value in sentence.values.items()}
        return self.sentences[sentence.key].format_map(values)

    def value(self, name: str, value: Value) -> str:
        """One value as people read it, by the ending of its name."""
        if isinstance(value, Sentence):
            return self.say(value)
        if isinstance(value, tuple):
            return self.comma.join(self.value(name, one) for one in value)
        if isinstance(value, int):
            return self._number(name, value)
        if name == "stage":
            return self.stage(value)
        tables = {"party": self.parties, "kind": self.kinds, "reason": self.sentences}
        return tables[name][value] if name in tables else value

    def stage(self, name: str) -> str:
        """A stage, with the number of its occurrence where `name` has one: `box-move#2`."""
        stage, _, number = name.partition("#")
        said = self.stages.get(stage, stage)
        return f"{said} #{number}" if number else said

    def _number(self, name: str, value: int) -> str:
        if name.endswith("_s"):
            return self.duration(value)
        return moment(value) if name.endswith("_at") else f"{value:,}"

    def duration(self, seconds: int) -> str:
        """Exact to the second: `1 d 4 h`, `31 min 5 s`, `0 s`; nothing is rounded away."""
        days, rest = divmod(seconds, DAY_S)
        hours, rest = divmod(rest, HOUR_S)
        parts = zip((days, hours, *divmod(rest, MINUTE_S)), self.units, strict=True)
        said = [f"{number}{unit}" for number, unit in parts if number]
        return self.between_units.join(said) or f"0{self.units[3]}"


def moment(epoch_s: int) -> str:
    """An instant in port time, to the second where it has one: `03-02 10:30`, `03-02 10:30:05`."""
    local = datetime.fromtimestamp(epoch_s, LOCAL_TIME)
    return local.strftime("%m-%d %H:%M:%S" if local.second else "%m-%d %H:%M")
