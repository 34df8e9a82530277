"""Why can a text not become a video? Each class name is the error a workflow sees."""

from __future__ import annotations


class TextIsEmpty(ValueError):
    """There is not a single word to say."""


class TextIsTooLong(ValueError):
    """More sentences than one video takes."""

    def __init__(self, sentences: int, limit: int) -> None:
        super().__init__(f"{sentences} sentences; one video takes {limit}")


class FieldIsMissing(ValueError):
    """A function was called without something it needs, or with the wrong kind."""

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(f"{name!r} must be {kind}")


class VoiceIsMissing(LookupError):
    """The voice track of a sentence is not where it should be, or not a WAV file."""

    def __init__(self, path: str) -> None:
        super().__init__(f"no voice track at {path}")


class VoiceIsSilent(ValueError):
    """The voice track of a sentence cannot be heard."""

    def __init__(self, path: str) -> None:
        super().__init__(f"nothing can be heard in {path}")


class SceneIsMissing(ValueError):
    """A sentence was lost on the way, or came twice."""

    def __init__(self, numbers: list[int]) -> None:
        super().__init__(f"scenes must be numbered 0, 1, 2 …; there are {numbers}")
