"""What does a careful typesetter change in a sentence, and how is it broken up?

Two steps: ``polish_text`` corrects the text, ``lay_out`` puts it on caption cards of
at most two lines that are about equally long.
"""

# The letters that look like others are what this module is about.
# ruff: noqa: RUF001

from __future__ import annotations

import re
import unicodedata

#: Width of a caption line; an ideograph counts twice.
LINE_WIDTH = 38
LINES_ON_A_CARD = 2

_IDEOGRAPH = "\u3000-\u30ff\u3400-\u9fff\uff00-\uffef"
#: In order: each sees what those before it made.
_CORRECTIONS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\s+", " "),
        (r"\.{3,}", "…"),
        (r"([!?])\1+", r"\1"),
        (r",{2,}", ","),
        (r"\s*(?:---?|–|—)\s+|\s*--\s*", " — "),
        (r"\s+([,.;:!?…])", r"\1"),
        (r"([,;:!?])(?=[^\W\d_])", r"\1 "),
        (r"\s+([)\]”»])", r"\1"),
        (r"([(\[“«])\s+", r"\1"),
        (rf"(?<=[{_IDEOGRAPH}])\s+(?=[{_IDEOGRAPH}])", ""),
        (r"\b(?!had|that)([^\W\d_]{2,}) \1\b(?! \1)", r"\1"),
        (r"\bi(?=['’](?:m|d|ll|ve)\b|\s)", "I"),
        (r"(?<=\w)'(?=\w)", "’"),
        (r"(^|[\s(\[“—])'(?=\S)", r"\1‘"),
        (r"'", "’"),
    )
)
_WEB_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+")
#: What may not begin a line stays with the ideograph before it.
_TOKEN = re.compile(
    rf"[{_IDEOGRAPH}](?:[、，。！？；：」』）])*\s*|[^\s{_IDEOGRAPH}]+\s*"
)


def polish_text(text: str) -> str:
    """Return ``text`` with clean spaces, quotes, dashes, capitals and an end.

    >>> polish_text('so  they went ,"slowly" -- i think')
    'So they went, “slowly” — I think.'
    """
    text = unicodedata.normalize("NFC", text)
    text = "".join(letter for letter in text if _is_visible(letter)).strip()
    if _is_shouted(text):
        text = text.lower()
    parts = _WEB_ADDRESS.split(text)
    addresses = [*_WEB_ADDRESS.findall(text), ""]
    marked = "".join(f"{part}\0{i}\0" for i, part in enumerate(parts))
    marked = _quoted(marked)
    for pattern, replacement in _CORRECTIONS:
        marked = pattern.sub(replacement, marked)
    for i, address in enumerate(addresses):
        marked = marked.replace(f"\0{i}\0", address)
    return _ended(_capitalised(marked))


def _quoted(text: str) -> str:
    """Turn straight quotes, which come in pairs, into opening and closing ones."""
    parts = text.split('"')
    if len(parts) % 2 == 0:
        return re.sub(r'(?<=\S)"', "”", text).replace('"', "“")
    for i in range(1, len(parts), 2):
        before, after = parts[i - 1], parts[i + 1]
        left = " “" if before and before[-1] not in " ([—" else "“"
        right = "” " if after[:1].isalnum() else "”"
        parts[i] = left + parts[i].strip() + right
    return "".join(parts)


def _is_visible(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) not in {"Cc", "Cf", "Co"}


def _is_shouted(text: str) -> bool:
    words = [word for word in text.split() if any(map(str.isalpha, word))]
    return len(words) > 3 and text.isupper()


def _capitalised(text: str) -> str:
    first = next((i for i, letter in enumerate(text) if letter.isalnum()), 0)
    if _WEB_ADDRESS.match(text[first:]):
        return text
    return text[:first] + text[first : first + 1].upper() + text[first + 1 :]


def _ended(text: str) -> str:
    bare = text.rstrip("”’»)」』 ")
    last = bare[-1:]
    if not last.isalnum():
        return text
    stop = "。" if unicodedata.east_asian_width(last) in "WF" else "."
    # Inside the quotation or the brackets only where they hold the whole sentence.
    return bare + stop + text[len(bare) :] if text[0] in "“‘«(「『" else text + stop


def width(text: str) -> int:
    """Return how wide ``text`` is in small letters.

    >>> width("boat"), width("小船")
    (4, 4)
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def lay_out(text: str) -> list[list[str]]:
    """Return caption cards, each a list of lines.

    >>> lay_out("Round one bend and then another, all the way down")
    [['Round one bend and then', 'another, all the way down']]
    """
    tokens = [piece for token in _TOKEN.findall(text) for piece in _bits(token)]
    count = len(_lines(tokens, LINE_WIDTH))
    narrowest = -(-width(text) // count)
    lines = next(
        lines
        for limit in range(min(narrowest, LINE_WIDTH), LINE_WIDTH + 1)
        if len(lines := _lines(tokens, limit)) <= count
    )
    cards = -(-len(lines) // LINES_ON_A_CARD)
    sizes = [len(lines) // cards + (i < len(lines) % cards) for i in range(cards)]
    return [[lines.pop(0) for _ in range(size)] for size in sizes]


def _bits(token: str) -> list[str]:
    """Cut a word that is wider than a line."""
    half = LINE_WIDTH // 2
    if width(token.strip()) <= LINE_WIDTH:
        return [token]
    return [token[i : i + half] for i in range(0, len(token), half)]


def _lines(tokens: list[str], limit: int) -> list[str]:
    lines = [""]
    for token in tokens:
        if lines[-1] and width(lines[-1] + token.rstrip()) > limit:
            lines.append("")
        lines[-1] += token
    return [line.strip() for line in lines]
