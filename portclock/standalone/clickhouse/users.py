"""Who may come in: a writer, and a reader if one is wanted. Knows no protocol."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from portclock.standalone.clickhouse.errors import AUTHENTICATION_FAILED, ServerError

PREFIX = "PORTCLOCK_CLICKHOUSE_"


@dataclass(frozen=True, slots=True)
class User:
    """A user of the doors; the engine knows nothing of it."""

    name: str
    password: str
    reader: bool = False


@dataclass(frozen=True, slots=True)
class Users:
    """All users. Passwords come from the environment and are never written anywhere."""

    known: tuple[User, ...] = (User("default", ""),)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Users":
        """The writer, `default` unless ..._USER says otherwise, with ..._PASSWORD or none; and
        the reader, `reader` unless ..._READER_USER, only if ..._READER_PASSWORD is set."""
        writer = User(
            environment.get(f"{PREFIX}USER", "default"), environment.get(f"{PREFIX}PASSWORD", "")
        )
        password = environment.get(f"{PREFIX}READER_PASSWORD", "")
        if not password:
            return cls((writer,))
        name = environment.get(f"{PREFIX}READER_USER", "reader")
        return cls((writer, User(name, password, reader=True)))

    def authenticate(self, name: str, password: str) -> User:
        """The user, or ServerError 516 which tells nobody what was wrong."""
        for user in self.known:
            same = hmac.compare_digest(user.password.encode(), password.encode())
            if user.name == (name or "default") and same:
                return user
        raise ServerError(
            AUTHENTICATION_FAILED,
            f"{name or 'default'}: Authentication failed: password is incorrect, or there is no"
            " user with such name.",
        )
