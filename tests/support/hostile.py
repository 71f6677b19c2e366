"""Text that a vendor may send to drive a terminal or an app, as it came and as it is shown."""

from __future__ import annotations

HOSTILE = (
    "[/b]closing what was never open[/]",
    "[@click=app.quit]press me[/]",
    "[link=https://evil.example]here[/link] [red]red[/red] [[]",
    "\\[escaped\\] [b",
    "\x1b[2J\x1b[31mred\x1b]0;title\x07 \x1b]52;c;AAAA\x07 \x1bc",
    "C1: \x9b31m \x90q\x9c \x85",
    "nul\x00 bell\x07 backspace\x08 del\x7f",
    "bidi \u202egnp.exe\u202c \u2066x\u2069 \u200f",
    "漢字かな交じり文 " * 20,
    "🔥👩‍💻🇳🇱 e\u0301\u0301\u0301",
    "x" * 10_000,
    "one\ntwo\r\nthree\ttab\u2028four",
    "$(reboot) `reboot` ${HOME} %s {0}",
)
