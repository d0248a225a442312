"""What customs answers is an event where the profile says so, and nowhere else."""

import pytest

from events.dialects.customs_xml import Profile, decode
from events.dialects.troubles import Trouble

PLAIN = 'source = "t"\nport = "CNTAC"\nfacility = "TIC"\n'
CODES = PLAIN + '[receipts.MT9999]\n"4" = "released"\n"9" = ""\n'
ANSWER = """<Manifest><Head><MessageID>{id}</MessageID><FunctionCode>3</FunctionCode>
<MessageType>MT9999</MessageType><SendTime>20260302181500000</SendTime></Head><Response>{body}
</Response></Manifest>"""
ABOUT = """<TransportEquipment>
<EquipmentIdentification><ID>CSNU6351189</ID></EquipmentIdentification>
<ResponseType><Code>{}</Code></ResponseType></TransportEquipment>"""


def read(body: str, profile: str = CODES, id: str = "m-1") -> tuple[list[str], list[str]]:
    decoded = decode(ANSWER.format(id=id, body=body).encode(), Profile.read(profile))
    events = [f"{e.reported.kind} {e.reported.event_id}" for e in decoded.events]
    return events, [refused.why for refused in decoded.refusals]


def test_an_answer_is_what_the_profile_says() -> None:
    ((event,), ()) = read(ABOUT.format("4"))
    assert event == "released m-1/MT9999////CSNU6351189/released"
    assert read(ABOUT.format("4"), id="m-2")[0] != [event]


@pytest.mark.parametrize(
    ("code", "profile", "why"),
    [
        ("9", CODES, Trouble.NOT_FOR_US),
        ("4", PLAIN, Trouble.NOT_FOR_US),
        ("5", CODES, Trouble.UNKNOWN_CODE),
    ],
)
def test_nothing_else_is_an_event(code: str, profile: str, why: Trouble) -> None:
    assert read(ABOUT.format(code), profile) == ([], [why])


def test_an_answer_about_the_whole_message_names_no_unit() -> None:
    assert read("<ResponseType><Code>4</Code></ResponseType>")[1] == ["missing-field"]
    assert read("")[1] == [Trouble.UNKNOWN_CODE]


def test_its_place_is_named_or_that_of_the_feed() -> None:
    there = "<UnloadingLocation><ID>CNSHA</ID></UnloadingLocation>"
    assert read(there + ABOUT.format("4"))[1] == [Trouble.UNKNOWN_PLACE]
