"""`portclock`: one command. Names the commands and their examples; each body imports what it needs.

Nothing heavy may be imported here: `portclock --help` must answer at once.
"""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from portclock.commands import (
    announced,
    boards,
    broker,
    bulletin,
    commitments,
    demo,
    explain,
    feeds,
    intake,
    judge,
    limits,
    notify,
    pull,
    quarantine,
    replay,
    restate,
    schema,
    serve,
    services,
    study,
    token,
    up,
    verify,
    vintage,
    vintage_trace,
    whatif,
)
from portclock.commands.door import Door
from portclock.commands.version import told

EXAMPLES = {
    "demo": ("portclock demo", "portclock demo --once --json --visits 200 --seed 7"),
    "up": ("portclock up --data ./port-data", "portclock up --broker kafka --data ./port-data"),
    "judge": (
        "portclock judge day.jsonl",
        "portclock judge day.jsonl --now 2026-03-02T18:00:00+08:00 --json",
    ),
    "commitments": (
        "portclock commitments march.jsonl",
        "portclock commitments march.jsonl --month 2026-03 --port CNTXG --json",
    ),
    "whatif": (
        "portclock whatif --edition draft.toml --from 2026-01 --to 2026-06 history.jsonl",
        "portclock whatif --edition draft.toml --from 2026-03 --csv",
    ),
    "bulletin": (
        "portclock bulletin --month 2026-03",
        "portclock bulletin --month 2026-03 --lang zh --baselines ours.toml --out ./march",
    ),
    "study": (
        "portclock study --from 2026-01 --to 2026-03",
        "portclock study --from 2026-03 --forms pdf,csv --fonts ./fonts",
    ),
    "verify": (
        "portclock verify bulletin-2026-03",
        "portclock verify bulletin-2026-03 --offline --keys issuer.json --earlier bulletin-2026-02",
    ),
    "vintage close": (
        "portclock vintage close --month 2026-03",
        'portclock vintage close --month 2026-03 --restate --reason "a day was sent again"',
    ),
    "vintage list": ("portclock vintage list",),
    "vintage show": ("portclock vintage show 2026-03.1",),
    "vintage trace": (
        "portclock vintage trace 2026-03.1 clearance direction=import port=CNLYG",
        "portclock vintage trace 2026-03.1 clearance direction=import --visits --json",
    ),
    "vintage keys": ("portclock vintage keys", "portclock vintage keys --rotate"),
    "explain": (
        "portclock explain CSQU3054383 day.jsonl --lang zh",
        "portclock explain CNLYG/CSQU3054383/20260302T001500Z --json",
    ),
    "replay": (
        "portclock replay day.jsonl --to 127.0.0.1:9092",
        "portclock replay day.jsonl --speed 60 --until 2026-03-03T00:00:00+08:00",
    ),
    "intake": (
        "portclock intake ./inbox --feed terminal --feeds ./feeds",
        "portclock intake day.edi --feed terminal --feeds ./feeds --out day.jsonl",
    ),
    "announced": (
        "portclock announced --feed terminal --since 2026-03-02T00:00:00+08:00",
        "portclock announced --unit CSNU6351189 --json",
    ),
    "pull": (
        "portclock pull --feed carrier --feeds ./feeds --url https://carrier.example/v3/events",
    ),
    "feeds": (
        "portclock feeds",
        "portclock feeds --since 2026-03-01T00:00:00+08:00 --source lyg-tos --json",
    ),
    "worker": ("PORTCLOCK_BROKER=127.0.0.1:9092 portclock worker",),
    "writer": (
        "PORTCLOCK_CLICKHOUSE=clickhouse://default@127.0.0.1:9000/portclock portclock writer",
    ),
    "pulse": ("PORTCLOCK_BROKER=127.0.0.1:9092 portclock pulse",),
    "restater": ("portclock restater",),
    "restate": (
        "portclock restate --from 2026-01 --to 2026-03 --dry-run",
        'portclock restate --from 2026-03 --port CNLYG --reason "holidays of 2026 corrected"',
    ),
    "serve": (
        "PORTCLOCK_BROKER=127.0.0.1:9092 portclock serve",
        "portclock serve --host 0.0.0.0 --port 8700",
    ),
    "notify": (
        "PORTCLOCK_ROUTES=routes.toml portclock notify",
        "portclock notify --routes routes.toml --check",
    ),
    "token add": (
        'portclock token add "Wang Wei" --role operator --port CNLYG --facility LPCT',
        "portclock token add port-office --role evaluator --days 30 --json",
    ),
    "token list": ("portclock token list",),
    "token revoke": ('portclock token revoke "Wang Wei"', "portclock token revoke 4be1c2d90a77"),
    "boards render": ("portclock boards render --out ./boards --live https://board.example",),
    "boards check": ("portclock boards check",),
    "boards push": (
        "portclock boards push --url https://grafana.example",
        "portclock boards push --url https://grafana.example --only zh/customs",
    ),
    "limits check": ("portclock limits check", "portclock limits check ./our-limits"),
    "limits list": ("portclock limits list",),
    "limits show": ("portclock limits show shidao.inspection-move",),
    "limits hash": ("portclock limits hash --limits ./our-limits",),
    "broker rights": ("portclock broker rights", "portclock broker rights --script"),
    "broker grant": ("portclock broker grant --broker 127.0.0.1:9092",),
    "broker user": ("PORTCLOCK_BROKER=127.0.0.1:9092 portclock broker user portclock-worker",),
    "schema apply": ("portclock schema apply",),
    "schema diff": ("portclock schema diff",),
    "schema show": ("portclock schema show",),
    "schema roles": ("portclock schema roles", "portclock schema roles --apply"),
    "quarantine list": (
        "portclock quarantine list --reason bad-check-digit",
        "portclock quarantine list --counts --json",
    ),
    "quarantine show": ("portclock quarantine show terminal-events/3/4711 --out message.json",),
    "quarantine replay": (
        "portclock quarantine replay terminal-events/3/4711 --with corrected.json",
        "portclock quarantine replay --reason unknown-kind",
    ),
}
"""What each command's --help shows; tests run them for their usage."""

_GROUP: dict[str, Any] = {
    "no_args_is_help": True,
    "rich_markup_mode": "rich",
    "context_settings": {"help_option_names": ["-h", "--help"]},
}
app = typer.Typer(
    name="portclock",
    cls=Door,
    help="Times every stage a box passes at a port and judges it against the published limits.",
    epilog="Start with: [bold]portclock demo[/]",
    add_completion=False,
    pretty_exceptions_enable=False,
    **_GROUP,
)


@app.callback()
def _every(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=told,
            is_eager=True,
            help="Say which version this is, and whether its law runs compiled.",
        ),
    ] = False,
) -> None:
    pass


def _group(name: str, words: str) -> typer.Typer:
    group = typer.Typer(help=words, **_GROUP)
    app.add_typer(group, name=name)
    return group


def _command(group: typer.Typer, path: str, body: Callable[..., None]) -> None:
    lines = "\n\n".join(f"  [cyan]{line}[/]" for line in EXAMPLES[path])
    epilog = f"[bold]{'Examples' if len(EXAMPLES[path]) > 1 else 'Example'}[/]\n\n{lines}"
    group.command(path.split()[-1], help=reflowed(body.__doc__ or ""), epilog=epilog)(body)


def reflowed(text: str) -> str:
    """A docstring as paragraphs, each on one line, so that a terminal wraps them to its width."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


_VINTAGE = _group("vintage", "What was published: months closed, kept for ever, and sealed.")
_TOKEN = _group("token", "Who may look at the board.")
_BOARDS = _group("boards", "The boards of Grafana.")
_LIMITS = _group("limits", "The register of published limits.")
_BROKER = _group("broker", "Who may do what at Kafka.")
_SCHEMA = _group("schema", "The ClickHouse schema.")
_QUARANTINE = _group("quarantine", "What was refused, and sending it again.")

_command(app, "demo", demo.demo)
_command(app, "up", up.up)
_command(app, "judge", judge.judge)
_command(app, "commitments", commitments.commitments)
_command(app, "whatif", whatif.whatif)
_command(app, "bulletin", bulletin.bulletin)
_command(app, "study", study.study)
_command(app, "verify", verify.verify)
_command(app, "explain", explain.explain)
_command(app, "replay", replay.replay)
_command(app, "intake", intake.intake)
_command(app, "announced", announced.announced)
_command(app, "pull", pull.pull)
_command(app, "feeds", feeds.feeds)
_command(app, "worker", services.worker)
_command(app, "writer", services.writer)
_command(app, "pulse", services.pulse)
_command(app, "restater", services.restater)
_command(app, "restate", restate.restate)
_command(app, "serve", serve.serve)
_command(app, "notify", notify.notify)
_command(_VINTAGE, "vintage close", vintage.close)
_command(_VINTAGE, "vintage list", vintage.list_vintages)
_command(_VINTAGE, "vintage show", vintage.show)
_command(_VINTAGE, "vintage trace", vintage_trace.trace)
_command(_VINTAGE, "vintage keys", vintage.keys)
_command(_TOKEN, "token add", token.add)
_command(_TOKEN, "token list", token.list_tokens)
_command(_TOKEN, "token revoke", token.revoke)
_command(_BOARDS, "boards render", boards.render)
_command(_BOARDS, "boards check", boards.check)
_command(_BOARDS, "boards push", boards.push)
_command(_LIMITS, "limits check", limits.check)
_command(_LIMITS, "limits list", limits.list_editions)
_command(_LIMITS, "limits show", limits.show)
_command(_LIMITS, "limits hash", limits.show_hash)
_command(_BROKER, "broker rights", broker.rights)
_command(_BROKER, "broker grant", broker.grant)
_command(_BROKER, "broker user", broker.user)
_command(_SCHEMA, "schema apply", schema.apply)
_command(_SCHEMA, "schema diff", schema.diff)
_command(_SCHEMA, "schema show", schema.show)
_command(_SCHEMA, "schema roles", schema.roles)
_command(_QUARANTINE, "quarantine list", quarantine.list_refused)
_command(_QUARANTINE, "quarantine show", quarantine.show)
_command(_QUARANTINE, "quarantine replay", quarantine.replay)


def main() -> None:
    """The entry point: run the command and end the process with its exit code."""
    app()
