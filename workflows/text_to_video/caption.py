"""How is a caption card drawn, with the words that were already said brighter?"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw

from workflows.text_to_video.scenery import HEIGHT, WIDTH
from workflows.text_to_video.typeface import Font, Typeface

_SIZE = 27
_SMALLEST = 12
_LINE = 35
#: Pixels between the panel and the edge of the picture, and inside the panel.
_MARGIN, _PADDING = 14, 12
_PANEL = (12, 16, 34, 168)
_SAID, _UNSAID = (255, 255, 255), (166, 174, 200)
_TITLE, _SUBTITLE = (255, 252, 240), (236, 226, 214)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A caption card: the panel with dim words, and the bright words alone."""

    said: Image.Image
    unsaid: Image.Image
    top: int
    #: Of each line: where it begins and ends, from left to right.
    lines: tuple[tuple[int, int], ...]


def card_of(lines: list[str], typeface: Typeface) -> Card:
    """Return the card with ``lines``, which are made smaller until they fit."""
    lines = [typeface.drawable(line) for line in lines]
    font = _fitting(lines, typeface)
    places = []
    for line in lines:
        left = round((WIDTH - font.getlength(line)) / 2)
        places.append((left, WIDTH - left))
    height = _LINE * len(lines) + 2 * _PADDING
    sides = (Image.new("RGBA", (WIDTH, height), (*_SAID, 0)), _panel(height))
    for side, colour in zip(sides, (_SAID, _UNSAID), strict=True):
        draw = ImageDraw.Draw(side)
        for i, (line, (left, _)) in enumerate(zip(lines, places, strict=True)):
            middle = _PADDING + _LINE * i + _LINE // 2
            draw.text((left, middle), line, colour, font, anchor="lm")
    return Card(
        said=sides[0],
        unsaid=sides[1],
        top=HEIGHT - height - _MARGIN,
        lines=tuple(places),
    )


def draw_card(picture: Image.Image, card: Card, part: float) -> None:
    """Draw ``card`` when ``part`` of it (0 to 1) has been said."""
    picture.paste(card.unsaid, (0, card.top), card.unsaid)
    lengths = [end - begin for begin, end in card.lines]
    said = part * sum(lengths)
    for i, (begin, _) in enumerate(card.lines):
        covered = min(lengths[i], max(0, round(said - sum(lengths[:i]))))
        top = _PADDING + _LINE * i
        box = (begin, top, begin + covered, top + _LINE)
        if covered:
            bright = card.said.crop(box)
            picture.paste(bright, (begin, card.top + top), bright)


def draw_title(picture: Image.Image, title: str, subtitle: str, face: Typeface) -> None:
    """Draw a title in the sky, with a smaller line under it."""
    draw = ImageDraw.Draw(picture)
    rows = ((title, 46, 82, _TITLE), (subtitle, 21, 128, _SUBTITLE))
    for text, size, y, colour in rows:
        text = face.drawable(text)
        while size > _SMALLEST and face.sized(size).getlength(text) > WIDTH - 60:
            size -= 2
        font = face.sized(size)
        draw.text((WIDTH // 2 + 2, y + 2), text, (20, 20, 48), font, anchor="mm")
        draw.text((WIDTH // 2, y), text, colour, font, anchor="mm")


def _fitting(lines: list[str], typeface: Typeface) -> Font:
    size = _SIZE
    room = WIDTH - 2 * (_MARGIN + _PADDING)
    while size > _SMALLEST and _widest(lines, typeface, size) > room:
        size -= 1
    return typeface.sized(size)


def _widest(lines: list[str], typeface: Typeface, size: int) -> float:
    return max(typeface.sized(size).getlength(line) for line in lines)


def _panel(height: int) -> Image.Image:
    panel = Image.new("RGBA", (WIDTH, height))
    box = (_MARGIN, 0, WIDTH - _MARGIN - 1, height - 1)
    ImageDraw.Draw(panel).rounded_rectangle(box, 14, fill=_PANEL)
    return panel
