"""The contract as JSON Schema, made from the models: for senders and readers in other languages.

`python -m events.contract --check` compares events/schemas with the models and fails with the
difference; `--write` rewrites the folder. The schemas hold what a schema can say. What the codec
asks beyond that (check digits, dates that exist, clocks, sizes) stands in docs/contract.md.
"""

import argparse
import copy
import difflib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from events.alerts import AlertDeed, Delivery
from events.codec import UNITS_MAX
from events.dead_letters import Refused, Settled
from events.envelope import Event
from events.identifiers import CONTAINER_NUMBER
from events.outcomes import Alert, EventFate, Outcome, Tick
from events.recalls import Recall
from events.vocabulary import SUSPENSIONS, UnitType

FOLDER: Final = Path(__file__).parent / "schemas"
_MANY: Final = "EventOfManyUnits"

_PUBLISHED: Final[dict[str, type[BaseModel]]] = {
    "outcome": Outcome,
    "alert": Alert,
    "fate": EventFate,
    "tick": Tick,
    "recall": Recall,
    "deed": AlertDeed,
    "delivery": Delivery,
}

Schema = dict[str, Any]


class _Plain(GenerateJsonSchema):
    """Without a title on every field: the name says it."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def render() -> dict[str, str]:
    """Every schema file of the contract: its name and its text."""
    shapes = {"event": _event()}
    shapes |= {name: _published(name, model) for name, model in _PUBLISHED.items()}
    shapes["dead-letter"] = _dead_letter()
    return {f"{name}.json": _text(shape) for name, shape in shapes.items()}


def _text(schema: Schema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _headed(name: str, description: str, body: Schema) -> Schema:
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, "title": name, "description": description, **body}


def _schema_of(shape: Any, mode: JsonSchemaMode = "validation") -> Schema:
    schema = TypeAdapter(shape).json_schema(mode=mode, schema_generator=_Plain)
    schema.pop("title", None)
    return schema


def _published(name: str, model: type[BaseModel]) -> Schema:
    body = _schema_of(model)
    if "Unit" in body.get("$defs", {}):
        _containers_have_numbers(body["$defs"]["Unit"])
    return _headed(name, body.pop("description"), body)


def _dead_letter() -> Schema:
    """The headers, as an object of texts."""
    words = "The headers of a record of events-dlq: a refusal, or the settlement of one."
    return _headed("dead-letter", words, _schema_of(Refused | Settled, "serialization"))


def _event() -> Schema:
    """One event, or one message that names many units; what a field alone cannot say is added."""
    body = _schema_of(Event)
    defs = body.pop("$defs")
    _containers_have_numbers(defs["Unit"])
    body["properties"]["precision"] = _or_null(body["properties"]["precision"])
    defs["Event"] = _of_one_unit(body)
    defs[_MANY] = _of_many_units(body)
    either = [{"$ref": "#/$defs/Event"}, {"$ref": f"#/$defs/{_MANY}"}]
    words = "One reported fact about one unit, or about many: one part per unit is made of it."
    return _headed("event", words, {"oneOf": either, "$defs": dict(sorted(defs.items()))})


def _of_one_unit(event: Schema) -> Schema:
    one = copy.deepcopy(event)
    one["properties"]["units"] = {"type": "null"}
    return {**one, **_places_are_suspended({"unit": _is_place()})}


def _of_many_units(event: Schema) -> Schema:
    many = copy.deepcopy(event)
    units = {"type": "array", "minItems": 1, "maxItems": UNITS_MAX}
    many["properties"]["unit"] = {"type": "null"}
    many["properties"]["units"] = {**units, "items": {"$ref": "#/$defs/Unit"}}
    many["required"] = ["units" if name == "unit" else name for name in many["required"]]
    many["description"] = "The same fact about many units. The id of each part is `<id>/<unit id>`."
    return {**many, **_places_are_suspended({"units": {"contains": _is_place()}})}


def _or_null(field: Schema) -> Schema:
    rest = {name: value for name, value in field.items() if name != "$ref"}
    return {"anyOf": [{"$ref": field["$ref"]}, {"type": "null"}], **rest}


def _is_place() -> Schema:
    return {"properties": {"type": {"const": UnitType.PLACE.value}}, "required": ["type"]}


def _places_are_suspended(condition: Schema) -> Schema:
    """Only a suspension may speak of a place instead of a unit."""
    kinds = {"enum": sorted(SUSPENSIONS)}
    return {
        "if": {"properties": condition, "required": list(condition)},
        "then": {"properties": {"kind": kinds}},
    }


def _containers_have_numbers(unit: Schema) -> None:
    """A container's id is a container number. The check digit is beyond a schema."""
    is_container = {"properties": {"type": {"const": UnitType.CONTAINER.value}}}
    unit["if"] = {**is_container, "required": ["type"]}
    unit["then"] = {"properties": {"id": {"pattern": CONTAINER_NUMBER}}}


def differences(folder: Path = FOLDER) -> str:
    """How the committed schemas differ from the models, as a diff; empty when they agree."""
    made = render()
    kept = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    lines: list[str] = []
    for name in sorted(made.keys() | kept.keys()):
        old, new = kept.get(name, ""), made.get(name, "")
        lines += difflib.unified_diff(
            old.splitlines(), new.splitlines(), f"schemas/{name}", f"models/{name}", lineterm=""
        )
    return "\n".join(lines)


def write(folder: Path = FOLDER) -> None:
    """Make the folder say what the models say, and nothing else."""
    folder.mkdir(exist_ok=True)
    made = render()
    for path in folder.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """The command line: 0 when the schemas agree with the models, 1 with the difference if not."""
    parser = argparse.ArgumentParser(prog="python -m events.contract", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="compare, and fail with the difference")
    what.add_argument("--write", action="store_true", help="rewrite the schemas from the models")
    if parser.parse_args(arguments).write:
        write(folder)
        return 0
    found = differences(folder)
    if found:
        advice = "events/schemas differs from the models; run python -m events.contract --write"
        sys.stdout.write(f"{found}\n{advice}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
