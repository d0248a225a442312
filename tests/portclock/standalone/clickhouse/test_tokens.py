"""SQL is cut as the engine cuts it; where they disagreed, a refused name could hide."""

from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portclock.standalone.clickhouse.engine import Engine
from portclock.standalone.clickhouse.tokens import TokenKind, quote_name, quote_text, tokens

WORDS = [TokenKind.WORD, TokenKind.QUOTED]


def words(sql: str) -> list[str]:
    """The names in a text."""
    return [token.value for token in tokens(sql) if token.kind in WORDS]


@pytest.mark.parametrize(
    ("sql", "seen"),
    [
        ("a /* b */ c", ["a", "c"]),
        ("a /* b /* c */ d */ e", ["a", "e"]),
        ("a /* never closed b", ["a"]),
        ("a -- b\nc", ["a", "c"]),
        ("a # b\nc #! d", ["a", "c"]),
        ("a 'b' c", ["a", "c"]),
        ("a 'it''s b' c", ["a", "c"]),
        ("a 'it\\'s b' c", ["a", "c"]),
        ("a $x$ b 'c $x$ d", ["a", "d"]),
        ('`a b` "c"', ["a b", "c"]),
        ('`a``b` "c""d"', ["a`b", 'c"d']),
        ("`fi\\x6ce`", ["file"]),
        ("`a\\tb\\`c`", ["a\tb`c"]),
        ("\u201cfile\u201d \u2018b\u2019 c", ["file", "c"]),
        ("a1 1b _c", ["a1", "b", "_c"]),
        ("/* ' */ a", ["a"]),
        ("'/*' a", ["a"]),
    ],
)
def test_names_are_seen_through_comments_and_quotes(sql: str, seen: list[str]) -> None:
    assert words(sql) == seen


@pytest.mark.parametrize(
    "around",
    [
        *("/* {} */ '1'", "/* /* */ {} */ '1'", "-- {}\n '1'", "# {}\n '1'", "#! {}\n '1'"),
        *("'{}' || '1'", "$q${}$q$ || '1'", "'\\'{}' || '1'", "'''{}' || '1'"),
        *("\u2018{}\u2019 || '1'", "/* ' */ {}", "'/*', {}", "'' || {}", "`{}`", "\u201c{}\u201d"),
        *("/* /* */ ' */ {} -- '", "'\\\\', {}", "$$ ' $$, {}"),
    ],
)
def test_the_engine_agrees_on_what_is_hidden(engine: Engine, around: str) -> None:
    """`{}` is either a column to the engine, which there is not, or nothing at all."""
    sql = "SELECT " + around.format("no_such_column")
    assert ("no_such_column" in words(sql)) == engine_misses_a_column(engine, sql)


def engine_misses_a_column(engine: Engine, sql: str) -> bool:
    """Whether the engine takes a name for a column; no other error is expected."""
    with closing(engine.connect()) as connection:
        try:
            connection.query(sql, "TSV")
        except Exception as error:
            if "UNKNOWN_IDENTIFIER" not in str(error):
                raise
            return True
    return False


@given(st.text(min_size=1, max_size=50))
def test_a_quoted_name_is_read_back_as_it_was(name: str) -> None:
    (token,) = tokens(quote_name(name))
    assert (token.kind, token.value) == (TokenKind.QUOTED, name)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_a_quoted_text_is_one_token_and_the_engine_reads_it_back(engine: Engine, text: str) -> None:
    (token,) = tokens(quote_text(text))
    assert token.kind == TokenKind.STRING
    with closing(engine.connect()) as connection:
        told = connection.query(f"SELECT hex({quote_text(text)})", "TSV").bytes()
    assert bytes.fromhex(bytes(told).decode()) == text.encode()


@given(st.text(max_size=200))
def test_tokens_stand_in_order_and_within_the_text(sql: str) -> None:
    end = 0
    for token in tokens(sql):
        assert end <= token.start < token.end <= len(sql)
        end = token.end


def test_reading_begins_where_it_is_told() -> None:
    assert [token.value for token in tokens("a b c", 2)] == ["b", "c"]
