"""The environment as our commands read it: what a variable says, or the file that it names says.

NAME_FILE may stand in place of NAME wherever NAME may hold a secret: the environment of a process
can be read by its owner and is inherited by all its children, a file belongs to whom it belongs to.
Knows no variable by name; must never print what is in a file.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from portclock.failure import Failure

OURS: Final = "PORTCLOCK_"
FILE: Final = "_FILE"
BYTES_MAX: Final = 64 * 1024
"""Of a file with a secret; whatever is longer is another file."""


class Environment(Mapping[str, str]):
    """A mapping over another. A name that is not set is looked for in the file of NAME_FILE.

    Files are read when they are asked for, and each time, so that a secret that was changed is had
    by whoever asks anew. Raises Failure for both at once, and for a file that cannot be read.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        file = self._environ.get(f"{name}{FILE}", "").strip()
        if not file:
            return self._environ[name]
        if self._environ.get(name, "").strip():
            raise Failure(f"both {name} and {name}{FILE} are set", do="take one of them away")
        return _content(f"{name}{FILE}", Path(file))

    def __iter__(self) -> Iterator[str]:
        """Every name that is set, and ours that stand in files; what names a file stands for it."""
        for name in self._environ:
            stem = name.removesuffix(FILE)
            if stem == name or not name.startswith(OURS):
                yield name
            elif stem not in self._environ:
                yield stem

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self._environ)} variables)"


def environment() -> Environment:
    """That of this process."""
    return Environment(os.environ)


def _content(name: str, file: Path) -> str:
    """Without the line end that an editor leaves."""
    try:
        with file.open("rb") as opened:
            found = opened.read(BYTES_MAX + 1)
        text = found.decode("utf-8").rstrip("\r\n")
    except OSError as error:
        raise Failure(
            f"the file {file} of {name} cannot be read ({error.strerror})",
            do="check its path and its rights",
        ) from None
    except UnicodeDecodeError:
        raise Failure(f"the file {file} of {name} holds no text", do="write UTF-8") from None
    if len(found) > BYTES_MAX:
        raise Failure(f"the file {file} of {name} is no secret", do=f"keep below {BYTES_MAX} bytes")
    return text
