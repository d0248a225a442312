"""What senders may say, as strategies: session fixtures, drawn from inside a test."""

import math
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import strategies as st

from events.instants import EARLIEST, LATEST, format_instant
from events.testing import box
from events.vocabulary import SUSPENSIONS, Category, Direction, Kind, Mode, Party, Precision

type_of_unit = st.sampled_from(["wagon", "uld", "lot"])
visible = st.characters(codec="utf-8", exclude_categories=("C", "Z"))
names = st.text(visible, min_size=1, max_size=20)
ids = st.text(visible, min_size=1, max_size=40)
unit_ids = names.filter(lambda name: "/" not in name)
words = st.text(st.characters(codec="utf-8"), max_size=40)
numbers = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | words
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=12,
)
something = json_values.filter(lambda value: value is not None)
news = st.dictionaries(names.map("x-{}".format), something, max_size=2)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
DAY = timedelta(days=1)
moments = st.timedeltas(DAY, LATEST - EARLIEST - DAY).map(lambda since: EARLIEST + since)


def spelled(moment: datetime, offset: timezone, finely: bool) -> str:
    """One of the spellings of an instant that the wire allows."""
    local = moment.astimezone(offset)
    return local.isoformat() if finely else local.isoformat(timespec="minutes")


def optional(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some of these fields, some of them null, and some that nobody knows."""
    known = st.fixed_dictionaries({}, optional={n: optional(v) for n, v in fields.items()})
    return st.builds(lambda unknown, known: {**unknown, **known}, news, known)


instants = st.builds(spelled, moments, offsets, st.booleans())
containers = st.integers(0, 999_999).map(lambda n: {"type": "container", "id": box(n)})
others = st.builds(lambda kind, name: {"type": kind, "id": name}, type_of_unit, unit_ids)
units = st.builds(lambda unit, new: {**new, **unit}, containers | others, news)
places = st.builds(
    lambda port, rest: {**rest, "port": port},
    st.from_regex(r"[A-Z]{2}[A-Z2-9]{3}", fullmatch=True),
    objects(facility=names, spot=words),
)
cargoes = objects(
    size_type=st.from_regex(r"[0-9A-Z]{2,4}", fullmatch=True),
    laden=st.booleans(),
    category=st.sampled_from(Category),
    weight_kg=st.integers(0, 1_000_000),
)
scopes = st.fixed_dictionaries(
    {},
    optional={
        "stages": optional(st.lists(names, min_size=1, max_size=3)),
        "categories": optional(st.lists(st.sampled_from(Category), min_size=1, max_size=3)),
        "modes": optional(st.lists(st.sampled_from(Mode), min_size=1, max_size=3)),
        "stage": optional(names),
    },
)
REQUIRED: dict[str, st.SearchStrategy[Any]] = {
    "event_id": ids,
    "source": names,
    "kind": st.sampled_from(Kind),
    "unit": units,
    "place": places,
    "mode": st.sampled_from(Mode),
    "occurred_at": instants,
}
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "direction": st.sampled_from(Direction),
    "precision": st.sampled_from(Precision),
    "cargo": cargoes,
    "customs": objects(declaration=words, advance=st.booleans(), channel=words, trader=names),
    "refs": objects(voyage=words, train=words, bill=words, truck=words, operator=words),
    "at": instants,
    "party": st.sampled_from(Party),
    "reason": words,
    "scope": scopes,
    "journey_s": st.integers(0, 366 * 24 * 3600),
    "supersedes": ids,
    "retracts": ids,
    "extra": st.dictionaries(words, json_values, max_size=3),
}


@st.composite
def messages_of_one(draw: st.DrawFn) -> dict[str, Any]:
    """One message that the contract accepts, as a JSON object."""
    known = st.fixed_dictionaries(REQUIRED, optional={n: optional(v) for n, v in OPTIONAL.items()})
    message = {**draw(news), **draw(known)}
    if draw(st.booleans()):
        happened = datetime.fromisoformat(message["occurred_at"])
        noticed = draw(st.integers(-300, 10_000))
        message["recorded_at"] = format_instant(happened + timedelta(seconds=noticed))
    if draw(st.booleans()):
        begins = datetime.fromisoformat(message.get("at") or draw(instants))
        message["until"] = format_instant(begins + timedelta(seconds=draw(st.integers(1, 10_000))))
    if message["kind"] in SUSPENSIONS and draw(st.booleans()):
        message["unit"] = {"type": "place", "id": draw(unit_ids)}
    return message


@st.composite
def messages_of_many(draw: st.DrawFn) -> dict[str, Any]:
    """The same about several units."""
    message = draw(messages_of_one())
    del message["unit"]
    return {**message, "units": draw(st.lists(units, min_size=1, max_size=5))}


@pytest.fixture(scope="session")
def accepted_messages() -> st.SearchStrategy[dict[str, Any]]:
    """Messages that keep the contract, about one unit or about many."""
    return messages_of_one() | messages_of_many()


@pytest.fixture(scope="session")
def messages_about_many() -> st.SearchStrategy[dict[str, Any]]:
    """Messages that keep the contract and name several units."""
    return messages_of_many()


@pytest.fixture(scope="session")
def any_json() -> st.SearchStrategy[Any]:
    """Any JSON value whose numbers JSON can hold."""
    return json_values.filter(lambda value: not (isinstance(value, float) and math.isinf(value)))
