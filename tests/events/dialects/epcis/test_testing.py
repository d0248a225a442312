"""The builder says only what the vocabulary has steps for."""

import pytest

from events.dialects.epcis.testing import document, kinds
from events.testing import event
from events.vocabulary import Kind


def test_what_has_no_step_is_an_error() -> None:
    assert Kind.TALLY_ENDED not in kinds()
    with pytest.raises(ValueError, match="no step for tally-ended"):
        document([event("tally-ended", "10:00")])
