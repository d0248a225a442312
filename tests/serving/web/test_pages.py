"""Pages over HTTP: who is shown what, in which language, and what their forms do."""

import re
from collections.abc import Callable

import pytest

from events.testing import box, limit, outcome
from serving.access.testing import Browser
from serving.access.viewers import Role, Viewer
from serving.asks import Place
from serving.board.views import Asked, Level, OpenStage, Sought
from serving.web.testing import DeskInMemory, PortInMemory

PAGES = ("/now", "/breaches", "/inspections", "/stages", "/feeds", "/feeds/quality", "/unit")
STEWARD = Viewer("Zhao 赵", Role.STEWARD)
EVALUATOR = Viewer("Sun 孙", Role.EVALUATOR, frozenset({"CNLYG"}))
OPERATOR = Viewer("Li 李", Role.OPERATOR, frozenset({"CNLYG"}), frozenset({"XYCT"}))
SignedIn = Callable[[Viewer], Browser]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_said_in_either_language(path: str, lang: str, signed_in: SignedIn) -> None:
    answer = signed_in(STEWARD).get(f"{path}?lang={lang}")
    assert answer.status_code == 200
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}"' in answer.text
    written = r"<(script|option|q)\b.*?</\1>|<span class=\"hand\">.*?</span>|赵|中文"
    body = re.sub(written, "", answer.text, flags=re.S)
    assert bool(re.search(r"[\u4e00-\u9fff]", body)) == (lang == "zh")


def test_language_and_theme_hold_in_the_browser_once_asked_for(signed_in: SignedIn) -> None:
    browser = signed_in(STEWARD)
    browser.get("/now?lang=zh&theme=dark")
    assert '<html lang="zh-Hans" data-theme="dark">' in browser.get("/feeds").text


@pytest.mark.parametrize("path", PAGES)
def test_nothing_of_a_page_is_kept_by_anybody_on_the_way(path: str, signed_in: SignedIn) -> None:
    answer = signed_in(STEWARD).get(path)
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_styles_or_scripts_within(path: str, signed_in: SignedIn) -> None:
    text = signed_in(STEWARD).get(path).text
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", text)
    inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", text)
    assert all('type="application/json"' in one for one in inline)


def test_whoever_is_not_signed_in_is_led_to_the_door(unknown: Browser) -> None:
    answer = unknown.get("/now?stage=pickup", headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=/now%3Fstage%3Dpickup")


@pytest.mark.parametrize(("viewer", "page"), [(STEWARD, "/now"), (EVALUATOR, "/stages")])
def test_the_first_page_is_what_a_role_comes_for(
    viewer: Viewer, page: str, signed_in: SignedIn
) -> None:
    answer = signed_in(viewer).get("/?kiosk=1")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}?kiosk=1")


@pytest.mark.parametrize("path", ["/breaches", "/inspections", "/unit", "/unit/CNLYG/PCKU0000707"])
def test_an_evaluator_is_shown_no_page_of_single_units(path: str, signed_in: SignedIn) -> None:
    answer = signed_in(EVALUATOR).get(path)
    assert answer.status_code == 403
    assert "This is not yours to see." in answer.text


@pytest.mark.parametrize("path", ["/now", "/stages", "/feeds"])
def test_no_page_of_an_evaluator_names_a_unit(path: str, signed_in: SignedIn) -> None:
    answer = signed_in(EVALUATOR).get(path)
    assert answer.status_code == 200
    assert "PCKU" not in answer.text


def test_an_operator_is_shown_the_units_of_their_facility_only(
    signed_in: SignedIn, busy_port: PortInMemory
) -> None:
    text = signed_in(OPERATOR).get("/now").text
    shown = set(re.findall(r'data-unit="(\w+)"', text))
    everybody = busy_port.board.at_risk(STEWARD, Asked(), 1_000)
    assert shown == {row.unit_id for row in everybody if row.facility == "XYCT"}
    assert shown
    assert "LPCT" not in text


def _most_at_risk(port: PortInMemory) -> OpenStage:
    return port.board.at_risk(STEWARD, Asked(), 1)[0]


def test_the_filter_of_an_address_narrows_rows_and_counts(
    signed_in: SignedIn, busy_port: PortInMemory
) -> None:
    text = signed_in(STEWARD).get("/now?stage=box-move&facility=LPCT").text
    rows = busy_port.board.at_risk(STEWARD, Asked(stage="box-move", facility="LPCT"), 1_000)
    assert set(re.findall(r'data-unit="(\w+)"', text)) == {row.unit_id for row in rows}
    overdue = sum(row.level is Level.BREACHED for row in rows)
    assert f"<dt>overdue</dt><dd>{overdue}</dd>" in text
    assert '<option value="box-move" selected>' in text


def test_an_empty_page_says_something_true(signed_in: SignedIn) -> None:
    browser = signed_in(STEWARD)
    text = browser.get("/now?stage=pickup").text
    assert "Nothing is at risk." in text
    assert "Every one of the 23 open stages" in text
    assert "No open stage fits this filter." in browser.get("/now?port=CNSHA").text
    assert "No alert was taken back" in browser.get("/breaches?state=retracted&port=CNSHA").text
    assert "No inspection is ordered" in browser.get("/inspections?port=CNSHA").text
    assert "No stage ended at CNSHA on 2026-03-02" in browser.get("/stages?port=CNSHA").text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nowhere", 404, "There is no such page."),
        ("/stages?day=2026-02-30", 422, "there is no day 2026-02-30"),
        ("/stages?day=yesterday", 422, "day: String should match pattern"),
        (f"/now?port={'x' * 65}", 422, "port: String should have at most 64 characters"),
        ("/unit/CNLYG/PCKU9999999", 404, "Nothing is known of PCKU9999999."),
    ],
)
def test_what_goes_wrong_ends_in_a_sentence(
    path: str, status: int, words: str, signed_in: SignedIn
) -> None:
    answer = signed_in(STEWARD).get(path)
    assert answer.status_code == status
    assert words in answer.text


def test_what_people_wrote_is_shown_and_never_run(
    signed_in: SignedIn, busy_port: PortInMemory, desk: DeskInMemory
) -> None:
    browser = signed_in(STEWARD)
    found = busy_port.board.incidents(STEWARD, Asked(), Sought(frozenset({"breached"})), 1)[0]
    evil = '<img src=x onerror="alert(1)">'
    form = {"incident": found.incident, "deed": "commented", "text": evil, "after": "0"}
    assert browser.post("/incidents/deeds", data={**form, **_csrf(browser)}).status_code == 303
    text = browser.get("/breaches").text
    assert evil not in text
    assert "&lt;img src=x" in text


def _csrf(browser: Browser) -> dict[str, str]:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get("/now").text)
    assert found is not None
    return {"csrf": found[1]}


def test_a_form_acknowledges_and_leads_back_to_its_page(
    signed_in: SignedIn, busy_port: PortInMemory, desk: DeskInMemory
) -> None:
    browser, row = signed_in(STEWARD), _most_at_risk(busy_port)
    form = {"incident": row.incident, "deed": "acknowledged", "back": "/now?order=newest"}
    answer = browser.post("/incidents/deeds", data={**form, **_csrf(browser)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/now?order=newest")
    assert (desk.written[-1].by, desk.written[-1].incident) == ("Zhao 赵", row.incident)
    assert "taken by Zhao 赵" in browser.get("/now").text


def test_a_form_sent_twice_counts_once(
    signed_in: SignedIn, busy_port: PortInMemory, desk: DeskInMemory
) -> None:
    browser = signed_in(STEWARD)
    found = busy_port.board.incidents(STEWARD, Asked(), Sought(frozenset({"breached"})), 2)[1]
    form = {"incident": found.incident, "deed": "commented", "text": "on its way", "after": "2"}
    for _ in range(2):
        browser.post("/incidents/deeds", data={**form, **_csrf(browser)})
    after = busy_port.board.incident(STEWARD, found.incident)
    assert after is not None
    assert [note.text for note in after.notes].count("on its way") == 1


def test_what_somebody_has_in_hand_waits_for_nobody_else(
    signed_in: SignedIn, busy_port: PortInMemory, desk: DeskInMemory
) -> None:
    browser = signed_in(STEWARD)
    found = busy_port.board.incidents(STEWARD, Asked(), Sought(frozenset({"breached"})), 4)[3]
    key = f'data-key="{found.incident}"'
    assert key in browser.get("/breaches").text
    form = {"incident": found.incident, "deed": "acknowledged", **_csrf(browser)}
    browser.post("/incidents/deeds", data=form)
    assert key not in browser.get("/breaches").text
    assert key in browser.get("/breaches?state=acknowledged").text


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil", "", "x"])
def test_a_form_leads_nowhere_but_back_to_the_board(
    back: str, signed_in: SignedIn, busy_port: PortInMemory, desk: DeskInMemory
) -> None:
    browser = signed_in(STEWARD)
    form = {"incident": _most_at_risk(busy_port).incident, "deed": "acknowledged", "back": back}
    answer = browser.post("/incidents/deeds", data={**form, **_csrf(browser)})
    assert answer.headers["location"] == "/breaches"


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"deed": "assigned"}, 422, "an assignment says to whom"),
        ({"deed": "commented", "text": "  "}, 422, "a comment has words"),
        ({"deed": "escalated"}, 422, "acknowledged"),
        ({"deed": "acknowledged", "incident": "no/such/alert"}, 404, "There is no such alert"),
        ({"deed": "acknowledged", "csrf": "0" * 64}, 403, "came from another place"),
    ],
)
def test_a_form_that_is_wrong_is_told_so_and_writes_nothing(
    form: dict[str, str],
    status: int,
    words: str,
    signed_in: SignedIn,
    busy_port: PortInMemory,
    desk: DeskInMemory,
) -> None:
    browser, before = signed_in(STEWARD), len(desk.written)
    usual = {"incident": _most_at_risk(busy_port).incident, **_csrf(browser)}
    answer = browser.post("/incidents/deeds", data={**usual, **form})
    assert answer.status_code == status
    assert words in answer.text
    assert len(desk.written) == before


def test_a_form_of_another_place_is_not_taken(
    signed_in: SignedIn, busy_port: PortInMemory, desk: DeskInMemory
) -> None:
    browser, before = signed_in(STEWARD), len(desk.written)
    form = {"incident": _most_at_risk(busy_port).incident, "deed": "acknowledged"}
    headers = {"origin": "https://evil.example"}
    answer = browser.post("/incidents/deeds", data={**form, **_csrf(browser)}, headers=headers)
    assert (answer.status_code, len(desk.written)) == (403, before)


def test_an_operator_cannot_act_on_what_they_do_not_see(
    signed_in: SignedIn, busy_port: PortInMemory, desk: DeskInMemory
) -> None:
    browser, before = signed_in(OPERATOR), len(desk.written)
    rows = busy_port.board.at_risk(STEWARD, Asked(facility="LPCT"), 1)
    form = {"incident": rows[0].incident, "deed": "acknowledged", **_csrf(browser)}
    answer = browser.post("/incidents/deeds", data=form)
    assert (answer.status_code, len(desk.written)) == (404, before)


def test_a_deed_that_the_log_does_not_take_is_said_not_to_be_written(
    signed_in: SignedIn, busy_port: PortInMemory, desk: DeskInMemory
) -> None:
    browser = signed_in(STEWARD)
    form = {"incident": _most_at_risk(busy_port).incident, "deed": "acknowledged", **_csrf(browser)}
    desk.down = True
    try:
        answer = browser.post("/incidents/deeds", data=form)
    finally:
        desk.down = False
    assert answer.status_code == 503
    assert "It was not written down" in answer.text
    assert "doing it twice counts once" in answer.text


def test_what_states_no_yard_is_neither_chosen_nor_a_choice(
    busy_port: PortInMemory, signed_in: SignedIn
) -> None:
    """Of some units nobody has said where they stand: they are counted, and no filter is meant."""
    nowhere = outcome(
        "box-move", "10:00", unit=box(999_001), verdict="open", limit=limit(), facility="NEWCT"
    )
    busy_port.board.outcome(nowhere, Place(0, 10**9))
    page = signed_in(STEWARD).get("/now?facility=NEWCT").text
    (row,) = re.findall(r'data-key="yard/".*?</tr>', page, re.DOTALL)
    assert "not stated" in row
    assert "<a " not in row
    assert page.count('<option value=""') == 6
