"""What may go wrong between an evaluator and the figures, as problem documents (RFC 9457).

Every kind has a status, a title, and what to do about it in both languages (words/*.toml). Where a
kind is explained is its `type`: /v1/problems lists them.
"""

from enum import Enum

import msgspec
from fastapi.responses import Response

from serving.asks import Language
from serving.evaluators.wording import problem_words

MEDIA_TYPE = "application/problem+json"


class Kind(Enum):
    """One kind of problem: its name, and the HTTP status it has."""

    NOT_ALLOWED = ("not-allowed", 403)
    OUT_OF_SCOPE = ("out-of-scope", 403)
    UNKNOWN = ("unknown", 404)
    WRONG_PARAMETER = ("wrong-parameter", 400)
    NO_SUCH_TABLE = ("no-such-table", 404)
    WRONG_CURSOR = ("wrong-cursor", 404)
    NO_SUCH_METHOD = ("no-such-method", 405)
    NOT_ACCEPTABLE = ("not-acceptable", 406)
    TOO_OFTEN = ("too-often", 429)
    BUSY = ("busy", 503)
    UNAVAILABLE = ("unavailable", 503)

    @property
    def id(self) -> str:
        """In words and addresses."""
        return self.value[0]

    @property
    def status(self) -> int:
        """Of HTTP."""
        return self.value[1]


class Refused(Exception):
    """A request that ends with a problem. `detail` names what exactly is wrong, in both languages
    alike: words of the request, or of the catalogue."""

    def __init__(self, kind: Kind, detail: str = "") -> None:
        super().__init__(kind.id)
        self.kind, self.detail = kind, detail


class Problem(msgspec.Struct):
    """A problem as a program reads it: `title` says what, `detail` says what exactly, `do` says
    what to do."""

    type: str
    title: str
    status: int
    detail: str
    do: str


class Unknown(msgspec.Struct):
    """What the gate says to whomever it does not know, before any route is reached."""

    title: str
    status: int
    detail: str


class Problems(msgspec.Struct):
    """Every kind of problem."""

    problems: list[Problem]


def problem(refused: Refused, language: Language) -> Problem:
    """In words. What has no detail of its own has the title's."""
    kind = refused.kind
    title, do = problem_words(kind.id, language)
    return Problem(type_of(kind), title, kind.status, refused.detail or title, do)


def type_of(kind: Kind) -> str:
    """Where the kind is explained."""
    return f"/v1/problems#{kind.id}"


def listed(language: Language) -> Problems:
    """Every kind, in words."""
    return Problems([problem(Refused(kind), language) for kind in Kind])


def said(refused: Refused, language: Language, headers: dict[str, str]) -> Response:
    """The problem as an answer."""
    body = msgspec.json.encode(problem(refused, language))
    headers = {"content-language": language, "cache-control": "no-store", **headers}
    return Response(body, refused.kind.status, headers, MEDIA_TYPE)
