"""Before every route of the evaluators: the quota of whoever asks, told on every answer.

An ASGI middleware behind the gate of the access, which knows who asks. Must never know what is
asked for.
"""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.access.access_log import Decision
from serving.access.doorkeeper import Visitor
from serving.evaluators.language import language_of
from serving.evaluators.pace import Pace
from serving.evaluators.problems import Kind, Refused, said


class Pacing:
    """Wraps an application. Whom nobody let in is not counted: the routes turn them away."""

    def __init__(self, app: ASGIApp, pace: Pace) -> None:
        self._app, self._pace = app, pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visitor = scope.get("state", {}).get("visitor") if scope["type"] == "http" else None
        if not isinstance(visitor, Visitor):
            await self._app(scope, receive, send)
            return
        paced = self._pace.ask(visitor.viewer)
        headers = paced.headers(self._pace.quota)

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        await (self._app if paced.passes else self._too_often(scope))(scope, receive, telling)

    def _too_often(self, scope: Scope) -> ASGIApp:
        scope["state"]["decision"] = Decision.TOO_OFTEN
        return said(Refused(Kind.TOO_OFTEN), language_of(Request(scope)), {})
