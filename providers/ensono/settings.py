"""Ensono's part of the config."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from providers.secrets import SecretSource
from providers.settings import UrlSettings, is_loopback

ENVIRONMENTS: Final = ("dev", "echo", "cert", "prod")
ATTACHMENT_HOSTS: Final = (".amazonaws.com",)


class Ignore(BaseModel):
    """One rule for transactions out of the contract's scope: what matches is stored, deleted and hidden.

    `type` is a ticket type (Incident, Request, Change) or a transaction type (Create, Notes, …); `group` is the
    mapped or the vendor's own group. Letter case does not matter; a rule with both needs both.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = ""
    group: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.type.strip() and not self.group.strip():
            raise ValueError("an ignore rule names a type, a group or both")
        return self


class Settings(UrlSettings):
    """`[[provider]] kind = "ensono"`. `url` ends with the client's word and leaves the environment out."""

    kind: Literal["ensono"] = "ensono"
    environment: str
    """dev, echo, cert or prod, exactly so: the vendor's paths tell small letters from capitals."""
    client_name: str = Field(min_length=1)
    """The `clientName` that Ensono gave out; goes with every write."""
    api_key: SecretSource
    """The key for the `x-api-key` header."""
    default_group: str = ""
    """The group to send once where Ensono does not know the one that was given."""
    groups: tuple[str, ...] = ()
    """The mapped group names, offered in forms."""
    client_group: str = ""
    """Our own group at Ensono: `take` moves a ticket there, so that Ensono's people stop working on it."""
    create_with: Literal["priority", "impact_urgency"] = "priority"
    """Whether a create sends the priority, or impact and urgency; the guide wants one of the two for good."""
    work_in_progress: str = Field(default="workingprogress", pattern=r"^[a-z_]{1,40}$")
    """How Ensono spells the state of a ticket that is worked on; the copies of the guide differ."""
    double_escape: bool = False
    """Escape free text before it becomes JSON, as the guide's section Special Characters asks."""
    upload_base64: bool = False
    """Send files as base64 text instead of their bytes."""
    resend_unanswered_create: bool = False
    """Send a create without an answer once more by itself, when the queue shows no trace of it."""
    ignore: tuple[Ignore, ...] = ()
    """Which transactions are out of scope."""

    @field_validator("environment")
    @classmethod
    def _check_environment(cls, environment: str) -> str:
        if environment in ENVIRONMENTS:
            return environment
        near = get_close_matches(environment.strip().lower(), ENVIRONMENTS, n=1, cutoff=0.3)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(
            f"{environment!r} is no environment of Ensono's: write one of {', '.join(ENVIRONMENTS)}, "
            f"in small letters{hint}"
        )

    @field_validator("url")
    @classmethod
    def _check_no_environment(cls, url: str) -> str:
        last = urlsplit(url).path.rsplit("/", 1)[-1]
        if last.lower() in ENVIRONMENTS:
            raise ValueError(f"{url!r} ends with an environment; leave {last!r} out and use the key `environment`")
        return url

    @property
    def on_loopback(self) -> bool:
        """Whether the provider is on this machine, as the sandbox is."""
        return is_loopback(urlsplit(self.url).hostname or "")

    @property
    def hosts(self) -> tuple[str, ...]:
        """Host suffixes that files may go to and come from; Amazon's storage where none are configured."""
        return self.attachment_hosts or ATTACHMENT_HOSTS
