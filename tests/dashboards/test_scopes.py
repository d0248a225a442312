"""What the boards share with the live board: whose stages are customs', and where its pages are."""

from starlette.routing import Match

from dashboards.links import VISIT
from dashboards.scopes import CUSTOMS_STAGES
from serving.access.viewers import CUSTOMS_STAGES as SEEN_BY_CUSTOMS
from serving.web.unit import router


def test_customs_see_the_same_stages_in_grafana_and_on_the_live_board() -> None:
    assert set(CUSTOMS_STAGES) == SEEN_BY_CUSTOMS


def _is_a_page(path: str) -> bool:
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(route.matches(scope)[0] is Match.FULL for route in router.routes)


def test_the_story_of_a_visit_is_where_the_links_lead() -> None:
    said = {"at_port": "CNLYG", "unit_id": "CSNU6351189", "visit_instant": "20260302T001500Z"}
    path = VISIT.removeprefix("${board}")
    for column, value in said.items():
        path = path.replace(f"${{__data.fields.{column}:percentencode}}", value)
    assert path == "/unit/CNLYG/CSNU6351189/20260302T001500Z"
    assert _is_a_page(path)
    assert not _is_a_page(path.replace("/unit", "/visits"))
