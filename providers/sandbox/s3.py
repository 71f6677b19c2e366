"""Presigned URLs: a file store that knows only what was signed, and for how long.

The errors are S3's XML. The guide documents one ("Request has expired", Common error responses); the others are
S3's own behaviour [outside].
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from providers.sandbox.context import Context

PREFIX: Final = "/s3"
UPLOAD_BUCKET: Final = "bpm-sandbox-bridge-files"
DOWNLOAD_BUCKET: Final = "sandbox-outbound-bucket"
UPLOAD_SECONDS: Final = 120
CONTENT_KEPT: Final = 1024 * 1024

_MAGIC: Final = {
    b"%PDF-": {"pdf"},
    b"\x89PNG\r\n": {"png"},
    b"\xff\xd8\xff": {"jpg", "jpeg"},
    b"GIF8": {"gif"},
    b"PK\x03\x04": {"zip", "docx", "xlsx", "pptx", "jar", "odt", "ods"},
    b"\x1f\x8b": {"gz", "tgz"},
    b"MZ": {"exe", "dll"},
}


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that was put. `content` holds the first megabyte; size and digest are of the whole file."""

    name: str
    size: int
    sha256: str
    content_type: str
    content: bytes
    believable: bool


@dataclass(slots=True)
class _Signed:
    """One presigned URL."""

    method: str
    path: str
    query: dict[str, str]
    name: str
    expires: datetime
    lifetime: int
    taken: Callable[[Uploaded], None] | None = None
    content: bytes = b""
    content_type: str = ""
    used: bool = False


def content_types(name: str) -> set[str]:
    """The Content-Types that fit a file's name. Any, where the extension is unknown."""
    if name.endswith(".base64"):
        return {"text/plain"}
    guessed, _ = mimetypes.guess_type(name)
    known = {guessed} if guessed else set()
    if name.endswith((".log", ".csv", ".txt", ".json", ".xml", ".md", ".conf", ".cfg")):
        known.add("text/plain")
    return known


def believable(name: str, start: bytes) -> bool:
    """Whether a file's first bytes fit its extension: ServiceNow drops a renamed file without a word."""
    extension = name.rpartition(".")[2].lower()
    claimed = next((names for magic, names in _MAGIC.items() if start.startswith(magic)), None)
    return claimed is None or extension in claimed


class FileStore:
    """Signs URLs and serves them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._signed: dict[str, _Signed] = {}

    def sign_upload(self, name: str, taken: Callable[[Uploaded], None]) -> str:
        """A URL for one PUT within 120 seconds. `taken` is told of the file once it is whole."""
        key = f"{self._context.ids.hex('s3-upload', name)}.{name}"
        signed = self._sign("PUT", UPLOAD_BUCKET, key, name, UPLOAD_SECONDS)
        signed.taken = taken
        return self._url(signed)

    def sign_download(self, name: str, content: bytes, content_type: str, lifetime: int) -> str:
        """A URL to GET a file from, any number of times within `lifetime` seconds."""
        signed = self._sign("GET", DOWNLOAD_BUCKET, quote(name), name, lifetime)
        signed.content = content
        signed.content_type = content_type
        return self._url(signed)

    def _sign(self, method: str, bucket: str, key: str, name: str, lifetime: int) -> _Signed:
        ids, now = self._context.ids, self._context.now()
        stamp = now.strftime("%Y%m%dT%H%M%SZ")
        signature = ids.digest("s3-signature", key).hex()
        query = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"ASIASANDBOXSANDBOX00/{stamp[:8]}/us-east-2/s3/aws4_request",
            "X-Amz-Date": stamp,
            "X-Amz-Expires": str(lifetime),
            "X-Amz-Security-Token": ids.handle("s3-token", key),
            "X-Amz-Signature": signature,
            "X-Amz-SignedHeaders": "host",
        }
        signed = _Signed(method, f"{PREFIX}/{bucket}/{key}", query, name, now + timedelta(seconds=lifetime), lifetime)
        self._signed[signature] = signed
        return signed

    def _url(self, signed: _Signed) -> str:
        return f"{self._context.url}{signed.path}?{urlencode(signed.query)}"

    async def handle(self, request: Request) -> Response:
        """Serve one presigned URL."""
        signed = self._signed.get(request.query_params.get("X-Amz-Signature", ""))
        refusal = self._refusal(signed, request)
        if refusal is not None or signed is None:
            return refusal or self._error(403, "AccessDenied", "Access Denied")
        if request.method == "GET":
            return Response(signed.content, 200, media_type=signed.content_type)
        return await self._put(signed, request)

    def _refusal(self, signed: _Signed | None, request: Request) -> Response | None:
        if not request.url.query:
            return self._error(403, "AccessDenied", "Access Denied")
        if "authorization" in request.headers:
            words = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query "
            words += "string parameter or the Authorization header should be specified"
            return self._error(400, "InvalidArgument", words)
        if (
            signed is None
            or request.method != signed.method
            or request.scope["raw_path"].decode("ascii") != signed.path
            or dict(request.query_params) != signed.query
            or "x-api-key" in request.headers
        ):
            return self._unsigned()
        now = self._context.now()
        if now >= signed.expires:
            details = (
                f"<X-Amz-Expires>{signed.lifetime}</X-Amz-Expires><Expires>{signed.expires:%Y-%m-%dT%H:%M:%SZ}</Expires>"
                f"<ServerTime>{now:%Y-%m-%dT%H:%M:%SZ}</ServerTime>"
            )
            return self._error(403, "AccessDenied", "Request has expired", details)
        return None

    async def _put(self, signed: _Signed, request: Request) -> Response:
        if "content-length" not in request.headers:
            header = "<Header>Transfer-Encoding</Header>"
            words = "A header you provided implies functionality that is not implemented"
            await self._read(request)
            return self._error(501, "NotImplemented", words, header)
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        fitting = content_types(signed.name)
        if not content_type or (fitting and content_type not in fitting):
            await self._read(request)
            return self._unsigned()
        with self._context.lock:
            used, signed.used = signed.used, True
        if used:
            await self._read(request)
            return self._error(403, "AccessDenied", "Access Denied")
        uploaded = await self._receive(signed.name, content_type, request)
        if uploaded is None:
            return self._error(400, "InvalidRequest", "The body is no base64 text")
        assert signed.taken is not None
        with self._context.lock:
            signed.taken(uploaded)
        return Response(b"", 200, headers={"ETag": f'"{uploaded.sha256[:32]}"'})

    async def _receive(self, name: str, content_type: str, request: Request) -> Uploaded | None:
        """Read a file to its end, piece by piece, so that a large one costs no memory."""
        digest, size, start = hashlib.sha256(), 0, bytearray()
        encoded = name.endswith(".base64")
        rest = b""
        async for chunk in request.stream():
            piece = chunk
            if encoded:
                text = rest + bytes(chunk).translate(None, b"\r\n")
                whole = len(text) - len(text) % 4
                rest = text[whole:]
                try:
                    piece = base64.b64decode(text[:whole], validate=True)
                except binascii.Error:
                    return None
            digest.update(piece)
            size += len(piece)
            start += piece[: max(0, CONTENT_KEPT - len(start))]
        if rest:
            return None
        plain = name.removesuffix(".base64")
        fits = believable(plain, bytes(start[:16]))
        return Uploaded(plain, size, digest.hexdigest(), content_type, bytes(start), fits)

    async def _read(self, request: Request) -> None:
        async for _ in request.stream():
            pass

    def _unsigned(self) -> Response:
        words = "The request signature we calculated does not match the signature you provided. "
        words += "Check your key and signing method."
        return self._error(403, "SignatureDoesNotMatch", words)

    def _error(self, status: int, code: str, message: str, details: str = "") -> Response:
        request_id = self._context.ids.hex("s3-request")[:16].upper()
        host_id = base64.b64encode(self._context.ids.digest("s3-host")).decode()
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message>{details}'
            f"<RequestId>{request_id}</RequestId><HostId>{host_id}</HostId></Error>"
        )
        return Response(body, status, media_type="application/xml")
