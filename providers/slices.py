"""Long JSON answers, taken apart in slices that leave the event loop free between them.

`json.loads` holds the interpreter until it is done: 5 MB are 50 ms in which no key repaints, and a thread does
not help, since the parser keeps the interpreter's lock. An array's elements are therefore decoded one by one,
and after each slice of text the loop gets its turn. What cannot be read does not take its neighbours along.
"""

from __future__ import annotations

import asyncio
import codecs
import json
import re
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any, Final, NamedTuple

SLICE_CHARACTERS: Final = 64 * 1024
"""How much text one slice takes: one to three milliseconds with its mapping, on a slow jump host too."""
DECODE_BYTES: Final = 1024 * 1024
MOST_UNREADABLE: Final = 1000
"""After so many unreadable elements the answer is no array of ours; the rest is not gone through."""

# Control characters inside strings are taken as they are: vendors send raw newlines and tabs.
_DECODER: Final = json.JSONDecoder(strict=False)
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_BETWEEN: Final = re.compile(r"[ \t\r\n]*([,\]])[ \t\r\n]*")
_COLON: Final = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
# A string without an end reaches to the end of the text, so that one pass over it is enough.
_STRUCTURE: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)


class Element(NamedTuple):
    """One element of an array: its value and its text. `problem` says why there is no value; else empty."""

    value: Any
    raw: str
    problem: str = ""


class BrokenOff(ValueError):
    """The text is no JSON, or ends too early. `rest` is what could not be taken; the message says where and why."""

    def __init__(self, message: str, rest: str = "") -> None:
        super().__init__(message)
        self.rest = rest


class Missing(ValueError):
    """The text is readable, but holds no such key and is no array."""


async def decoded(body: bytes) -> str:
    """UTF-8 bytes as text, in slices. A byte order mark goes; what is no UTF-8 is replaced."""
    if len(body) <= DECODE_BYTES:
        return body.decode("utf-8-sig", "replace")
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    pieces = []
    for start in range(0, len(body), DECODE_BYTES):
        pieces.append(decoder.decode(body[start : start + DECODE_BYTES]))
        await asyncio.sleep(0)
    pieces.append(decoder.decode(b"", final=True))
    return "".join(pieces)


async def elements(body: bytes, key: str) -> AsyncIterator[list[Element]]:
    """The elements of an answer's array, slice by slice, giving way to the event loop after each.

    The array is the whole answer or stands under `key`; any other value under `key` is one element. Raises
    BrokenOff after the last complete element of a cut answer, and Missing where there is neither array nor key.
    """
    for part in sliced(await decoded(body), key):
        yield part
        await asyncio.sleep(0)


def sliced(text: str, key: str) -> Iterator[list[Element]]:
    """As `elements`, without a loop: lists of elements that take about SLICE_CHARACTERS together."""
    part: list[Element] = []
    size = 0
    try:
        for element in _walk(text, key):
            part.append(element)
            size += len(element[1])
            if size >= SLICE_CHARACTERS:
                yield part
                part, size = [], 0
    except ValueError:
        if part:
            yield part
        raise
    if part:
        yield part


def _walk(text: str, key: str) -> Iterator[Element]:
    position = _after_space(text, 0)
    if text[position : position + 1] == "[":
        position = yield from _array(text, position)
    elif text[position : position + 1] == "{":
        position = yield from _object(text, position, key)
    else:
        _, position = _value(text, position)
        _end(text, position)
        raise Missing("neither an array nor an object")
    _end(text, position)


def _end(text: str, position: int) -> None:
    position = _after_space(text, position)
    if position < len(text):
        raise BrokenOff(f"more text after the end, at character {position}", text[position:])


def _object(text: str, position: int, key: str) -> Generator[Element, None, int]:
    """The members of the outermost object; those of `key` are handed out, the others passed over."""
    found = False
    position = _after_space(text, position + 1)
    while text[position : position + 1] != "}":
        name, position = _value(text, position)
        colon = _COLON.match(text, position)
        if colon is None or not isinstance(name, str):
            raise BrokenOff(f"no name and colon at character {position}", text[position:])
        position = colon.end()
        if name == key and not found:
            found = True
            if text[position : position + 1] == "[":
                position = yield from _array(text, position)
            else:
                start = position
                value, position = _value(text, position)
                yield Element(value, text[start:position])
        else:
            _, position = _value(text, position)
        position = _after_space(text, position)
        if text[position : position + 1] == ",":
            position = _after_space(text, position + 1)
        elif text[position : position + 1] != "}":
            raise BrokenOff(f"the object breaks off at character {position}", text[position:])
    if not found:
        raise Missing(f"no {key!r} in the answer")
    return position + 1


def _array(text: str, position: int) -> Generator[Element, None, int]:
    """The elements of the array that begins at `position`. One that is no JSON is handed out as it stands."""
    position = _after_space(text, position + 1)
    scan, between, element = _DECODER.raw_decode, _BETWEEN.match, tuple.__new__
    unreadable = 0
    while text[position : position + 1] != "]":
        start = position
        try:
            value, position = scan(text, start)
            problem = ""
        except (ValueError, RecursionError) as error:
            unreadable += 1
            if unreadable > MOST_UNREADABLE:
                raise BrokenOff(f"over {MOST_UNREADABLE} unreadable elements", text[start:]) from error
            position = _skip(text, start)
            value, problem = None, f"this is no JSON: {_reason(error)}"
        after = between(text, position)
        if after is None:
            raise BrokenOff(f"the array breaks off at character {start}", text[start:])
        yield element(Element, (value, text[start:position], problem))  # a third of the time of Element(…)
        position = after.end()
        if after[1] == "]":
            return position
    return position + 1


def _skip(text: str, start: int) -> int:
    """Where an unreadable element ends: at the comma or bracket of the array around it. BrokenOff without one."""
    depth = 0
    for token in _STRUCTURE.finditer(text, start):
        mark = token[0]
        if mark in "[{":
            depth += 1
        elif mark == "," and depth == 0:
            return token.start()
        elif mark in "]}":
            if depth == 0:
                return token.start()
            depth -= 1
    raise BrokenOff(f"the array breaks off at character {start}", text[start:])


def _value(text: str, position: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except (ValueError, RecursionError) as error:
        raise BrokenOff(f"no JSON at character {position}: {_reason(error)}", text[position:]) from error


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return error.msg
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _after_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position
