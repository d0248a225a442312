"""The metrics of the board: declared once, named alike, each reached by what happened."""

import re

from prometheus_client import generate_latest

from serving.metrics import METRICS, BoardMetrics


def test_every_metric_is_named_by_its_noun_and_unit() -> None:
    for one in METRICS:
        ending = "_total" if one.kind == "counter" else f"_{one.unit}"
        assert re.fullmatch(r"timing_[a-z_]+", one.name)
        assert one.name.endswith(ending)
        assert one.meaning


def test_every_metric_moves_when_it_is_told() -> None:
    metrics = BoardMetrics()
    metrics.read("stage-dwells", 3)
    metrics.lag("stage-dwells", 1, 4)
    metrics.failed()
    metrics.board(7, {"stages": 2})
    metrics.streams(5)
    metrics.deed(written=True)
    metrics.deed(written=False)
    told = generate_latest(metrics.registry).decode()
    lines = {
        'timing_board_records_total{topic="stage-dwells"} 3.0',
        'timing_board_lag_records{partition="1",topic="stage-dwells"} 4.0',
        "timing_board_failures_total 1.0",
        "timing_board_version_count 7.0",
        'timing_board_kept_count{what="stages"} 2.0',
        "timing_board_streams_count 5.0",
        'timing_board_deeds_total{result="written"} 1.0',
        'timing_board_deeds_total{result="refused"} 1.0',
    }
    assert lines <= set(told.splitlines())
    for one in METRICS:
        assert f"# HELP {one.name}" in told


def test_two_boards_in_one_process_do_not_meet() -> None:
    one, other = BoardMetrics(), BoardMetrics()
    one.streams(3)
    assert other.registry.get_sample_value("timing_board_streams_count") == 0
