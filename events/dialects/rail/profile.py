"""A mapping of paths: what a record of a railway's message is, and which element is which field."""

import re
import tomllib
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from events.dialects.tabular.mapping import Profile as Mapping

_FILE: Final = re.compile(r"[\w][\w.-]{0,120}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One sort of message of one railway.

    `record` is the path of its records below the root, as `Body/Wagon`. The columns of `mapping`
    are paths in a record (`Head/@no` is an attribute), or from the root where they begin with a
    slash. `schema` is the XSD that messages must keep to; `schema_name` says what file it is, and
    if it is named but not supplied, nothing is read.
    """

    mapping: Mapping
    record: str
    schema_name: str | None = None
    schema: bytes | None = None

    @classmethod
    def read(cls, text: str, schema: bytes | None = None) -> Self:
        """From TOML: a mapping as of a table, with `record` and, if there is one, `schema`. Raises
        tomllib.TOMLDecodeError, pydantic.ValidationError, and ValueError without a record path."""
        said = tomllib.loads(text)
        record, name = _path(said, "record"), said.pop("schema", None)
        if name is not None and not (isinstance(name, str) and _FILE.fullmatch(name)):
            raise ValueError("schema: write the name of its file, without a folder")
        mapping = Mapping.model_validate(said)
        if mapping.is_the_contract_s_own:
            raise ValueError("columns: name the paths of the fields")
        return cls(mapping=mapping, record=record, schema_name=name, schema=schema)

    def supplied(self, schema: bytes) -> Self:
        """The same with the schema that it names, as a door found it beside the profile."""
        return replace(self, schema=schema)


def _path(said: dict[str, Any], name: str) -> str:
    path = said.pop(name, None)
    if not isinstance(path, str) or not path.strip("/"):
        raise ValueError(f"{name}: write the path of the records below the root, as Body/Wagon")
    return path.strip("/")
