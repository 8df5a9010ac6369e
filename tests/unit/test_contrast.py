"""WCAG 2.2 AA: words 4.5 : 1, shapes, lines of controls and the focus ring 3 : 1, on every ground they can stand on."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
GROUNDS = ("page", "card", "sunken", "row-hover")
WORDS = ("text", "secondary", "accent-text", "good-text", "bad-text", "warning-text", "info-text")
SHAPES = ("focus", "good", "bad", "warning", "info", "neutral", "control-line")
CHART_PARTS = (
    "chart-funded",
    "chart-outstanding",
    "chart-uncalled",
    "chart-in",
    "chart-out",
    "chart-net",
)
WASHES = ("bad-wash", "warning-wash", "good-wash", "info-wash", "accent-wash")


def read_themes():
    """The colour tokens of each theme, as written in the style sheet."""
    css = TOKENS.read_text()
    blocks = {
        name: css.split(f'[data-theme="{name}"] {{', 1)[1].split("}", 1)[0] for name in ("light", "dark")
    }
    return {
        name: dict(re.findall(r"--([a-z-]+):\s*(#[0-9A-F]{6});", block)) for name, block in blocks.items()
    }


THEMES = read_themes()


def luminance(colour):
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_guideline_does():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_both_themes_name_the_same_tokens():
    assert THEMES["light"].keys() == THEMES["dark"].keys()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("words", WORDS)
def test_words_can_be_read_on_every_ground(theme, words):
    colours = THEMES[theme]
    ratios = {ground: contrast(colours[words], colours[ground]) for ground in GROUNDS}
    assert min(ratios.values()) >= 4.5, ratios


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("wash", WASHES)
def test_words_can_be_read_on_the_wash_of_a_message(theme, wash):
    colours = THEMES[theme]
    own = wash.replace("-wash", "-text")
    for words in ("text", "secondary", own):
        assert contrast(colours[words], colours[wash]) >= 4.5, words


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("button", ["accent", "accent-hover"])
def test_the_words_on_a_button_can_be_read(theme, button):
    assert contrast(THEMES[theme]["on-accent"], THEMES[theme][button]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_and_controls_stand_out_from_page_and_card(theme, shape):
    colours = THEMES[theme]
    for ground in ("page", "card"):
        assert contrast(colours[shape], colours[ground]) >= 3, ground


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("part", CHART_PARTS)
def test_the_parts_of_a_chart_stand_out_from_the_card(theme, part):
    assert contrast(THEMES[theme][part], THEMES[theme]["card"]) >= 3
