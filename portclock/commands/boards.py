"""`portclock boards render|check|push`: the boards of Grafana."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.options import Json
from portclock.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping

Live = Annotated[
    str | None,
    typer.Option(
        "--live",
        metavar="URL",
        envvar="PORTCLOCK_BOARD_URL",
        help="Where the live board is, for the links to it. [default: http://127.0.0.1:8700]",
    ),
]
LiveThere = Annotated[
    str | None,
    typer.Option("--live", metavar="URL", help="The address that these were rendered with."),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Where to write. [default: the folder shipped]"),
]
Folder = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", help="A folder of boards. [default: those shipped]"),
]
Url = Annotated[
    str,
    typer.Option("--url", metavar="URL", help="The Grafana, as https://host:port/path."),
]
TokenEnv = Annotated[
    str,
    typer.Option(
        "--token-env",
        metavar="NAME",
        help="The environment variable that holds the token of a service account.",
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only", metavar="BOARD", help="Only this board, as en/customs; may be repeated."
    ),
]
Remark = Annotated[
    str,
    typer.Option("--remark", metavar="TEXT", help="Leave this as an annotation on all boards."),
]


def render(out: Out = None, live: Live = None, json: Json = False) -> None:
    """Write the boards as JSON, as Grafana's file provisioning reads them: two languages, four
    boards each.
    """
    from dashboards.rendering import COMMITTED, write
    from portclock.commands.output import print_json, stdout

    files, folder = _rendered(live), out or COMMITTED
    try:
        write(folder, files)
    except OSError as error:
        raise Failure(f"the boards cannot be written to {folder}: {error.strerror}") from error
    if json:
        print_json({"folder": str(folder), "boards": sorted(files)})
    else:
        stdout().print(f"{len(files)} boards in {folder}", soft_wrap=True)


def check(folder: Folder = None, live: LiveThere = None, json: Json = False) -> None:
    """Check that a folder holds the boards exactly as this portclock renders them."""
    from dashboards.rendering import COMMITTED, differing
    from portclock.commands.output import print_json, say, stdout

    files, where = _rendered(live), folder or COMMITTED
    found = differing(where, files)
    if json:
        print_json({"folder": str(where), "boards": len(files), "differing": found})
    for path, what in found.items():
        say(f"{path} {what}")
    if found:
        raise Failure(
            f"{len(found)} boards in {where} are not as rendered", do="run portclock boards render"
        )
    if not json:
        stdout().print(f"{len(files)} boards: as rendered")


def push(
    url: Url,
    token_env: TokenEnv = "PORTCLOCK_GRAFANA_TOKEN",
    only: Only = None,
    live: Live = None,
    remark: Remark = "",
    json: Json = False,
) -> None:
    """Put the boards into a running Grafana, over those that are there, each language in a folder.

    For a Grafana whose files you cannot reach; where you can, mount the folder of boards instead.
    Alert rules and data sources come from files alone. The command may be repeated.
    """
    from dashboards.push import Grafana, PushFailed, push
    from portclock.commands.output import print_json, stdout

    boards = _chosen(_rendered(live), only)
    try:
        for folder, pushed in push(Grafana(url, _token(token_env)), boards, remark):
            if json:
                print_json({**pushed._asdict(), "folder": folder.uid})
            else:
                version = "" if pushed.version is None else f", version {pushed.version}"
                stdout().print(f"{pushed.uid}: in {folder.title}{version}", soft_wrap=True)
    except PushFailed as error:
        raise Failure(str(error)) from error


def _rendered(live: str | None) -> "dict[str, bytes]":
    from urllib.parse import urlsplit

    from dashboards.links import LIVE_BOARD
    from dashboards.rendering import rendered

    if live is not None and urlsplit(live).scheme not in ("http", "https"):
        raise typer.BadParameter("write it as https://host:port", param_hint="--live")
    return rendered((live or LIVE_BOARD).rstrip("/"))


def _chosen(files: "Mapping[str, bytes]", only: list[str] | None) -> "Mapping[str, bytes]":
    if not only:
        return files
    for name in only:
        if f"{name}.json" not in files:
            known = ", ".join(sorted(path.removesuffix(".json") for path in files))
            raise typer.BadParameter(f"there is no {name}; there are {known}", param_hint="--only")
    return {path: content for path, content in files.items() if path.removesuffix(".json") in only}


def _token(name: str) -> str:
    from portclock.environment import environment

    token = environment().get(name, "").strip()
    if not token:
        raise Failure(
            f"the environment has no {name}",
            do="put the token of a Grafana service account there, with the role Editor",
        )
    return token
