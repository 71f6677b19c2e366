"""Which certificate authorities are trusted: the operating system's, and those of a `ca_bundle` beside them."""

from __future__ import annotations

import ssl
import sys
from functools import lru_cache
from pathlib import Path
from typing import Final

import truststore

_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/ssl/cert.pem",  # Alpine, BSD
    "/etc/ssl/ca-bundle.pem",  # SUSE
)


@lru_cache(maxsize=32)
def tls_context(ca_bundle: Path | None = None) -> ssl.SSLContext:
    """A context for clients, verifying names and certificates. OSError (ssl.SSLError) for an unreadable bundle.

    It reads hundreds of certificates, which takes tens of milliseconds: call it in a thread. On macOS and Windows
    truststore asks the system for each connection; on others it would load the same file anew for each, on
    the event loop, so there the file is loaded once.
    """
    if sys.platform in ("darwin", "win32"):
        context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_default_certs()
        defaults = ssl.get_default_verify_paths()
        if not context.cert_store_stats()["x509_ca"] and not _has_certificates(defaults.capath):
            bundle = next((path for path in _BUNDLES if Path(path).is_file()), None)
            if bundle is not None:
                context.load_verify_locations(cafile=bundle)
    if ca_bundle is not None:
        context.load_verify_locations(cafile=ca_bundle)
    return context


def _has_certificates(folder: str | None) -> bool:
    """Whether OpenSSL's folder of hashed certificates, which it reads when it needs one, has any."""
    return folder is not None and any(Path(folder).glob("*.[0-9]"))
