"""From what an identity provider says of somebody to a viewer, by the table in the settings.

Pure. What is not said opens nothing: a scope claim that is wanted and absent lets nobody in, since
an empty scope would mean every port.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from serving.access.viewers import Role, Viewer

EVERYTHING: Final = "*"
WORDS_MAX: Final = 1_000


class ClaimTable(msgspec.Struct, frozen=True):
    """Which claim says what; a dot leads into an object (`realm_access.roles`).

    `roles` maps the provider's words to ours, the first that matches counts. Without a `ports` or
    `facilities` claim the provider's people see all of them.
    """

    roles: tuple[tuple[str, Role], ...]
    role: str = "roles"
    name: str = "preferred_username"
    ports: str = ""
    facilities: str = ""


def viewer_of(claims: Mapping[str, Any], table: ClaimTable) -> Viewer | None:
    """Who it is; None for somebody whom the table gives no role or no scope."""
    given = _words(_at(claims, table.role))
    role = next((ours for theirs, ours in table.roles if theirs in given), None)
    ports = _scope(claims, table.ports)
    facilities = _scope(claims, table.facilities)
    if role is None or ports is None or facilities is None:
        return None
    return Viewer(_name(claims, table), role, ports, facilities)


def _name(claims: Mapping[str, Any], table: ClaimTable) -> str:
    name = _at(claims, table.name)
    return name if isinstance(name, str) and name else str(claims["sub"])


def _scope(claims: Mapping[str, Any], claim: str) -> frozenset[str] | None:
    """All when no claim is asked or it says `*`; None when it should say and does not."""
    if not claim:
        return frozenset()
    words = _words(_at(claims, claim))
    if EVERYTHING in words:
        return frozenset()
    return words or None


def _at(claims: Mapping[str, Any], path: str) -> object:
    """The claim of that very name, since such as `https://port/roles` hold dots; else by steps."""
    if path in claims:
        return claims[path]
    found: object = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _words(value: object) -> frozenset[str]:
    """A list of words, or one text of words with spaces between, as providers write either."""
    if isinstance(value, str):
        return frozenset(value.split()[:WORDS_MAX])
    if isinstance(value, list):
        return frozenset(one for one in value[:WORDS_MAX] if isinstance(one, str) and one)
    return frozenset()
