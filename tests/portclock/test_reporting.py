"""What a store raises is said to the reports in their own words."""

import pytest

from portclock.reporting import report_tables
from reports.tables import TablesUnavailable
from sinks.settings import ClickHouseAddress

NOWHERE = ClickHouseAddress(host="127.0.0.1", port=1)


def test_tables_that_do_not_answer_are_unavailable_whatever_is_asked() -> None:
    with report_tables(NOWHERE) as tables:
        with pytest.raises(TablesUnavailable, match="does not answer"):
            list(tables.rows("SELECT 1"))
        with pytest.raises(TablesUnavailable, match="does not answer"):
            tables.run("SELECT 1")


def test_a_table_that_is_not_there_is_refused_before_anything_is_sent() -> None:
    with report_tables(NOWHERE) as tables, pytest.raises(TablesUnavailable, match="no table boxes"):
        tables.insert("boxes", ("id",), [("1",)], "t")
