"""`portclock --version`: the version, and whether the law runs compiled or plain.

Reads the package's own metadata. Imports the law only when it is asked.
"""

import typer


def told(asked: bool) -> None:
    """Say it and end, if it was asked for."""
    if asked:
        print(line())
        raise typer.Exit


def line() -> str:
    """As it is printed."""
    from importlib.metadata import version

    from timing.compiled import compiled

    return f"portclock {version('portclock')}, {'compiled' if compiled() else 'plain'}"
