"""The gist: the same contract as the event, field by field and bound by bound."""

from typing import Any

import msgspec
import pytest
from msgspec import inspect as shapes
from msgspec import structs
from pydantic import TypeAdapter

from events import envelope, gist
from events.codec import encode
from events.gist import Excerpt, Gist
from events.reading import read
from events.testing import event

PAIRS: list[tuple[type[msgspec.Struct], Any]] = [
    (gist.Unit, envelope.Unit),
    (gist.Place, envelope.Place),
    (gist.Cargo, envelope.Cargo),
    (gist.Customs, envelope.Customs),
    (gist.Refs, envelope.Refs),
    (gist.Scope, envelope.Scope),
    (Gist, envelope.Event),
]
EXTRA = "extra"
"""What a sender adds of its own accord; no rule reads it, and no gist has it."""


def properties(model: Any) -> tuple[dict[str, Any], set[str], dict[str, Any]]:
    """What the JSON Schema of a model says of its fields: each, which must be there, and words."""
    schema = TypeAdapter(model).json_schema()
    defined = schema.get("$defs", {})
    return schema["properties"], set(schema.get("required", ())), defined


def said_by_the_model(field: dict[str, Any], defined: dict[str, Any]) -> dict[str, Any]:
    """Bounds and words of a field, with the references followed and null left out."""
    if "anyOf" in field:
        (field,) = [one for one in field["anyOf"] if one.get("type") != "null"]
    if "$ref" in field:
        field = defined[field["$ref"].rpartition("/")[2]]
    if field.get("type") == "array":
        inner = said_by_the_model(field["items"], defined)
        return {"list_of": inner, "at_least": field["minItems"]}
    if "properties" in field:
        return {"object": field["title"]}
    if "enum" in field:
        return {"words": sorted(field["enum"])}
    bounds = ("type", "maxLength", "minimum", "maximum")
    return {name: field[name] for name in bounds if name in field}


def said_by_the_shape(type: Any) -> dict[str, Any]:
    """The same of a shape."""
    if isinstance(type, shapes.UnionType):
        (type,) = [one for one in type.types if not isinstance(one, shapes.NoneType)]
    match type:
        case shapes.ListType():
            return {"list_of": said_by_the_shape(type.item_type), "at_least": type.min_length}
        case shapes.StructType():
            return {"object": type.cls.__name__}
        case shapes.EnumType():
            return {"words": sorted(word.value for word in type.cls)}
        case shapes.StrType():
            return drop({"type": "string", "maxLength": type.max_length})
        case shapes.IntType():
            return drop({"type": "integer", "minimum": type.ge, "maximum": type.le})
        case shapes.BoolType():
            return {"type": "boolean"}
    raise AssertionError(f"{type} has no like in the contract")


def drop(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


def fields_of(shape: type[msgspec.Struct]) -> dict[str, shapes.Field]:
    asked: Any = Gist[str] if shape is Gist else shape
    found = shapes.type_info(asked)
    assert isinstance(found, shapes.StructType)
    return {field.encode_name: field for field in found.fields}


@pytest.mark.parametrize(("shape", "model"), PAIRS, ids=lambda one: one.__name__)
def test_a_gist_has_the_fields_of_the_event_in_their_order(shape: Any, model: Any) -> None:
    known, required, _ = properties(model)
    fields = fields_of(shape)
    assert list(fields) == [name for name in known if (shape, name) != (Gist, EXTRA)]
    assert {name for name, field in fields.items() if field.required} == required


@pytest.mark.parametrize(("shape", "model"), PAIRS, ids=lambda one: one.__name__)
def test_a_gist_has_the_words_and_bounds_of_the_event(shape: Any, model: Any) -> None:
    known, _, defined = properties(model)
    for name, field in fields_of(shape).items():
        assert said_by_the_shape(field.type) == said_by_the_model(known[name], defined), name


@pytest.mark.parametrize(("shape", "model"), PAIRS, ids=lambda one: one.__name__)
def test_what_is_not_said_is_the_same_in_both(shape: Any, model: Any) -> None:
    usual = {name: field.default for name, field in getattr(model, "model_fields", {}).items()}
    for name, field in fields_of(shape).items():
        if not field.required and usual:
            assert field.default == usual[name]


def test_the_shapes_are_closed_and_never_changed() -> None:
    for shape, _ in PAIRS:
        assert shape.__struct_config__.forbid_unknown_fields
        assert shape.__struct_config__.frozen


def test_an_excerpt_is_a_gist_that_nobody_writes() -> None:
    fact = event("arrived", "10:00")
    (whole,) = read(encode(fact))
    (part,) = read(encode(event("arrived", "10:00", seal="CN8841207")))
    assert isinstance(part, Excerpt)
    assert isinstance(whole, Gist)
    assert structs.astuple(part) == structs.astuple(whole)
    assert encode(whole) == encode(fact)
    with pytest.raises(TypeError, match="excerpt"):
        encode(part)


def test_the_stages_of_a_scope_are_those_of_either_spelling() -> None:
    assert gist.Scope().all_stages == []
    assert gist.Scope(stages=["pickup"], stage="box-move").all_stages == ["pickup", "box-move"]
    assert gist.Scope(stage="box-move").all_stages == ["box-move"]
