"""What customs answered: a receipt, about each bill or box, or about the whole message.

A code means nothing by itself: `01` says that a tally report was taken, and in another message that
the goods may go. So nothing is an event that the profile does not say.
"""

from collections.abc import Iterator

from events.dialects.customs_xml.declared import ADDED, BY_DIGIT, Common, journey_of, wire_of
from events.dialects.customs_xml.messages import Head
from events.dialects.customs_xml.profile import Profile, Site
from events.dialects.customs_xml.units import BILL, BOX, named_places, of_the_unit, place_of
from events.dialects.decoded import Ledger
from events.dialects.naming import named
from events.dialects.troubles import Misread, Trouble
from events.dialects.xml_tree import Node


def receipts_of(body: Node) -> Iterator[Node]:
    """The answers of a receipt, each about a bill, a box, or the whole message."""
    answers = [node for node in (*body.all(BILL), *body.all(BOX)) if node.first("ResponseType")]
    yield from sorted(answers, key=lambda node: node.start) or (body,)


def common(head: Head, body: Node, profile: Profile) -> Common:
    """Read what a receipt says of all its answers: an answer is always given, never deleted. Raises
    Misread `unknown-place`."""
    site = Site(port=profile.sender.port, facility=profile.sender.facility)
    if named_places(body):
        site = place_of(body, profile)
    wire = {
        "source": profile.sender.source,
        "place": site.model_dump(exclude_none=True),
        "mode": BY_DIGIT.get(head.type[3:4], profile.sender.mode),
        "recorded_at": head.sent.text,
    }
    return Common(head._replace(function=ADDED), None, wire, journey_of(body))


def kind_of(head: Head, answer: Node, profile: Profile) -> str:
    """What an answer's code means. Raises Misread: `not-for-us` where the profile gives it no kind,
    `unknown-code` where it names others of this message."""
    code = answer.said("ResponseType/Code")
    codes = profile.receipts.get(head.type, {})
    kind = codes.get(code or "")
    if kind is None and codes:
        raise Misread(Trouble.UNKNOWN_CODE, f"{head.type} answered {code!r}", "ResponseType/Code")
    if not kind:
        raise Misread(Trouble.NOT_FOR_US, f"a receipt for {head.type}: {code or 'no code'}")
    return kind


def say(shared: Common, answer: Node, kind: str, ledger: Ledger, part: int) -> None:
    """Write down what customs answered about one unit. Raises Misread."""
    unit = (answer, answer if answer.name == BILL else None)
    wire = wire_of(shared, unit, of_the_unit(unit, None), (kind, shared.head.sent))
    wire["event_id"] = named(shared.head.message_id, wire["event_id"])
    ledger.tell(wire, part, f"line {answer.line}")
