"""What docs/alerts.md says is so: variables, bounds, kinds of channel, parts of a route, words."""

import re
from pathlib import Path

import pytest

from serving.notify.apprised import BYTES_MAX
from serving.notify.routes import Digest, Escalation, Mail, Quiet, Robot, Route, Told, Webhook
from serving.notify.settings import NotifySettings
from serving.notify.webhook import LISTED_MAX, TRY_AGAIN

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "alerts.md").read_text(encoding="utf-8")
BOUNDS = NotifySettings()


def key_of(name: str, shape: type) -> str:
    alias = shape.model_fields[name].alias  # type: ignore[attr-defined]
    return alias or name


TOLD = [name for name, field in NotifySettings.model_fields.items() if field.repr]
"""Without what the door hands in, since it holds a password."""


@pytest.mark.parametrize("name", TOLD)
def test_every_setting_has_its_variable_on_the_page(name: str) -> None:
    variables = {"brokers": "BROKER", "routes": "ROUTES", "board_url": "BOARD_URL"}
    own = f"PORTCLOCK_{variables.get(name, f'NOTIFY_{name.upper()}')}"
    assert own in PAGE or f"`{name.upper()}`" in PAGE


@pytest.mark.parametrize("shape", [Webhook, Mail, Robot, Quiet, Digest, Escalation, Route])
def test_every_key_of_the_routes_file_is_explained(shape: type) -> None:
    fields = shape.model_fields  # type: ignore[attr-defined]
    for name in fields:
        key = key_of(name, shape)
        assert re.search(rf"[`{{ ]{key}[`, :=]", PAGE), key


def test_every_kind_and_every_state_is_named() -> None:
    for kind in ("webhook", *BYTES_MAX):
        assert f"`{kind}`" in PAGE
    for state in Told:
        assert f"`{state.value}`" in PAGE


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    assert f"within {BOUNDS.window_ms} ms" in PAGE
    assert f"at most {BOUNDS.bundle_max} incidents" in PAGE
    assert f"up to {LISTED_MAX} of them" in PAGE
    assert f"{BOUNDS.attempts_max}, {BOUNDS.give_up_s / 3600:.0f} h, " in PAGE
    assert f"| {BOUNDS.unsettled_max}; 1 |" in PAGE
    assert f"| {BOUNDS.open_max:,} |" in PAGE
    assert f"| {BOUNDS.keep_days} days |" in PAGE
    assert f"| {BOUNDS.too_old_s / 3600:.0f} h |" in PAGE
    assert f"{BYTES_MAX['wecombot']:,} bytes" in PAGE
    assert (
        f"for {['one', 'two', 'three'][int(BOUNDS.suspended_at_most_s / 86_400) - 1]} days" in PAGE
    )
    for status in TRY_AGAIN:
        assert str(status) in PAGE


def test_what_it_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", PAGE)
    assert len(links) > 3
    assert [link for link in links if not (DOCS / link).is_file()] == []
