"""The builder's message is sound XML in either encoding."""

from events.dialects.customs_xml.testing import known, message
from events.dialects.xml_tree import read
from events.testing import MORNING, box


def test_a_message_holds_its_boxes_once() -> None:
    events = known("MT5101", box(1), MORNING, MORNING, voyage="<1>")
    assert [e.kind for e in events] == ["tally-ended", "tally-reported"]
    for encoding in ("UTF-8", "GBK"):
        root = read(message("MT5101", events, encoding))
        assert len(list(root.all("Declaration/TransportEquipment"))) == 1
        assert root.said("Declaration/BorderTransportMeans/JourneyID") == "<1>"
