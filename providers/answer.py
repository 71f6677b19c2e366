"""What a vendor answered, and how it may be read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from providers.errors import BadAnswer, Unconfirmed, VendorError
from providers.model import Order
from providers.redaction import redact_start
from providers.text import SafeText, safe_line

Treatment = Literal["read", "once", "write"]
"""read: repeated at most twice. once: a read that is never repeated (a queue), and whose cut answer is handed over
as far as it came. write: never repeated, and Unconfirmed where it left without a readable answer."""

_TITLE: Final = re.compile(r"(?is)<title[^>]*>(.*?)</title>")
_TAGS: Final = re.compile(r"(?s)<(?:script|style)\b.*?</(?:script|style)>|<!--.*?-->|<[^>]*>")
_GIST_WINDOW: Final = 4096
_PAGE: Final = re.compile(rb"(?i)\s*<(?:!doctype\s+html|html|head|body)\b")
PAGE_CURE: Final = (
    "A web page came in the vendor's place, as from a proxy or a login page of the network: "
    "check the network, and `url` and `proxy` in the config."
)
"""What to do about a page where JSON was expected."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: status, headers (names in lower case), the decoded body, and when its request started.

    `treatment` is the request's. `cut` says why the body is incomplete: only a request treated as `once` gets
    such an answer, so that what came of a queue's messages is not lost; for others it is an error.
    """

    provider: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    order: Order
    treatment: Treatment = "read"
    cut: str = ""

    @property
    def ok(self) -> bool:
        """Any 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON.

        Where it is none: Unconfirmed for a write that was accepted (2xx) or broke at the vendor (5xx), since it may
        have been done; BadAnswer for a read, and for a write that was turned away (4xx).
        """
        if self.cut:
            raise self.unreadable(f"the answer is incomplete ({self.cut})")
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise self.unreadable(self._description()) from None

    def unreadable(self, message: str) -> VendorError:
        """The error for a body that makes no sense: what `json` raises, for connectors that look further in.

        `message` says what is wrong with the answer; the start of the body is added as the vendor's words.
        """
        doubtful = self.treatment == "write" and (self.ok or self.status >= 500)
        kind = Unconfirmed if doubtful else BadAnswer
        next_step = PAGE_CURE if kind is BadAnswer and self._is_page else ""
        return kind(self.provider, message, vendor_words=self.gist(), code=str(self.status), next_step=next_step)

    def gist(self, limit: int = 160) -> SafeText:
        """The start of the body in one safe line without secrets; of a page its title, else its text."""
        text = redact_start(self.body[: 4 * _GIST_WINDOW].decode("utf-8", "replace"), _GIST_WINDOW)
        if text.lstrip()[:1] == "<":
            title = _TITLE.search(text)
            text = title.group(1) if title else _TAGS.sub(" ", text)
        return safe_line(text, limit)

    @property
    def _is_page(self) -> bool:
        return _PAGE.match(self.body) is not None

    def _description(self) -> str:
        if not self.body:
            return f"HTTP {self.status} without a body"
        what = "a page" if self.body.lstrip()[:1] == b"<" else "a body that is no JSON"
        return f"HTTP {self.status} with {what} ({len(self.body)} bytes)"


def is_json(body: bytes) -> bool:
    """Whether a body is a JSON object or array, as a vendor's own error is and a proxy's page is not."""
    if body.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
