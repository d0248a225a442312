"""The routes file: read, checked, and complained about by file and line.

Knows TOML and what a sound file is. A value that may be a secret is never repeated.
"""

import tomllib
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from serving.notify.routes import BY_ENVIRONMENT, Channel, Mail, Robot, Routes, Webhook
from timing.complaints import Complaint, Fault, located, of_form, of_syntax
from timing.written import nearest

SECRET_KEYS: Final = frozenset({"secret", "token", "password"})
CHARACTERS_MAX: Final = 1024 * 1024
KEY_BYTES: Final = range(24, 65)


class RoutesError(Exception):
    """The file cannot be used; each line names the file, the line, what is wrong, what to do."""


def load(path: Path, environ: Mapping[str, str]) -> Routes:
    """The routes of a file whose secrets are all in the environment. Raises RoutesError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RoutesError(f"{path}: cannot be read ({error}); name a file in UTF-8") from None
    if len(text) > CHARACTERS_MAX:
        raise RoutesError(
            f"{path}: has more than {CHARACTERS_MAX} characters; it is no routes file"
        )
    found, complaints = _read(path, text, environ)
    if found is None or complaints:
        raise RoutesError("\n".join(map(str, complaints)))
    return found


def secret_of(reference: str, environ: Mapping[str, str]) -> str:
    """What a reference such as `env:NAME` stands for; '' when the environment has no such name."""
    return environ.get(reference.removeprefix(BY_ENVIRONMENT), "").strip()


def _read(
    path: Path, text: str, environ: Mapping[str, str]
) -> tuple[Routes | None, list[Complaint]]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [of_syntax(path, text, error)]
    try:
        routes = Routes.model_validate(document)
    except ValidationError as error:
        malformed = (_unseen(fault) for fault in of_form(error, Routes))
        return None, list(located(path, text, malformed))
    unsound = (*_unsound(routes), *_without_secret(routes, environ))
    return routes, list(located(path, text, unsound))


def _unseen(fault: Fault) -> Fault:
    """The same without the value, where that may be a secret."""
    if fault.where and fault.where[-1] in SECRET_KEYS and "=" in fault.what:
        return fault._replace(what=f"{fault.where[-1]} will not do", remedy="write env:NAME")
    return fault


def _unsound(routes: Routes) -> Iterator[Fault]:
    names = [route.name for route in routes.route]
    for number, route in enumerate(routes.route):
        if names.index(route.name) != number:
            yield Fault(
                ("route", number, "name"), f"the name {route.name!r} is taken", "choose another"
            )
        yield from _unknown(("route", number, "channels"), route.channels, routes.channel)
        if route.escalate:
            where = ("route", number, "escalate", "channels")
            yield from _unknown(where, route.escalate.channels, routes.channel)
        if route.quiet and route.quiet.begins == route.quiet.ends:
            yield Fault(
                ("route", number, "quiet", "to"),
                "quiet hours that end when they begin",
                "leave them out, or end them at another time",
            )


def _unknown(
    where: tuple[str | int, ...], names: Iterable[str], known: Mapping[str, object]
) -> Iterator[Fault]:
    for place, name in enumerate(names):
        if name not in known:
            remedy = nearest(name, known, f"add [channel.{name}]")
            yield Fault((*where, place), f"there is no channel {name!r}", remedy)


def _without_secret(routes: Routes, environ: Mapping[str, str]) -> Iterator[Fault]:
    for name, channel in routes.channel.items():
        for key in sorted(SECRET_KEYS):
            reference = getattr(channel, key, None)
            if reference is not None and not secret_of(reference, environ):
                variable = reference.removeprefix(BY_ENVIRONMENT)
                yield Fault(
                    ("channel", name, key), f"the environment has no {variable}", "set it there"
                )
        yield from _half_credentials(name, channel)
        yield from _weak_key(name, channel, environ)


def _half_credentials(name: str, channel: Channel) -> Iterator[Fault]:
    if isinstance(channel, Robot) and channel.secret and channel.kind != "dingtalk":
        what = f"a robot of {channel.kind} is not signed for here"
        yield Fault(("channel", name, "secret"), what, "take it out, and use keywords there")
    if isinstance(channel, Mail) and (channel.user is None) != (channel.password is None):
        yield Fault(("channel", name), "one of user and password is missing", "write both or none")


def _weak_key(name: str, channel: Channel, environ: Mapping[str, str]) -> Iterator[Fault]:
    """Standard Webhooks: a key is 24 to 64 bytes, written in base64 after `whsec_`."""
    if not isinstance(channel, Webhook) or not (text := secret_of(channel.secret, environ)):
        return
    try:
        key = b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if not KEY_BYTES.start <= len(key) < KEY_BYTES.stop:
        variable = channel.secret.removeprefix(BY_ENVIRONMENT)
        yield Fault(
            ("channel", name, "secret"),
            f"what {variable} holds is no key of 24 to 64 bytes in base64",
            "make one with: openssl rand -base64 32",
        )
