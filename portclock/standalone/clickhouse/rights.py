"""The configuration the engine is opened with: what anybody may do, and what is left of its disk.

The engine knows one user only (`default`; the doors' own users are in `users`), so the rights
here hold for all. They are granted one by one: what is not named is refused, above all every
source outside the engine (files, URLs, other servers), programs, and stopping the process.
"""

from pathlib import Path
from typing import Final

RESERVE_BYTES: Final = 256 * 1024 * 1024
"""Free bytes of its disk that the engine leaves alone: below, inserts and merges are refused before
they begin (NOT_ENOUGH_SPACE, which a writer waits out), and none breaks off in the midst."""

# Of an engine family the last part of the name counts: ReplacingMergeTree is covered.
_TABLE_ENGINES = (
    *("MergeTree", "Memory", "Null", "Log", "TinyLog", "StripeLog", "Buffer"),
    *("Merge", "Set", "Join"),
)
_GRANTED = (
    "GRANT SHOW, SELECT, INSERT, ALTER, DROP, TRUNCATE, UNDROP TABLE, OPTIMIZE, CHECK, KILL QUERY,"
    " CREATE DATABASE, CREATE TABLE, CREATE VIEW, CREATE TEMPORARY TABLE, CREATE FUNCTION,"
    " SYSTEM MERGES, SYSTEM TTL MERGES, SYSTEM FLUSH, SYSTEM VIEWS, SYSTEM DROP CACHE ON *.*",
    *(f"GRANT TABLE ENGINE ON {engine}" for engine in _TABLE_ENGINES),
)

# Each of these names a file to read or a language in which a refused word looks different.
_FIXED_SETTINGS = (
    "dialect",
    "format_schema",
    "format_template_row",
    "format_template_resultset",
    "allow_experimental_eval_table_function",
)

_SERVER = """<clickhouse>
  <users_config>{users}</users_config>
  <storage_configuration><disks><default>
    <keep_free_space_bytes>{reserve}</keep_free_space_bytes>
  </default></disks></storage_configuration>
</clickhouse>
"""

_USERS = """<clickhouse>
  <profiles><default>
    <session_timezone>UTC</session_timezone>
    <constraints>{fixed}</constraints>
  </default></profiles>
  <quotas><default/></quotas>
  <users><default>
    <password/><profile>default</profile><quota>default</quota>
    <networks><ip>127.0.0.1</ip><ip>::1</ip></networks>
    <grants>{grants}</grants>
  </default></users>
</clickhouse>
"""


def write_configuration(folder: Path) -> Path:
    """Write both files into a folder; returns the one to open the engine with."""
    users, server = folder / "users.xml", folder / "config.xml"
    fixed = "".join(f"<{name}><const/></{name}>" for name in _FIXED_SETTINGS)
    grants = "".join(f"<query>{grant}</query>" for grant in _GRANTED)
    users.write_text(_USERS.format(fixed=fixed, grants=grants), encoding="utf-8")
    server.write_text(_SERVER.format(users=users, reserve=RESERVE_BYTES), encoding="utf-8")
    return server
