"""Writes the parts of docs/ that the program can say of itself. `python -m tests.docs.generate` brings all up to date.

A page marks such a part with two comments; what stands between them is made here and not by hand:

    <!-- generated: keys -->
    …
    <!-- end -->
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import click

from tests.docs import config_parts, interface_parts, vendor_parts
from tui.cli import vendorq
from tui.manual_page import manual_page

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
MANUAL: Final = DOCS / "vendorq.1"
MARKED: Final = re.compile(r"(<!-- generated: (?P<name>[^>]+?) -->\n).*?(<!-- end -->)", re.DOTALL)

PARTS: Final[Mapping[str, Callable[[], str]]] = {
    **config_parts.PARTS,
    **interface_parts.PARTS,
    **vendor_parts.PARTS,
}


def up_to_date(text: str) -> str:
    """A page's text with every generated part as it should be. KeyError for a part that there is none of."""
    return MARKED.sub(lambda found: f"{found[1]}\n{PARTS[found['name']]().strip()}\n\n{found[3]}", text)


def named_in(text: str) -> list[str]:
    """The generated parts of a page, by name."""
    return [found["name"] for found in MARKED.finditer(text)]


def manual() -> str:
    """The manual page as the package brings it."""
    return manual_page(click.Context(vendorq, info_name="vendorq", **vendorq.context_settings))


def main() -> int:
    """Bring docs/ up to date; says which files changed."""
    wanted = {page: up_to_date(page.read_text()) for page in sorted(DOCS.rglob("*.md"))}
    wanted[MANUAL] = manual()
    for page, text in wanted.items():
        if not page.exists() or page.read_text() != text:
            page.write_text(text)
            print(page.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
