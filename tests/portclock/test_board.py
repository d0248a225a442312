"""The board of a whole machine: at every moment the clock is stopped, its counts are the counts of
the tables and the counts of the judge; also after it was killed and came back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from events.codec import decode
from events.instants import from_epoch
from events.refusals import InvalidEvent
from events.topics import LIMIT_ALERTS, STAGE_DWELLS
from portclock.board.promised import FALLING
from portclock.board.visits import VISITS
from portclock.demo.landing import Landing
from portclock.demo.offsets import Groups
from portclock.outbox import KafkaOutbox
from portclock.replay import Replay, plan
from portclock.restating.settings import Bounds
from portclock.standalone.stack import STEWARD, Stack, standalone
from portclock.standalone.supervisor import Supervisor
from portclock.standalone.waiting import until
from portclock.traffic.feed import Sent, traffic
from serving.board.views import Counts
from sinks.clickhouse import ClickHouseStore
from sinks.read import standing
from sinks.rows import StageDwell
from sinks.settings import ClickHouseAddress, WriterSettings
from sinks.store import Question
from sinks.tables import DWELLS
from streams.settings import Settings as WorkerSettings
from timing.engine import watermark_of
from timing.findings import Level
from timing.history import History
from timing.judge import judge
from timing.limits import load_register
from timing.observation import observation_of, unit_key, unit_of
from timing.places import closures_of, is_place
from timing.rules import Rules

BOXES, SEED = 80, 11
STOPS = (0.25, 0.4, 0.7)
READY_WITHIN_S = 120
LANDED_WITHIN_S = 60
LIMITS = """
edition = "{port}-of-tests/2026"
issuer = "测试"
title = "测试时限示例"
source = "https://example.org/limits"
status = "example"
port = "{port}"
effective_from = 2026-01-01
"""
LIMIT = """
[[limit]]
id = "{port}.{stage}"
stage = "{stage}"
kind = "duration"
within = "{within}"
words = "测试"
"""
WITHIN = {"customs-clearance": "PT6H", "collection": "P2D", "clearance-preparation": "P1D",
          "post-release": "P3D", "transhipment": "P4D"}  # fmt: skip
"""Wide enough that at every stop many stages are open, at risk and over."""
WRITER = WriterSettings().group
READ_WHOLE = (STAGE_DWELLS.name, LIMIT_ALERTS.name)
OPEN_SQL = (
    "SELECT uniqExactIf(visit_id, isNull(closed_at)), "
    "countIf(isNull(closed_at) AND limit_id != ''), "
    "countIf(isNull(closed_at) AND limit_id != '' AND verdict = 'breached') "
    "FROM stage_dwells FINAL WHERE withdrawn = 0"
)
# The last thing said of each endangered promise, and its stage still open.
AT_RISK_SQL = (
    "SELECT count() FROM (SELECT port, stage, visit_id, occurrence, limit_id, "
    "argMax(state, version) AS last FROM limit_alerts "
    "GROUP BY port, stage, visit_id, occurrence, limit_id) AS said "
    "INNER JOIN (SELECT * FROM stage_dwells FINAL WHERE withdrawn = 0 AND isNull(closed_at)) "
    "AS open USING (port, stage, visit_id, occurrence, limit_id) WHERE last = 'at-risk'"
)


@dataclass
class Machine:
    """Everything running, and what was fed until now."""

    stack: Stack
    running: Supervisor
    store: ClickHouseStore
    board: httpx.Client
    outbox: KafkaOutbox
    groups: Groups
    fed: list[Sent]
    base: dict[str, int]

    def feed(self, sent: list[Sent], stop_at: datetime) -> None:
        """More of the history, with its ticks, the last of them at `stop_at`; then wait until
        nothing is on its way any more."""
        replay = Replay(self.outbox, lambda at: None)
        for _ in replay.run(plan((one.value for one in sent), timedelta(minutes=30), stop_at)):
            pass
        self.fed += sent
        worker = WorkerSettings(broker=self.stack.broker_address).app_id
        landing = Landing(self.groups, worker, WRITER, lambda: 0.0, Bounds().group)
        assert until(landing.landed, LANDED_WITHIN_S)
        assert until(lambda: self._all_read(stop_at), LANDED_WITHIN_S)

    def board_is_back(self) -> bool:
        """Whether the board shows what stands, having begun anew. Nothing may be on its way."""
        try:
            if self.board.get("/readyz").status_code != 200:
                return False
            told = self._told()
        except httpx.HTTPError:
            return False
        landed = self._landed()
        self.base = {topic: landed[topic] - told[topic] for topic in landed}
        return True

    def _all_read(self, stop_at: datetime) -> bool:
        """Whether the board was told of every record that the writer has landed, and of the last
        tick."""
        now_s = self.board.get("/api/counts").json()["now_s"]
        landed, told = self._landed(), self._told()
        return now_s == int(stop_at.timestamp()) and all(
            told[topic] + self.base.get(topic, 0) >= landed[topic] for topic in landed
        )

    def _landed(self) -> dict[str, int]:
        """Records of each topic that the writer has committed."""
        committed = self.groups.committed(WRITER)
        return {topic: sum(committed.get(topic, {}).values()) for topic in READ_WHOLE}

    def _told(self) -> Counter[str]:
        """Records of each topic that the board was told of in its present life."""
        families = text_string_to_metric_families(self.board.get("/metrics").text)
        return Counter(
            {
                sample.labels["topic"]: int(sample.value)
                for family in families
                for sample in family.samples
                if sample.name == "timing_board_records_total"
            }
        )

    def on_board(self) -> Counts:
        """What a steward sees."""
        return Counts(**self.board.get("/api/counts").json()["counts"])

    def in_tables(self) -> Counts:
        """What a person finds who asks ClickHouse."""
        units, open_, breached = next(iter(self.store.fetch(OPEN_SQL)))
        (at_risk,) = next(iter(self.store.fetch(AT_RISK_SQL)))
        return Counts(units, open_, at_risk, breached)


@pytest.fixture(scope="module")
def limits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Editions under which a simulated port has much to show."""
    folder = tmp_path_factory.mktemp("limits")
    for port in ("CNTXG", "CNLYG", "CNSHD"):
        rows = (LIMIT.format(port=port.lower(), stage=s, within=w) for s, w in WITHIN.items())
        text = LIMITS.format(port=port) + "".join(rows)
        (folder / f"{port.lower()}.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def law(limits: Path) -> Rules:
    return Rules(load_register(limits))


@pytest.fixture(scope="module")
def machine(limits: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    stack = standalone(tmp_path_factory.mktemp("board"), limits=limits, with_pulse=False)
    with Supervisor(Path(stack.env["PORTCLOCK_DATA"]), stack.children) as running:
        running.wait_ready(READY_WITHIN_S)
        headers = {"authorization": f"Bearer {stack.steward_token}"}
        with (
            closing(
                ClickHouseStore(ClickHouseAddress.parse(stack.env["PORTCLOCK_CLICKHOUSE"]))
            ) as store,
            httpx.Client(base_url=stack.board_address, headers=headers, timeout=20) as board,
            KafkaOutbox((stack.broker_address,)) as outbox,
            _groups(stack.broker_address) as groups,
        ):
            yield Machine(stack, running, store, board, outbox, groups, [], {})


@contextmanager
def _groups(address: str) -> Iterator[Groups]:
    with closing(Groups((address,))) as groups:
        yield groups


def by_judge(sent: Iterable[Sent], law: Rules, stopped_at: datetime) -> Counts:
    """What the offline judge makes of the same messages at the same moment; who is at risk is told
    by the same law, unit by unit."""
    lines = [one.value for one in sent]
    standing = [one for one in judge(lines, law, stopped_at).outcomes if one.closed_at is None]
    verdicts = Counter(one.verdict.value for one in standing if one.limit is not None)
    return Counts(
        units=len({one.visit_id for one in standing}),
        open=verdicts.total(),
        at_risk=_at_risk(lines, law, stopped_at),
        breached=verdicts["breached"],
    )


def _at_risk(lines: Iterable[bytes], law: Rules, stopped_at: datetime) -> int:
    histories: dict[str, History] = {}
    for line in lines:
        try:
            events = decode(line)
        except InvalidEvent:
            continue
        for event in events:
            key = unit_key(event)
            history = histories.get(key) or History.of(key, unit_of(event))
            histories[key] = history.with_report(observation_of(event))
    under = law.under(closures_of(one for one in histories.values() if is_place(one)))
    watermark = watermark_of(stopped_at, law)
    found = (one.at(watermark, under).findings(under) for one in histories.values())
    return sum(finding.level is Level.AT_RISK for each in found for finding in each.by_key.values())


def test_the_board_the_tables_and_the_judge_count_alike_wherever_the_clock_stops(
    machine: Machine, law: Rules
) -> None:
    history = list(traffic(BOXES, SEED))
    seen: list[Counts] = []
    for number, share in enumerate(STOPS):
        upto = int(len(history) * share)
        part = history[len(machine.fed) : upto]
        stop_at = part[-1].sent_at
        machine.feed(part, stop_at)
        if number == 1:
            machine.running.kill("board")
            assert until(lambda: restarts(machine) == 1, LANDED_WITHIN_S)
            assert until(machine.board_is_back, LANDED_WITHIN_S)
        wanted = by_judge(machine.fed, law, stop_at)
        assert machine.in_tables() == wanted
        assert machine.on_board() == wanted
        assert machine.board.get("/api/counts").json()["now_s"] == int(stop_at.timestamp())
        seen.append(wanted)
    assert all(counts.at_risk and counts.breached for counts in seen)
    assert all(counts.open > counts.at_risk + counts.breached for counts in seen)
    assert restarts(machine) == 1


def restarts(machine: Machine) -> int:
    return {one.name: one.restarts for one in machine.running.health()}["board"]


def test_a_deed_goes_from_the_board_through_the_log_to_board_and_tables(machine: Machine) -> None:
    found = machine.board.get("/api/breaches").json()["incidents"]
    incident, words = found[0]["incident"], {"deed": "acknowledged"}
    answer = machine.board.post(f"/api/incidents/{incident}/deeds", json=words)
    assert answer.status_code == 201

    def acknowledged() -> bool:
        rows = machine.board.get("/api/breaches").json()["incidents"]
        return [r["acknowledged_by"] for r in rows if r["incident"] == incident] == [STEWARD]

    assert until(acknowledged, LANDED_WITHIN_S)
    sql = "SELECT incident, deed, by FROM alert_deeds FINAL"
    assert until(lambda: list(machine.store.fetch(sql)), LANDED_WITHIN_S)
    assert list(machine.store.fetch(sql)) == [(incident, "acknowledged", STEWARD)]


def test_the_search_and_the_promises_ask_in_sql_what_they_say_plainly(machine: Machine) -> None:
    rows = [StageDwell._make(row) for row in machine.store.ask(standing(DWELLS), {})]
    middle = sorted(row.opened_at.timestamp() for row in rows)[len(rows) // 2]
    period = {"begins_s": int(middle), "ends_s": int(middle) + 86_400, "limit": 10_000}
    asked: list[tuple[Question, dict[str, object]]] = [
        (VISITS, {"beginning": rows[0].unit_id[:beginning], "limit": limit})
        for beginning, limit in ((1, 20), (4, 3), (11, 20), (0, 5))
    ]
    asked += [
        (FALLING, {"port": port, "stages": stages, **period})
        for port in ("CNTXG", "CNSHD")
        for stages in (["collection", "box-move"], ["collection"], [])
    ]
    answers = [list(machine.store.ask(question, parameters)) for question, parameters in asked]
    assert answers == [list(map(tuple, one.plainly(rows, said))) for one, said in asked]
    assert sum(map(len, answers)) > 20


def test_figures_and_promises_are_answered_from_the_tables(machine: Machine) -> None:
    now_s = machine.board.get("/api/counts").json()["now_s"]
    day = from_epoch(now_s - 2 * 86_400).date().isoformat()
    found = machine.board.get("/api/stages", params={"port": "CNTXG", "day": day}).json()
    assert sum(row["ended"] for row in found["days"]) > 0


def test_a_story_is_told_from_the_tables_and_a_unit_is_found(machine: Machine) -> None:
    row = machine.board.get("/api/now").json()["rows"][0]

    def told_whole() -> dict[str, Any]:
        """Events land some seconds after the outcomes that rest on them; until then it says so."""
        told: dict[str, Any] = machine.board.get(f"/api/unit/{row['visit_id']}").json()
        return {} if told.get("problem") == "landing" or told["landing"] else told

    assert until(told_whole, LANDED_WITHIN_S)
    told = told_whole()
    assert (told["visit_id"], told["differences"], told["landing"]) == (row["visit_id"], [], [])
    found = machine.board.get("/unit", params={"q": row["unit_id"]}, follow_redirects=True)
    assert found.status_code == 200
    assert row["unit_id"] in found.text


def test_a_link_signs_a_browser_in_and_signing_out_ends_it(machine: Machine) -> None:
    address, _, token = machine.stack.sign_in_link.partition("#")
    with httpx.Client(base_url=machine.stack.board_address, timeout=20) as browser:
        assert browser.get("/now", headers={"accept": "text/html"}).status_code == 303
        assert browser.get(address).status_code == 200
        ours = {"origin": machine.stack.board_address}
        signed_in = browser.post("/sign-in", data={"token": token, "next": "/now"}, headers=ours)
        assert signed_in.headers["location"] == "/now"
        assert browser.get("/now").status_code == 200
        assert browser.post("/sign-out", headers=ours).status_code == 303
        assert browser.get("/now").status_code == 303 or browser.get("/now").status_code == 401


def test_whoever_watches_is_asked_for_a_token_and_health_is_not(machine: Machine) -> None:
    with httpx.Client(base_url=machine.stack.board_address, timeout=20) as stranger:
        assert stranger.get("/healthz").json() == {"alive": True}
        assert stranger.get("/readyz").status_code == 200
        assert stranger.get("/metrics").status_code == 401
        assert stranger.get("/api/counts").status_code == 401
    metrics = machine.board.get("/metrics").text
    assert "timing_board_ready_bool 1.0" in metrics


def test_the_access_log_names_who_asked_for_what(machine: Machine) -> None:
    machine.board.get("/api/feeds?port=CNSHD")
    log = Path(machine.stack.env["PORTCLOCK_DATA"]) / "logs" / "board.log"
    assert until(lambda: '"path":"/api/feeds"' in log.read_text().replace(" ", ""), 10)
    text = log.read_text()
    assert machine.stack.steward_token not in text
    assert "steward of this machine" in text
    assert "CNSHD" not in [line for line in text.splitlines() if "/api/feeds" in line][-1]
