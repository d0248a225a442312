"""How every command ends: 0 done, 2 bad usage, 1 failed with one sentence, 130 stopped.

A traceback is shown only with PORTCLOCK_DEBUG. Knows no command.
"""

import errno
import logging
import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from portclock.failure import Failure, Stopped

FAILED = 1
STOPPED = 130
OF_REPORTS = frozenset({"highspy", "pyarrow", "typst"})
"""What only the extra `reports` brings along."""


class Door(TyperGroup):
    """The group of all commands; turns every way of failing into one sentence on stderr."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for. What libraries log is heard by services alone."""
        if not debugging():
            logging.getLogger().addHandler(logging.NullHandler())
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.TyperException, KeyboardInterrupt):
            raise
        except Exception as error:
            raise _ending(error) from error


def _ending(error: Exception) -> Exception:
    """The exit that an error deserves; usage errors and a closed pipe are typer's own matter."""
    if type(error).__module__.startswith("typer.") or _closed_pipe(error) or debugging():
        return error
    print(f"portclock: {_sentence(error)}", file=sys.stderr)
    return typer.Exit(STOPPED if isinstance(error, Stopped) else FAILED)


def debugging() -> bool:
    """Whether the person wants tracebacks."""
    return os.environ.get("PORTCLOCK_DEBUG", "").lower() not in ("", "0", "false", "no", "off")


def _sentence(error: Exception) -> str:
    if isinstance(error, Failure | Stopped):
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}; name a file that can be read and written"
    if isinstance(error, ModuleNotFoundError) and error.name in OF_REPORTS:
        return f"{error.name} is not installed; run: pip install 'portclock[reports]'"
    words = " ".join(str(error).split()) or "no explanation"
    return (
        f"something unexpected happened ({type(error).__name__}: {words}); "
        "run it again with PORTCLOCK_DEBUG=1 and report what it shows"
    )


def _closed_pipe(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno == errno.EPIPE
