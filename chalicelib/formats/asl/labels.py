"""What is the run of a distributed Map called, and may it be?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalicelib.formats.fields import Part

#: AWS, "Map state fields": a Label has at most 40 characters.
_LONGEST = 40
#: AWS, "Label": no spaces, wildcards, brackets, control or special characters.
_PLAIN = re.compile(r"""[^\s?*<>{}\[\]:;,\\|^~$#%&`"\x00-\x1f\x7f-\x9f]*""")
_ONLY_DISTRIBUTED = ("ItemReader", "ItemBatcher", "ResultWriter")


def compile_label(part: Part) -> str:
    """Return what the run of a distributed Map is called; empty where it is inline.

    A Map with a part that only distributed ones have is one, whatever its mode is.
    """
    label = part["Label"].value
    if isinstance(label, str) and len(label) > _LONGEST:
        part["Label"].wrong(f"a Label has at most {_LONGEST} characters")
    if isinstance(label, str) and not _PLAIN.fullmatch(label):
        part["Label"].wrong(
            "a Label has no spaces, wildcards, brackets or special characters"
        )
    return label_of(part)


def label_of(part: Part) -> str:
    """Return the same of a Map whose Label was looked at."""
    processor = part["ItemProcessor" if "ItemProcessor" in part else "Iterator"]
    is_named = processor["ProcessorConfig"]["Mode"].value == "DISTRIBUTED"
    if not (is_named or any(name in part for name in _ONLY_DISTRIBUTED)):
        return ""
    return str(part["Label"].value or part.path[-1])[:_LONGEST]


def check_labels(machine: Part) -> None:
    """Add a problem for each Label that a Map before it has."""
    taken: set[str] = set()
    for label in _labels(machine):
        if str(label.value) in taken:
            label.wrong(f"there is a Label {label.value!r} elsewhere; choose another")
        taken.add(str(label.value))


def _labels(scope: Part) -> Iterator[Part]:
    for _, state in scope["States"].members():
        if "Label" in state:
            yield state["Label"]
        inner = (state["ItemProcessor"], state["Iterator"])
        for each in (*inner, *state["Branches"].elements()):
            yield from _labels(each)
