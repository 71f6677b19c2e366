"""How a command line ends: each failure told in words or as JSON, each with its exit code, no secret in any of them.

Imports no more than it must: the dashboard begins here, too.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from providers.errors import VendorError
from tui import exits
from tui.config_fault import ConfigFault
from tui.output import print_json, say
from tui.session import Stopped


def run(work: Callable[[], int], *, as_json: bool) -> int:
    """Do the work and return its exit code. What failed is told here."""
    _harden()
    sys.excepthook = _internal_error_as_json if as_json else _internal_error
    threading.excepthook = _error_in_thread
    try:
        return work()
    except KeyboardInterrupt:
        return 130
    except Stopped as stopped:
        return 128 + stopped.signal_number
    except BrokenPipeError:
        _quiet_stdout()
        return 141
    except exits.Failure as failure:
        return _tell(failure, as_json)
    except VendorError as error:
        return _tell(exits.from_vendor_error(error), as_json)
    except ConfigFault as fault:
        return _tell(_from_config(fault), as_json, sentence=str(fault))
    except exits.known_faults() as error:
        return _tell(exits.from_known_fault(error), as_json)


def _tell(failure: exits.Failure, as_json: bool, sentence: str = "") -> int:
    from providers.redaction import redact

    if as_json:
        print_json({**failure.parts, "error": _redacted(failure.document(), redact)})
    say(f"vendorq: {redact(sentence or failure.sentence())}")
    return failure.code


def _redacted(document: dict[str, Any], redact: Any) -> dict[str, Any]:
    return {key: redact(value) if isinstance(value, str) else value for key, value in document.items()}


def _from_config(fault: ConfigFault) -> exits.Failure:
    message = str(fault).removesuffix(f"; {fault.cure}") if fault.cure else str(fault)
    return exits.Failure(exits.CONFIG, "ConfigFault", message, field=fault.key, next_step=fault.cure)


def _harden() -> None:
    """Files for us alone, no core dump with secrets in it, and no character that ends a program in a poor locale."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Nobody's plugin is loaded into a process that holds secrets; looking for one costs a tenth of a start, too.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _error_in_thread(found: threading.ExceptHookArgs) -> None:
    """The same for a thread of ours, which ends by itself; the process goes on."""
    if found.exc_value is not None:
        say(_told_trace(found.exc_value))


def _told_trace(error: BaseException) -> str:
    """Where something happened, without local values and without secrets."""
    import traceback

    from providers.redaction import redact

    lines = traceback.TracebackException.from_exception(error, capture_locals=False).format()
    return redact("".join(lines)).rstrip()


def _internal_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A fault of our own: exit code 70."""
    say(_told_trace(error))
    say("vendorq: this is a fault of vendorq's own. Please report it with the lines above; they hold no secret.")
    raise SystemExit(exits.INTERNAL)


def _internal_error_as_json(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    from providers.redaction import redact

    failure = exits.Failure(exits.INTERNAL, "InternalError", redact(f"{kind.__name__}: {error}"))
    print_json({"error": failure.document()})
    _internal_error(kind, error, trace)


def _quiet_stdout() -> None:
    """Whoever read our output has gone: what is left of it must not raise again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
