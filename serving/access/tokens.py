"""Tokens as values: made once, kept as a hash, with a name, a role, a scope and an end.

Pure: where they are kept is known by `token_file`. A token's text is never kept, and 256 random
bits need no slow hash. Its id stands in its text, so one entry is compared, and in constant time.
"""

import hmac
import json
import re
import secrets
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import msgspec

from serving.access.viewers import Role, Viewer

PREFIX: Final = "pck"
TOKENS_MAX: Final = 10_000
NAME_CHARACTERS_MAX: Final = 80
_TEXT: Final = re.compile(rf"{PREFIX}_([0-9a-f]{{12}})_([A-Za-z0-9_-]{{43}})", re.ASCII)
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


class TokensError(ValueError):
    """One sentence about tokens that cannot be read or made."""


class Token(msgspec.Struct, frozen=True):
    """One token, without its text. Instants are aware UTC; `sha256` is of the whole text, hex."""

    id: str
    name: str
    role: Role
    sha256: str
    made_at: datetime
    expires_at: datetime
    ports: frozenset[str] = frozenset()
    facilities: frozenset[str] = frozenset()
    feeds: frozenset[str] = frozenset()
    revoked_at: datetime | None = None

    def valid(self, now: datetime) -> bool:
        """Whether it lets anybody in at `now`."""
        return self.revoked_at is None and now < self.expires_at

    def matches(self, text: str) -> bool:
        """Whether this is its text; takes as long for every text."""
        return hmac.compare_digest(self.sha256, sha256(text.encode()).hexdigest())

    @property
    def viewer(self) -> Viewer:
        """Whom it stands for."""
        return Viewer(self.name, self.role, self.ports, self.facilities, self.feeds)


def make(viewer: Viewer, now: datetime, expires_at: datetime) -> tuple[str, Token]:
    """A new token and its text, which is nowhere else. Raises TokensError."""
    name = viewer.name.strip()
    if not name or len(name) > NAME_CHARACTERS_MAX or not name.isprintable():
        raise TokensError(f"a token's name has 1 to {NAME_CHARACTERS_MAX} printable characters")
    if expires_at <= now:
        raise TokensError("a token must end after it was made")
    if (viewer.role is Role.SENDER) != bool(viewer.feeds):
        raise TokensError("a sender's token names its feeds, and nobody else's names any")
    id_ = secrets.token_hex(6)
    text = f"{PREFIX}_{id_}_{secrets.token_urlsafe(32)}"
    digest = sha256(text.encode()).hexdigest()
    scope = viewer.ports, viewer.facilities, viewer.feeds
    return text, Token(id_, name, viewer.role, digest, now, expires_at, *scope)


def id_in(text: str) -> str | None:
    """The id that a token's text names; None for what is no token's text."""
    found = _TEXT.fullmatch(text)
    return found[1] if found else None


def written(tokens: Iterable[Token]) -> str:
    """Tokens as TOML, one table each."""
    return "".join(f"[tokens.{token.id}]\n{_fields(token)}\n" for token in tokens)


def read(text: str) -> dict[str, Token]:
    """Tokens by id from TOML. Raises TokensError: one wrong entry makes all of them unreadable."""
    try:
        tables = tomllib.loads(text).get("tokens", {})
        found = {id_: _token(id_, fields) for id_, fields in tables.items()}
    except (tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise TokensError(f"it does not hold tokens as portclock writes them: {error}") from None
    if len(found) > TOKENS_MAX:
        raise TokensError(f"it holds more than {TOKENS_MAX:,} tokens")
    return found


def _fields(token: Token) -> str:
    said: dict[str, Any] = {
        "name": token.name,
        "role": token.role.value,
        "sha256": token.sha256,
        "ports": sorted(token.ports),
        "facilities": sorted(token.facilities),
        **({"feeds": sorted(token.feeds)} if token.feeds else {}),
    }
    moments = {
        "made_at": token.made_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }
    # JSON's strings and lists of strings are TOML's, as long as they are printable.
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in said.items()]
    lines += [f"{name} = {_instant(at)}" for name, at in moments.items() if at is not None]
    return "\n".join(lines) + "\n"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _token(id_: str, fields: Mapping[str, Any]) -> Token:
    if not _HASH.fullmatch(fields["sha256"]):
        raise ValueError(f"the sha256 of {id_} is none")
    revoked_at = fields.get("revoked_at")
    return Token(
        id=id_,
        name=_word(fields["name"]),
        role=Role(fields["role"]),
        sha256=fields["sha256"],
        made_at=_aware(fields["made_at"]),
        expires_at=_aware(fields["expires_at"]),
        # Not optional: without them the token would open every port.
        ports=_words(fields["ports"]),
        facilities=_words(fields["facilities"]),
        feeds=_words(fields.get("feeds", [])),
        revoked_at=None if revoked_at is None else _aware(revoked_at),
    )


def _aware(value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"{value!r} is no instant with its offset")
    return value.astimezone(UTC)


def _words(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return frozenset(_word(one) for one in value)


def _word(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{value!r} is no text")
    return value
