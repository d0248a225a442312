"""The builder says only what DCSA has words for."""

import pytest

from events.dialects.dcsa.shapes import CODED, FLAT
from events.dialects.dcsa.testing import document, kinds
from events.testing import event
from events.vocabulary import Kind


def test_what_a_shape_cannot_say_is_an_error() -> None:
    assert Kind.SCAN_ORDERED in kinds(CODED)
    assert Kind.SCAN_ORDERED not in kinds(FLAT)
    with pytest.raises(ValueError, match=r"2\.2 has no word for scan-ordered"):
        document([event("scan-ordered", "10:00")], FLAT)
