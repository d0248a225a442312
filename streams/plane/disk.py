"""A partition's state on disk, for more units than memory holds.

Rows that a step has changed stay in memory until the step is in the changelog, and go to disk then,
in one transaction with the offset up to which the changelog is in them: what is on disk was
acknowledged, so a worker that comes back to it reads on from there, however it ended. Nothing is
forced to the disk, for the changelog has it all: after a power cut, or when the folder is old, it
is thrown away.

Relied on, of lmdb 3.0: a transaction is written whole or not at all though the process is killed,
and no call holds the interpreter while the disk is slow (one that did would stop the heartbeats).
Knows bytes and files; of a row nothing.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from hashlib import blake2b
from math import inf
from pathlib import Path
from typing import Any, Final

from streams.plane.store import Changes, Part

STALE_S: Final = 12 * 3600
"""Older state is not used: a broker forgets after a day that a key was deleted
(`delete.retention.ms`), and what was deleted since would come back. Half of that, for safety."""
STATE_BYTES: Final = 64 * 1024**3
"""The most that one partition may have; address space only, until it is used."""
_CLOCK: Final = b"\x00clock"
_UPTO: Final = b"\x00upto"
_LONG: Final = b"\x01"
_KEY_BYTES_MAX: Final = 500
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


class StateInUse(Exception):
    """The folder is another worker's, or cannot be written."""


class MissingLibrary(Exception):
    """State on disk was asked for, and what it needs is not installed."""


def on_disk(folder: Path) -> Callable[[int], "DiskPart"]:
    """Makes the parts of one worker, in a folder of its own. Raises MissingLibrary."""
    try:
        import lmdb  # noqa: F401
    except ImportError as error:
        raise MissingLibrary(
            "state on disk needs lmdb: pip install 'portclock[disk]', or set "
            "PORTCLOCK_WORKER_STATE=memory"
        ) from error
    return lambda partition: DiskPart(folder / str(partition))


class DiskRows(MutableMapping[str, bytes]):
    """Rows by key: those of steps under way in memory, all others on disk."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._fresh: dict[str, tuple[int, bytes | None]] = {}
        """How many steps under way have written a key, and what the last of them wrote."""

    def __getitem__(self, key: str) -> bytes:
        fresh = self._fresh.get(key)
        value = _read(self._store, key) if fresh is None else fresh[1]
        if value is None:
            raise KeyError(key)
        return value

    def get(self, key: str, default: Any = None) -> Any:
        """The row, or the default."""
        fresh = self._fresh.get(key)
        value = _read(self._store, key) if fresh is None else fresh[1]
        return default if value is None else value

    def __setitem__(self, key: str, value: bytes) -> None:
        self._write(key, value)

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        self._write(key, None)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def items(self) -> Any:
        """Every row; those on disk in the order of their keys."""
        return self._all()

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self._all())

    def __len__(self) -> int:
        """How many there are on disk, whatever steps are under way."""
        with self._store.begin() as reading:
            own = sum(reading.get(name) is not None for name in (_CLOCK, _UPTO))
            return int(reading.stat()["entries"]) - own

    def settled(self, keys: Iterable[str]) -> None:
        """A step's rows are on disk."""
        for key in keys:
            steps, value = self._fresh.get(key, (1, None))
            if steps > 1:
                self._fresh[key] = steps - 1, value
            else:
                self._fresh.pop(key, None)

    def forget_fresh(self) -> None:
        """What was under way will not be written."""
        self._fresh.clear()

    def _write(self, key: str, value: bytes | None) -> None:
        steps, _ = self._fresh.get(key, (0, None))
        self._fresh[key] = steps + 1, value

    def _all(self) -> Iterator[tuple[str, bytes]]:
        with self._store.begin() as reading:
            for name, value in reading.cursor():
                if name[:1] == _CLOCK[:1]:
                    continue
                key, row = _long(value) if name[:1] == _LONG else (name.decode(), value)
                if key not in self._fresh:
                    yield key, row
        for key, (_, fresh) in self._fresh.items():
            if fresh is not None:
                yield key, fresh


class DiskPart(Part):
    """The state of one partition in a folder. Raises StateInUse when it cannot be had."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp = folder.with_name(f"{folder.name}.written")
        self._open()

    def clear(self) -> None:
        """Know nothing: the changelog is not the one that was read."""
        self.close()
        shutil.rmtree(self._folder)
        self._open()

    def settle(self, rows: Changes, clock: bytes, spans: Iterable[tuple[int, int]]) -> None:
        """A step is in the changelog: now its rows may go to disk, and leave memory."""
        super().settle(rows, clock, spans)
        self._write(rows, clock, self.upto)
        self._rows.settled(rows)

    def close(self) -> None:
        """Let go of the files. They stay: the partition may come back."""
        self._store.close()
        self._own.close()

    def _take_in(self, changes: Changes, clock: bytes | None, upto: int) -> None:
        self._rows.forget_fresh()
        self._write(changes, clock, upto)
        self.clock, self.upto, self.made = clock, upto, None

    def _open(self) -> None:
        self._own = _owned(self._stamp)
        if not self._is_usable():
            shutil.rmtree(self._folder, ignore_errors=True)
        self._store = _opened(self._folder)
        self._rows = DiskRows(self._store)
        with self._store.begin() as reading:
            clock, upto = reading.get(_CLOCK), reading.get(_UPTO)
        super().__init__(self._rows, clock, int.from_bytes(upto or b"", "big"))

    def _write(self, rows: Changes, clock: bytes | None, upto: int) -> None:
        with self._store.begin(write=True) as writing:
            for key, value in rows.items():
                name = _name(key)
                if value is None:
                    writing.delete(name)
                else:
                    writing.put(name, _with_key(key, value) if name[:1] == _LONG else value)
            if clock is not None:
                writing.put(_CLOCK, clock)
            writing.put(_UPTO, upto.to_bytes(8, "big"))
        self._stamp.touch()

    def _is_usable(self) -> bool:
        """Whether it was written since this machine was started, and not too long ago by the clock
        of the disk itself."""
        self._own.seek(0)
        since, now = self._own.read(), _boot()
        written_s = self._stamp.stat().st_mtime if since else -inf
        if since != now:
            self._own.truncate(0)
            self._own.write(now)
            self._own.flush()
        with tempfile.NamedTemporaryFile(dir=self._stamp.parent) as file:
            age_s = Path(file.name).stat().st_mtime - written_s
        return bool(now) and since == now and age_s <= STALE_S


def _owned(stamp: Path) -> Any:
    """The stamp, opened and locked for as long as it is open."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    file = stamp.open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise StateInUse(
            f"the state beside {stamp} is another worker's: {error}; each needs a folder of its "
            "own (PORTCLOCK_DATA)"
        ) from error
    return file


def _opened(folder: Path) -> Any:
    import lmdb

    try:
        return lmdb.open(
            str(folder), map_size=STATE_BYTES, sync=False, metasync=False, readahead=False,
            meminit=False, max_dbs=0,
        )  # fmt: skip
    except lmdb.Error as error:
        raise StateInUse(
            f"the state in {folder} cannot be opened: {error}; the folder may be deleted, the "
            "changelog has all"
        ) from error


def _boot() -> str:
    """Which start of this machine it is; empty where that is not told."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _read(store: Any, key: str) -> bytes | None:
    name = _name(key)
    with store.begin() as reading:
        value: bytes | None = reading.get(name)
    return value if value is None or name[:1] != _LONG else _long(value)[1]


def _name(key: str) -> bytes:
    """What a key is called on disk: itself, unless the database takes none so long."""
    name = key.encode()
    return name if len(name) <= _KEY_BYTES_MAX else _LONG + blake2b(name, digest_size=32).digest()


def _with_key(key: str, row: bytes) -> bytes:
    name = key.encode()
    return len(name).to_bytes(4, "big") + name + row


def _long(value: bytes) -> tuple[str, bytes]:
    """Key and row of what has another name on disk."""
    length = 4 + int.from_bytes(value[:4], "big")
    return value[4:length].decode(), value[length:]
