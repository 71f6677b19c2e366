"""Themes: complete, legible, told apart in 256 colours, and refused in words where they are wrong."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from rich.color import Color, ColorSystem

import themes

COLOURED = [name for name in themes.names() if not themes.load(name).ansi]
FULL = (themes.FOLDER / "vendorq-dark.toml").read_text()


def light(colour: Color) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = [part / 255 for part in colour.get_truecolor()]
    red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """Contrast ratio, as WCAG defines it."""
    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def colours(name: str, system: ColorSystem) -> dict[str, Color]:
    """A theme's colours as a terminal with so many shows them."""
    return {key: Color.parse(value).downgrade(system) for key, value in themes.load(name).colours.items()}


def test_there_are_themes_for_everyone() -> None:
    assert set(themes.names()) >= {
        "vendorq-dark",
        "vendorq-light",
        "vendorq-contrast",
        "vendorq-colour-safe",
        "vendorq-16",
        "vendorq-plain",
    }


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT])
@pytest.mark.parametrize("name", COLOURED)
def test_words_can_be_read(name: str, system: ColorSystem) -> None:
    found = colours(name, system)
    least = 7.0 if name == "vendorq-contrast" else 4.0
    for role in ("text", "strong", "muted", "accent", "good", "warning", "bad", "us"):
        assert contrast(found[role], found["background"]) >= least, role
    for role in ("text", "muted", "accent", "bad", "warning"):
        assert contrast(found[role], found["panel"]) >= least, role


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT])
@pytest.mark.parametrize("name", COLOURED)
def test_the_cursor_is_told_from_what_surrounds_it(name: str, system: ColorSystem) -> None:
    found = colours(name, system)
    for one, other in combinations(("background", "cursor", "cursor_idle"), 2):
        assert found[one].get_truecolor() != found[other].get_truecolor()
    cursor = themes.load(name).style("cursor")
    assert cursor.color is not None and cursor.bgcolor is not None
    assert contrast(cursor.color.downgrade(system), cursor.bgcolor.downgrade(system)) >= 4.5


@pytest.mark.parametrize("name", themes.names())
def test_every_role_has_a_style_over_every_surface(name: str) -> None:
    palette = themes.load(name)
    for role in themes.STYLES:
        for surface in ("background", "panel"):
            assert palette.style(role, surface).bgcolor is not None


def test_without_colour_the_roles_that_matter_differ_by_weight_or_reverse() -> None:
    palette = themes.load(themes.PLAIN)
    looks = {role: str(palette.style(role)) for role in ("text", "strong", "cursor", "cursor_idle", "accent", "faint")}
    assert len(set(looks.values())) == len(looks)


def test_a_users_own_theme_comes_before_ours(tmp_path: Path) -> None:
    (tmp_path / "vendorq-dark.toml").write_text(FULL.replace('title = "Dark"', 'title = "Mine"'))
    (tmp_path / "night.toml").write_text(FULL)
    assert themes.load("vendorq-dark", tmp_path).title == "Mine"
    assert "night" in themes.names(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("[colours]", "[colour]"), "unknown key 'colour'; did you mean 'colours'"),
        (('accent = "', 'acent = "'), "unknown colour 'acent'; did you mean 'accent'"),
        (('bad = "#f4706c"\n', ""), "lacks bad"),
        (('bad = "#f4706c"', 'bad = "reddish"'), "'reddish' is no colour"),
        (("[colours]", "= ["), "cannot be read as TOML"),
        (('us = "', '[styles]\ncursor = "loud strong"\n[x]\nus = "'), "x"),
    ],
)
def test_a_wrong_theme_is_refused_with_its_file_and_the_nearest_word(
    tmp_path: Path, change: tuple[str, str], words: str
) -> None:
    (tmp_path / "mine.toml").write_text(FULL.replace(*change))
    with pytest.raises(themes.ThemeFault) as caught:
        themes.load("mine", tmp_path)
    assert words in str(caught.value)
    assert "mine.toml" in str(caught.value)


def test_a_style_of_unknown_words_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(FULL + '\n[styles]\ncursor = "loud strong"\n')
    with pytest.raises(themes.ThemeFault, match="style cursor: 'loud' is neither a colour"):
        themes.load("mine", tmp_path)


def test_an_unknown_theme_names_the_nearest() -> None:
    with pytest.raises(themes.ThemeFault, match="did you mean vendorq-dark"):
        themes.load("vendorq-drak")


def test_what_cannot_be_used_gives_way_to_the_default_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("colours = 3")
    palette, why = themes.load_or_default("mine", tmp_path)
    assert palette.name == themes.DEFAULT
    assert "mine.toml" in why
    assert why.endswith(f"This is {themes.DEFAULT}.")
    assert themes.load_or_default(themes.DEFAULT) == (palette, "")
