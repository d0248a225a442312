"""Every bound of the notifier, as a frozen model made from a mapping. Nothing is read on import.

Knows the names of the environment's variables; must never read the environment itself.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

PREFIX = "PORTCLOCK_"
NOTIFY = "PORTCLOCK_NOTIFY_"

Count = Annotated[int, Field(ge=1)]
Span = Annotated[float, Field(gt=0)]


class SettingsError(ValueError):
    """One sentence: which variable, what is wrong with it, what to write instead."""


class NotifySettings(BaseModel):
    """What the notifier is told. Durations in seconds, except those in `_ms`, minutes and days.

    `kafka_python` is what each client of the broker is given besides: how it shows who it is. A
    password is among it, so it is never printed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    brokers: Annotated[tuple[str, ...], Field(min_length=1)] = ("127.0.0.1:9092",)
    routes: Path | None = None
    outbox: Path = Path("notify.sqlite3")
    board_url: Annotated[str, Field(pattern=r"^https?://[^\s/]+[^\s]*$")] | None = None
    era: Annotated[int, Field(ge=0)] = 0
    window_ms: Annotated[int, Field(ge=0, le=10_000)] = 300
    suspension_s: Span = 5.0
    suspension_again_s: Span = 600.0
    suspended_at_most_s: Span = 72 * 3600.0
    bundle_max: Annotated[int, Field(ge=1, le=1_000)] = 200
    unsettled_max: Count = 4
    request_timeout_s: Span = 10.0
    retry_first_s: Span = 1.0
    retry_max_s: Span = 300.0
    attempts_max: Count = 12
    give_up_s: Span = 2 * 3600.0
    too_old_s: Span = 24 * 3600.0
    open_max: Count = 100_000
    keep_days: Annotated[int, Field(ge=1, le=3_650)] = 30
    kafka_python: Mapping[str, Any] = Field(default_factory=dict, repr=False)

    @classmethod
    def from_mapping(cls, environ: Mapping[str, str]) -> Self:
        """Read PORTCLOCK_BROKER, _ROUTES, _BOARD_URL, _DATA and PORTCLOCK_NOTIFY_*.

        An empty variable counts as absent. Raises SettingsError naming the variable.
        """
        given = {name: text.strip() for name, text in environ.items() if text.strip()}
        found: dict[str, Any] = {
            name.removeprefix(NOTIFY).lower(): text
            for name, text in given.items()
            if name.startswith(NOTIFY)
        }
        if brokers := given.get(f"{PREFIX}BROKER"):
            found["brokers"] = tuple(part.strip() for part in brokers.split(",") if part.strip())
        if data := given.get(f"{PREFIX}DATA"):
            found.setdefault("outbox", Path(data) / "notify.sqlite3")
        for name in ("routes", "board_url"):
            if text := given.get(f"{PREFIX}{name.upper()}"):
                found[name] = text
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            variable = {"routes": "ROUTES", "board_url": "BOARD_URL", "brokers": "BROKER"}.get(
                place, f"NOTIFY_{place.upper()}"
            )
            raise SettingsError(f"{PREFIX}{variable} is not understood: {first['msg']}") from None
