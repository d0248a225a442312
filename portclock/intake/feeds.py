"""The feeds that are taken: each a partner's profile in a file named `NAME.DIALECT.toml`.

Knows where profiles are; must never know what a format means.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from events.dialects.decoded import Decoded
from events.dialects.known import NAMES, Dialect, dialect
from portclock.failure import Failure

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")
"""A feed's name stands in addresses, in positions of refusals and in the names of files."""


class Feed(NamedTuple):
    """One feed: `decode` reads its bytes, given when a door took them; `acknowledge` writes what
    its partner expects to hear of them, where the dialect has such a thing."""

    name: str
    dialect: str
    decode: Callable[[bytes, datetime], Decoded]
    acknowledge: Callable[[bytes, Decoded, datetime], bytes] | None = None


def load_feeds(folder: Path) -> dict[str, Feed]:
    """Every feed of a folder, by name. Raises Failure naming the file that is wrong."""
    if not folder.is_dir():
        raise Failure(
            f"there is no folder {folder}", do="name the folder of your partners' profiles"
        )
    found: dict[str, Feed] = {}
    for file in sorted(folder.glob("*.toml")):
        feed = read_feed(file)
        if feed.name in found:
            raise Failure(f"{file} is a second feed {feed.name}", do="give one another name")
        found[feed.name] = feed
    return found


def feed_of(feeds: Mapping[str, Feed], name: str) -> Feed:
    """The feed of that name. Raises Failure."""
    if name in feeds:
        return feeds[name]
    known = ", ".join(sorted(feeds)) or "none"
    raise Failure(f"there is no feed {name} (known: {known})", do="add its profile, docs/intake.md")


def read_feed(file: Path) -> Feed:
    """One feed from its profile. Raises Failure."""
    name, _, spoken = file.name.removesuffix(".toml").partition(".")
    if not NAME.fullmatch(name) or spoken not in NAMES:
        raise Failure(
            f"{file} is not named NAME.DIALECT.toml",
            do=f"lower case letters, digits and dashes, then one of {', '.join(NAMES)}",
        )
    speaks = dialect(spoken)
    try:
        profile = _whole(speaks.read_profile(file.read_text(encoding="utf-8")), file)
    except (tomllib.TOMLDecodeError, ValidationError, ValueError, OSError) as error:
        raise Failure(f"{file} is no profile of {spoken}: {_first(error)}") from None
    return Feed(name, spoken, partial(_decode, speaks, profile), _answering(speaks, profile))


def _whole(profile: Any, file: Path) -> Any:
    """With the schema that it names, if it names one: a file beside it. Raises OSError."""
    name = getattr(profile, "schema_name", None)
    return profile if name is None else profile.supplied((file.parent / name).read_bytes())


def _decode(speaks: Dialect, profile: Any, data: bytes, received_at: datetime) -> Decoded:
    return speaks.decode(data, profile, received_at)


def _answering(speaks: Dialect, profile: Any) -> Callable[[bytes, Decoded, datetime], bytes] | None:
    answer = speaks.acknowledge
    if answer is None:
        return None
    return lambda data, decoded, at: answer(data, decoded, profile, at)


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        one = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
    return str(error)
