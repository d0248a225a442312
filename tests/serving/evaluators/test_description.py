"""The description and the answers, held against each other by schemathesis, from outside.

It asks a served board for the description, then every route for what that allows and for what it
does not: bounds, types, unknown parameters, other methods, other tokens.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from serving.access.viewers import Role, Viewer
from serving.evaluators.testing import SEALS
from serving.web.testing import served

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
EXAMPLES = "3"
"""For each route, beside those of the bounds of every parameter."""
TAKES_AT_MOST_S = 240


@pytest.fixture
def judged(tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """What schemathesis says of an office; `only` are the routes that it is to try."""

    def judge(office: Any, *only: str) -> "subprocess.CompletedProcess[str]":
        token = office.staff.hire(Viewer("Sun", Role.EVALUATOR), timedelta(days=90))
        with served(office.app) as address:
            command = [
                str(SCHEMATHESIS), "run", f"{address}/v1/openapi.json",
                "--header", f"Authorization: Bearer {token}", "--no-color",
                "--phases", "coverage,fuzzing", "--max-examples", EXAMPLES,
                "--generation-deterministic", *only,
            ]  # fmt: skip
            return subprocess.run(
                command, cwd=tmp_path, capture_output=True, text=True, check=False,
                timeout=TAKES_AT_MOST_S,
            )  # fmt: skip

    return judge


def test_every_answer_is_one_that_the_description_allows(office: Any, judged: Any) -> None:
    said = judged(office)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "Tested: 11" in said.stdout


class Careless:
    """Seals whose keys are no JWK set."""

    def keys(self) -> Mapping[str, object]:
        """Something else."""
        return {"key": "none"}

    def names(self, vintage: str) -> list[str]:
        """As ever."""
        return SEALS.names(vintage)

    def file(self, vintage: str, name: str) -> bytes | None:
        """As ever."""
        return SEALS.file(vintage, name)


def test_an_answer_that_is_not_as_described_is_found(open_office: Any, judged: Any) -> None:
    said = judged(open_office(seals=Careless()), "--include-path", "/keys")
    assert said.returncode == 1
    assert "'keys' is a required property" in said.stdout.replace('"', "'")


def test_the_description_names_the_parameters_of_each_dataset(program: Any) -> None:
    said = program.get("/v1/openapi.json").json()
    assert (said["openapi"], said["servers"]) == ("3.1.0", [{"url": "/v1"}])
    for dataset in program.get("/v1/datasets").json()["datasets"]:
        asked = said["paths"][f"/datasets/{dataset['id']}/cells"]["get"]["parameters"]
        filters = {one["id"] for one in dataset["dimensions"]}
        names = {"vintage", "month", "by", "measures", "page_size", "cursor", "format", *filters}
        assert {one["name"] for one in asked} == names
    assert "HTTPValidationError" not in json.dumps(said)
