"""The C library's allocator is told what to do where it is glibc, and left alone where it is not."""

from __future__ import annotations

import os
from unittest.mock import Mock, call

import pytest

from tui.allocator import Allocator, glibc


def test_it_keeps_one_heap_and_gives_back_what_is_free() -> None:
    library = Mock()
    Allocator(library).trim()
    assert call.mallopt(-8, 1) in library.mock_calls
    assert library.mock_calls[-1] == call.malloc_trim(0)


@pytest.mark.parametrize("answer", [None, "", ValueError("unknown name")])
def test_another_c_library_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch, answer: str | ValueError | None) -> None:
    def confstr(name: str) -> str | None:
        if isinstance(answer, ValueError):
            raise answer
        return answer

    monkeypatch.setattr(os, "confstr", confstr)
    assert glibc() is None
    Allocator().trim()
