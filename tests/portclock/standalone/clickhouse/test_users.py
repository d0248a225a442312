"""Who comes in, from the environment alone."""

import pytest

from portclock.standalone.clickhouse.errors import ServerError
from portclock.standalone.clickhouse.users import User, Users


def test_without_an_environment_there_is_one_writer_without_a_password() -> None:
    assert Users.from_environment({}) == Users((User("default", ""),))


def test_names_and_passwords_come_from_the_environment() -> None:
    users = Users.from_environment(
        {
            "PORTCLOCK_CLICKHOUSE_USER": "clock",
            "PORTCLOCK_CLICKHOUSE_PASSWORD": "w",
            "PORTCLOCK_CLICKHOUSE_READER_USER": "board",
            "PORTCLOCK_CLICKHOUSE_READER_PASSWORD": "r",
        }
    )
    assert users.authenticate("clock", "w") == User("clock", "w")
    assert users.authenticate("board", "r") == User("board", "r", reader=True)


def test_there_is_no_reader_without_a_password() -> None:
    users = Users.from_environment({"PORTCLOCK_CLICKHOUSE_READER_USER": "board"})
    with pytest.raises(ServerError):
        users.authenticate("board", "")


def test_no_name_means_the_usual_one() -> None:
    assert Users().authenticate("", "").name == "default"


@pytest.mark.parametrize(
    ("name", "password"),
    [("default", "x"), ("nobody", "w"), ("default", ""), ("", ""), ("default", "w\0"), ("ü", "ü")],
)
def test_anyone_else_is_told_nothing(name: str, password: str) -> None:
    with pytest.raises(ServerError, match="incorrect, or there is no user") as caught:
        Users((User("default", "w"),)).authenticate(name, password)
    assert caught.value.code == 516
