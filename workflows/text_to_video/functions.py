"""The functions that turn a text into a video; ``dag.yaml`` says in which order.

    split      text -> sentences                                    synchronous
    polish     sentence -> clean text on caption cards              synchronous
    voice      clean text -> a track that can be heard              by the queue worker
    check      captions and track -> a scene in which they fit      synchronous
    title_card first sentence -> a picture to begin with            synchronous
    assemble   scenes -> the film                                   ``assemble_later``

Each takes one JSON object and returns one; files stay in the folder they share, so
only their paths and a few facts travel. Doing it twice gives the same files.
"""

from __future__ import annotations

import hashlib
import logging
import re
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from workflows.text_to_video.failures import FieldIsMissing, TextIsEmpty
from workflows.text_to_video.film import (
    TITLE_LASTS,
    Scene,
    Title,
    in_order,
    subtitles,
    title_picture,
    write_film,
    write_preview,
)
from workflows.text_to_video.lips import mouth, needed, read_voice, shared
from workflows.text_to_video.sentences import split_sentences
from workflows.text_to_video.sounds import sounds_of, syllables
from workflows.text_to_video.speech import PITCH, RATE, speak, write_voice
from workflows.text_to_video.typeface import typeface_for
from workflows.text_to_video.typography import lay_out, polish_text

Event = dict[str, Any]

_log = logging.getLogger(__name__)

#: Pictures in a second; enough for a beak.
_FPS = 8
_KINDS = {str: "a text", list: "a list", int: "a whole number"}


def split(event: Event) -> Event:
    """Return the sentences of ``text``, and the folder that all others work in."""
    text = _field(event, "text", str)
    return {
        "sentences": (sentences := split_sentences(text)),
        "count": len(sentences),
        "folder": str(_folder(event, text)),
    }


def polish(event: Event) -> Event:
    """Return ``text`` as a typesetter would have it, and its caption cards."""
    before = _field(event, "text", str)
    text = polish_text(before)
    if not text:
        raise TextIsEmpty("nothing is left of this sentence")
    return {"text": text, "cards": lay_out(text), "changed": text != before}


def voice(event: Event) -> Event:
    """Speak ``text`` into a file of the folder."""
    text, number = _field(event, "text", str), _field(event, "number", int)
    sounds = sounds_of(text)
    track = speak(sounds, pitch=float(event.get("pitch") or PITCH), asks="?" in text)
    path = _folder(event, text) / f"voice-{number:03}.wav"
    write_voice(path, track)
    return {
        "voice": str(path),
        "seconds": round(len(track) / RATE, 3),
        "syllables": syllables(sounds),
    }


def check(event: Event) -> Event:
    """Return the scene: mouth and captions in time with the voice track."""
    text, cards = _field(event, "text", str), _field(event, "cards", list)
    path, number = _field(event, "voice", str), _field(event, "number", int)
    samples, rate = read_voice(Path(path))
    spoken = len(samples) / rate
    seconds = needed(text, spoken)
    scene = {
        "number": number,
        "text": text,
        "cards": cards,
        "lasts": shared(cards, seconds),
        "mouth": mouth(samples, rate, _fps(event)),
        "fps": _fps(event),
        "voice": path,
    }
    held = seconds - spoken > 0.5
    return {"scene": scene, "seconds": round(seconds, 3), "held": held}


def title_card(event: Event) -> Event:
    """Draw the picture that a longer film begins with."""
    sentences = _field(event, "sentences", list)
    words = polish_text(str(sentences[0])).rstrip(".…。").split()
    text = " ".join(words[:6]) + ("…" if len(words) > 6 else "")
    title = Title(text=text, subtitle=f"a story in {len(sentences)} sentences")
    path = _folder(event, text) / "title.png"
    title_picture(title).save(path)
    shown = {"text": title.text, "subtitle": title.subtitle, "image": str(path)}
    return {"title": shown}


def assemble(event: Event) -> Event:
    """Write the film, its preview, its poster and its subtitles."""
    fps, title = _fps(event), _title(event)
    scenes = [_scene(scene) for scene in in_order(_field(event, "scenes", list))]
    said = "".join(scene.text for scene in scenes)
    folder = _folder(event, said)
    files = {
        "video": folder / "film.avi",
        "preview": folder / "preview.gif",
        "poster": folder / "poster.png",
        "subtitles": folder / "film.srt",
    }
    frames = write_film(files["video"], scenes, fps=fps, title=title)
    write_preview(files["preview"], scenes)
    poster = title or Title(text=scenes[0].text, subtitle="")
    title_picture(poster).save(files["poster"])
    begin = TITLE_LASTS if title else 0.0
    files["subtitles"].write_text(subtitles(scenes, begin), encoding="utf-8")
    facts = {
        "sentences": len(scenes),
        "frames": frames,
        "seconds": round(frames / fps, 2),
        # Letters that no font of this machine has; the subtitles have them.
        "letters_not_drawn": typeface_for(said).missing(said),
        "bytes": files["video"].stat().st_size,
    }
    return facts | {name: str(path) for name, path in files.items()}


def assemble_later(request: Any) -> tuple[int, Event]:
    """Accept the work at once; report to ``X-Callback-Url`` when the film is there."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    url = headers.get("x-callback-url")
    if not url:
        return 400, {"error": "the header X-Callback-Url is missing"}
    work = threading.Thread(target=_assemble_for, args=(url, request.json))
    work.start()
    return 202, {"accepted": True}


def _assemble_for(url: str, event: Event) -> None:
    try:
        _report(url, assemble(event))
    except Exception as error:  # whatever it was, somebody waits for the answer
        name = type(error).__name__
        answer = {"error_code": name, "error_msg": f"{name}: {error}"}
        separator = "&" if "?" in url else "?"
        _report(f"{url}{separator}status=failed", {"result_type": "FAILED", **answer})
        _log.exception("the film could not be assembled")


def _report(url: str, answer: Event) -> None:
    import requests

    for pause in (0.5, 2.0, 5.0):
        try:
            if requests.post(url, json=answer, timeout=10).status_code < 500:
                return
        except requests.ConnectionError:
            pass
        time.sleep(pause)
    requests.post(url, json=answer, timeout=10).raise_for_status()


def _field(event: Event, name: str, kind: type) -> Any:
    value = event.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise FieldIsMissing(name, _KINDS[kind])
    return value


def _folder(event: Event, text: str) -> Path:
    """Return the folder of this execution; the same text works in the same one."""
    by_text = hashlib.sha256(text.encode()).hexdigest()[:16]
    name = re.sub(r"\W+", "-", str(event.get("execution_id") or by_text))
    own = Path(tempfile.gettempdir()) / "text-to-video" / name
    folder = Path(event.get("folder") or own)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _fps(event: Event) -> int:
    fps = event.get("fps") or _FPS
    if not isinstance(fps, int) or not 1 <= fps <= 30:
        raise FieldIsMissing("fps", "a whole number from 1 to 30")
    return fps


def _title(event: Event) -> Title | None:
    title = event.get("title")
    return Title(text=title["text"], subtitle=title["subtitle"]) if title else None


def _scene(scene: Event) -> Scene:
    fields = ("text", "cards", "lasts", "mouth", "fps")
    voice = Path(scene["voice"]) if scene.get("voice") else None
    return Scene(**{name: scene[name] for name in fields}, voice=voice)
