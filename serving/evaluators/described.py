"""How OpenAPI 3.1 says what the routes take and give. The parameters of a dataset's cells are those
of its own dimensions, so the description is made from the catalogue."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from fastapi import FastAPI

from serving.evaluators import answers
from serving.evaluators.accepted import Format
from serving.evaluators.asks import Dataset, Dimension
from serving.evaluators.cursors import CHARACTERS_MAX
from serving.evaluators.library import ROWS, ROWS_MAX
from serving.evaluators.problems import MEDIA_TYPE, Problem, Unknown
from serving.evaluators.wanted import PERIOD, VINTAGE_CHARACTERS_MAX, WORD_CHARACTERS_MAX, WORDS_MAX

Described = dict[str, Any]
Responses = dict[int | str, Described]

JWK_SET: Final = "application/jwk-set+json"
MONTH_PATTERN: Final = f"^{PERIOD}$"
_WORD: Final = {"type": "string", "maxLength": WORD_CHARACTERS_MAX}
_PROBLEMS: Final = {
    401: "Nobody whom we know",
    403: "Known, and not allowed",
    429: "Too often",
    503: "Not now",
}
_HEADERS: Final[Described] = {
    "RateLimit-Policy": {"schema": {"type": "string"}, "description": "The quota and its span"},
    "RateLimit": {"schema": {"type": "string"}, "description": "What is left of the quota"},
}
_TAG: Final[Described] = {
    "ETag": {"schema": {"type": "string"}, "description": "Send it as If-None-Match"}
}


def problems(*others: int) -> Responses:
    """The ways to go wrong that every route has, and these."""
    said = {**_PROBLEMS, 400: "Asked wrongly", 404: "No such thing", 406: "No such type"}
    found = sorted({*_PROBLEMS, *others})
    return {
        one: {"description": said[one], "content": _content(one), **_when_paced(one)}
        for one in found
    }


def _content(status: int) -> Described:
    """Whoever is not known meets the gate alone; all else is said here."""
    shape = Unknown if status == 401 else Problem
    return {MEDIA_TYPE: {"schema": answers.reference(shape)}}


def gives(answer: type[msgspec.Struct]) -> Responses:
    """A JSON answer of that shape, or nothing new."""
    schema = {"schema": answers.reference(answer)}
    said = (answer.__doc__ or "").strip()
    return _answered(said, {Format.JSON.media_type: schema})


def gives_cells() -> Responses:
    """Cells in each format."""
    text: Described = {"schema": {"type": "string"}}
    content: Described = {one.media_type: text for one in (Format.CSV, Format.PARQUET)}
    content[Format.JSON.media_type] = {"schema": answers.reference(answers.Cells)}
    found = _answered("A page of cells in the order of their keys", content)
    link = {"schema": {"type": "string"}, "description": "The next page, if there is one"}
    found[200]["headers"]["Link"] = link
    return found


def gives_file() -> Responses:
    """A file, byte for byte, of whatever type it is."""
    return _answered("The file, byte for byte", {"*/*": {"schema": {"type": "string"}}})


def gives_keys() -> Responses:
    """A JWK set (RFC 7517)."""
    keys = {"type": "array", "items": {"type": "object"}}
    schema = {"type": "object", "properties": {"keys": keys}, "required": ["keys"]}
    return _answered("Public keys", {JWK_SET: {"schema": schema}})


def parameters(dataset: Dataset) -> list[Described]:
    """What the address of a dataset's cells may say."""
    return [
        _query("vintage", "A vintage by its id, as 2026-03.2",
               {"type": "string", "minLength": 1, "maxLength": VINTAGE_CHARACTERS_MAX}),
        _query("month", "The newest final vintage of a month, else its newest provisional one",
               {"type": "string", "pattern": MONTH_PATTERN}),
        *(_filter(one) for one in dataset.dimensions),
        _query("by", "Dimensions to divide by, with commas between; what is neither named here nor "
               "filtered is summed over. Left out: every grouping", _list_of(dataset.names),
               explode=False),
        _query("measures", "Which figures, with commas between; left out: all",
               _list_of(tuple(one.id for one in dataset.measures)), explode=False),
        _query("page_size", "Cells of a page",
               {"type": "integer", "minimum": 1, "maximum": ROWS_MAX, "default": ROWS}),
        _query("cursor", "Where to go on: from the link to the next page, never made up",
               {"type": "string", "maxLength": CHARACTERS_MAX}),
        _query("format", "Instead of the header Accept",
               {"type": "string", "enum": [one.id for one in Format]}),
    ]  # fmt: skip


def complete(app: FastAPI) -> None:
    """Adds to FastAPI's description the shapes, the way to sign in, and where this is mounted."""
    made = app.openapi

    def openapi() -> Described:
        schema = made()
        parts = schema.setdefault("components", {})
        parts.setdefault("schemas", {}).update(answers.components())
        parts["schemas"].pop("HTTPValidationError", None)
        parts["schemas"].pop("ValidationError", None)
        parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"token": []}]
        schema["servers"] = [{"url": "/v1"}]
        for path in schema["paths"].values():
            path["get"]["responses"].pop("422", None)
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def _answered(said: str, content: Described) -> Responses:
    headers = {**_HEADERS, **_TAG}
    return {
        200: {"description": said, "content": content, "headers": headers},
        304: {"description": "What you have is what there is", "headers": headers},
    }


def _when_paced(status: int) -> Described:
    wait = {"Retry-After": {"schema": {"type": "string"}, "description": "Seconds to wait"}}
    return {"headers": wait} if status in (429, 503) else {}


def _query(name: str, said: str, schema: Mapping[str, Any], **more: Any) -> Described:
    return {"name": name, "in": "query", "required": False, "description": said,
            "schema": schema, "style": "form", **more}  # fmt: skip


def _filter(one: Dimension) -> Described:
    schema = {"type": "array", "items": _WORD, "maxItems": WORDS_MAX}
    said = f"Only cells with one of these words as their {one.title['en']}; * is summed over all"
    return _query(one.id, said, schema)


def _list_of(known: tuple[str, ...]) -> Described:
    word = {"type": "string", "enum": list(known)}
    return {"type": "array", "items": word, "maxItems": len(known)}
