"""What a door refused, handed in again from quarantine: whole or not at all."""

from collections.abc import Mapping
from datetime import datetime

from portclock.intake.delivery import Post, deliver
from portclock.intake.feeds import Feed, feed_of
from portclock.intake.taking import take
from portclock.resending import HandIn, Held


def handing_in(feeds: Mapping[str, Feed], post: Post, at: datetime) -> HandIn:
    """Hands bytes in to the feed of that name at that time; held back while any part is refused.

    What it gives raises Failure for a feed without a profile, and when the broker is gone.
    """

    def hand_in(name: str, data: bytes) -> Held | None:
        taken = take(feed_of(feeds, name), "sent again", data, at)
        if taken.receipt.listed:
            first = taken.receipt.listed[0]
            return Held(first.why, first.detail, first.remedy)
        deliver(taken, post)
        return None

    return hand_in
