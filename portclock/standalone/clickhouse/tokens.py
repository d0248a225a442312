"""SQL cut into words as the engine's own lexer cuts it; understands no statement.

It has to agree with the engine on what is a comment and what is a string, or a name could be
hidden from us that the engine sees: comments nest, and typographic quotes count as quotes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class TokenKind(StrEnum):
    """What a token is; the engine knows more, but nobody here needs to."""

    WORD = "word"
    QUOTED = "quoted"
    STRING = "string"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Token:
    """One token, and where it stands in the text."""

    kind: TokenKind
    value: str
    """As written; of a quoted identifier, the name without quotes and escapes."""
    start: int
    end: int

    def keyword(self, *words: str) -> bool:
        """Whether it is one of these keywords, given in upper case."""
        return self.kind == TokenKind.WORD and self.value.upper() in words

    def sign(self, sign: str) -> bool:
        """Whether it is this sign."""
        return self.kind == TokenKind.OTHER and self.value == sign

    @property
    def name(self) -> bool:
        """Whether it can name a table or a column."""
        return self.kind in (TokenKind.WORD, TokenKind.QUOTED)


_TOKEN = re.compile(
    r"""
    (?P<blank>\s+ | --[^\n]* | \#[ !][^\n]*)
  | (?P<comment>/\*)
  | (?P<heredoc>\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
  | (?P<string>'(?:[^'\\]|\\.|'')*(?:'|\Z)
      | \u2018[^\u2019]*(?:\u2019|\Z))
  | (?P<quoted>`(?:[^`\\]|\\.|``)*(?:`|\Z)
      | "(?:[^"\\]|\\.|"")*(?:"|\Z) | \u201c[^\u201d]*(?:\u201d|\Z))
  | (?P<word>[^\W\d][\w$]*)
  | (?P<number>\d+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0", "a": "\a", "v": "\v"}


def tokens(sql: str, start: int = 0) -> Iterator[Token]:
    """The tokens from a position on, without blanks and comments; lazily, for long texts."""
    position = start
    while found := _TOKEN.match(sql, position):
        position = found.end()
        if found.lastgroup == "comment":
            position = _comment_end(sql, position)
        elif found.lastgroup != "blank":
            yield _token(found)


def _token(found: re.Match[str]) -> Token:
    start, end = found.span()
    if found["quoted"] is not None:
        return Token(TokenKind.QUOTED, _unquoted(found[0]), start, end)
    if found["word"] is not None:
        return Token(TokenKind.WORD, found[0], start, end)
    if found["string"] is not None or found["heredoc"] is not None:
        return Token(TokenKind.STRING, found[0], start, end)
    return Token(TokenKind.OTHER, found[0], start, end)


def _comment_end(sql: str, position: int) -> int:
    """Where the comment ends that was opened just before; the end of the text if nowhere."""
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(sql, position)
        if edge is None:
            return len(sql)
        position = edge.end()
        depth += 1 if edge[0] == "/*" else -1
    return position


def _unquoted(quoted: str) -> str:
    quote = quoted[0]
    inside = quoted[1:-1]
    if quote == "\u201c":
        return inside
    return _ESCAPE.sub(_unescaped, inside.replace(quote * 2, quote))


def _unescaped(escape: re.Match[str]) -> str:
    if escape[1]:
        return chr(int(escape[1], 16))
    return _ESCAPED.get(escape[2], escape[2])


def quote_name(name: str) -> str:
    """An identifier for use in SQL."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def quote_text(value: str) -> str:
    """A string literal for use in SQL."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
