"""What the access is told, as a frozen model made from a mapping; secrets are never printed.

Knows the names of the environment's variables; must never read the environment itself.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from serving.access.claims import ClaimTable
from serving.access.issuer import Provider, require_private
from serving.access.viewers import Role

PREFIX: Final = "PORTCLOCK_"
SECRET_CHARACTERS_MIN: Final = 32


class AccessSettingsError(ValueError):
    """One sentence: which variable, and what is wrong with it; never its value."""


def _pairs(text: object) -> object:
    """`theirs=ours,theirs=ours`, in the order in which they count."""
    if not isinstance(text, str):
        return text
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    return tuple((theirs.strip(), ours.strip()) for theirs, _, ours in pairs)


def _private(address: str) -> str:
    require_private(address)
    return address


Roles = Annotated[tuple[tuple[str, Role], ...], BeforeValidator(_pairs)]
Address = Annotated[str, AfterValidator(_private)]


class AccessSettings(BaseModel):
    """Who may come in, and how. `board_url` is the address that people type, without a path.

    With `oidc_issuer`, bearer tokens of that provider for `oidc_audience` are taken; with
    `oidc_client_id` too, browsers may sign in there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    tokens: Path = Path("tokens.toml")
    board_url: Annotated[str, Field(pattern=r"^(https?://[^/\s]+)?$")] = ""
    session_secret: SecretStr | None = None
    oidc_issuer: Address = ""
    oidc_audience: str = ""
    oidc_roles: Roles = ()
    oidc_role_claim: str = "roles"
    oidc_name_claim: str = "preferred_username"
    oidc_ports_claim: str = ""
    oidc_facilities_claim: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")

    @classmethod
    def from_mapping(cls, environ: Mapping[str, str]) -> Self:
        """Read PORTCLOCK_TOKENS, _BOARD_URL, _SESSION_SECRET and _OIDC_*; an empty variable counts
        as absent, a misspelt PORTCLOCK_OIDC_ name is an error. Raises AccessSettingsError."""
        known = {f"{PREFIX}{name.upper()}": name for name in cls.model_fields}
        given = {name: text.strip() for name, text in environ.items() if text.strip()}
        found = {field: given[name] for name, field in known.items() if name in given}
        unknown = [
            name for name in given if name.startswith(f"{PREFIX}OIDC_") and name not in known
        ]
        if unknown:
            raise AccessSettingsError(f"there is no variable {unknown[0]}; see docs/access.md")
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            raise AccessSettingsError(_finding(error)) from None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """What is half said would let in everybody or nobody."""
        secret = self.session_secret
        if secret is not None and len(secret.get_secret_value()) < SECRET_CHARACTERS_MIN:
            raise ValueError(f"session_secret has fewer than {SECRET_CHARACTERS_MIN} characters")
        if self.oidc_issuer and not (self.oidc_audience and self.oidc_roles):
            raise ValueError("oidc_issuer also needs oidc_audience and oidc_roles")
        if self.oidc_client_id and not (self.oidc_issuer and self.board_url):
            raise ValueError("oidc_client_id also needs oidc_issuer and board_url")
        return self

    @property
    def provider(self) -> Provider | None:
        """The identity provider, if there is one."""
        if not self.oidc_issuer:
            return None
        table = ClaimTable(
            self.oidc_roles,
            self.oidc_role_claim,
            self.oidc_name_claim,
            self.oidc_ports_claim,
            self.oidc_facilities_claim,
        )
        secret = self.oidc_client_secret.get_secret_value()
        return Provider(self.oidc_issuer, self.oidc_audience, table, self.oidc_client_id, secret)


def _finding(error: ValidationError) -> str:
    """The first finding, by variable and rule; never the value, which may be a secret."""
    first: Any = error.errors(include_url=False, include_input=False)[0]
    where = "".join(f"{PREFIX}{name}: ".upper() for name in first["loc"][:1])
    return f"{where}{first['msg'].removeprefix('Value error, ')}"
