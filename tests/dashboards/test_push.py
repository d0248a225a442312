"""Pushing boards: what is sent, and how every odd answer ends in one sentence that helps.

The server here is small and shaped after Grafana's documented HTTP API. It proves what we send and
how we cope, not that a Grafana takes it.
"""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from dashboards.push import FOLDERS, Desk, Folder, Grafana, Pushed, PushFailed, push
from dashboards.rendering import rendered

TOKEN = "glsa_secret"
Reply = tuple[int, str, str]
JSON, HTML = "application/json", "text/html"


@dataclass
class FakeGrafana:
    """Folders, boards and remarks; `odd` answers the next requests to a place in its own way."""

    url: str = ""
    folders: dict[str, str] = field(default_factory=dict)
    boards: dict[str, dict[str, Any]] = field(default_factory=dict)
    remarks: list[dict[str, Any]] = field(default_factory=list)
    odd: dict[str, list[Reply]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, token: str, body: Any) -> Reply:
        self.seen.append(f"{method} {path}")
        if waiting := self.odd.get(f"{method} {path}"):
            return waiting.pop(0)
        if token != f"Bearer {TOKEN}":
            return 401, JSON, '{"message": "Invalid API key"}'
        match method, path.removeprefix("/grafana"):
            case "POST", "/api/folders":
                return self._folder(body)
            case "POST", "/api/dashboards/db":
                return self._board(body)
            case "POST", "/api/annotations":
                self.remarks.append(body)
                return 200, JSON, '{"message": "Annotation added", "id": 1}'
            case "GET", place if (uid := place.removeprefix("/api/folders/")) in self.folders:
                return 200, JSON, json.dumps({"uid": uid, "title": self.folders[uid]})
        return 404, JSON, '{"message": "folder not found"}'

    def _folder(self, body: Any) -> Reply:
        self.folders[body["uid"]] = body["title"]
        return 200, JSON, json.dumps({"uid": body["uid"], "title": body["title"], "version": 1})

    def _board(self, body: Any) -> Reply:
        board, uid = body["dashboard"], body["dashboard"]["uid"]
        if body["folderUid"] not in self.folders:
            return 400, JSON, '{"message": "folder not found"}'
        version = self.boards.get(uid, {"version": 0})["version"] + 1
        self.boards[uid] = {**body, "version": version}
        said = {"uid": uid, "status": "success", "version": version, "url": f"/d/{uid}/x"}
        return 200, JSON, json.dumps({**said, "slug": board["title"]})


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on this machine is not asked for through a proxy, whatever the machine has set."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def grafana() -> Iterator[FakeGrafana]:
    """A server on loopback, for one test."""
    fake = FakeGrafana()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            token = self.headers.get("Authorization", "")
            status, kind, text = fake.answer(self.command, self.path, token, body)
            self.send_response(status)
            if status in (302, 307):
                self.send_header("Location", text)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = _serve

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        fake.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield fake
        server.shutdown()


BOARDS = {path: content for path, content in rendered().items() if "customs" in path}


def _push(grafana: FakeGrafana, remark: str = "", path: str = "") -> list[tuple[Folder, Pushed]]:
    return list(push(Grafana(grafana.url + path, TOKEN), BOARDS, remark))


def test_boards_land_in_the_folder_of_their_language_under_their_uid(grafana: FakeGrafana) -> None:
    pushed = _push(grafana)
    assert pushed == [
        (FOLDERS["en"], Pushed("portclock-customs-en", 1)),
        (FOLDERS["zh"], Pushed("portclock-customs-zh", 1)),
    ]
    assert grafana.folders == {"portclock-en": "portclock", "portclock-zh": "portclock 中文"}
    sent = grafana.boards["portclock-customs-zh"]
    assert (sent["folderUid"], sent["overwrite"]) == ("portclock-zh", True)
    assert sent["dashboard"] == {**json.loads(BOARDS["zh/customs.json"]), "id": None}


def test_pushing_again_overwrites_and_makes_no_second_folder(grafana: FakeGrafana) -> None:
    _push(grafana)
    assert [one.version for _, one in _push(grafana)] == [2, 2]
    assert grafana.seen.count("POST /api/folders") == 2


def test_a_remark_is_left_once_and_only_when_asked_for(grafana: FakeGrafana) -> None:
    _push(grafana)
    assert grafana.remarks == []
    _push(grafana, "limits of March")
    assert grafana.remarks == [{"text": "limits of March", "tags": ["portclock"]}]


def test_grafana_may_live_below_a_path(grafana: FakeGrafana) -> None:
    assert len(_push(grafana, path="/grafana/")) == 2
    assert set(grafana.seen) >= {"GET /grafana/api/folders/portclock-en"}


def test_no_numeric_id_is_ever_asked_for(grafana: FakeGrafana) -> None:
    _push(grafana, "remark")
    assert not [path for path in grafana.seen if any(part.isdecimal() for part in path.split("/"))]


def test_an_answer_without_a_body_is_taken_for_done(grafana: FakeGrafana) -> None:
    grafana.odd = {"POST /api/dashboards/db": [(204, JSON, "")]}
    assert [one.version for _, one in _push(grafana)] == [None, 1]


@pytest.mark.parametrize("status", [409, 412])
def test_a_folder_that_somebody_else_makes_meanwhile_is_there(
    grafana: FakeGrafana, status: int
) -> None:
    grafana.folders = {uid: title for uid, title in FOLDERS.values()}
    grafana.odd = {
        "GET /api/folders/portclock-en": [(404, JSON, '{"message": "folder not found"}')],
        "POST /api/folders": [(status, JSON, '{"message": "exists"}')],
    }
    assert len(_push(grafana)) == 2


PAGE = "<html><body>error message: upstream</body></html>"


@pytest.mark.parametrize(
    ("place", "reply", "said"),
    [
        ("POST /api/dashboards/db", (502, HTML, PAGE), "answered 502 Bad Gateway; look into"),
        ("POST /api/dashboards/db", (500, JSON, '{"message": "no disk"}'), "500 no disk; look"),
        ("POST /api/dashboards/db", (200, HTML, PAGE), "a page; something else answers"),
        ("GET /api/folders/portclock-en", (200, HTML, PAGE), "a page; something else answers"),
        ("GET /api/folders/portclock-en", (404, HTML, "nothing here"), "no Grafana's API"),
        ("POST /api/dashboards/db", (412, JSON, '{"message": "version-mismatch"}'), "push again"),
        ("POST /api/dashboards/db", (400, JSON, '{"message": "Cannot save provisioned dashboard"}'),
         "Cannot save provisioned dashboard; see what it says"),
        ("POST /api/dashboards/db", (403, JSON, '{"message": "denied"}'), "needs the role Editor"),
        ("POST /api/dashboards/db", (200, JSON, '{"status": "odd"}'), "look there"),
        ("POST /api/dashboards/db", (200, JSON, '["odd"]'), "look there"),
        ("POST /api/dashboards/db", (400, JSON, '["odd"]'), "see what it says"),
        ("GET /api/folders/portclock-en", (302, HTML, "/login"), "sends elsewhere"),
        ("POST /api/dashboards/db", (307, HTML, "https://elsewhere.example/"), "sends elsewhere"),
    ],
)  # fmt: skip
def test_an_odd_answer_ends_in_one_sentence(
    grafana: FakeGrafana, place: str, reply: Reply, said: str
) -> None:
    grafana.odd = {place: [reply]}
    with pytest.raises(PushFailed) as caught:
        _push(grafana)
    assert said in str(caught.value)
    assert grafana.url in str(caught.value)
    assert TOKEN not in str(caught.value)
    assert "<html" not in str(caught.value)


def test_what_was_pushed_before_a_failure_is_told(grafana: FakeGrafana) -> None:
    grafana.odd = {"GET /api/folders/portclock-zh": [(500, JSON, '{"message": "x"}')]}
    pushing = push(Grafana(grafana.url, TOKEN), BOARDS)
    assert next(pushing)[1].uid == "portclock-customs-en"
    with pytest.raises(PushFailed, match="the folder portclock-zh"):
        next(pushing)


def test_a_wrong_token_is_said_and_never_shown(grafana: FakeGrafana) -> None:
    with pytest.raises(PushFailed, match="401 Invalid API key; the token is unknown") as caught:
        list(push(Grafana(grafana.url, "glsa_other"), BOARDS))
    assert "glsa_other" not in str(caught.value)
    assert "glsa_other" not in repr(Grafana(grafana.url, "glsa_other"))


def test_a_grafana_that_does_not_answer_is_waited_for_only_so_long() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(PushFailed, match="did not answer in time; push again"):
            list(push(Grafana(url, TOKEN, timeout_s=0.2), BOARDS))


def test_a_grafana_that_is_not_there_is_not_reached() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(PushFailed, match="is not reached; check the address"):
            list(push(Grafana(url, TOKEN), BOARDS))


@pytest.mark.parametrize(
    "url", ["grafana:3000", "ftp://host", "http://", "http://host:port", "http://me:pw@host", ""]
)
def test_an_address_that_is_none_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(PushFailed, match="is no address of a Grafana"):
        Desk(Grafana(url, TOKEN))
