"""Limits, editions, the register: what was promised, by whom, from when, for which boxes.

An edition is one published version of one issuer's limits, read from one TOML file; it is never
edited once released, only superseded. The edition in force when a stage began judges it.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal, Self

import isodate
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from events.vocabulary import Category, Direction, Mode
from timing.stages import STAGE_IDS
from timing.visits import Traits

PUBLISHED = Path(__file__).parent / "published"
LOCAL_TIME = timezone(timedelta(hours=8))
"""Editions take effect at midnight where they were published: China has one zone, UTC+8."""

Size = Literal["20", "40", "45"]
_SIZES: Mapping[str, Size] = {"2": "20", "4": "40", "L": "45"}


class RegisterError(Exception):
    """An edition cannot be used; the message names the file, what is wrong and what to do."""


def _seconds(text: object) -> int:
    try:
        duration = isodate.parse_duration(str(text))
    except isodate.ISO8601Error as error:
        raise ValueError(f"{text!r} is no ISO 8601 duration; write PT30M or PT2H") from error
    if not isinstance(duration, timedelta) or duration <= timedelta(0):
        raise ValueError(
            f"{text!r} is no fixed positive duration; months and years have no fixed length"
        )
    return int(duration.total_seconds())


Within = Annotated[int, BeforeValidator(_seconds)]


class _Table(BaseModel):
    """A TOML table: frozen, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Limit(_Table):
    """A published bound on one stage. `within` and `within_by_size` become seconds.

    `share`, where given, is the completion rate promised over many (a commitment, measured over
    cohorts); the bound still judges each unit.
    """

    id: str
    stage: str
    kind: Literal["duration", "duration-by-size"]
    within: Within | None = None
    within_by_size: dict[Size, Within] | None = None
    per: Literal["box"] = "box"
    share: Annotated[float, Field(gt=0, le=1)] | None = None
    facilities: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = ()
    directions: tuple[Direction, ...] = ()
    categories: tuple[Category, ...] = ()
    words: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        wanted = "within" if self.kind == "duration" else "within_by_size"
        given = {n for n in ("within", "within_by_size") if getattr(self, n) is not None}
        if given != {wanted}:
            raise ValueError(
                f"limit {self.id}: kind {self.kind!r} takes {wanted!r} and nothing else"
            )
        if self.stage not in STAGE_IDS:
            raise ValueError(f"limit {self.id}: no stage {self.stage!r}; see timing/stages.py")
        return self

    def covers(self, traits: Traits, facility: str | None) -> bool:
        """Whether the limit speaks of such a unit. An unstated cargo category counts as general."""
        return (
            (not self.facilities or facility in self.facilities)
            and (not self.modes or traits.mode in self.modes)
            and (not self.directions or traits.direction in self.directions)
            and (not self.categories or (traits.category or Category.GENERAL) in self.categories)
        )

    def allowance_s(self, size_type: str | None) -> int | None:
        """The allowance for a box of this size; None when the limit names no such size."""
        if self.within is not None:
            return self.within
        size = _SIZES.get(size_type[0]) if size_type else None
        return self.within_by_size.get(size) if self.within_by_size and size else None


class Example(_Table):
    """A test that an edition carries: a visit told in words, and the verdict of one limit."""

    limit: str
    given: tuple[str, ...]
    expect: Literal["met", "breached", "excused", "open", "no-limit"]
    size_type: str | None = None
    category: Category | None = None
    direction: Direction | None = None
    laden: bool | None = None


class Unexpressed(_Table):
    """A published row that this edition does not judge by, and why not."""

    words: str
    reason: str


class Edition(_Table):
    """One published version of an issuer's limits."""

    edition: str
    issuer: str
    title: str
    source: str
    status: Literal["published", "trial", "example"]
    port: Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$")]
    effective_from: date | Literal["undated"]
    effective_to: date | None = None
    supersedes: str | None = None
    calendar: Literal["24x365"] = "24x365"
    exclusions: str = ""
    limit: tuple[Limit, ...]
    unexpressed: tuple[Unexpressed, ...] = ()
    example: tuple[Example, ...]

    def begins_at(self) -> int:
        """Epoch second from which it is in force; an undated edition has always been."""
        return -(2**62) if self.effective_from == "undated" else _midnight(self.effective_from)


@dataclass(frozen=True, slots=True)
class Applied:
    """A limit as it applies to one unit: the allowance is fixed."""

    limit: Limit
    edition: str
    limit_s: int


@dataclass(frozen=True, slots=True)
class _Term:
    """One edition's time in force, [begin, end) in epoch seconds."""

    edition: Edition
    begin: int
    end: int


@dataclass(frozen=True)
class Register:
    """All editions loaded, with their terms."""

    editions: tuple[Edition, ...]

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever any limit does; state judged under another register is judged again."""
        text = "\n".join(edition.model_dump_json() for edition in self.editions)
        return sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def _terms(self) -> dict[tuple[str, str], tuple[tuple[_Term, Limit], ...]]:
        successors = {e.supersedes: e for e in self.editions if e.supersedes}
        found: dict[tuple[str, str], list[tuple[_Term, Limit]]] = defaultdict(list)
        for edition in self.editions:
            term = _Term(
                edition, edition.begins_at(), _end(edition, successors.get(edition.edition))
            )
            for limit in edition.limit:
                found[edition.port, limit.stage].append((term, limit))
        return {key: tuple(pairs) for key, pairs in found.items()}

    def in_force(self, port: str, stage: str, at: int) -> tuple[tuple[Edition, Limit], ...]:
        """The limits of a port on a stage at an instant (epoch seconds)."""
        pairs = self._terms.get((port, stage), ())
        return tuple((t.edition, limit) for t, limit in pairs if t.begin <= at < t.end)

    def limit_ids(self) -> dict[str, tuple[Edition, Limit]]:
        """Every limit by its id; a later edition's wording wins."""
        return {limit.id: (edition, limit) for edition in self.editions for limit in edition.limit}


def _midnight(day: date) -> int:
    return int(
        datetime(day.year, day.month, day.day, tzinfo=LOCAL_TIME).astimezone(UTC).timestamp()
    )


def _end(edition: Edition, successor: Edition | None) -> int:
    ends = [_midnight(edition.effective_to)] if edition.effective_to else []
    ends += [successor.begins_at()] if successor else []
    return min(ends, default=2**62)


def load_register(*folders: Path) -> Register:
    """Read every edition below the folders (default: those shipped). Raises RegisterError."""
    files = sorted(f for folder in folders or (PUBLISHED,) for f in folder.rglob("*.toml"))
    if not files:
        raise RegisterError(
            f"no edition (*.toml) below {', '.join(map(str, folders))}; name a folder that has one"
        )
    register = Register(tuple(load_edition(file) for file in files))
    _refuse_conflicts(register, files)
    return register


def load_edition(file: Path) -> Edition:
    """Read one edition. Raises RegisterError naming the file and every finding."""
    try:
        return Edition.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RegisterError(f"{file}: not TOML: {error}") from error
    except ValidationError as error:
        findings = (f"  {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise RegisterError(
            f"{file}: not an edition; correct these keys:\n" + "\n".join(findings)
        ) from error


def _refuse_succession(edition: Edition, file: Path, others: Mapping[str, Edition]) -> None:
    if edition.supersedes is None:
        return
    former = others.get(edition.supersedes)
    if former is None:
        raise RegisterError(f"{file}: supersedes {edition.supersedes!r}, which is not loaded")
    if edition.begins_at() <= former.begins_at():
        raise RegisterError(f"{file}: must take effect after {former.edition!r}, which it ends")


def _refuse_conflicts(register: Register, files: Iterable[Path]) -> None:
    by_name: dict[str, Path] = {}
    for edition, file in zip(register.editions, files, strict=True):
        if edition.edition in by_name:
            other = by_name[edition.edition]
            raise RegisterError(
                f"{file}: edition {edition.edition!r} is also {other}; name it anew"
            )
        by_name[edition.edition] = file
    named = {edition.edition: edition for edition in register.editions}
    for edition, file in zip(register.editions, files, strict=True):
        _refuse_succession(edition, file, named)
        ids = [limit.id for limit in edition.limit]
        if repeated := {i for i in ids if ids.count(i) > 1}:
            raise RegisterError(
                f"{file}: limit ids {sorted(repeated)} stand twice; make them unique"
            )
        unknown = {e.limit for e in edition.example} - set(ids)
        if unknown:
            raise RegisterError(f"{file}: examples name unknown limits {sorted(unknown)}")
