"""The pages a person reads, and what is in them: blocks, links, quoted messages, commands."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import click

from tui.cli import vendorq

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
_FENCE: Final = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK: Final = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_INLINE: Final = re.compile(r"`([^`\n]+)`")
_ENDS_COMMAND: Final = frozenset({"|", "&&", "&", ";", ">", "2", ">&", "<<", "<"})


def name(page: Path) -> str:
    """A page as a test's name."""
    return str(page.relative_to(ROOT))


def blocks(page: Path, *kinds: str) -> list[str]:
    """The fenced blocks of these kinds."""
    return [found["text"] for found in _FENCE.finditer(page.read_text()) if found["kind"] in kinds]


def prose(page: Path) -> str:
    """The page without its blocks."""
    return _FENCE.sub("", page.read_text())


def links(page: Path) -> list[str]:
    """What it links to, but for the web."""
    return [found["target"] for found in _LINK.finditer(prose(page)) if "://" not in found["target"]]


def anchors(page: Path) -> set[str]:
    """What a link can lead to within a page."""
    titles = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def inline(page: Path) -> list[str]:
    """What stands in backticks within the text."""
    return _INLINE.findall(prose(page))


def command_lines(page: Path) -> Iterator[list[str]]:
    """Each call of vendorq in the page's blocks, as its words."""
    for block in blocks(page, "console", "sh", ""):
        text = re.sub(r"\\\n", " ", re.sub(r"<<'?EOF'?\n.*?^EOF$", "", block, flags=re.DOTALL | re.MULTILINE))
        for line in text.splitlines():
            yield from _calls(re.sub(r"\$\((.*?)\)", r"; \1 ;", line.replace('"$(', "$(").replace(')"', ")")))


def _calls(line: str) -> Iterator[list[str]]:
    if "vendorq" not in line or line.lstrip().startswith(("#", "command[")):
        return
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    call: list[str] | None = None
    for word in lexer:
        if word in _ENDS_COMMAND:
            if call is not None:
                yield call
            call = None
        elif call is not None:
            call.append(word)
        elif word == "vendorq" or word.endswith("/vendorq"):
            call = []
    if call is not None:
        yield call


def parse(words: list[str]) -> None:
    """Have click read a command line without doing it. click.UsageError where it means nothing."""
    _parse(vendorq, "vendorq", words, None)


def _parse(command: click.Command, known_as: str, words: list[str], parent: click.Context | None) -> None:
    try:
        ctx = command.make_context(known_as, list(words), parent=parent)
    except click.exceptions.Exit:
        return  # --version and --help
    rest = [*ctx._protected_args, *ctx.args]
    if isinstance(command, click.Group) and rest:
        inner_name, inner, arguments = command.resolve_command(ctx, rest)
        assert inner is not None
        _parse(inner, inner_name or "", arguments, ctx)


@cache
def said() -> str:
    """Every text in the program's source, with a mark where a value is put in."""
    texts = []
    for folder in ("tui", "providers", "themes"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            texts += list(_texts(ast.parse(file.read_text())))
    return "\n".join(texts)


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@cache
def test_names() -> frozenset[str]:
    """Every test there is."""
    sources = (file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))
    return frozenset(name for text in sources for name in re.findall(r"def (test_\w+)", text))
