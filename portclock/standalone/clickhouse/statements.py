"""What a statement asks of a front: a long result, a short one or none; and what is refused.

Knows SQL by its tokens only; what is valid is the engine's to say. Inserts that carry rows are
in `inserts`.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from portclock.standalone.clickhouse.errors import (
    ACCESS_DENIED,
    NOT_IMPLEMENTED,
    SYNTAX_ERROR,
    ServerError,
)
from portclock.standalone.clickhouse.tokens import Token, TokenKind, tokens

# Functions that reach files, programs or this process's own Python objects, for which the engine
# asks for no right (`file` as a scalar function, `python`, `arrowstream`) or not before it has
# looked (`executable`, `disk`), and `eval`, which would hide any of them in a string.
REFUSED_FUNCTIONS = frozenset({"file", "python", "arrowstream", "executable", "disk", "eval"})

_SUSPICIOUS = re.compile("|".join([*sorted(REFUSED_FUNCTIONS), "outfile", "infile"]), re.I)
_HIDDEN = re.compile(r'[`"][^`"]*\\')
_FORMAT = re.compile(r"\bformat\b", re.I)
_STREAMED = ("SELECT", "WITH", "FROM")
_TABULAR = ("SHOW", "DESC", "DESCRIBE", "EXISTS", "EXPLAIN", "CHECK")


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything else."""

    sql: str
    """Without its FORMAT clause and without a `;` at its end."""
    format_name: str
    """Empty when the statement names none."""
    streamed: bool
    """Its result may be long: a select."""
    tabular: bool
    """It always has a result, be it empty."""
    database: str
    """What `USE` names; else empty."""
    settles: bool
    """It changes the session's settings (`SET`)."""


def refuse_forbidden(sql: str) -> None:
    """Raise ServerError for what nobody may ask: files, programs, this process's memory."""
    if not _SUSPICIOUS.search(sql) and not _HIDDEN.search(sql):
        return
    for token, after in pairwise([*tokens(sql), Token(TokenKind.OTHER, "", len(sql), len(sql))]):
        if token.keyword("INTO") and after.keyword("OUTFILE"):
            raise ServerError(NOT_IMPLEMENTED, "INTO OUTFILE belongs to the client program")
        if token.keyword("FROM") and after.keyword("INFILE"):
            raise ServerError(NOT_IMPLEMENTED, "FROM INFILE belongs to the client program")
        if token.name and token.value.lower() in REFUSED_FUNCTIONS and after.sign("("):
            raise ServerError(
                ACCESS_DENIED, f"{token.value}() is refused: nobody reaches files through here"
            )


def parse_statement(sql: str) -> Statement:
    """Anything but an insert with rows. Raises ServerError for what is forbidden or empty."""
    refuse_forbidden(sql)
    leading = _leading(sql)
    if not leading:
        raise ServerError(SYNTAX_ERROR, "Syntax error: Empty query")
    first = leading[0]
    format_clause = _format_clause(sql) if _FORMAT.search(sql) else None
    return Statement(
        sql=_without(sql, format_clause),
        format_name=format_clause[1].value if format_clause else "",
        streamed=first.keyword(*_STREAMED),
        tabular=first.keyword(*_TABULAR),
        database=leading[1].value if first.keyword("USE") and len(leading) > 1 else "",
        settles=first.keyword("SET"),
    )


def _leading(sql: str) -> list[Token]:
    """The first two tokens that are no opening bracket."""
    found: list[Token] = []
    for token in tokens(sql):
        if not token.sign("("):
            found.append(token)
        if len(found) == 2:
            break
    return found


def _format_clause(sql: str) -> tuple[Token, Token] | None:
    """`FORMAT name`, where nothing but SETTINGS may follow."""
    last = Token(TokenKind.OTHER, ";", len(sql), len(sql))
    line = [*tokens(sql), last]
    for word, name, after in zip(line, line[1:], line[2:], strict=False):
        if word.keyword("FORMAT") and name.name and (after.sign(";") or after.keyword("SETTINGS")):
            return word, name
    return None


def _without(sql: str, clause: tuple[Token, Token] | None) -> str:
    body = sql if clause is None else sql[: clause[0].start] + sql[clause[1].end :]
    if ";" not in body:
        return body
    signs = list(tokens(body))
    while signs and signs[-1].sign(";"):
        body = body[: signs.pop().start]
    return body
