"""Routes as data: who is told of what, on which channel, when, and who is told if nobody answers.

Pure. Knows the shape of the routes file and how an alert meets it; never where the file is, nor any
secret: a secret is the name of a variable of the environment.
"""

import re
from datetime import time
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from events.outcomes import Alert
from events.vocabulary import AlertState, Party, Word
from timing.stages import STAGES

BY_ENVIRONMENT: Final = "env:"
NAME_MAX: Final = 64


class Told(Word):
    """What people are told of an incident: the states of its alerts, and that nobody answered."""

    AT_RISK = AlertState.AT_RISK.value
    BREACHED = AlertState.BREACHED.value
    ESCALATED = "escalated"
    RESOLVED = AlertState.RESOLVED.value
    RETRACTED = AlertState.RETRACTED.value


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
        raise ValueError(f"{text!r} is no name; write small letters, digits and single hyphens")
    if len(text) > NAME_MAX:
        raise ValueError(f"a name of {len(text)} characters; {NAME_MAX} are enough")
    return text


def _secret(text: str) -> str:
    """Only ever the name of a variable: what it holds is not written into a file."""
    if not re.fullmatch(r"env:[A-Z][A-Z0-9_]*", text):
        raise ValueError("a secret stands in the file; put it in the environment, write env:NAME")
    return text


def _port(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}[A-Z2-9]{3}", text):
        raise ValueError(f"{text!r} is no port; write its UN/LOCODE, as CNLYG")
    return text


_STAGE_IDS = frozenset(stage.id for stage in STAGES)
_PARTIES = frozenset({*(party.value for party in Party), "all"})


def _stage(text: str) -> str:
    if text not in _STAGE_IDS:
        raise ValueError(f"there is no stage {text!r}; the stages stand in docs/glossary.md")
    return text


def _party(text: str) -> str:
    if text not in _PARTIES:
        raise ValueError(f"nobody is called {text!r}; parties are {', '.join(sorted(_PARTIES))}")
    return text


def _target(text: str) -> str:
    """An address to post to: with a host, without credentials."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("the url is no address; write https://host/path")
    if parts.username or parts.password:
        raise ValueError("the url holds a password; sign by `secret` instead")
    return text


def _zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError(f"there is no timezone {text!r}; write it as Asia/Shanghai")
    return text


def _clock(value: object) -> time:
    """`22:00`, as text or as TOML's own local time."""
    if isinstance(value, time) and value.tzinfo is None:
        return value
    if isinstance(value, str) and re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        return time.fromisoformat(value)
    raise ValueError("no time of day; write it as 22:00")


Name = Annotated[str, AfterValidator(_name)]
Secret = Annotated[str, AfterValidator(_secret)]
Clock = Annotated[time, BeforeValidator(_clock)]
Language = Literal["zh", "en", "both"]


class Closed(BaseModel):
    """Base of the routes: frozen; a key that nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class _Channel(Closed):
    language: Language = "both"
    per_minute: Annotated[int, Field(ge=1, le=6_000)] = 600
    """Messages tried in any minute; what comes faster waits, and is bundled and folded."""


class Webhook(_Channel):
    """A signed POST. The url is used as written: no redirect is followed."""

    kind: Literal["webhook"]
    url: Annotated[str, AfterValidator(_target)]
    secret: Secret


class Mail(_Channel):
    """Mail by one server, to several people at once."""

    kind: Literal["mail"]
    server: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+:[0-9]{1,5}$")]
    security: Literal["ssl", "starttls", "none"] = "ssl"
    user: str | None = None
    password: Secret | None = None
    sender: Annotated[str, Field(alias="from", pattern=r"^[^@\s]+@[^@\s]+$")]
    to: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[^@\s,]+@[^@\s,]+$")], ...], Field(min_length=1)
    ]
    per_minute: Annotated[int, Field(ge=1, le=6_000)] = 60


class Robot(_Channel):
    """A robot of a group. These services take 20 messages a minute."""

    kind: Literal["dingtalk", "wecombot", "feishu"]
    token: Secret
    secret: Secret | None = None
    per_minute: Annotated[int, Field(ge=1, le=6_000)] = 20


Channel = Annotated[Webhook | Mail | Robot, Field(discriminator="kind")]


class Quiet(Closed):
    """From one time of the day to another (past midnight, if earlier) only `pass` is told."""

    begins: Annotated[Clock, Field(alias="from")]
    ends: Annotated[Clock, Field(alias="to")]
    passing: Annotated[tuple[Told, ...], Field(alias="pass")] = ()


class Digest(Closed):
    """These states are not told one by one, but together, every so many minutes from midnight."""

    every_min: Annotated[int, Field(ge=5, le=1_440)]
    states: Annotated[tuple[Told, ...], Field(min_length=1)] = (
        Told.AT_RISK,
        Told.RESOLVED,
        Told.RETRACTED,
    )


class Escalation(Closed):
    """Whom to tell when a breach was told and nobody acknowledged it for so many minutes."""

    after_min: Annotated[int, Field(ge=1, le=1_440)]
    to: Annotated[str, Field(min_length=1, max_length=200)]
    channels: Annotated[tuple[Name, ...], Field(min_length=1)]


class Route(Closed):
    """Which alerts go where. An empty list means any."""

    name: Name
    channels: Annotated[tuple[Name, ...], Field(min_length=1)]
    ports: tuple[Annotated[str, AfterValidator(_port)], ...] = ()
    facilities: tuple[str, ...] = ()
    stages: tuple[Annotated[str, AfterValidator(_stage)], ...] = ()
    answers: tuple[Annotated[str, AfterValidator(_party)], ...] = ()
    states: tuple[Told, ...] = ()
    quiet: Quiet | None = None
    digest: Digest | None = None
    escalate: Escalation | None = None

    def takes(self, alert: Alert, state: Told) -> bool:
        """Whether this route asks for an alert."""
        return (
            (not self.ports or alert.port in self.ports)
            and (not self.facilities or alert.facility in self.facilities)
            and (not self.stages or alert.stage in self.stages)
            and (not self.answers or alert.answers in self.answers)
            and (not self.states or state in self.states)
        )


class Routes(Closed):
    """The whole file. Routes are asked in order; a channel tells each alert once at most."""

    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    channel: Annotated[dict[Name, Channel], Field(min_length=1)]
    route: Annotated[tuple[Route, ...], Field(min_length=1)]

    @property
    def zone(self) -> ZoneInfo:
        """Where quiet hours and digests are counted."""
        return ZoneInfo(self.timezone)

    def named(self, name: str) -> Route | None:
        """A route of this name, if the file still has it."""
        return next((route for route in self.route if route.name == name), None)

    def targets(
        self, alert: Alert, state: Told, escalated: frozenset[str] = frozenset()
    ) -> dict[str, Route]:
        """Each channel that is to tell an alert, with the first route that says so. Who was told
        that nobody answers, by one of the routes `escalated`, is told how it goes on."""
        found: dict[str, Route] = {}
        for route in self.route:
            if not route.takes(alert, state):
                continue
            for channel in route.channels:
                found.setdefault(channel, route)
            if route.escalate and route.name in escalated:
                for channel in route.escalate.channels:
                    found.setdefault(channel, route)
        return found
