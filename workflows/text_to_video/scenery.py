"""What does the sky, the land and the water look like at this hour of the story?

The hour goes from 0 (before sunrise) to 1 (night). Everything that only depends on
the size of the picture is drawn once and kept.
"""

from __future__ import annotations

import functools
import hashlib
import math

from PIL import Image, ImageChops, ImageDraw, ImageOps

WIDTH, HEIGHT = 640, 360
#: Where the water begins.
HORIZON = 192
#: Different skies in a film; the next one differs by a pixel or two.
_BACKDROPS = 300

Colour = tuple[int, int, int]

#: hour -> top of the sky, its lower end, far hills, near hills, water, sea bed
_PALETTES: tuple[tuple[float, tuple[Colour, ...]], ...] = tuple(
    (hour, tuple((c >> 16, c >> 8 & 255, c & 255) for c in colours))
    for hour, colours in (
        (0.00, (0x1B2450, 0x8C6A94, 0x3A3A66, 0x26294D, 0x3D4376, 0x1A1F42)),
        (0.12, (0x5A6CB0, 0xFFC39E, 0x7F6F99, 0x4C5078, 0xB68FA6, 0x3C4A78)),
        (0.28, (0x6DB3EE, 0xD5EEF9, 0x86AFC6, 0x4F8A7B, 0x7FBEDC, 0x2F6E9E)),
        (0.55, (0x4FA0E8, 0xCDE9F7, 0x7CA9CC, 0x478571, 0x66B1DA, 0x27628F)),
        (0.72, (0x6A6BB5, 0xFFB36B, 0x9A6C92, 0x5A4A6E, 0xE39B86, 0x51466F)),
        (0.84, (0x2A2C62, 0xC86B78, 0x4F4376, 0x332F57, 0x7A5580, 0x29284F)),
        (1.00, (0x0A1030, 0x2B3768, 0x222B57, 0x161D40, 0x2A3566, 0x0C1231)),
    )
)


def palette(hour: float) -> tuple[Colour, ...]:
    """Return the six colours of ``hour``."""
    later = next(i for i, (at, _) in enumerate(_PALETTES) if at >= hour or at == 1.0)
    (begin, first), (end, second) = _PALETTES[max(0, later - 1)], _PALETTES[later]
    part = min(1.0, (hour - begin) / (end - begin)) if end > begin else 0.0
    return tuple(_mixed(a, b, part) for a, b in zip(first, second, strict=True))


def landscape(hour: float, at: float) -> Image.Image:
    """Return the picture without the boat, ``at`` seconds into the film."""
    _, _, far, near, water, _ = palette(hour)
    picture = _backdrop(round(hour * _BACKDROPS)).copy()
    _draw_stars(picture, hour, at)
    for colour, seed, height, speed in ((far, 2, 74, 3.0), (near, 7, 40, 7.0)):
        mask = _hills(seed, height)
        shift = round(at * speed) % WIDTH
        window = mask.crop((shift, 0, shift + WIDTH, mask.height))
        picture.paste(colour, (0, HORIZON - mask.height), window)
    _draw_waves(picture, _mixed(water, (255, 255, 255), 0.45), at)
    return picture


def wave_height(x: float, at: float) -> float:
    """Return how many pixels the water rises at ``x``."""
    return 3.2 * math.sin(x / 46 + at * 1.7) + 1.6 * math.sin(x / 21 - at * 1.1)


def _mixed(a: Colour, b: Colour, part: float) -> Colour:
    red, green, blue = (round(x + (y - x) * part) for x, y in zip(a, b, strict=True))
    return red, green, blue


@functools.lru_cache(maxsize=2)
def _backdrop(number: int) -> Image.Image:
    """Return sky, sun or moon, and water: what changes too slowly to be seen."""
    hour = number / _BACKDROPS
    top, low, _, _, water, deep = palette(hour)
    picture = Image.new("RGB", (WIDTH, HEIGHT))
    picture.paste(_gradient(top, low, HORIZON), (0, 0))
    _draw_lights(picture, hour)
    picture.paste(_gradient(water, deep, HEIGHT - HORIZON), (0, HORIZON))
    return picture


def _gradient(top: Colour, low: Colour, height: int) -> Image.Image:
    column = Image.new("RGB", (1, height))
    column.putdata([_mixed(top, low, y / height) for y in range(height)])
    return column.resize((WIDTH, height))


@functools.cache
def _glow() -> Image.Image:
    """Return a soft disc: white in the middle, nothing at the edge."""
    return ImageOps.invert(Image.radial_gradient("L")).point(
        lambda value: int(max(0, value - 75) * 1.4 * (value / 255) ** 2)
    )


def _draw_lights(picture: Image.Image, hour: float) -> None:
    """Draw the sun, which sets before three quarters of the story, and the moon."""
    if hour < 0.8:
        part = (hour - 0.04) / 0.72
        _draw_light(picture, part, 26, (255, 236, 170))
    if hour > 0.8:
        _draw_light(picture, 0.1 + (hour - 0.8) * 2, 19, (236, 240, 255))


def _draw_light(picture: Image.Image, part: float, radius: int, colour: Colour) -> None:
    x = round(WIDTH * (0.1 + 0.8 * part))
    y = round(HORIZON + 30 - 185 * math.sin(math.pi * min(1.0, max(0.0, part))))
    halo = _glow().resize((radius * 8, radius * 8))
    picture.paste(colour, (x - radius * 4, y - radius * 4), halo)
    disc = _disc(radius)
    picture.paste(colour, (x - radius, y - radius), disc)


@functools.cache
def _disc(radius: int) -> Image.Image:
    large = Image.new("L", (radius * 8, radius * 8))
    ImageDraw.Draw(large).ellipse((0, 0, radius * 8 - 1, radius * 8 - 1), fill=255)
    return large.resize((radius * 2, radius * 2), Image.Resampling.LANCZOS)


@functools.cache
def _stars() -> tuple[tuple[int, int, int], ...]:
    seeds = hashlib.shake_128(b"stars").digest(3 * 70)
    return tuple(
        (seeds[i] * WIDTH // 256, seeds[i + 1] * (HORIZON - 60) // 256, seeds[i + 2])
        for i in range(0, len(seeds), 3)
    )


def _draw_stars(picture: Image.Image, hour: float, at: float) -> None:
    darkness = max(0.0, 1 - hour / 0.1, (hour - 0.8) / 0.16)
    if not darkness:
        return
    draw = ImageDraw.Draw(picture, "RGBA")
    for x, y, seed in _stars():
        twinkle = 0.65 + 0.35 * math.sin(at * 2.2 + seed)
        part = min(1.0, darkness) * twinkle * (0.4 + seed / 430)
        size = int(seed % 3 == 0)
        light = (255, 255, 255, round(255 * part))
        draw.rectangle((x, y, x + size, y + size), light)


@functools.cache
def _hills(seed: int, height: int) -> Image.Image:
    """Return a strip of hills that repeats after one width, twice as wide as that."""
    scale = 2
    large = Image.new("L", (WIDTH * 2 * scale, height * scale))
    draw = ImageDraw.Draw(large)
    line = []
    for x in range(0, WIDTH * 2 + 1, 4):
        turn = math.tau * x / WIDTH
        rise = (
            0.52
            + 0.24 * math.sin(2 * turn + seed)
            + 0.14 * math.sin(5 * turn + seed * 2)
            + 0.06 * math.sin(11 * turn + seed * 3)
        )
        line.append((x * scale, round(height * scale * (1 - rise))))
    floor = height * scale
    draw.polygon([(0, floor), *line, (WIDTH * 2 * scale, floor)], fill=255)
    return large.resize((WIDTH * 2, height), Image.Resampling.BOX)


def _draw_waves(picture: Image.Image, colour: Colour, at: float) -> None:
    """Draw rows of short strokes of light that drift with the water."""
    draw = ImageDraw.Draw(picture)
    for row in range(6):
        y = HORIZON + 8 + row * row * 3 + row * 6
        length, gap = 14 + row * 7, 74 + row * 23
        shift = (at * (9 + row * 5) + row * 41) % gap
        for i in range(-1, WIDTH // gap + 2):
            x = i * gap + shift + 12 * math.sin(i * 2.4 + row)
            rise = wave_height(x, at) * 0.5
            stroke = (x, y + rise, x + length, y + rise)
            draw.line(stroke, fill=colour, width=1 + row // 3)


def mirrored(sprite: Image.Image, strength: float) -> Image.Image:
    """Return the faint picture of ``sprite`` in the water under it."""
    flipped = ImageOps.flip(sprite)
    red, green, blue, alpha = flipped.split()
    fade = Image.linear_gradient("L").resize(flipped.size)
    alpha = ImageChops.multiply(alpha, ImageOps.invert(fade))
    alpha = alpha.point(lambda value: int(value * strength))
    return Image.merge("RGBA", (red, green, blue, alpha))
