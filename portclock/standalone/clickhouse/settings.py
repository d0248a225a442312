"""Settings sent with one query, and the SQL that sets them and takes them back."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from portclock.standalone.clickhouse.errors import UNKNOWN_SETTING, ServerError
from portclock.standalone.clickhouse.tokens import quote_text


@dataclass(frozen=True, slots=True)
class Setting:
    """A value for one query; unknown ones are passed over unless they are important."""

    value: str
    important: bool = True


def known_settings(settings: Mapping[str, Setting], names: Set[str]) -> dict[str, str]:
    """Those the engine knows. Raises ServerError for an important one that it does not."""
    for name, setting in settings.items():
        if setting.important and name not in names:
            raise ServerError(UNKNOWN_SETTING, f"Unknown setting '{name}'")
    return {name: sent.value for name, sent in settings.items() if name in names}


def setting(values: Mapping[str, str]) -> str:
    """SQL that sets them all."""
    return "SET " + ", ".join(f"{name} = {quote_text(value)}" for name, value in values.items())


def resetting(names: Iterable[str], before: Mapping[str, str]) -> str:
    """SQL that gives each its value before, or its default."""
    values = (quote_text(before[name]) if name in before else "DEFAULT" for name in names)
    return "SET " + ", ".join(
        f"{name} = {value}" for name, value in zip(names, values, strict=True)
    )
