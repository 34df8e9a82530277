"""Does the voice fit its captions, and when is the mouth open?

Reads a voice track and answers in the units of the film: one digit of mouth for each
frame, seconds for each caption card.
"""

from __future__ import annotations

import itertools
import math
import wave
from array import array
from pathlib import Path

from workflows.text_to_video.failures import VoiceIsMissing, VoiceIsSilent
from workflows.text_to_video.typography import width

#: Letters in a second that people can read; the figure subtitlers work with.
READING_SPEED = 17.0
#: Seconds that the shortest caption stays.
SHORTEST = 1.4
#: Seconds between one sentence and the next.
BREATH = 0.3
#: Loudness, of 32,767, under which nothing is heard.
_AUDIBLE = 200.0


def read_voice(path: Path) -> tuple[array[int], int]:
    """Return the samples of a mono 16-bit WAV file, and their rate.

    Raises:
        VoiceIsMissing: there is no such file, or it is something else.
    """
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise VoiceIsMissing(str(path))
            samples = array("h", file.readframes(file.getnframes()))
            rate = file.getframerate()
    except (OSError, EOFError, wave.Error) as error:
        raise VoiceIsMissing(str(path)) from error
    return samples, rate


def loudness(samples: array[int], rate: int, fps: int) -> list[float]:
    """Return the root mean square of each frame of film."""
    count = math.ceil(len(samples) * fps / rate)
    cuts = [min(len(samples), i * rate // fps) for i in range(count + 1)]
    return [
        math.sqrt(sum(v * v for v in samples[a:b]) / max(1, b - a))
        for a, b in itertools.pairwise(cuts)
    ]


def mouth(samples: array[int], rate: int, fps: int) -> str:
    """Return how far the mouth is open in each frame: a digit, 0 is shut.

    Raises:
        VoiceIsSilent: nothing can be heard.
    """
    loud = loudness(samples, rate, fps)
    loudest = max(loud, default=0.0)
    if loudest < _AUDIBLE:
        raise VoiceIsSilent("this track")
    return "".join(str(min(9, int(10 * value / loudest))) for value in loud)


def needed(text: str, spoken: float) -> float:
    """Return the seconds that ``text`` must stay so that it can be read and heard."""
    return max(spoken + BREATH, width(text) / READING_SPEED, SHORTEST)


def shared(cards: list[list[str]], seconds: float) -> list[float]:
    """Return how long each card stays, by its share of the letters."""
    widths = [max(1, sum(width(line) for line in card)) for card in cards]
    return [round(seconds * part / sum(widths), 3) for part in widths]
