"""The dialects by name, for doors that are told which one a feed speaks.

Each is loaded when it is asked for, since a door seldom needs more than one. Knows names; what a
dialect reads, and what its profile holds, is its own.
"""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any, Final, NamedTuple

from events.dialects.decoded import Decoded


class Dialect(NamedTuple):
    """One dialect. `read_profile` takes the text of a profile, in TOML, and raises ValueError;
    `decode` takes bytes, such a profile, and the aware instant of receipt (or None). `acknowledge`
    writes what its partner expects to hear of an input, from its bytes, what they came to, such a
    profile and that instant; None where the dialect has no such thing."""

    name: str
    read_profile: Callable[[str], Any]
    decode: Callable[[bytes, Any, datetime | None], Decoded]
    acknowledge: Callable[[bytes, Decoded, Any, datetime], bytes] | None


NAMES: Final = ("edifact", "dcsa", "customs-xml", "rail", "tabular", "epcis")


def dialect(name: str) -> Dialect:
    """The dialect of this name. Raises ValueError, saying which there are."""
    if name not in NAMES:
        raise ValueError(f"{name!r} is no dialect; there are {', '.join(NAMES)}")
    package = import_module(f"events.dialects.{name.replace('-', '_')}")
    answer = getattr(package, "acknowledge", None)
    return Dialect(name, package.Profile.read, package.decode, answer)
