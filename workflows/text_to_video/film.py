"""How do scenes become a film: a video with sound, a moving preview, subtitles?

Frames are drawn one at a time and go to the file at once, so a long film needs no
more memory than a short one.
"""

from __future__ import annotations

import io
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from workflows.text_to_video.avi import AviWriter
from workflows.text_to_video.boat import draw_boat
from workflows.text_to_video.caption import Card, card_of, draw_card, draw_title
from workflows.text_to_video.failures import SceneIsMissing
from workflows.text_to_video.lips import read_voice
from workflows.text_to_video.scenery import HEIGHT, WIDTH, landscape
from workflows.text_to_video.speech import RATE
from workflows.text_to_video.typeface import Typeface, typeface_for

#: Seconds that a title card stays.
TITLE_LASTS = 2.5
_JPEG_QUALITY = 48
#: The preview shows the film at several times its speed, half as wide.
_PREVIEW_SIZE = (WIDTH // 2, HEIGHT // 2)
_PREVIEW_FRAMES = 100
_PREVIEW_MILLISECONDS = 140
#: Chosen so that rare colours, such as the bird's, are kept.
_PREVIEW_COLOURS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One sentence of the film."""

    text: str
    cards: list[list[str]]
    #: Seconds that each card stays.
    lasts: list[float]
    #: How far the beak is open while the voice speaks, a digit for each picture.
    mouth: str
    #: Pictures in a second that ``mouth`` was made for.
    fps: int
    voice: Path | None = None

    @property
    def seconds(self) -> float:
        """Return how long the scene is."""
        return sum(self.lasts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What the film is called."""

    text: str
    subtitle: str


def in_order(scenes: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return ``scenes`` by number.

    Raises:
        SceneIsMissing: a number is missing, or is there twice.
    """
    ordered = sorted(scenes, key=lambda scene: int(str(scene["number"])))
    numbers = [int(str(scene["number"])) for scene in ordered]
    if not numbers or numbers != list(range(len(numbers))):
        raise SceneIsMissing(numbers)
    return ordered


def title_picture(title: Title, *, at: float = 0.0) -> Image.Image:
    """Return the picture a film begins with."""
    picture = landscape(0.0, at)
    draw_boat(picture, 0.0, at, 0)
    face = typeface_for(title.text + title.subtitle)
    draw_title(picture, title.text, title.subtitle, face)
    return picture


def write_film(
    path: Path, scenes: list[Scene], *, fps: int, title: Title | None
) -> int:
    """Write the video and return how many frames it has."""
    with AviWriter(path, size=(WIDTH, HEIGHT), fps=fps, rate=RATE) as film:
        if title is not None:
            for number in range(round(TITLE_LASTS * fps)):
                picture = title_picture(title, at=number / fps)
                film.add(_jpeg(picture), _silence(film.samples_due()))
        for scene, pictures in zip(scenes, _scenes(scenes, fps), strict=True):
            heard = read_voice(scene.voice)[0] if scene.voice else _silence(0)
            for picture in pictures:
                due = film.samples_due()
                now, heard = heard[:due], heard[due:]
                film.add(_jpeg(picture), now + _silence(due - len(now)))
        return film.frames


def write_preview(path: Path, scenes: list[Scene]) -> None:
    """Write a silent moving picture that shows the whole film in a few seconds."""
    seconds = sum(scene.seconds for scene in scenes)
    every = max(0.5, seconds / _PREVIEW_FRAMES)
    pictures = [
        picture.resize(_PREVIEW_SIZE, Image.Resampling.BOX).quantize(
            _PREVIEW_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
        for scene in _scenes(scenes, 1 / every)
        for picture in scene
    ]
    pictures[0].save(
        path,
        save_all=True,
        append_images=pictures[1:],
        duration=_PREVIEW_MILLISECONDS,
        loop=0,
    )


def subtitles(scenes: list[Scene], begin: float = 0.0) -> str:
    """Return the captions as SubRip text, the first one ``begin`` seconds in."""
    blocks: list[str] = []
    at = begin
    for scene in scenes:
        for card, lasts in zip(scene.cards, scene.lasts, strict=True):
            times = f"{_clock(at)} --> {_clock(at + lasts)}"
            blocks.append("\n".join([str(len(blocks) + 1), times, *card, ""]))
            at += lasts
    return "\n".join(blocks)


def _clock(seconds: float) -> str:
    """Return ``seconds`` as SubRip writes them.

    >>> _clock(61.25)
    '00:01:01,250'
    """
    whole = round(seconds * 1000)
    minutes, rest = divmod(whole, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02},{rest % 1000:03}"


def _scenes(scenes: list[Scene], fps: float) -> Iterator[Iterator[Image.Image]]:
    face = typeface_for("".join(scene.text for scene in scenes))
    total = sum(scene.seconds for scene in scenes)
    begin = 0.0
    for scene in scenes:
        yield _frames(scene, begin=begin, total=total, fps=fps, face=face)
        begin += scene.seconds


def _frames(
    scene: Scene, *, begin: float, total: float, fps: float, face: Typeface
) -> Iterator[Image.Image]:
    cards = [card_of(lines, face) for lines in scene.cards]
    # Frames are counted from the film's beginning, so that rounding never adds up.
    first, end = round(begin * fps), round((begin + scene.seconds) * fps)
    for number in range(first, end):
        at = number / fps
        hour = at / total
        picture = landscape(hour, at)
        draw_boat(picture, hour, at, _opening(scene, at - begin))
        card, part = _shown(cards, scene.lasts, at - begin)
        draw_card(picture, card, part)
        _draw_progress(picture, hour)
        yield picture


def _opening(scene: Scene, at: float) -> int:
    number = max(0, round(at * scene.fps))
    return int(scene.mouth[number]) if number < len(scene.mouth) else 0


def _shown(cards: list[Card], lasts: list[float], at: float) -> tuple[Card, float]:
    """Return the card that is shown ``at`` seconds into its scene."""
    for card, seconds in zip(cards, lasts, strict=True):
        if at < seconds:
            # The voice ends a little before the caption goes.
            return card, min(1.0, max(0.0, at) / max(0.1, seconds - 0.4))
        at -= seconds
    return cards[-1], 1.0


def _draw_progress(picture: Image.Image, part: float) -> None:
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, HEIGHT - 4, round(WIDTH * part), HEIGHT), (255, 214, 120))


def _jpeg(picture: Image.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return content.getvalue()


def _silence(samples: int) -> array[int]:
    return array("h", bytes(2 * max(0, samples)))
