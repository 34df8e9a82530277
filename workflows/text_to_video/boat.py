"""What does the paper boat look like, and the bird on it that tells the story?

Drawn four times too large and made smaller, once for each tilt and each opening of
the beak.
"""

from __future__ import annotations

import functools
import math

from PIL import Image, ImageDraw

from workflows.text_to_video.scenery import HORIZON, WIDTH, mirrored, wave_height

_SIZE = 132
_SCALE = 4
#: Degrees between two pictures of the boat.
_TILT = 2
_PAPER, _SHADE, _FOLD = (252, 250, 244), (214, 214, 222), (232, 231, 233)
_BIRD, _WING, _BEAK, _EYE = (242, 108, 84), (205, 78, 66), (255, 190, 70), (40, 36, 52)


def draw_boat(picture: Image.Image, hour: float, at: float, opening: int) -> None:
    """Draw boat and bird; ``opening`` is how far the beak is open, 0 to 9."""
    x = WIDTH * (0.2 + 0.5 * hour)
    water = HORIZON + 33 + wave_height(x, at)
    slope = math.degrees(math.atan2(wave_height(x + 20, at) - water + HORIZON + 33, 20))
    tilt = _TILT * round(slope / _TILT)
    sprite = _sprite(tilt, min(3, (opening + 2) // 3))
    left, top = round(x) - _SIZE // 2, round(water) - _SIZE + 22
    image = mirrored(sprite.crop((0, 0, _SIZE, _SIZE - 24)), 0.3)
    picture.paste(image, (left, round(water) - 4), image)
    picture.paste(sprite, (left, top), sprite)


@functools.cache
def _sprite(tilt: int, beak: int) -> Image.Image:
    large = Image.new("RGBA", (_SIZE * _SCALE, _SIZE * _SCALE))
    draw = ImageDraw.Draw(large)
    _draw_bird(draw, beak)
    _draw_paper(draw)
    turned = large.rotate(-tilt, Image.Resampling.BICUBIC)
    return turned.resize((_SIZE, _SIZE), Image.Resampling.LANCZOS)


def _scaled(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x * _SCALE, y * _SCALE) for x, y in points]


def _draw_paper(draw: ImageDraw.ImageDraw) -> None:
    hull: list[tuple[float, float]] = [(10, 82), (122, 82), (98, 112), (34, 112)]
    draw.polygon(_scaled([(44, 84), (66, 40), (88, 84)]), fill=_FOLD)
    draw.polygon(_scaled([(66, 40), (66, 84), (88, 84)]), fill=_SHADE)
    draw.polygon(_scaled(hull), fill=_PAPER)
    draw.polygon(_scaled([(66, 112), (98, 112), (122, 82)]), fill=_SHADE)
    draw.line(_scaled([(10, 82), (66, 112), (122, 82)]), fill=_FOLD, width=_SCALE)


def _draw_bird(draw: ImageDraw.ImageDraw, beak: int) -> None:
    gape = (0.0, 3.0, 5.5, 8.5)[beak]
    draw.polygon(_scaled([(84, 70), (70, 56), (76, 76)]), fill=_WING)
    draw.ellipse(_scaled([(78, 52), (110, 88)]), fill=_BIRD)
    draw.ellipse(_scaled([(88, 36), (114, 62)]), fill=_BIRD)
    draw.polygon(_scaled([(111, 44), (127, 48 - gape), (112, 51)]), fill=_BEAK)
    draw.polygon(_scaled([(111, 49), (124, 51 + gape), (110, 56)]), fill=_BEAK)
    draw.pieslice(_scaled([(78, 56), (100, 84)]), 20, 200, fill=_WING)
    draw.ellipse(_scaled([(100, 43), (105.5, 48.5)]), fill=_EYE)
    draw.ellipse(_scaled([(102.4, 43.8), (104.2, 45.6)]), fill=(255, 255, 255))
