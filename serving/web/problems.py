"""What may go wrong between a person and the board, each with its status and its words.

The words are keys of the table `error`; `<key>_do` says what to do.
"""

from enum import Enum

from pydantic import BaseModel

from serving.web.words import Words


class Problem(Enum):
    """One kind of problem: its key in the words, and the HTTP status it has."""

    REFUSED = ("refused", 403)
    UNKNOWN = ("unknown", 404)
    FOREIGN = ("foreign", 403)
    NO_INCIDENT = ("no_incident", 404)
    NOT_ACTING = ("not_acting", 403)
    DESK = ("desk", 503)
    WRONG = ("wrong", 422)
    FULL = ("full", 503)
    UNAVAILABLE = ("unavailable", 503)
    LANDING = ("landing", 503)

    @property
    def key(self) -> str:
        """In the words."""
        return self.value[0]

    @property
    def status(self) -> int:
        """Of HTTP."""
        return self.value[1]


class Refused(Exception):
    """A request that ends with a problem, and the detail that its sentence may want."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(problem.key)
        self.problem, self.detail = problem, detail


class Trouble(BaseModel):
    """A problem as a program reads it: which, what, and what to do about it."""

    problem: str
    what: str
    do: str


def trouble(refused: Refused, words: Words) -> Trouble:
    """The problem in words."""
    key, said = refused.problem.key, words["error"]
    return Trouble(
        problem=key.replace("_", "-"),
        what=said[key].format(detail=refused.detail),
        do=said[f"{key}_do"],
    )
