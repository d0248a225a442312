"""From options and environment to what the floors below take. The only reader of os.environ."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from portclock.failure import Failure

if TYPE_CHECKING:
    from portclock.settings import Settings
    from timing.engine import Rules


def settings(*, broker: str | None = None) -> "Settings":
    """The environment's settings, with what the command line says in its place."""
    from portclock.settings import brokers, read_settings

    found = read_settings(os.environ)
    if broker is None:
        return found
    try:
        return found.model_copy(update={"broker": brokers(broker)})
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--to") from None


def rules(folder: Path | None) -> "Rules":
    """The register to judge by, with the usual patience. Raises Failure."""
    from timing.engine import Rules
    from timing.limits import RegisterError, load_register
    from timing.patience import Patience

    try:
        register = load_register(*([folder] if folder else []))
    except RegisterError as error:
        raise Failure(str(error)) from error
    return Rules(register, Patience())
