"""Laws of the builder: what it writes, another library reads as an interchange."""

import warnings

from pydifact.segmentcollection import Interchange

from events.dialects.edifact.profile import shipped
from events.dialects.edifact.syntax import LEVEL_B, Service
from events.dialects.edifact.testing import Style, codes_of, envelope, interchange, wrapped
from events.testing import event
from events.vocabulary import Kind

PROFILE = shipped()["terminal-d95b"]


def test_a_library_counts_the_same_messages() -> None:
    told = [
        event("gated-out", when, event_id=f"D{n}/CSNU6351189/gated-out", unit="CSNU6351189")
        for n, when in enumerate(["10:00", "11:00"])
    ]
    text = interchange(told, PROFILE, "CODECO").decode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = Interchange.from_str(text)
        assert [m.type for m in read.get_messages()] == ["CODECO", "CODECO"]
    assert read.sender == "LPCT"


def test_codes_are_the_tables_turned_round() -> None:
    codes = codes_of(PROFILE.tables["CODECO"]["D.95B"])
    assert {kind: code for kind, (_, code, _) in codes.items()} == {
        Kind.GATED_IN: "34",
        Kind.GATED_OUT: "36",
    }
    assert codes_of(PROFILE.tables["IFTSTA"]["D.95B"])[Kind.LOADED][:2] == ("statuses", "48")


def test_a_style_is_kept() -> None:
    odd = Service("^", "~", ".", "\\", " ", "|")
    assert envelope([["UNZ", "1", "A~B"]], Style(odd, advice=True, breaks="\n")) == (
        b"UNA^~.\\ |\nUNZ~1~A\\~B|\n"
    )
    assert envelope([["UNZ", "1"]], Style(LEVEL_B)) == b"UNZ\x1d1\x1c"


def test_wrapped_messages_are_counted() -> None:
    assert wrapped("X'BGM", "Y").endswith(b"UNH+1+X'BGM'UNT+3+1'UNH+2+Y'UNT+2+2'UNZ+2+IC1'")
