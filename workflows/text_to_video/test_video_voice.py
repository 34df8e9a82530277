import math
import wave
from itertools import pairwise

import pytest

from workflows.text_to_video.failures import VoiceIsMissing, VoiceIsSilent
from workflows.text_to_video.lips import (
    READING_SPEED,
    SHORTEST,
    loudness,
    mouth,
    needed,
    read_voice,
    shared,
)
from workflows.text_to_video.sounds import Kind, sounds_of, syllables
from workflows.text_to_video.speech import RATE, speak, write_voice

SENTENCE = "The river was quiet, and it smelled of mint and rain."


def spoken(text, **how):
    return speak(sounds_of(text), **how)


def strength_at(samples, hertz):
    """Return how much of ``hertz`` is in the samples (Goertzel's algorithm)."""
    turn = 2 * math.cos(math.tau * hertz / RATE)
    last = before = 0.0
    for sample in samples:
        last, before = sample + turn * last - before, last
    return math.sqrt(last**2 + before**2 - turn * last * before) / len(samples)


def pitch_at_the_end(samples):
    """Return the hertz at which the last tenth of a second repeats itself."""
    end = len(samples) - round(0.16 * RATE)
    tail = samples[end - RATE // 10 : end]
    likeness = {
        lag: sum(a * b for a, b in zip(tail, tail[lag:], strict=False))
        for lag in range(RATE // 300, RATE // 100)
    }
    return RATE / max(likeness, key=likeness.__getitem__)


@pytest.mark.parametrize(
    ("word", "count"),
    [("boat", 1), ("river", 2), ("made", 1), ("banana", 3), ("去", 1), ("12", 2)],
)
def test_words_have_their_syllables(word, count):
    assert syllables(sounds_of(word)) == count


def test_letters_of_every_script_are_spoken():
    for text in ("Élan", "море", "λόγος", "小船", "ひかり"):
        assert syllables(sounds_of(text)) >= 1


def test_a_comma_is_a_pause():
    pauses = [sound.lasts for sound in sounds_of("so, go") if sound.kind is Kind.PAUSE]

    assert max(pauses) > 0.1


def test_a_sentence_is_spoken_as_fast_as_people_talk():
    seconds = len(spoken(SENTENCE)) / RATE

    assert 12 < len(SENTENCE) / seconds < 18


def test_the_voice_can_be_heard_and_is_never_clipped():
    track = spoken(SENTENCE)

    peak = max(map(abs, track))
    loud = loudness(track, RATE, 10)
    assert 20_000 < peak < 32_767
    assert sum(value > 1000 for value in loud) > 0.6 * len(loud)


def test_the_voice_rises_and_falls_with_the_syllables():
    loud = loudness(spoken("banana banana banana"), RATE, 50)

    smooth = [sum(loud[i : i + 3]) / 3 for i in range(len(loud) - 2)]
    average = sum(smooth) / len(smooth)
    rises = sum(a < average <= b for a, b in pairwise(smooth))
    assert 6 <= rises <= 12


def test_vowels_ring_at_their_own_resonance():
    dark, bright = spoken("oooooo"), spoken("iiiiii")

    assert strength_at(bright, 2250) > 3 * strength_at(dark, 2250)
    assert strength_at(dark, 570) > 3 * strength_at(bright, 570)


def test_hissing_letters_have_no_pitch():
    hiss, sung = spoken("sss"), spoken("aaa")

    assert strength_at(hiss, 6000) > 3 * strength_at(sung, 6000)


def test_a_question_ends_higher_than_a_statement():
    text = "away away aaa"

    stated, asked = spoken(text), spoken(text, asks=True)

    assert pitch_at_the_end(asked) > 1.2 * pitch_at_the_end(stated)


def test_the_same_sentence_gives_the_same_track():
    assert spoken(SENTENCE) == spoken(SENTENCE)


def test_a_written_voice_reads_back(tmp_path):
    path = tmp_path / "voice.wav"
    track = spoken("A boat.")

    write_voice(path, track)

    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert (file.getframerate(), file.getnframes()) == (RATE, len(track))
    assert read_voice(path) == (track, RATE)
    assert [file.name for file in tmp_path.iterdir()] == ["voice.wav"]


def test_a_voice_that_is_not_there_is_named(tmp_path):
    with pytest.raises(VoiceIsMissing, match=r"none\.wav"):
        read_voice(tmp_path / "none.wav")


def test_a_voice_in_stereo_is_refused(tmp_path):
    path = tmp_path / "voice.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, RATE, 0, "NONE", ""))
        file.writeframes(bytes(400))

    with pytest.raises(VoiceIsMissing):
        read_voice(path)


def test_a_file_that_is_no_voice_is_refused(tmp_path):
    path = tmp_path / "voice.wav"
    path.write_bytes(b"RIFF but not really")

    with pytest.raises(VoiceIsMissing):
        read_voice(path)


def test_the_mouth_is_open_when_the_voice_sounds():
    digits = mouth(spoken("Oh, no! Away."), RATE, 8)

    assert digits[-1] == "0"
    assert max(digits) == "9"
    assert len(digits) == math.ceil(len(spoken("Oh, no! Away.")) * 8 / RATE)


def test_silence_is_not_a_voice():
    with pytest.raises(VoiceIsSilent):
        mouth(spoken("... , ..."), RATE, 8)


@pytest.mark.parametrize(
    ("text", "spoken_seconds", "seconds"),
    [
        pytest.param("x" * 34, 3.0, 3.3, id="as long as the voice, and a breath"),
        pytest.param("x" * 85, 3.0, 85 / READING_SPEED, id="until it can be read"),
        pytest.param("Oh!", 0.3, SHORTEST, id="long enough to be seen"),
        pytest.param(
            "船" * 34, 3.0, 68 / READING_SPEED, id="an ideograph counts twice"
        ),
    ],
)
def test_a_caption_stays_as_long_as_it_must(text, spoken_seconds, seconds):
    assert needed(text, spoken_seconds) == pytest.approx(seconds)


def test_cards_share_the_time_by_their_letters():
    assert shared([["a" * 30], ["b" * 10]], 4.0) == [3.0, 1.0]
