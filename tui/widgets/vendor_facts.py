"""The vendor's own fields, made readable without knowing the vendor: names in words, times here, long texts apart."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from providers.text import safe_line, safe_text
from tui.widgets.times import moment, window

Fact = tuple[str, str]
LONG: Final = 80
"""A text longer than this stands under a heading of its own."""
DECIDING: Final = ("risk", "impact", "urgency", "justification")
"""What somebody who decides on a change asks first, beside its window."""
PLANS: Final = ("justification", "pre change checks", "implementation plan", "test plan", "backout plan")
"""The order in which a change's texts are read; others come before them."""
LEADING: Final = ("assignment group", "assigned to", "configuration item", "category")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_\-\s]+")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?")
_START: Final = re.compile(r"^(.*?)\s*\b(start)( date| time)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorFacts:
    """`deciding` is what an approval card shows; `leading` stands among the ticket's facts; `texts` under headings of
    their own; `others` at the end."""

    deciding: tuple[Fact, ...] = ()
    leading: tuple[Fact, ...] = ()
    texts: tuple[Fact, ...] = ()
    others: tuple[Fact, ...] = ()


def words_of(name: str) -> str:
    """A field's name in words: `implementationPlan` and `implementation_plan` become `Implementation plan`."""
    parts = [part for part in _HUMP.split(name.strip()) if part]
    words = " ".join(part if part.isupper() and len(part) > 1 else part.lower() for part in parts)
    return safe_line(words[:1].upper() + words[1:])


def time_of(value: object, zone_name: str) -> datetime | None:
    """A time where the value is one. Without an offset it is in the vendor's zone."""
    if not isinstance(value, str) or not _TIME.fullmatch(value.strip()):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        if found.tzinfo is None:
            from zoneinfo import ZoneInfo

            found = found.replace(tzinfo=ZoneInfo(zone_name))
        return found.astimezone(UTC)
    except (ValueError, OverflowError, KeyError):  # KeyError: there is no such zone
        return None


def vendor_facts(vendor: Mapping[str, object], zone_name: str, zone: tzinfo | None) -> VendorFacts:
    """Sort a vendor's fields by what a reader needs; empty ones are left out."""
    named = {words_of(name): value for name, value in vendor.items() if value not in (None, "", [], {}, ())}
    spans = _windows(named, zone_name, zone)
    leading: list[Fact] = []
    deciding: list[Fact] = []
    texts: list[Fact] = []
    others: list[Fact] = []
    for label, value in named.items():
        at = time_of(value, zone_name)
        text = moment(at, zone) if at is not None else _text_of(value)
        if not text:
            continue
        if label.casefold() in DECIDING:
            deciding.append((label, text))
            if len(text) > LONG:
                texts.append((label, text))
            else:
                leading.append((label, text))
        elif len(text) > LONG or "\n" in text or label.endswith(" plan"):
            texts.append((label, text))
        elif label.casefold() in LEADING:
            leading.append((label, text))
        else:
            others.append((label, text))
    deciding.sort(key=lambda fact: DECIDING.index(fact[0].casefold()))
    texts.sort(key=lambda fact: PLANS.index(fact[0].casefold()) if fact[0].casefold() in PLANS else -1)
    return VendorFacts(
        deciding=(*spans, *deciding), leading=(*spans, *leading), texts=tuple(texts), others=tuple(others)
    )


def _windows(named: dict[str, object], zone_name: str, zone: tzinfo | None) -> list[Fact]:
    """Pairs of a start and an end, taken out of `named` and made one fact each."""
    found: list[Fact] = []
    for label in list(named):
        match = _START.fullmatch(label.casefold())
        if match is None:
            continue
        end_label = label.casefold().replace("start", "end")
        other = next((name for name in named if name.casefold() == end_label), None)
        start = time_of(named[label], zone_name)
        end = time_of(named[other], zone_name) if other else None
        if start is None or end is None or other is None:
            continue
        title = match[1].strip()
        found.append(
            (f"{title.capitalize()} window".strip().capitalize() if title else "Window", window(start, end, zone))
        )
        del named[label], named[other]
    return found


def _text_of(value: object) -> str:
    if isinstance(value, str):
        return safe_text(value).strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return safe_line(", ".join(value))
    return safe_text(json.dumps(value, ensure_ascii=False, default=str))
