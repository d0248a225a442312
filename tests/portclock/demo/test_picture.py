"""A picture of a scene: the same each time, whole, and without anything from elsewhere."""

import re
from datetime import UTC, datetime, timedelta

from portclock.demo.picture import fuller, svg
from portclock.demo.scene import AtRisk, Scene, StageCount

TEN = datetime(2026, 3, 2, 2, tzinfo=UTC)
CALM = Scene(phase="feeding", seed=1, elapsed_s=3, stages=(StageCount("box-move", 3),))
RISKY = Scene(
    phase="feeding",
    seed=1,
    elapsed_s=9,
    as_of=TEN,
    at_risk=(AtRisk("CSQU3054383", "CNSHD", "box-move", TEN + timedelta(minutes=2), 1_800),),
)


def test_a_picture_holds_the_view_and_asks_nobody_for_anything() -> None:
    picture = svg(RISKY)
    assert "CSQU3054383" in picture
    assert "吊箱移位" in picture
    assert re.findall(r"url\([^#)]*\)|(?:href|src)=", picture) == []
    assert "font-face" not in picture


def test_the_same_scene_is_the_same_picture() -> None:
    assert svg(RISKY) == svg(RISKY)


def test_the_fuller_scene_has_more_near_its_limit() -> None:
    assert fuller(CALM, RISKY) is RISKY
    assert fuller(RISKY, CALM) is RISKY


def test_a_chinese_character_is_two_cells_wide() -> None:
    picture = svg(RISKY)
    (width,) = re.findall(r'textLength="([0-9.]+)"[^>]*>吊箱移位<', picture)
    assert float(width) == 8 * 12.2
