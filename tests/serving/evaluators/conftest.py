"""A small library in memory behind the real gate, and somebody of each role who pulls from it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from serving.access.testing import Browser, Staff
from serving.access.viewers import Role, Viewer
from serving.asks import Document, Language
from serving.evaluators.asks import Seals
from serving.evaluators.library import Library, Quota
from serving.evaluators.testing import CATALOGUE, SEALS, PublishedInMemory
from serving.web.app import House, make_app
from serving.web.testing import DeskInMemory, FiguresInMemory, PortInMemory, example_rules

EVALUATOR = Viewer("Sun 孙", Role.EVALUATOR)


class Program(Browser):
    """Brings its token along."""

    def __init__(self, app: FastAPI, token: str) -> None:
        super().__init__(app)
        self._token = token

    def ask(self, method: str, path: str, **what: Any) -> Response:
        headers = {"authorization": f"Bearer {self._token}", **what.pop("headers", {})}
        return super().ask(method, path, headers=headers, **what)


@dataclass
class Office:
    """Everything of one served library."""

    app: FastAPI
    staff: Staff
    published: PublishedInMemory

    def program(self, viewer: Viewer = EVALUATOR) -> Program:
        """Somebody's program."""
        return Program(self.app, self.staff.hire(viewer, timedelta(days=90)))


class NoStories:
    """Nobody asks for one here."""

    def story(self, visit: str, language: Language) -> Document | None:
        """None."""
        return None

    def find(self, text: str) -> list[str]:
        """Nothing."""
        return []


def _board(library: Library, staff: Staff) -> FastAPI:
    """The board of a port at which nothing happened, with the library beside its pages."""
    port = PortInMemory(example_rules())
    house = House(
        board=port.board,
        changes=port.changes,
        stories=NoStories(),
        figures=FiguresInMemory(port, []),
        desk=DeskInMemory(port),
        doorkeeper=staff.doorkeeper,
        now=staff.clock,
        epoch="e1",
        library=library,
    )
    return make_app(house)


@pytest.fixture(scope="session")
def open_office() -> Callable[..., Office]:
    """Opens one; `quota` and `seals` as the library has them."""

    def opened(quota: Quota | None = None, seals: Seals = SEALS) -> Office:
        staff, published = Staff(), PublishedInMemory()
        editions = example_rules().register.editions
        library = Library(
            CATALOGUE, published, seals, editions, staff.clock, quota or Quota(100_000)
        )
        return Office(_board(library, staff), staff, published)

    return opened


@pytest.fixture(scope="session")
def office(open_office: Callable[..., Office]) -> Office:
    """One whose quota nobody uses up, for tests that change nothing of it."""
    return open_office()


@pytest.fixture(scope="session")
def program(office: Office) -> Program:
    """An evaluator's program."""
    return office.program()
