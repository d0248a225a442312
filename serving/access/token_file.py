"""The file of tokens: read again whenever it changes, written whole or not at all.

Several processes may use it at once: a lock beside it keeps writers apart, and a reader sees the
file of before or of after. A file that cannot be read lets nobody in.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from serving.access.tokens import TOKENS_MAX, Token, TokensError, make, read, written
from serving.access.viewers import Viewer

BYTES_MAX: Final = 8 * 1024 * 1024
_ABSENT: Final = (0, 0, 0)


class _Seen(NamedTuple):
    state: tuple[int, int, int]
    tokens: Mapping[str, Token]
    trouble: str | None


class TokenFile:
    """The tokens in a file. A missing file holds none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = _Seen(_ABSENT, {}, None)

    @property
    def trouble(self) -> str | None:
        """Why the file cannot be read, in one sentence; None when all is well."""
        return self._look().trouble

    def token(self, id_: str) -> Token | None:
        """The token of that id, as the file has it now."""
        return self._look().tokens.get(id_)

    def all(self) -> list[Token]:
        """Every token, the latest last. Raises TokensError when the file cannot be read."""
        seen = self._look()
        if seen.trouble:
            raise TokensError(seen.trouble)
        return sorted(seen.tokens.values(), key=lambda token: (token.made_at, token.id))

    def add(self, viewer: Viewer, now: datetime, expires_at: datetime) -> tuple[str, Token]:
        """Make a token and keep it; gives its text, once. Raises TokensError."""
        text, token = make(viewer, now, expires_at)
        self._rewrite(lambda tokens: {**tokens, token.id: token})
        return text, token

    def revoke(self, wanted: Callable[[Token], bool], now: datetime) -> list[Token]:
        """End the tokens wanted that have not ended yet; gives them. Raises TokensError."""
        ended: list[Token] = []

        def ending(token: Token) -> Token:
            if not token.valid(now) or not wanted(token):
                return token
            ended.append(token)
            return msgspec.structs.replace(token, revoked_at=now)

        self._rewrite(lambda tokens: {id_: ending(token) for id_, token in tokens.items()})
        return ended

    def _rewrite(self, change: Callable[[Mapping[str, Token]], dict[str, Token]]) -> None:
        with self._alone():
            tokens = change({token.id: token for token in self.all()})
            if len(tokens) > TOKENS_MAX:
                raise TokensError(f"{self._path} would hold more than {TOKENS_MAX:,} tokens")
            half = self._path.with_name(f"{self._path.name}.part")
            descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(written(tokens.values()))
                file.flush()
                os.fsync(file.fileno())
            half.replace(self._path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time; the kernel lets go of the lock however a writer ends."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = self._path.with_name(f"{self._path.name}.lock")
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _look(self) -> _Seen:
        state = self._state()
        if state != self._seen.state:
            self._seen = _Seen(state, *self._read(state))
        return self._seen

    def _state(self) -> tuple[int, int, int]:
        """What differs whenever the file does: it is replaced, so its inode is another."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return _ABSENT
        except OSError:
            return (-1, 0, 0)
        return (found.st_ino, found.st_mtime_ns, found.st_size)

    def _read(self, state: tuple[int, int, int]) -> tuple[Mapping[str, Token], str | None]:
        if state == _ABSENT:
            return {}, None
        try:
            if state[2] > BYTES_MAX:
                raise TokensError(f"it is larger than {BYTES_MAX:,} bytes")
            return read(self._path.read_text(encoding="utf-8")), None
        except (OSError, UnicodeDecodeError, TokensError) as error:
            return {}, f"the tokens in {self._path} cannot be read, so nobody gets in: {error}"
