"""From the query of an address to which cells are wanted. Pure.

Nothing is guessed: a parameter that is unknown, or given twice where one is meant, is refused,
since whoever mistypes a filter would take all figures for some of them.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from serving.evaluators.accepted import Format
from serving.evaluators.asks import ALL, Dataset
from serving.evaluators.cursors import CHARACTERS_MAX
from serving.evaluators.library import ROWS, ROWS_MAX
from serving.evaluators.problems import Kind, Refused

WORD_CHARACTERS_MAX: Final = 80
WORDS_MAX: Final = 100
VINTAGE_CHARACTERS_MAX: Final = 40
PERIOD: Final = r"[0-9]{4}(-[0-9]{2})?(/[0-9]{4}-[0-9]{2})?"
"""A month, or what else a vintage is of: from one month to another."""
SINGLE: Final = ("vintage", "month", "page_size", "cursor", "format", "by", "measures")
"""What is asked beside the words of dimensions, so that no dimension may be called so."""
Pairs = Iterable[tuple[str, str]]
Only = Mapping[str, tuple[str, ...]]


class Wanted(NamedTuple):
    """A question as it was asked. `only` has the filters; `by` the dimensions to divide by, None
    where every grouping is wanted; `measures` in the dataset's order."""

    vintage: str
    month: str
    only: Only
    by: tuple[str, ...] | None
    measures: tuple[str, ...]
    limit: int
    cursor: str
    format: Format | None


def wanted_of(dataset: Dataset, pairs: Pairs) -> Wanted:
    """From the parameters of an address. Raises Refused."""
    single, only = _sorted_out(dataset, pairs)
    return Wanted(
        vintage=_vintage(single.get("vintage")),
        month=_month(single.get("month")),
        only=only,
        by=_by(dataset, only, single.get("by")),
        measures=_listed("measures", single, tuple(one.id for one in dataset.measures)),
        limit=_limit(single.get("page_size", str(ROWS))),
        cursor=_bounded("cursor", single.get("cursor", ""), CHARACTERS_MAX),
        format=_format(single.get("format", "")),
    )


def named_by(dataset: Dataset, wanted: Wanted) -> tuple[str, ...] | None:
    """The dimensions that the cells wanted name: those divided by, those filtered, and what goes
    with them. None: any. Raises Refused where no table crosses them."""
    if wanted.by is None:
        return None
    needed = {*wanted.by, *wanted.only}
    found = [one for one in dataset.groupings if needed <= set(one)]
    if not found:
        crossed = " x ".join(name for name in dataset.names if name in needed)
        raise Refused(Kind.NO_SUCH_TABLE, f"{dataset.id}: {crossed}")
    return min(found, key=len)


def _sorted_out(dataset: Dataset, pairs: Pairs) -> tuple[dict[str, str], Only]:
    single: dict[str, str] = {}
    only: dict[str, tuple[str, ...]] = {}
    for name, word in pairs:
        if name in dataset.names:
            only[name] = (*only.get(name, ()), _bounded(name, word, WORD_CHARACTERS_MAX))
        elif name not in SINGLE:
            raise Refused(Kind.WRONG_PARAMETER, f"{name[:WORD_CHARACTERS_MAX]}: unknown here")
        elif name in single:
            raise Refused(Kind.WRONG_PARAMETER, f"{name}: given twice")
        else:
            single[name] = word
    for name, words in only.items():
        if len(words) > WORDS_MAX:
            raise Refused(Kind.WRONG_PARAMETER, f"{name}: more than {WORDS_MAX} words")
    return single, {name: tuple(sorted(set(words))) for name, words in only.items()}


def _by(dataset: Dataset, only: Only, said: str | None) -> tuple[str, ...] | None:
    """The empty word divides by nothing more than the filters do."""
    if said is None:
        return None
    starred = [name for name, words in only.items() if ALL in words]
    if starred:
        raise Refused(Kind.NO_SUCH_TABLE, f"{starred[0]}: {ALL} is not for what is divided")
    return _listed("by", {"by": said}, dataset.names) if said else ()


def _listed(name: str, single: Mapping[str, str], known: tuple[str, ...]) -> tuple[str, ...]:
    """Words with commas between, in the order of what is known; all where nothing is said."""
    said = single.get(name, "")
    if not said:
        return known
    words = said.split(",")
    for word in words:
        if word not in known:
            raise Refused(Kind.WRONG_PARAMETER, f"{name}: {word[:WORD_CHARACTERS_MAX]!r}")
    return tuple(one for one in known if one in words)


def _vintage(said: str | None) -> str:
    if said == "":
        raise Refused(Kind.WRONG_PARAMETER, "vintage: empty")
    return _bounded("vintage", said or "", VINTAGE_CHARACTERS_MAX)


def _month(said: str | None) -> str:
    if said is not None and not re.fullmatch(PERIOD, said, re.ASCII):
        raise Refused(Kind.WRONG_PARAMETER, "month: as 2026-03")
    return said or ""


def _limit(said: str) -> int:
    plain = said.isascii() and said.isdecimal() and len(said) <= len(str(ROWS_MAX))
    if not plain or not 1 <= int(said) <= ROWS_MAX:
        raise Refused(Kind.WRONG_PARAMETER, f"page_size: from 1 to {ROWS_MAX}")
    return int(said)


def _format(said: str) -> Format | None:
    found = next((one for one in Format if one.id == said), None)
    if said and found is None:
        raise Refused(Kind.WRONG_PARAMETER, f"format: one of {', '.join(f.id for f in Format)}")
    return found


def _bounded(name: str, word: str, characters: int) -> str:
    if len(word) > characters:
        raise Refused(Kind.WRONG_PARAMETER, f"{name}: more than {characters} characters")
    return word
