"""The routes file: what is wrong with it is said by file, line and remedy, and never a secret."""

from pathlib import Path
from typing import Any

import pytest

from serving.notify import routes_file
from serving.notify.routes import Told
from serving.notify.routes_file import CHARACTERS_MAX, RoutesError, load
from serving.notify.testing import ENVIRON, KEY, an_alert, routes_of, written

EXAMPLE = Path(routes_file.__file__).parent / "routes.example.toml"
SECRETS = {
    "CONTROL_ROOM_KEY": KEY,
    "YARD_GROUP_TOKEN": "t",
    "YARD_GROUP_SECRET": "s",
    "SMTP_PASSWORD": "p",
}
HOOK = '[channel.hook]\nkind = "webhook"\nurl = "https://h.example/a"\nsecret = "env:KEY"\n'
ROUTE = '[[route]]\nname = "all"\nchannels = ["hook"]\n'
ROBOT = '[channel.group]\nkind = "feishu"\ntoken = "env:TOKEN"\n'
MAIL = (
    '[channel.post]\nkind = "mail"\nserver = "smtp.example:465"\n'
    'from = "a@h.example"\nto = ["b@h.example"]\n'
)


def complaint(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> str:
    path = written(tmp_path, text)
    with pytest.raises(RoutesError) as refused:
        load(path, ENVIRON if environ is None else environ)
    return str(refused.value).replace(f"{path}:", "")


def test_the_example_of_the_house_can_be_used() -> None:
    routes = load(EXAMPLE, SECRETS)
    assert [route.name for route in routes.route] == ["yard", "customs", "everything"]
    assert "EXAMPLE" in EXAMPLE.read_text(encoding="utf-8").splitlines()[0]


def test_a_sound_file_of_every_sort_of_channel_is_taken(tmp_path: Path) -> None:
    routes = load(written(tmp_path, HOOK + ROBOT + MAIL + ROUTE), ENVIRON)
    assert [channel.kind for channel in routes.channel.values()] == ["webhook", "feishu", "mail"]
    assert [channel.per_minute for channel in routes.channel.values()] == [600, 20, 60]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("channel = [", "1: not TOML"),
        (HOOK + ROUTE + "colour = 1\n", "8: there is no key 'colour' here; take it out"),
        (HOOK + ROUTE.replace("channels", "channel"), "did you mean 'channels'?"),
        (HOOK + ROUTE.replace('"hook"', '"hok"'), "7: there is no channel 'hok'; did you mean"),
        (HOOK + ROUTE.replace('"hook"', '"mail"'), "7: there is no channel 'mail'; add [channel."),
        (HOOK + ROUTE + ROUTE, "9: the name 'all' is taken; choose another"),
        (HOOK + ROUTE + 'stages = ["box-mov"]\n', "8: there is no stage 'box-mov'; the stages"),
        (HOOK + ROUTE + 'ports = ["lyg"]\n', "8: 'lyg' is no port; write its UN/LOCODE"),
        (HOOK + ROUTE + 'answers = ["police"]\n', "8: nobody is called 'police'; parties are"),
        (HOOK + ROUTE + 'states = ["bad"]\n', "8: 0 = 'bad' will not do; input should be"),
        (HOOK + ROUTE + 'quiet = { from = "25:00", to = "06:00" }\n', "8: no time of day; write"),
        (HOOK + ROUTE + 'quiet = { from = "06:00", to = "06:00" }\n', "8: quiet hours that end"),
        (HOOK + ROUTE + "digest = { every_min = 1 }\n", "8: every_min = 1 will not do"),
        (
            HOOK + ROUTE + 'escalate = { after_min = 5, to = "chief", channels = ["no"] }\n',
            "8: there is no channel 'no'",
        ),
        ('timezone = "Mars/Base"\n' + HOOK + ROUTE, "1: there is no timezone 'Mars/Base'; write"),
        (HOOK.replace("https", "ftp") + ROUTE, "3: the url is no address; write https://host/path"),
        (HOOK.replace("h.ex", "u:pw@h.ex") + ROUTE, "3: the url holds a password; sign by"),
        (HOOK.replace("webhook", "pigeon") + ROUTE, "there is no kind 'pigeon'"),
        (HOOK.replace("hook]", "Hook]") + ROUTE, "'Hook' is no name; write small letters"),
        (HOOK + ROUTE.replace('"all"', f'"{"a" * 65}"'), "6: a name of 65 characters; 64 are"),
        (MAIL + 'user = "x"\n' + ROUTE.replace("hook", "post"), "1: one of user and password is"),
        (
            ROBOT + 'secret = "env:KEY"\n' + ROUTE.replace("hook", "group"),
            "4: a robot of feishu is not signed for here; take it out",
        ),
        (HOOK, "the key 'route' is missing; add it"),
        (HOOK + "\n", "the key 'route' is missing"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_what_to_do(
    tmp_path: Path, text: str, said: str
) -> None:
    assert said in complaint(tmp_path, text)


def test_several_faults_are_all_said_in_the_order_of_lines(tmp_path: Path) -> None:
    text = HOOK + ROUTE.replace('"hook"', '"a", "b"') + 'quiet = { from = "06:00", to = "06:00" }\n'
    assert [line.split(":")[0] for line in complaint(tmp_path, text).splitlines()] == [
        "7",
        "7",
        "8",
    ]


@pytest.mark.parametrize(
    ("text", "environ"),
    [
        (HOOK.replace("env:KEY", "hunter2") + ROUTE, ENVIRON),
        (HOOK.replace('"env:KEY"', "42424242") + ROUTE, ENVIRON),
        (ROBOT.replace("env:TOKEN", "hunter2") + ROUTE, ENVIRON),
        (HOOK + ROUTE, {"KEY": "hunter2"}),
    ],
)
def test_a_secret_that_stands_in_the_file_or_is_weak_is_refused_and_not_repeated(
    tmp_path: Path, text: str, environ: dict[str, str]
) -> None:
    said = complaint(tmp_path, text, environ)
    assert "env" in said or "openssl rand" in said
    assert "hunter2" not in said
    assert "42424242" not in said


def test_a_secret_that_the_environment_lacks_is_named(tmp_path: Path) -> None:
    assert complaint(tmp_path, HOOK + ROUTE, {}) == "4: the environment has no KEY; set it there"
    assert "has no KEY" in complaint(tmp_path, HOOK + ROUTE, {"KEY": "  "})


def test_a_file_that_cannot_be_read_is_a_complaint(tmp_path: Path) -> None:
    with pytest.raises(RoutesError, match="cannot be read"):
        load(tmp_path / "nothing.toml", ENVIRON)
    (tmp_path / "gbk.toml").write_bytes("口岸".encode("gbk"))
    with pytest.raises(RoutesError, match="in UTF-8"):
        load(tmp_path / "gbk.toml", ENVIRON)
    with pytest.raises(RoutesError, match="it is no routes file"):
        load(written(tmp_path, "#" * (CHARACTERS_MAX + 1)), ENVIRON)


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        ({}, True),
        ({"ports": ["CNLYG"]}, True),
        ({"ports": ["CNSHA"]}, False),
        ({"facilities": ["LPCT"]}, True),
        ({"facilities": ["X"]}, False),
        ({"stages": ["box-move", "truck-turn"]}, True),
        ({"stages": ["truck-turn"]}, False),
        ({"answers": ["terminal"]}, True),
        ({"answers": ["customs"]}, False),
        ({"states": ["breached"]}, True),
        ({"states": ["at-risk"]}, False),
        ({"ports": ["CNLYG"], "answers": ["customs"]}, False),
    ],
)
def test_a_route_takes_what_meets_all_that_it_asks(asked: dict[str, Any], met: bool) -> None:
    routes = routes_of({"name": "all", "channels": ["hook"], **asked})
    assert routes.route[0].takes(an_alert(1, "breached"), Told.BREACHED) == met


def test_the_first_route_of_a_channel_has_it_and_later_ones_do_not_tell_it_again() -> None:
    hooks = {"kind": "webhook", "url": "http://h.example/", "secret": "env:KEY"}
    routes = routes_of(
        {"name": "one", "channels": ["a"]},
        {"name": "two", "channels": ["a", "b"]},
        a=hooks,
        b=hooks,
    )
    targets = routes.targets(an_alert(1, "breached"), Told.BREACHED)
    assert {channel: route.name for channel, route in targets.items()} == {"a": "one", "b": "two"}
