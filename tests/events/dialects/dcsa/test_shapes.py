"""Three shapes, one report."""

import pytest

from events.dialects.dcsa.shapes import CODED, FLAT, NAMED, report, shape_of
from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason

FLAT_ONE = {"eventID": "e", "eventType": "EQUIPMENT"}


def nested(**said: object) -> dict[str, object]:
    return {"eventID": "e", "eventClassification": said}


def test_an_event_says_by_its_keys_which_shape_it_has() -> None:
    assert shape_of(FLAT_ONE) == FLAT
    assert shape_of(nested(eventTypeCode="EQUIPMENT")) == CODED
    assert shape_of(nested(eventType="EQUIPMENT")) == NAMED
    assert shape_of({"eventID": "e", "isRetracted": True}) == NAMED


def test_a_retraction_needs_nothing_beside_its_name() -> None:
    said = report({"eventID": "e", "isRetracted": True})
    assert (said.event_id, said.retracted, said.family, said.units) == ("e", True, "", ())


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ({"eventType": "EQUIPMENT"}, Reason.MISSING_FIELD),
        ({"eventID": 7, "eventType": "EQUIPMENT"}, Reason.INVALID_VALUE),
        ({"eventID": "e"}, Reason.MISSING_FIELD),
        ({**FLAT_ONE, "eventType": "PARTY"}, Trouble.UNKNOWN_CODE),
        ({**FLAT_ONE, "eventClassifierCode": "REQ"}, Trouble.UNKNOWN_CODE),
        ({**FLAT_ONE, "references": {}}, Reason.INVALID_VALUE),
        ({**FLAT_ONE, "eventLocation": "CNLYG"}, Reason.INVALID_VALUE),
        ({**FLAT_ONE, "isRetracted": "no"}, Reason.INVALID_VALUE),
    ],
)
def test_what_is_no_text_list_or_object_is_refused(raw: dict[str, object], why: Reason) -> None:
    with pytest.raises(Misread) as refused:
        report(raw)
    assert refused.value.why is why


def test_the_box_of_an_event_goes_before_what_it_refers_to() -> None:
    references = [
        {"referenceType": "EQ", "referenceValue": "B"},
        {"referenceType": "EQ", "referenceValue": "B"},
        {"referenceType": "PO", "referenceValue": "C"},
        7,
    ]
    assert report({**FLAT_ONE, "references": references}).units == ("B",)
    assert report({**FLAT_ONE, "references": references, "equipmentReference": "A"}).units == ("A",)
