# The letters that look like others are what this file is about.
# ruff: noqa: RUF001

import pytest

from workflows.text_to_video.failures import TextIsEmpty, TextIsTooLong
from workflows.text_to_video.sentences import LONGEST, split_sentences
from workflows.text_to_video.typography import LINE_WIDTH, lay_out, polish_text, width


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        pytest.param("One. Two! Three?", ["One.", "Two!", "Three?"], id="marks"),
        pytest.param("Wait… No.", ["Wait…", "No."], id="an ellipsis before a capital"),
        pytest.param("Well... maybe.", ["Well... maybe."], id="before a small letter"),
        pytest.param("She left. he stayed.", ["She left.", "he stayed."], id="sloppy"),
        pytest.param("Dr. Ng met Mrs. Oh.", ["Dr. Ng met Mrs. Oh."], id="titles"),
        pytest.param("J. R. Lee came.", ["J. R. Lee came."], id="initials"),
        pytest.param("It is I. We came.", ["It is I.", "We came."], id="the word I"),
        pytest.param(
            "See p. 4, e.g. this.", ["See p. 4, e.g. this."], id="short forms"
        ),
        pytest.param("Tea etc. We ate.", ["Tea etc.", "We ate."], id="etc at an end"),
        pytest.param("Tea etc. was had.", ["Tea etc. was had."], id="etc inside"),
        pytest.param("Pi is 3.14 here.", ["Pi is 3.14 here."], id="decimals"),
        pytest.param("At 5 p.m. we ate.", ["At 5 p.m. we ate."], id="p.m. inside"),
        pytest.param('"Go!" he said.', ['"Go!" he said.'], id="speech goes on"),
        pytest.param("“Go. Now!” Ok.", ["“Go. Now!”", "Ok."], id="whole quotation"),
        pytest.param("“Go. We left.", ["“Go.", "We left."], id="quotation not closed"),
        pytest.param(
            "你好。去哪儿？海！", ["你好。", "去哪儿？", "海！"], id="ideographs"
        ),
        pytest.param("「走。」他说。", ["「走。」", "他说。"], id="corner brackets"),
        pytest.param("小\n船。", ["小船。"], id="a line break between ideographs"),
        pytest.param("A title\n\nA text.", ["A title", "A text."], id="blank line"),
        pytest.param("one\r\ntwo.", ["one two."], id="a line break is a space"),
        pytest.param("Really?! Yes.", ["Really?!", "Yes."], id="two marks"),
        pytest.param("Oh. *** Well.", ["Oh.", "*** Well."], id="an ornament"),
        pytest.param("Oh. \n\n ***", ["Oh. ***"], id="an ornament at the end"),
    ],
)
def test_sentences_end_where_a_reader_pauses(text, sentences):
    assert split_sentences(text) == sentences


@pytest.mark.parametrize("text", ["", " \n\t\n ", "...", "— ? !", "***\n\n***"])
def test_a_text_without_words_is_refused(text):
    with pytest.raises(TextIsEmpty):
        split_sentences(text)


def test_a_book_is_too_long():
    with pytest.raises(TextIsTooLong, match="200 sentences"):
        split_sentences("Another one. " * 200)


def test_an_endless_sentence_is_cut_at_its_clauses():
    text = ", ".join(["the water went on and on"] * 20) + "."

    parts = split_sentences(text)

    assert all(len(part) <= LONGEST for part in parts)
    assert all(part.endswith((",", ".")) for part in parts)
    assert " ".join(parts) == text


def test_an_endless_word_is_cut_too():
    parts = split_sentences("x" * 1000)

    assert max(map(len, parts)) <= LONGEST
    assert "".join(parts) == "x" * 1000


@pytest.mark.parametrize(
    ("text", "polished"),
    [
        pytest.param("  two   words ", "Two words.", id="spaces, capital, full stop"),
        pytest.param('"hi," she said', "“Hi,” she said.", id="quotes"),
        pytest.param('the 5" nail', "The 5” nail.", id="a quote alone"),
        pytest.param('so "go', "So “go.", id="a quote that is never closed"),
        pytest.param('say"go"now', "Say “go” now.", id="quotes without spaces"),
        pytest.param("it's Ann's 'boat'", "It’s Ann’s ‘boat’.", id="apostrophes"),
        pytest.param("on -- and on...", "On — and on…", id="dash, ellipsis"),
        pytest.param("well , yes !!!", "Well, yes!", id="space before, repeated marks"),
        pytest.param("one,two;three", "One, two; three.", id="space after"),
        pytest.param("12,500 at 9:30", "12,500 at 9:30.", id="figures stay"),
        pytest.param("so i think i'm late", "So I think I’m late.", id="the word I"),
        pytest.param("the the end", "The end.", id="a word twice"),
        pytest.param("she had had tea", "She had had tea.", id="rightly twice"),
        pytest.param("BY NOON IT WAS HOT!", "By noon it was hot!", id="shouting"),
        pytest.param("the UN met", "The UN met.", id="a short form is not shouting"),
        pytest.param("see www.a.org/x,y now", "See www.a.org/x,y now.", id="address"),
        pytest.param("http://a.b/c", "http://a.b/c.", id="address first"),
        pytest.param("( so )", "(So.)", id="brackets"),
        pytest.param("你好 世界", "你好世界。", id="ideographs"),
        pytest.param("a\u200bb\u0007", "Ab.", id="invisible letters"),
        pytest.param("“go home”", "“Go home.”", id="full stop inside"),
        pytest.param("Cafe\u0301.", "Café.", id="composed letters"),
    ],
)
def test_polishing_does_what_a_typesetter_does(text, polished):
    assert polish_text(text) == polished


def test_polishing_twice_changes_nothing_more():
    once = polish_text('so  they went ,"slowly" -- i think it\'s --ok')

    assert polish_text(once) == once


def test_caption_lines_are_about_equally_long():
    cards = lay_out("By noon the hills had turned blue, and the light danced on.")

    widths = [width(line) for line in cards[0]]
    assert len(cards) == 1
    assert max(widths) - min(widths) < 10


def test_a_long_sentence_gets_several_cards_of_at_most_two_lines():
    text = polish_text("The lamps came on along the river, one by one, " * 4)

    cards = lay_out(text)

    assert len(cards) == 3
    assert {len(card) for card in cards} <= {1, 2}
    assert max(width(line) for card in cards for line in card) <= LINE_WIDTH
    assert " ".join(line for card in cards for line in card) == text


def test_ideographs_are_wrapped_but_never_before_a_full_stop():
    lines = [line for card in lay_out("小船顺着河水慢慢地走，" * 6) for line in card]

    assert max(map(width, lines)) <= LINE_WIDTH + 2
    assert not any(line.startswith("，") for line in lines)


def test_a_word_wider_than_a_line_is_cut():
    lines = [line for card in lay_out("w" * 100) for line in card]

    assert "".join(lines) == "w" * 100
    assert max(map(width, lines)) <= LINE_WIDTH
