"""The list of a release names what is installed for users, and nothing of its makers' tools."""

from typing import Any

from sbom import cut, released


def test_a_release_holds_what_users_install_and_not_what_tests_need() -> None:
    names = released()
    assert {"portclock", "faust-streaming", "clickhouse-driver", "confluent-kafka"} <= names
    assert {"chdb-core", "highspy", "typst", "starlette", "cffi"} <= names
    assert not names & {"pytest", "mypy", "ruff", "hypothesis", "trustme", "pip-audit"}
    assert len(names) > 60


def test_what_is_cut_leaves_no_loose_end() -> None:
    def bond(ref: str, *on: str) -> dict[str, Any]:
        return {"ref": ref, "dependsOn": list(on)}

    whole = {
        "metadata": {"component": {"bom-ref": "root"}},
        "components": [{"name": "Lz4", "bom-ref": "a"}, {"name": "pytest", "bom-ref": "b"}],
        "dependencies": [bond("root", "a", "b"), bond("a", "b"), bond("b")],
        "specVersion": "1.6",
    }
    found = cut(whole, frozenset({"lz4"}))
    assert [one["name"] for one in found["components"]] == ["Lz4"]
    assert found["dependencies"] == [bond("root", "a"), bond("a")]
    assert found["specVersion"] == "1.6"
    assert len(whole["components"]) == 2
