"""docs/commands.md, made from the commands themselves: `python -m portclock.commands.reference`.

A test compares the file with what this makes, so that the documents cannot fall behind.
"""

import sys
from collections.abc import Iterator
from typing import Any

import typer

from portclock.cli import EXAMPLES, app

HEAD = """\
# Commands

One command, `portclock`. It exits 0 only when it did its job, 2 on bad usage, 1 on failure with
one sentence on stderr, 130 when stopped by Ctrl-C. `--json` prints JSON on stdout and nothing else;
progress goes to stderr. `PORTCLOCK_DEBUG=1` shows tracebacks.

| from the environment | is | default |
|---|---|---|
| `PORTCLOCK_BROKER` | the broker, `host:port[,host:port]` | `127.0.0.1:9092` |
| `PORTCLOCK_CLICKHOUSE` | `clickhouse://user:password@host:port/database` | this machine, 9000 |
| `PORTCLOCK_LIMITS` | a folder of limit editions | those shipped |
| `PORTCLOCK_DATA` | the folder for everything kept on this machine | `demo`: a temporary one |
| `PORTCLOCK_METRICS_PORT` | the port of a service's `/metrics` | none |
| `PORTCLOCK_BOARD_PORT` | the port of the board | 8700 |
| `PORTCLOCK_BOARD_URL` | the address under which people reach the board | none |
| `PORTCLOCK_TOKENS` | the file of who may look at the board | `tokens.toml` in the data folder |
| `PORTCLOCK_OIDC_*` | an identity provider, see [access](access.md) | none |
| `PORTCLOCK_ROUTES` | the file of who is told of alerts, see [alerts](alerts.md) | none |
| `PORTCLOCK_SEAL_KEYS` | keys that seal [documents](vintages.md) | `secrets/seal` there |
| `PORTCLOCK_SEALED` | sealed documents that the board hands out | `sealed` there |
| `PORTCLOCK_DEBUG` | `1` shows tracebacks | off |

This page is made by `python -m portclock.commands.reference`; do not edit it.
"""


def render() -> str:
    """The whole page."""
    root = typer.main.get_command(app)
    return HEAD + "".join(_commands(root, ()))


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[str]:
    """Every command below `command`, in the order of --help."""
    for name, below in getattr(command, "commands", {}).items():
        where = (*path, name)
        if hasattr(below, "commands"):
            yield from _commands(below, where)
        else:
            yield _section(below, " ".join(where))


def _section(command: Any, path: str) -> str:
    examples = "\n".join(EXAMPLES[path])
    rows = "".join(_row(parameter) for parameter in command.params if parameter.name != "help")
    table = f"\n| takes | meaning |\n|---|---|\n{rows}" if rows else ""
    return f"\n## portclock {path}\n\n{command.help}\n\n```sh\n{examples}\n```\n{table}"


def _row(parameter: Any) -> str:
    names = ", ".join(parameter.opts) if parameter.opts[0].startswith("-") else ""
    metavar = parameter.metavar or ""
    shown = " ".join(part for part in (names, metavar) if part)
    meaning = (parameter.help or "").replace("|", "\\|")
    return f"| `{shown}` | {meaning}{_default(parameter)} |\n"


def _default(parameter: Any) -> str:
    value = parameter.default
    if parameter.required or value in (None, False, "", ()) or "[default" in (parameter.help or ""):
        return ""
    return f" [default: {getattr(value, 'value', value)}]"


if __name__ == "__main__":
    sys.stdout.write(render())
