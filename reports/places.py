"""Places: what a port is called, and which province its figures are summed into.

Knows one data file, reports/places.toml. Must never know a figure.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

PLACES: Final = Path(__file__).parent / "places.toml"

Language = Literal["zh", "en"]
Words = Annotated[str, Field(min_length=1)]


class PlacesError(Exception):
    """The file of places cannot be used; the message names it and what is wrong."""


class _Named(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    zh: Words
    en: Words

    def name(self, language: Language) -> str:
        """What people call it."""
        return self.zh if language == "zh" else self.en


class Province(_Named):
    """`code` is of ISO 3166-2, `gb` the number in GB/T 2260."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z]{2}$")]
    gb: Annotated[str, Field(pattern=r"^\d{2}0000$")]


class Port(_Named):
    """`province` is the code of one, or empty for a port of none (made up, or abroad)."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$")]
    province: str


class Places(BaseModel):
    """All ports and provinces that are named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    province: tuple[Province, ...]
    port: tuple[Port, ...]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        provinces, ports = [p.code for p in self.province], [p.code for p in self.port]
        for codes in (provinces, ports):
            if twice := {code for code in codes if codes.count(code) > 1}:
                raise ValueError(f"{', '.join(sorted(twice))} stands there twice")
        if unknown := {p.province for p in self.port} - {*provinces, ""}:
            raise ValueError(f"there is no province {', '.join(sorted(unknown))}")
        return self

    def province_of(self, port: str) -> str:
        """The code of a port's province; empty for a port that the file does not name."""
        return self.provinces.get(port, "")

    @property
    def provinces(self) -> Mapping[str, str]:
        """Port to province, by code."""
        return {port.code: port.province for port in self.port}

    def name(self, code: str, language: Language) -> str:
        """What people call a port or a province; its code where nobody told."""
        named = (one for one in (*self.port, *self.province) if one.code == code)
        found = next(named, None)
        return code if found is None else found.name(language)


@cache
def places() -> Places:
    """The places shipped."""
    return load_places(PLACES)


def load_places(file: Path) -> Places:
    """Read places. Raises PlacesError naming the file and every finding."""
    try:
        return Places.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlacesError(f"{file}: not TOML: {error}") from error
    except ValidationError as error:
        found = (f"  {'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise PlacesError(f"{file}: correct these:\n" + "\n".join(found)) from error
