"""How does a list of sounds become a voice track that can be heard?

A voiced sound is a row of grains, one for each stroke of the vocal cords: the ring of
the mouth's resonances after one stroke. Grains of the next sound follow while those
of the last still ring, which is what makes it sound like a mouth and not like a beep.
Everything follows from the text: the same sentence gives the same file.
"""

from __future__ import annotations

import functools
import hashlib
import math
import wave
from array import array
from pathlib import Path

from workflows.text_to_video.sounds import Kind, Sound

#: Samples in a second.
RATE = 16_000
#: Strokes in a second, of a calm voice.
PITCH = 165.0
#: Seconds of silence around a sentence, so that no file clicks.
_LEAD, _TAIL = 0.06, 0.12
#: Peak of the finished track; 1.0 would be the loudest a file can hold.
_PEAK = 0.72

#: Resonances of the mouth in hertz with their strength (after Peterson and Barney).
_RESONANCES = {
    "a": ((730, 1.0), (1090, 0.5), (2440, 0.2)),
    "e": ((530, 1.0), (1840, 0.35), (2480, 0.2)),
    "i": ((290, 1.0), (2250, 0.25), (2950, 0.15)),
    "o": ((570, 1.0), (840, 0.5), (2410, 0.08)),
    "u": ((320, 1.0), (870, 0.3), (2240, 0.05)),
    "hum": ((250, 1.0), (1050, 0.08), (2200, 0.03)),
}
#: Seconds a grain rings: after that its lowest resonance is at a hundredth.
_RING = 0.018
_LOUDNESS = {Kind.VOWEL: 1.0, Kind.HUM: 0.5}
#: Breath per letter: the sharper, the more of the low part is taken away.
_BREATH = {"s": 0.16, "z": 0.12, "x": 0.14, "c": 0.12, "f": 0.09, "v": 0.07, "h": 0.08}


def speak(
    sounds: list[Sound], *, pitch: float = PITCH, asks: bool = False
) -> array[int]:
    """Return the voice track of ``sounds`` as 16-bit samples.

    ``asks``: the pitch rises towards the end, as in a question.
    """
    spoken = sum(sound.lasts for sound in sounds)
    track = [0.0] * round((_LEAD + spoken + _TAIL) * RATE)
    place, next_stroke = _LEAD, _LEAD
    for sound in sounds:
        end = place + sound.lasts
        if sound.kind in _LOUDNESS:
            next_stroke = max(next_stroke, place)
            while next_stroke < end:
                part = (next_stroke - _LEAD) / spoken
                tone = (
                    pitch * _melody(part, asks=asks) * (1.07 if sound.stressed else 1)
                )
                _add(track, next_stroke, _grain(_mouth(sound)), _swell(sound, part))
                next_stroke += 1 / tone
        elif sound.kind is not Kind.PAUSE:
            _add(track, place, _noise(sound), 1.0)
        place = end
    return _as_samples(track)


def write_voice(path: Path, samples: array[int]) -> None:
    """Keep ``samples`` as a WAV file; it is there whole, or not at all."""
    unfinished = path.with_suffix(".part")
    with wave.open(str(unfinished), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(samples.itemsize)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    unfinished.replace(path)


def _melody(part: float, *, asks: bool) -> float:
    """Return the pitch, relative to the speaker's own, at ``part`` of the sentence."""
    falling = 1.12 - 0.24 * part + 0.03 * math.sin(part * 19)
    return falling + max(0.0, part - 0.7) * 1.5 if asks else falling


def _swell(sound: Sound, part: float) -> float:
    stress = 1.15 if sound.stressed else 1.0
    return _LOUDNESS[sound.kind] * stress * (1.0 - 0.25 * part)


def _mouth(sound: Sound) -> str:
    return sound.letter if sound.kind is Kind.VOWEL else "hum"


@functools.cache
def _grain(mouth: str) -> tuple[float, ...]:
    """Return how the mouth rings after one stroke."""
    samples = []
    for i in range(round(_RING * RATE)):
        at = i / RATE
        onset = min(1.0, at / 0.0012)
        fade = min(1.0, (_RING - at) / 0.003)
        ring = sum(
            strength
            * math.exp(-math.pi * (60 + hertz / 20) * at)
            * math.sin(math.tau * hertz * at)
            for hertz, strength in _RESONANCES[mouth]
        )
        samples.append(onset * fade * ring)
    return tuple(samples)


@functools.cache
def _noise(sound: Sound) -> tuple[float, ...]:
    """Return breath, or the click of a stop after its silence."""
    clicks = sound.kind is Kind.CLICK
    silent = round(0.032 * RATE) if clicks else 0
    count = round(sound.lasts * RATE) - silent
    loudness = 0.3 if clicks else _BREATH.get(sound.letter, 0.08)
    dull = 0.75 if sound.letter in "hfvkg" else 0.1
    seeds = hashlib.shake_128(sound.letter.encode()).digest(count)
    samples, last, kept = [0.0] * silent, 0.0, 0.0
    for i, seed in enumerate(seeds):
        white = seed / 127.5 - 1
        kept = dull * kept + (1 - dull) * (white - last * (1 - dull))
        last = white
        shape = math.exp(-i / 60) if clicks else math.sin(math.pi * i / count)
        samples.append(loudness * shape * kept)
    return tuple(samples)


def _add(
    track: list[float], at: float, grain: tuple[float, ...], loudness: float
) -> None:
    start = round(at * RATE)
    for i, value in enumerate(grain[: len(track) - start], start):
        track[i] += loudness * value


def _as_samples(track: list[float]) -> array[int]:
    loudest = max(map(abs, track), default=0.0)
    scale = 32767 * _PEAK / loudest if loudest else 0.0
    return array("h", [round(value * scale) for value in track])
