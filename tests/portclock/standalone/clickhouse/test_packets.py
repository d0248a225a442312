"""What is told of a query while it runs."""

from portclock.standalone.clickhouse.packets import WRITTEN_ROWS_SINCE, Progress, progress


def test_what_was_read_is_told_as_what_came_since() -> None:
    assert Progress(300, 9_000).since(Progress(100, 5_000)) == Progress(200, 4_000)


def test_a_count_of_bytes_that_falls_is_told_as_none_and_can_be_sent() -> None:
    done = Progress(300, 4_000).since(Progress(100, 5_000))
    assert done == Progress(200, 0)
    assert progress(done, WRITTEN_ROWS_SINCE)
