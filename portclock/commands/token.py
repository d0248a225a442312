"""`portclock token add|list|revoke`: who may look at the board, and what they may see."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portclock.commands.options import Json
from portclock.failure import Failure

if TYPE_CHECKING:
    from serving.access.token_file import TokenFile
    from serving.access.tokens import Token

DAYS = 90
TokensFile = Annotated[
    Path | None,
    typer.Option(
        "--tokens",
        metavar="FILE",
        envvar="PORTCLOCK_TOKENS",
        help="The file of tokens. [default: tokens.toml in the data folder]",
    ),
]


class RoleName(StrEnum):
    """What somebody is at the port."""

    OPERATOR = "operator"
    CUSTOMS = "customs"
    EVALUATOR = "evaluator"
    STEWARD = "steward"
    SENDER = "sender"


Role = Annotated[
    RoleName,
    typer.Option(
        help="operator: units of their scope; customs: what concerns customs; evaluator: figures "
        "over many, no single box; steward: everything, metrics too; sender: hands in events, "
        "sees nothing."
    ),
]
Ports = Annotated[
    list[str] | None,
    typer.Option("--port", metavar="CODE", help="Only this port; may be repeated. [default: all]"),
]
Facilities = Annotated[
    list[str] | None,
    typer.Option(
        "--facility", metavar="CODE", help="Only this facility; may be repeated. [default: all]"
    ),
]
Feeds = Annotated[
    list[str] | None,
    typer.Option(
        "--feed", metavar="NAME", help="Hands in this feed; may be repeated. For senders only."
    ),
]
Days = Annotated[int, typer.Option(min=1, max=3_650, metavar="N", help="Good for so many days.")]


def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose it is; the log names them.")],
    role: Role,
    port: Ports = None,
    facility: Facilities = None,
    feed: Feeds = None,
    days: Days = DAYS,
    tokens: TokensFile = None,
    json: Json = False,
) -> None:
    """Make a token for somebody, and print it: it is kept as a hash only and never shown again."""
    from portclock.commands.moments import now
    from portclock.commands.output import print_json, say
    from serving.access import viewers

    at = now()
    scope = (frozenset(words or ()) for words in (port, facility, feed))
    viewer = viewers.Viewer(name, viewers.Role(role.value), *scope)
    kept = _file(tokens)
    text, token = _told(lambda: kept.add(viewer, at, at + timedelta(days=days)))
    if json:
        print_json({**_document(token), "token": text})
        return
    typer.echo(text)
    say(f"{token.id} is {name}'s, {role.value}, until {token.expires_at:%Y-%m-%d}; it is not shown "
        "again. Sign in with it, or add #TOKEN to the address of /sign-in.")  # fmt: skip


def list_tokens(tokens: TokensFile = None, json: Json = False) -> None:
    """List who may come in, and who no longer may."""
    from portclock.commands.moments import now
    from portclock.commands.output import print_json, stdout

    at, found = now(), _told(_file(tokens).all)
    for token in found if json else ():
        print_json({**_document(token), "valid": token.valid(at)})
    if not json:
        from rich.table import Table

        table = Table("id", "name", "role", "ports", "facilities", "until", "", box=None)
        for token in found:
            scope = (" ".join(sorted(part)) or "all" for part in (token.ports, token.facilities))
            state = "revoked" if token.revoked_at else "" if token.valid(at) else "over"
            until = f"{token.expires_at:%Y-%m-%d}"
            table.add_row(token.id, token.name, token.role.value, *scope, until, state)
        stdout().print(table)


def revoke(
    who: Annotated[str, typer.Argument(metavar="ID|NAME", help="A token, or all of somebody's.")],
    tokens: TokensFile = None,
    json: Json = False,
) -> None:
    """End a token, or all tokens of a name: sessions that began with it end at once, too."""
    from portclock.commands.moments import now
    from portclock.commands.output import print_json, say

    kept = _file(tokens)
    ended = _told(lambda: kept.revoke(lambda token: who in (token.id, token.name), now()))
    if json:
        print_json({"revoked": [token.id for token in ended]})
    if not ended:
        raise Failure(f"there is no token {who} that is still good", do="see portclock token list")
    if not json:
        say(f"revoked {', '.join(token.id for token in ended)}")


def tokens_file(said: Path | None) -> Path:
    """The file named, else the one in the data folder, else one here."""
    from portclock.commands.wiring import settings

    return said or (settings().data or Path()) / "tokens.toml"


def _file(said: Path | None) -> "TokenFile":
    from serving.access.token_file import TokenFile

    return TokenFile(tokens_file(said))


def _told(work: Any) -> Any:
    """What is wrong with tokens, as a sentence."""
    from serving.access.tokens import TokensError

    try:
        return work()
    except TokensError as error:
        raise Failure(str(error), do="mend or remove that file, or name another") from None


def _document(token: "Token") -> dict[str, object]:
    return {
        "id": token.id,
        "name": token.name,
        "role": token.role.value,
        "ports": sorted(token.ports),
        "facilities": sorted(token.facilities),
        "feeds": sorted(token.feeds),
        "made_at": token.made_at.isoformat(),
        "expires_at": token.expires_at.isoformat(),
        "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
    }
