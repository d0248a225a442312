"""Asks the board again and again for its incidents: when is a breach there for people to see?

Knows the board's API; must never know how the board hears of things.
"""

import asyncio
from time import monotonic
from typing import Final

import httpx

from load_tests.scenarios.latencies import Latency
from load_tests.scenarios.sightings import Published

EVERY_S: Final = 0.2
ROWS: Final = 500
ANSWER_S: Final = 30.0
WAITING_MAX: Final = 400
STATES: Final = ("open", "resolved")
"""In event time that runs fast an incident may be over before anybody looks."""


class BoardWatch:
    """`board`: from the event or tick that proved a breach to the API showing its incident."""

    def __init__(
        self, address: str, token: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._client = httpx.AsyncClient(
            base_url=address,
            headers={"authorization": f"Bearer {token}"},
            timeout=ANSWER_S,
            transport=transport,
        )
        self._waiting: dict[str, float] = {}
        self.board = Latency()

    def wait_for(self, alert: Published) -> None:
        """A breach was published; unless too many are waited for."""
        said = alert.said
        place = said["visit_id"], said["stage"], str(said["occurrence"]), said["limit"]["id"]
        if len(self._waiting) < WAITING_MAX:
            self._waiting.setdefault("/".join(place), alert.cause_at)

    @property
    def waiting(self) -> int:
        """How many incidents are waited for."""
        return len(self._waiting)

    async def run(self, stop: asyncio.Event) -> None:
        """Ask until told to stop."""
        async with self._client:
            while not stop.is_set():
                await asyncio.sleep(EVERY_S)
                for state in STATES if self._waiting else ():
                    await self._look(state)

    def give_up(self) -> None:
        """What is still waited for was not seen."""
        self.board.unseen += len(self._waiting)
        self._waiting.clear()

    async def _look(self, state: str) -> None:
        answer = await self._client.get("/api/breaches", params={"state": state, "limit": ROWS})
        answer.raise_for_status()
        now = monotonic()
        for row in answer.json()["incidents"]:
            cause_at = self._waiting.pop(row["incident"], None)
            if cause_at is not None:
                self.board.note(now - cause_at)
