"""Boards into a running Grafana, through grafana-api: a folder, the boards, a remark on the day.

The one importer of grafana-api, whose weak places are guarded here: it cannot read an answer
without a body (204) or one that is a page (a proxy's 502, a sign-in form), follows redirects that
turn a POST into a GET, and has calls by numeric id, which Grafana 13 no longer answers. Only uids
are used. It knows no alerting: that comes from files. Pushing twice changes nothing more.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

import requests
from grafana_api.grafana_api import GrafanaException  # type: ignore[import-untyped]
from grafana_api.grafana_face import GrafanaFace  # type: ignore[import-untyped]

TIMEOUT_S: Final = 15.0
DETAIL_MAX: Final = 300
ADVICE: Final[dict[int, str]] = {
    401: "the token is unknown or has run out: make a service account's token and try again",
    403: "the token may not do this: its service account needs the role Editor",
    404: "there is no Grafana's API at this address: check it, with its path if it has one",
    412: "somebody else changed this in Grafana meanwhile: push again",
    413: "something in between takes no request of this size",
    429: "Grafana has had enough for now: push again later",
}


class PushFailed(Exception):
    """Grafana did not take something; one sentence says what, why, and what to do."""


@dataclass(frozen=True, slots=True, repr=False)
class Grafana:
    """Which Grafana, and the token of a service account there, which is never shown."""

    url: str
    token: str
    timeout_s: float = TIMEOUT_S


class Folder(NamedTuple):
    """Where boards go. Its uid is its name for ever."""

    uid: str
    title: str


FOLDERS: Final = {
    "en": Folder("portclock-en", "portclock"),
    "zh": Folder("portclock-zh", "portclock 中文"),
}
"""The same folders as in dashboards/provisioning."""


class Pushed(NamedTuple):
    """One board that Grafana has. `version` is None where it took the board without a word."""

    uid: str
    version: int | None


class Desk:
    """One conversation with one Grafana. Every call raises PushFailed or did what it says."""

    def __init__(self, grafana: Grafana) -> None:
        parts = _address(grafana.url)
        self._where = grafana.url
        self._face = GrafanaFace(
            auth=grafana.token,
            host=parts.hostname,
            port=parts.port,
            protocol=parts.scheme,
            url_path_prefix=f"{parts.path.strip('/')}/".lstrip("/"),
            timeout=grafana.timeout_s,
        )
        self._session: requests.Session = self._face.api.s
        self._session.max_redirects = 0
        self._session.hooks["response"].append(self._heard)
        self._last: requests.Response | None = None

    def folder(self, folder: Folder) -> None:
        """See that the folder is there, under its uid."""
        what = f"the folder {folder.uid}"
        if self._asked(what, lambda: self._face.folder.get_folder(folder.uid), missing=True):
            return
        self._asked(
            what,
            lambda: self._face.folder.create_folder(folder.title, uid=folder.uid),
            there=True,
        )

    def board(self, board: Mapping[str, Any], folder: Folder, message: str) -> Pushed:
        """Put one board into the folder, over what is there under its uid."""
        body = {
            "dashboard": {**board, "id": None},
            "folderUid": folder.uid,
            "overwrite": True,
            "message": message,
        }
        what = f"the board {board['uid']}"
        said = self._asked(what, lambda: self._face.dashboard.update_dashboard(body))
        if said and (said.get("status"), said.get("uid")) != ("success", board["uid"]):
            raise PushFailed(f"{self._where} answered {_short(said)} to {what}; look there")
        return Pushed(board["uid"], said.get("version"))

    def remark(self, text: str, tags: list[str]) -> None:
        """An annotation on all boards, at the time by Grafana's clock."""
        body = {"text": text, "tags": tags}
        self._asked("the annotation", lambda: self._face.api.POST("/annotations", json=body))

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _asked(
        self,
        what: str,
        call: Callable[[], Any],
        missing: bool = False,
        there: bool = False,
    ) -> dict[str, Any]:
        """The answer as an object, empty for 204. `missing`: 404 is an answer, and empty; `there`:
        so is that somebody else made it meanwhile.
        """
        self._last = None
        with self._translated(what, missing, there):
            said = call()
            if isinstance(said, dict):
                return said
            raise PushFailed(f"{self._where} answered {_short(said)} to {what}; look there")
        return {}

    @contextmanager
    def _translated(self, what: str, missing: bool, there: bool) -> Iterator[None]:
        try:
            yield
        except requests.Timeout as error:
            raise self._failed(what, "did not answer in time", "push again") from error
        except requests.TooManyRedirects as error:
            raise self._failed(
                what, "sends elsewhere", "give the address that it sends to, https perhaps"
            ) from error
        except (GrafanaException, ValueError, TypeError) as error:
            self._judge(what, missing, there, error)
        except requests.RequestException as error:
            raise self._failed(what, "is not reached", "check the address") from error

    def _judge(self, what: str, missing: bool, there: bool, error: Exception) -> None:
        """An answer that is no success, or that grafana-api could not read."""
        last = self._last
        if last is None:
            raise error
        status = last.status_code
        made_meanwhile = (HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED)
        if (
            status == HTTPStatus.NO_CONTENT
            or (missing and status == HTTPStatus.NOT_FOUND and _said(last))
            or (there and status in made_meanwhile)
        ):
            return
        if status < HTTPStatus.BAD_REQUEST:
            do = "something else answers at this address: a sign-in page or a proxy, perhaps"
            raise self._failed(what, "answered with a page", do) from error
        do = ADVICE.get(status, "look into Grafana's log" if status >= 500 else "see what it says")
        raise self._failed(what, f"answered {status} {_said(last) or last.reason}", do) from error

    def _failed(self, what: str, how: str, do: str) -> PushFailed:
        return PushFailed(f"{what} was not taken: {self._where} {how}; {do}")

    def _heard(self, response: requests.Response, *rest: Any, **more: Any) -> None:
        self._last = response


def push(
    grafana: Grafana, boards: Mapping[str, bytes], remark: str = ""
) -> Iterator[tuple[Folder, Pushed]]:
    """Put boards (path such as `en/customs.json`, to JSON) into the folder of their language, each
    told when it is there; then the remark, if any.

    Raises PushFailed at the first that is not taken; what was pushed before stays.
    """
    desk = Desk(grafana)
    try:
        for language, folder in FOLDERS.items():
            mine = [boards[path] for path in boards if path.startswith(f"{language}/")]
            if mine:
                desk.folder(folder)
            for content in mine:
                yield folder, desk.board(json.loads(content), folder, "portclock boards push")
        if remark:
            desk.remark(remark, ["portclock"])
    finally:
        desk.close()


def _address(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        known = parts.port is None or parts.port > 0
    except ValueError:
        known = False
    if (
        not known
        or parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.username
    ):
        raise PushFailed(f"{url!r} is no address of a Grafana; write https://host[:port][/path]")
    return parts


def _said(response: requests.Response) -> str:
    """Grafana's own words; nothing of a page that is not Grafana's."""
    try:
        said = response.json()
    except ValueError:
        return ""
    return _short(said.get("message", "")) if isinstance(said, dict) else ""


def _short(said: Any) -> str:
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return text[:DETAIL_MAX]
