"""The register: all editions loaded, and what is in force at a port on a stage at an instant.

The edition in force when a stage began judges it. The words of an edition are those of
`timing.editions`; this module must never know what a kind of limit allows.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import ValidationError

from timing.calendars import HOLIDAYS
from timing.complaints import Complaint, RegisterError, located, of_form, of_syntax
from timing.editions import Application, Applied, Edition, Example, Unexpressed
from timing.kinds.ask import Ask
from timing.kinds.by_weight import ByWeightLimit
from timing.kinds.limit import Limit
from timing.kinds.notice import NoticeLimit
from timing.soundness import faults
from timing.succession import refusals, terms_of
from timing.visits import Traits
from timing.written import LOCAL_TIME

__all__ = [
    "LOCAL_TIME",
    "PUBLISHED",
    "Application",
    "Applied",
    "Edition",
    "Example",
    "Limit",
    "Register",
    "RegisterError",
    "Shelf",
    "Term",
    "Unexpressed",
    "load_edition",
    "load_register",
]

PUBLISHED = Path(__file__).parent / "published"
_MEASURES_FROM: Final = Traits._fields.index("weight_kg")
"""The traits from here on are numbers, of which there are as many as units."""
KNOWN_MAX: Final = 4096
"""How many sorts of unit are kept for each stage of a port, before all are forgotten at once."""


class Term(NamedTuple):
    """What one limit comes to for one sort of unit while its edition is in force, [begin, end).

    `applied` is ready where the unit's traits alone fix the allowance. `unfixed` is set where each
    occurrence must be asked about (`Edition.apply`). With neither, the limit covers the unit and
    allows nothing, and `flags` say why.
    """

    begin: int
    end: int
    applied: Applied | None
    flags: tuple[str, ...] = ()
    unfixed: tuple[Edition, Limit] | None = None


class _Held(NamedTuple):
    """A limit of an edition, and when that is in force."""

    begin: int
    end: int
    edition: Edition
    limit: Limit

    def term(self, traits: Traits) -> Term:
        """The same for units of these traits."""
        if not self.limit.constant:
            return Term(self.begin, self.end, None, unfixed=(self.edition, self.limit))
        said = self.edition.apply(self.limit, Ask(self.begin, None, traits))
        return Term(self.begin, self.end, said.applied, said.flags)


class Shelf:
    """The limits of one stage at one port, and what they came to for the sorts of unit seen."""

    def __init__(self, held: Iterable[_Held]) -> None:
        self.held = tuple(held)
        limits = [one.limit for one in self.held]
        measured = any(isinstance(limit, ByWeightLimit | NoticeLimit) for limit in limits)
        self._sorting = len(Traits._fields) if measured else _MEASURES_FROM
        self._known: dict[tuple[str | None, tuple[object, ...]], tuple[Term, ...]] = {}

    def terms(self, facility: str | None, traits: Traits) -> tuple[Term, ...]:
        """By the traits that these limits can depend on, so that no two weights are two sorts
        where nothing is weighed. Asked for every occurrence, so the key is one slice."""
        sort = (facility, traits[: self._sorting])
        known = self._known.get(sort)
        if known is None:
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            known = tuple(self._of(facility, traits))
            self._known[sort] = known
        return known

    def _of(self, facility: str | None, traits: Traits) -> Iterable[Term]:
        terms = (one.term(traits) for one in self.held if one.limit.covers(traits, facility))
        return (term for term in terms if term.applied or term.flags or term.unfixed)


NO_SHELVES: Final[Mapping[str, Shelf]] = {}


@dataclass(frozen=True)
class Register:
    """All editions loaded, with their terms.

    `fingerprint` changes whenever any limit does; state judged under another register is judged
    again. So it does with the list of holidays, where any edition counts working days. `by_port`:
    the limits of each port that has any, by stage.
    """

    editions: tuple[Edition, ...]
    fingerprint: str = field(init=False, repr=False, compare=False)
    by_port: Mapping[str, Mapping[str, Shelf]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Every event asks for both, so they stand in the register itself."""
        object.__setattr__(self, "fingerprint", _fingerprint(self.editions))
        object.__setattr__(self, "by_port", _shelved(self.editions))

    def in_force(self, port: str, stage: str, at: int) -> tuple[tuple[Edition, Limit], ...]:
        """The limits of a port on a stage at an instant (epoch seconds)."""
        shelf = self.shelves(port).get(stage)
        held = shelf.held if shelf else ()
        return tuple((one.edition, one.limit) for one in held if one.begin <= at < one.end)

    def terms(
        self, port: str, facility: str | None, stage: str, traits: Traits
    ) -> tuple[Term, ...]:
        """Every limit of a port on a stage that has something to say of such units, whenever its
        edition is in force. Remembered: at most KNOWN_MAX sorts of unit for each stage."""
        shelf = self.shelves(port).get(stage)
        return shelf.terms(facility, traits) if shelf else ()

    def shelves(self, port: str) -> Mapping[str, Shelf]:
        """The limits of a port by stage: for whoever asks of many stages at once."""
        return self.by_port.get(port, NO_SHELVES)

    def editions_at(self, port: str, at: int) -> tuple[Edition, ...]:
        """The editions of a port that are in force at an instant (epoch seconds)."""
        terms = terms_of(self.editions)
        return tuple(e for e, begin, end in terms if e.port == port and begin <= at < end)

    def limit_ids(self) -> dict[str, tuple[Edition, Limit]]:
        """Every limit by its id; a later edition's wording wins."""
        return {limit.id: (edition, limit) for edition in self.editions for limit in edition.limit}


def _fingerprint(editions: Sequence[Edition]) -> str:
    texts = [edition.model_dump_json() for edition in editions]
    if any(time.days == "china" for edition in editions for time in edition.working_time):
        texts.append(HOLIDAYS)
    return sha256("\n".join(texts).encode()).hexdigest()[:16]


def _shelved(editions: Sequence[Edition]) -> dict[str, dict[str, Shelf]]:
    """The limits of all editions, by port and stage."""
    found: dict[str, dict[str, list[_Held]]] = defaultdict(lambda: defaultdict(list))
    for edition, begin, end in terms_of(editions):
        for limit in edition.limit:
            found[edition.port][limit.stage].append(_Held(begin, end, edition, limit))
    return {
        port: {stage: Shelf(held) for stage, held in by_stage.items()}
        for port, by_stage in found.items()
    }


def load_register(*folders: Path) -> Register:
    """Read every edition below the folders (default: those shipped). Raises RegisterError with all
    that is wrong in any of them."""
    files = sorted(f for folder in folders or (PUBLISHED,) for f in folder.rglob("*.toml"))
    if not files:
        named = ", ".join(map(str, folders))
        what = f"no edition (*.toml) below {named}"
        raise RegisterError([Complaint(Path(named), None, what, "name a folder that has one")])
    read, wrong = read_editions(files)
    wrong += [] if wrong else list(conflicts(read))
    if wrong:
        raise RegisterError(wrong)
    return Register(tuple(edition for edition, _, _ in read))


class Read(NamedTuple):
    """An edition with the file that it stands in."""

    edition: Edition
    file: Path
    text: str


def read_editions(files: Iterable[Path]) -> tuple[list[Read], list[Complaint]]:
    """Every edition that can be read, and what is wrong with the others."""
    read: list[Read] = []
    wrong: list[Complaint] = []
    for file in files:
        try:
            read.append(_read(file))
        except RegisterError as error:
            wrong += error.complaints
    return read, wrong


def conflicts(read: Iterable[Read]) -> Iterable[Complaint]:
    """What makes editions impossible to load together, in the file that says it."""
    by_edition = {id(one.edition): one for one in read}
    for edition, fault in refusals([one.edition for one in by_edition.values()]):
        _, file, text = by_edition[id(edition)]
        yield from located(file, text, [fault])


def load_edition(file: Path) -> Edition:
    """Read one edition. Raises RegisterError naming the file and every finding with its line."""
    return _read(file).edition


def _read(file: Path) -> Read:
    try:
        text = file.read_text(encoding="utf-8")
        edition = Edition.model_validate(tomllib.loads(text))
    except UnicodeDecodeError as error:
        what = f"not TOML: {error}"
        raise RegisterError([Complaint(file, None, what, "save it as UTF-8")]) from error
    except tomllib.TOMLDecodeError as error:
        raise RegisterError([of_syntax(file, text, error)]) from error
    except ValidationError as error:
        raise RegisterError(list(located(file, text, of_form(error, Edition)))) from error
    if unsound := list(located(file, text, faults(edition))):
        raise RegisterError(unsound)
    return Read(edition, file, text)
