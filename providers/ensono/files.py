"""Files for Ensono: a name that it takes, and whether the content is what the name says. Pure but for `first_bytes`.

Guide, Transferring Files To Ensono: letters, digits, hyphens and dots, beginning with a letter or digit; no exe; and a
file whose extension does not match its content is dropped at the vendor's without a word.
"""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Final

from providers.ensono.declaration import NAME_PATTERN
from providers.errors import Rejected
from providers.model import FileRef

HEAD: Final = 16
_ZIP: Final = frozenset({"zip", "docx", "xlsx", "pptx", "docm", "xlsm", "pptm", "odt", "ods", "odp", "jar", "vsdx"})
_OLE: Final = frozenset({"doc", "xls", "ppt", "msg", "msi", "vsd"})
_MAGIC: Final[tuple[tuple[bytes, str, frozenset[str]], ...]] = (
    (b"%PDF-", "a PDF", frozenset({"pdf", "ai"})),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", frozenset({"png"})),
    (b"\xff\xd8\xff", "a JPEG picture", frozenset({"jpg", "jpeg", "jpe", "jfif"})),
    (b"GIF8", "a GIF picture", frozenset({"gif"})),
    (b"PK\x03\x04", "a ZIP archive or an office document", _ZIP),
    (b"PK\x05\x06", "an empty ZIP archive", _ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document", _OLE),
    (b"\x1f\x8b", "a gzip archive", frozenset({"gz", "tgz"})),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", frozenset({"7z"})),
    (b"Rar!\x1a\x07", "a RAR archive", frozenset({"rar"})),
    (b"BZh", "a bzip2 archive", frozenset({"bz2", "tbz2"})),
)
_TEXTS: Final = frozenset({"txt", "log", "csv", "tsv", "md", "json", "xml", "html", "htm", "yaml", "yml", "eml", "ini"})
_CHECKED: Final = frozenset().union(*(extensions for _, _, extensions in _MAGIC)) | _TEXTS
_WIDE_TEXT: Final = (b"\xff\xfe", b"\xfe\xff")
_PROGRAMS: Final = ((b"MZ", "a Windows program"), (b"\x7fELF", "a Linux program"))
# What Python's own table lacks, or has on some systems only.
_TYPES: Final = {
    "log": "text/plain",
    "md": "text/markdown",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "7z": "application/x-7z-compressed",
    "rar": "application/vnd.rar",
    "msg": "application/vnd.ms-outlook",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_PACKED: Final = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}


def legal_name(name: str) -> str:
    """The name under which a file is sent: itself where Ensono takes it, else the nearest that it does.

    One without an extension gets .txt, since the guide wants a name with its file type.
    """
    if re.fullmatch(NAME_PATTERN, name) and extension_of(name):
        return name
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    hyphened = re.sub(r"[^A-Za-z0-9.-]+", "-", letters.strip())
    tidy = re.sub(r"-*\.-*", ".", re.sub(r"-{2,}", "-", hyphened)).strip("-")
    stem, dot, extension = tidy.rpartition(".")
    if dot and not re.search(r"[A-Za-z0-9]", stem):
        return f"file.{extension or 'txt'}"
    proposed = tidy.strip(".-") or "file"
    return proposed if extension_of(proposed) else f"{proposed}.txt"


def extension_of(name: str) -> str:
    """The extension in small letters, without the dot; empty where there is none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def content_type_of(name: str, given: str) -> str:
    """The Content-Type that fits a name, as the guide insists; what was given where the extension says nothing."""
    guessed, packed = mimetypes.guess_type(name)
    if packed:
        return _PACKED.get(packed, "application/octet-stream")
    return guessed or _TYPES.get(extension_of(name)) or given or "application/octet-stream"


def prepared(provider: str, ref: FileRef) -> FileRef:
    """The file as it will be sent: legal name, fitting type. Rejected for one that Ensono does not take."""
    name = legal_name(ref.name)
    if extension_of(name) == "exe":
        raise Rejected(
            provider,
            f"{ref.name} is an .exe, which Ensono does not take",
            next_step="Send it in a zip archive, if it must be.",
            field="attachments",
        )
    return replace(ref, name=name, content_type=content_type_of(name, ref.content_type))


def check_content(provider: str, name: str, head: bytes) -> None:
    """Rejected where a file's first bytes do not match its extension: Ensono would drop it without a word."""
    extension = extension_of(name)
    for magic, what in _PROGRAMS:
        if head.startswith(magic) and extension in _CHECKED:
            raise _mismatch(provider, name, what)
    for magic, what, extensions in _MAGIC:
        if head.startswith(magic):
            if extension in _CHECKED and extension not in extensions:
                raise _mismatch(provider, name, what)
            return
    if extension in _TEXTS and b"\0" in head and not head.startswith(_WIDE_TEXT):
        raise _mismatch(provider, name, "no text")
    expected = next((what for _, what, extensions in _MAGIC if extension in extensions), "")
    if expected and head and extension not in ("ai", "msi"):
        raise _mismatch(provider, name, f"not {expected}")


def _mismatch(provider: str, name: str, what: str) -> Rejected:
    return Rejected(
        provider,
        f"the content of {name} is {what}; Ensono drops files whose extension does not match their content",
        next_step="Give the file the extension of its content and send it again.",
        field="attachments",
    )


def first_bytes(ref: FileRef) -> bytes | None:
    """The first bytes of a file; None where it cannot be read, which sending it will report."""
    try:
        with Path(ref.path).open("rb") as file:
            return file.read(HEAD)
    except OSError:
        return None
