"""Puts everything of the access before an application: gate, bounds, and signing in and out."""

from fastapi import FastAPI

from serving.access.bounded import Bounded
from serving.access.doorkeeper import Doorkeeper
from serving.access.gate import Gate
from serving.access.sign_in import routes


def install(app: FastAPI, doorkeeper: Doorkeeper) -> None:
    """Nobody reaches a route of `app` unknown from here on."""
    app.state.doorkeeper = doorkeeper
    app.include_router(routes(doorkeeper))
    app.add_middleware(Bounded)
    app.add_middleware(Gate, doorkeeper=doorkeeper)
