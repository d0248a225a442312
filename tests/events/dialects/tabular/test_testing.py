"""The builder's table is one table in all its forms."""

from events.dialects.tabular import Profile, decode
from events.dialects.tabular.testing import PROFILE, lines, separated, workbook
from events.testing import box, event


def test_all_forms_tell_the_same() -> None:
    events = [event("gated-in", "10:00", unit=box(n), reason="a,b") for n in range(3)]
    told = [
        [each.data for each in decode(form(events), Profile.read(PROFILE)).events]
        for form in (separated, workbook, lines)
    ]
    assert told[0] == told[1] == told[2]
