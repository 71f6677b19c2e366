"""What can go wrong between us and a vendor: one small taxonomy, each with a sentence and a next step.

Connectors raise these alone. Which exception it is decides what the desk does next; the words are for people.
"""

from __future__ import annotations


class VendorError(Exception):
    """Any failure to do with a vendor.

    `message` says what happened, `next_step` what the engineer can do, `vendor_words` what the vendor wrote (made
    safe), `code` the vendor's or HTTP's code, `field` the field it is about. Message and words are rid of secrets
    here, since some gateways show in an error what they were sent. `done` are the parts of a write of several
    requests that the vendor confirmed before this (see Write.done).
    """

    default_next_step = ""
    done: tuple[str, ...] = ()

    def __init__(
        self,
        provider: str,
        message: str,
        *,
        next_step: str = "",
        vendor_words: str = "",
        code: str = "",
        field: str = "",
    ) -> None:
        from providers.redaction import redact  # here, so that what only names errors starts without it

        message, vendor_words = redact(message), redact(vendor_words)
        super().__init__(message)
        self.provider = provider
        self.message = message
        self.next_step = next_step or self.default_next_step
        self.vendor_words = vendor_words
        self.code = code
        self.field = field

    def __str__(self) -> str:
        words = f" ({self.vendor_words})" if self.vendor_words else ""
        return f"{self.provider}: {self.message}{words}"


class Unreachable(VendorError):
    """No connection: name, route, TLS, proxy. Nothing was sent."""

    default_next_step = "Check the network, the proxy and the vendor's URL; it is tried again by itself."


class TimedOut(VendorError):
    """A read that got no answer within its deadline. It may be repeated."""

    default_next_step = "It is tried again by itself."


class Unconfirmed(VendorError):
    """A write that left and got no readable answer: it may have been done. Never repeated blindly."""

    default_next_step = "A poll settles whether it was done, or it is put to you; see the outbox."


class Throttled(VendorError):
    """The vendor asks for patience. `retry_after` is seconds from now, already capped."""

    default_next_step = "Nothing to do: it is tried again when the vendor allows it."

    def __init__(self, provider: str, message: str, *, retry_after: float = 60.0, code: str = "429") -> None:
        super().__init__(provider, message, code=code)
        self.retry_after = retry_after


class NotAuthorised(VendorError):
    """The vendor does not accept our credentials, or not for this."""

    default_next_step = "Check the credentials in the config with `vendorq check`."


class SecretMissing(NotAuthorised):
    """A configured secret could not be had, so nothing was sent: a matter of the config, not of the vendor."""

    default_next_step = "Mend the secret's entry in the config; `vendorq check` shows whether it can be had."


class Rejected(VendorError):
    """The vendor understood and refused, or its documented rules would. Nothing was done."""

    default_next_step = "Correct it and send it again."


class NotFound(VendorError):
    """The vendor knows no such ticket, message or file."""

    default_next_step = "Check the number."


class WrongState(VendorError):
    """The ticket's state does not allow this."""

    default_next_step = "Refresh the ticket and look at its state."


class BadAnswer(VendorError):
    """An answer that is not the vendor's: a proxy's page, a cut or foreign JSON, an unknown shape."""

    default_next_step = "If it stays, look at `vendorq log` and call the vendor's support."


class NotOffered(VendorError):
    """The vendor has no such operation. The message contains the words "not offered" and why."""

    default_next_step = "Use the vendor's portal or telephone for this."


class TooLarge(VendorError):
    """More bytes than a limit allows: an answer over our cap, or a file over the vendor's."""

    default_next_step = "Make it smaller, or send it another way."
