"""From options and environment to what the floors below take."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from portclock.failure import Failure

if TYPE_CHECKING:
    from portclock.settings import Settings
    from timing.engine import Rules


def settings() -> "Settings":
    """What the environment says. Raises Failure."""
    from portclock.environment import environment
    from portclock.settings import read_settings

    return read_settings(environment())


def broker_of(said: str | None, option: str) -> tuple[str, ...]:
    """The broker of the command line, else of the environment; who one is says the latter."""
    from portclock.kafka_security import Brokers
    from portclock.settings import brokers

    if said is None:
        return settings().broker
    try:
        return Brokers(brokers(said), settings().kafka)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


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
