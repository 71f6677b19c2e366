from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.ensono.declaration import NAME_PATTERN
from providers.ensono.files import check_content, content_type_of, legal_name, prepared
from providers.errors import Rejected
from providers.model import FileRef


@pytest.mark.parametrize(
    ("name", "legal"),
    [
        ("boot.log", "boot.log"),
        ("boot log 1.txt", "boot-log-1.txt"),
        ("boot_log (final).tar.gz", "boot-log-final.tar.gz"),
        ("Überblick für März.pdf", "Uberblick-fur-Marz.pdf"),
        (".hidden", "file.hidden"),
        ("-dash.txt", "dash.txt"),
        ("  spaced .txt ", "spaced.txt"),
        ("日本.txt", "file.txt"),
        ("日本", "file.txt"),
        ("messages", "messages.txt"),
        ("core dump.", "core-dump.txt"),
        ("a/b\\c.txt", "a-b-c.txt"),
        ("", "file.txt"),
    ],
)
def test_a_legal_name_is_proposed(name: str, legal: str) -> None:
    assert legal_name(name) == legal


@given(st.text())
def test_every_proposed_name_is_legal_and_stays(name: str) -> None:
    proposed = legal_name(name)
    assert re.fullmatch(NAME_PATTERN, proposed)
    assert legal_name(proposed) == proposed


def a_file(name: str, content_type: str = "") -> FileRef:
    return FileRef(path=f"/nowhere/{name}", name=name, size=3, content_type=content_type, sha256="")


@pytest.mark.parametrize("name", ["tool.exe", "TOOL.EXE", "my tool.Exe", "tool.tar.exe"])
def test_an_exe_is_refused(name: str) -> None:
    with pytest.raises(Rejected, match=r"\.exe"):
        prepared("ensono", a_file(name))


@pytest.mark.parametrize(
    ("name", "given_type", "sent"),
    [
        ("a.log", "application/octet-stream", "text/plain"),
        ("a.pdf", "", "application/pdf"),
        ("a.JPG", "", "image/jpeg"),
        ("a.html", "", "text/html"),
        ("a.tar.gz", "", "application/gzip"),
        ("a.docx", "", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.unheardof", "text/x-own", "text/x-own"),
        ("syslog", "application/octet-stream", "text/plain"),
        ("a.unheardof", "", "application/octet-stream"),
    ],
)
def test_the_content_type_fits_the_extension(name: str, given_type: str, sent: str) -> None:
    assert prepared("ensono", a_file(name, given_type)).content_type == sent
    assert content_type_of(legal_name(name), given_type) == sent


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.pdf", b"%PDF-1.7"),
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("a.JPEG", b"\xff\xd8\xff\xe0"),
        ("a.gif", b"GIF89a"),
        ("a.xlsx", b"PK\x03\x04"),
        ("a.zip", b"PK\x05\x06"),
        ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.gz", b"\x1f\x8b\x08"),
        ("a.txt", b"plain"),
        ("a.log", b"\xff\xfea\x00"),
        ("a.csv", b"a,b"),
        ("a.unheardof", b"PK\x03\x04"),
        ("a.unheardof", b"MZ\x90"),
        ("a.txt", b""),
        ("a.pdf", b""),
        ("noextension", b"%PDF-1.7"),
    ],
)
def test_content_that_fits_passes(name: str, head: bytes) -> None:
    check_content("ensono", name, head)


@pytest.mark.parametrize(
    ("name", "head", "words"),
    [
        ("sheet.csv", b"PK\x03\x04", "ZIP archive or an office document"),
        ("photo.png", b"\xff\xd8\xff\xe0", "JPEG"),
        ("paper.pdf", b"hello", "not a PDF"),
        ("notes.txt", b"MZ\x90\x00", "Windows program"),
        ("trace.log", b"\x7fELF", "Linux program"),
        ("syslog.txt", b"\x01\x00\x02\x00", "no text"),
        ("book.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old office document"),
    ],
)
def test_content_that_does_not_fit_is_refused_in_words(name: str, head: bytes, words: str) -> None:
    with pytest.raises(Rejected, match=words) as caught:
        check_content("ensono", name, head)
    assert caught.value.field == "attachments"
    assert Path(name).name in caught.value.message
