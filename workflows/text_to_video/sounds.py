"""Which sounds does a sentence have, in which rhythm?

A sentence is read letter by letter: vowels sing, hissing letters hiss, stops are a
short silence and a click, punctuation is a pause. It is speech as a child's toy
speaks: no words can be understood, but sentence, syllable and question can be heard.
"""

# The letters that look like others are what this module is about.
# ruff: noqa: RUF001

from __future__ import annotations

import itertools
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a sound is made."""

    VOWEL = "vowel"  # voice, mouth open
    HUM = "hum"  # voice, mouth nearly closed
    HISS = "hiss"  # breath only
    CLICK = "click"  # a stop that opens
    PAUSE = "pause"  # nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """One stretch of a spoken sentence."""

    kind: Kind
    #: The vowel, or the letter the sound stands for.
    letter: str
    #: Seconds.
    lasts: float
    stressed: bool = False


_VOWELS = "aeiou"
#: Seconds that a letter lasts, by kind; about 16 letters in a second, as people talk.
_LASTS = {Kind.VOWEL: 0.086, Kind.HUM: 0.046, Kind.HISS: 0.053, Kind.CLICK: 0.042}
_CONSONANTS = {
    **dict.fromkeys("mnlrwjy", Kind.HUM),
    **dict.fromkeys("sfvzhxc", Kind.HISS),
    **dict.fromkeys("pbtdkgq", Kind.CLICK),
}
#: Seconds of silence.
_PAUSES = {
    **dict.fromkeys(" ", 0.03),
    **dict.fromkeys(",;:、，；：", 0.17),
    **dict.fromkeys("—–", 0.2),
    **dict.fromkeys(".!?…。！？", 0.3),
}
#: Spoken as one syllable each.
_DIGITS = ("o", "wa", "tu", "ti", "fo", "fai", "si", "se", "e", "na")


def sounds_of(text: str) -> list[Sound]:
    """Return what is heard when ``text`` is read."""
    found: list[Sound] = []
    for is_word, letters in itertools.groupby(text, key=str.isalnum):
        if is_word:
            found += _word("".join(letters))
        else:
            found += [
                Sound(kind=Kind.PAUSE, letter=letter, lasts=_PAUSES[letter])
                for letter in letters
                if letter in _PAUSES
            ]
    return found


def syllables(sounds: list[Sound]) -> int:
    """Return how often the mouth opens: runs of vowels."""
    kinds = itertools.groupby(sounds, key=lambda sound: sound.kind)
    return sum(kind is Kind.VOWEL for kind, _ in kinds)


def _word(word: str) -> list[Sound]:
    letters = "".join(_spelled(letter) for letter in word.lower())
    silent = len(letters) > 3 and letters.endswith("e") and letters[-2] not in _VOWELS
    letters = letters[:-1] if silent else letters
    found, stressed = [], False
    for i, letter in enumerate(letters):
        kind = Kind.VOWEL if letter in _VOWELS else _CONSONANTS.get(letter, Kind.HUM)
        glides = i > 0 and kind is Kind.VOWEL and letters[i - 1] in _VOWELS
        first = kind is Kind.VOWEL and not stressed and len(letters) > 3
        stressed = stressed or first
        lasts = _LASTS[kind] * (0.6 if glides else 1.2 if first else 1.0)
        found.append(Sound(kind=kind, letter=letter, lasts=lasts, stressed=first))
    return found


def _spelled(letter: str) -> str:
    """Return Latin letters that stand for any letter or digit."""
    if letter.isascii():
        return _DIGITS[int(letter)] if letter.isdigit() else _as_heard(letter)
    plain = unicodedata.normalize("NFKD", letter)[0]
    if plain.isascii() and plain.isalpha():
        return _as_heard(plain)
    # An ideograph is a syllable; any other script alternates like one does.
    code = ord(letter)
    vowel = _VOWELS[code % 5]
    if unicodedata.east_asian_width(letter) in "WF":
        return "mnlsfhtkdw"[code // 5 % 10] + vowel
    return vowel if code % 2 else "mnlrsktd"[code // 2 % 8]


def _as_heard(letter: str) -> str:
    return "i" if letter == "y" else letter
