"""No statement is made of what somebody said: values are parameters, names go through one function.

What a module makes of nothing but its own constants is free. What is left is listed here, file by
file, with how often and why; one more, or one less, is a failure.
"""

from pathlib import Path

import pytest
from sql import findings
from tree import ROOT, python_files

OURS = ("events", "timing", "streams", "sinks", "serving", "reports", "portclock")
"""Not `dashboards`, whose statements Grafana runs with the rights of whoever looks."""

OF_ITS_CLIENT = "a statement of its client, whose rights are the engine's matter"
OF_DEFINITIONS = "of datasets and rules that this wing declares; every value is a parameter"
ALLOWED: dict[str, tuple[int, str]] = {
    "portclock/standalone/clickhouse/external_tables.py": (1, OF_ITS_CLIENT),
    "portclock/standalone/clickhouse/inserts.py": (3, OF_ITS_CLIENT),
    "portclock/standalone/clickhouse/session.py": (2, OF_ITS_CLIENT),
    "portclock/standalone/clickhouse/settings.py": (2, OF_ITS_CLIENT),
    "reports/cells.py": (11, OF_DEFINITIONS),
    "reports/vintages/tabled_facts.py": (1, "of columns that are compared with a list before"),
    "sinks/migrate.py": (1, "of the migration's own text"),
    "sinks/rights.py": (1, "of the table of rights"),
}


def test_every_statement_is_constant_but_those_listed() -> None:
    files = python_files(*OURS)
    found = [one for file in files for one in findings(file, str(file.relative_to(ROOT)))]
    counted: dict[str, int] = {}
    for one in found:
        counted[one.file] = counted.get(one.file, 0) + 1
    assert counted == {name: number for name, (number, _) in ALLOWED.items()}, found


BAD = {
    "an f-string": "def f(port):\n    return f\"SELECT a FROM t WHERE port = '{port}'\"\n",
    "a per cent sign": 'def f(port):\n    return "SELECT a FROM t WHERE port = %s" % port\n',
    "a sum": 'def f(port):\n    return "DELETE FROM t WHERE port = " + port\n',
    "format": 'def f(port):\n    return "SELECT a FROM {}".format(port)\n',
    "a local name": 'def f(p):\n    said = p.strip()\n    return f"ALTER TABLE {said} ADD x"\n',
    "a loop": 'def f(ports):\n    for p in ports:\n        run(f"DROP TABLE {p}")\n',
    "a join": "def f(ports):\n    return f\"SELECT a FROM t WHERE p IN ({', '.join(ports)})\"\n",
    "an attribute of what was told": 'def f(asked):\n    return f"SELECT {asked.column} FROM t"\n',
    "a method": 'class A:\n    def f(self):\n        return f"SELECT a FROM {self.table}"\n',
    "straight into what runs it": 'def f(c, where):\n    c.execute(f"{where} AND 1")\n',
    "a format into what runs it": "def f(c, where):\n    c.fetch(TEXT.format(where))\n",
    "a text that grows": 'def f(p):\n    q = "x"\n    q += p\n    return f"SELECT a FROM {q}"\n',
    "half of a choice": "def f(p):\n    return f\"SELECT a FROM {p if p else 't'}\"\n",
    "an async function": 'async def f(p):\n    return f"SELECT a FROM {p}"\n',
    "a lambda's own": 'def f(p):\n    return [f"SELECT a FROM {x}" for x in p]\n',
}
GOOD = {
    "a constant": '_T = "t"\ndef f():\n    return f"SELECT a FROM {_T}"\n',
    "columns of a table": 'def f():\n    return f"SELECT {\', \'.join(T.columns)} FROM t"\n',
    "a quoted name": 'def f(p):\n    return f"SELECT a FROM {quoted_name(p)}"\n',
    "quoted names": 'def f(p):\n    return f"SELECT {quoted_names(p.columns)} FROM t"\n',
    "marks": 'def f(p):\n    m = ", ".join("?" * len(p))\n    '
    'return f"SELECT a FROM t WHERE b IN ({m})"\n',
    "one of two constants": 'def f(p):\n    w = " WHERE a" if p else ""\n    '
    'return f"SELECT a FROM t{w}"\n',
    "a loop over constants": 'def f(c):\n    for t in ("a", "b"):\n        '
    'c.execute(f"DELETE FROM {t}")\n',
    "a parameter": 'def f(c, p):\n    c.fetch("SELECT a FROM t WHERE p = %(p)s", {"p": p})\n',
    "words that are none": 'def f(p):\n    return f"Select {p} from the list"\n',
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_planted_statement_is_found(case: str, tmp_path: Path) -> None:
    file = tmp_path / "planted.py"
    file.write_text(BAD[case], encoding="utf-8")
    assert [one.file for one in findings(file, "planted.py")] != []


@pytest.mark.parametrize("case", GOOD)
def test_what_is_sound_is_let_be(case: str, tmp_path: Path) -> None:
    file = tmp_path / "sound.py"
    file.write_text(GOOD[case], encoding="utf-8")
    assert list(findings(file, "sound.py")) == []
