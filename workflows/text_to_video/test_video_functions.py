import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from workflows.text_to_video import functions
from workflows.text_to_video.failures import FieldIsMissing, TextIsEmpty, VoiceIsMissing

HERE = Path(functions.__file__).parent


@pytest.fixture
def scene(tmp_path):
    polished = functions.polish({"text": "a boat went  by"})
    given = {"text": polished["text"], "number": 0, "folder": str(tmp_path)}
    spoken = functions.voice(given)
    return functions.check({**polished, **spoken, "number": 0})["scene"]


def test_split_counts_the_sentences_and_names_the_folder(tmp_path):
    given = functions.split({"text": "One. Two.", "folder": str(tmp_path / "new")})

    assert given["sentences"] == ["One.", "Two."]
    assert given["count"] == 2
    assert Path(given["folder"]) == tmp_path / "new"
    assert Path(given["folder"]).is_dir()


def test_executions_do_not_share_a_folder():
    one = functions.split({"text": "One.", "execution_id": "a:b/../c"})
    two = functions.split({"text": "One.", "execution_id": "d"})

    assert one["folder"] != two["folder"]
    assert Path(one["folder"]).name == "a-b-c"
    assert Path(one["folder"]).parent == Path(two["folder"]).parent


@pytest.mark.parametrize("event", [{}, {"text": None}, {"text": 7}])
def test_split_says_what_is_missing(event):
    with pytest.raises(FieldIsMissing, match="'text' must be a text"):
        functions.split(event)


def test_polish_says_whether_it_changed_anything():
    assert functions.polish({"text": "a  boat"}) == {
        "text": "A boat.",
        "cards": [["A boat."]],
        "changed": True,
    }
    assert functions.polish({"text": "A boat."})["changed"] is False


def test_polish_refuses_a_sentence_of_which_nothing_is_left():
    with pytest.raises(TextIsEmpty):
        functions.polish({"text": "\u200b"})


def test_the_voice_comes_with_its_facts(tmp_path):
    event = {"text": "A boat.", "number": 3, "folder": str(tmp_path)}

    spoken = functions.voice(event)

    assert Path(spoken["voice"]).name == "voice-003.wav"
    assert spoken["syllables"] == 2
    assert 0.5 < spoken["seconds"] < 1.5


def test_a_voice_has_the_pitch_it_is_given(tmp_path):
    event = {"text": "Aaa.", "number": 0, "folder": str(tmp_path)}

    low = Path(functions.voice({**event, "pitch": 100})["voice"]).read_bytes()
    high = Path(functions.voice({**event, "pitch": 220})["voice"]).read_bytes()

    assert low != high


def test_check_makes_a_scene_in_which_the_caption_can_be_read(scene):
    assert sum(scene["lasts"]) >= 1.4
    assert len(scene["lasts"]) == len(scene["cards"])
    assert scene["mouth"].isdigit()


def test_check_holds_a_caption_that_is_spoken_too_fast(tmp_path):
    event = {"text": "A b.", "number": 0, "folder": str(tmp_path)}
    spoken = functions.voice(event)
    long = "a very long caption for so short a voice"

    checked = functions.check(
        {"text": long, "cards": [[long]], "number": 0, **spoken},
    )

    assert checked["held"] is True
    assert checked["seconds"] > 2


def test_check_names_the_voice_that_is_missing(tmp_path):
    path = str(tmp_path / "gone.wav")
    with pytest.raises(VoiceIsMissing, match=r"gone\.wav"):
        functions.check({"text": "x", "cards": [["x"]], "voice": path, "number": 0})


@pytest.mark.parametrize("fps", [-1, 31, "8", 2.5])
def test_a_film_needs_a_sensible_number_of_pictures(scene, fps):
    with pytest.raises(FieldIsMissing, match="fps"):
        functions.assemble({"scenes": [scene], "fps": fps})


def test_a_title_card_is_a_picture(tmp_path):
    sentences = ["A very little paper boat set out before sunrise."] * 6

    title = functions.title_card({"sentences": sentences, "folder": str(tmp_path)})

    assert title["title"]["text"] == "A very little paper boat set…"
    assert title["title"]["subtitle"] == "a story in 6 sentences"
    with Image.open(title["title"]["image"]) as picture:
        assert picture.format == "PNG"


def test_assemble_makes_every_file_it_names(tmp_path, scene):
    title = {"text": "A boat", "subtitle": "a story"}
    event = {"scenes": [scene], "title": title, "folder": str(tmp_path)}

    made = functions.assemble(event)

    assert made["sentences"] == 1
    assert made["letters_not_drawn"] == 0
    assert made["seconds"] == pytest.approx(made["frames"] / 8)
    assert made["bytes"] == Path(made["video"]).stat().st_size
    assert Path(made["subtitles"]).read_text("utf-8").endswith("A boat went by.\n")
    for name in ("poster", "preview"):
        with Image.open(made[name]) as picture:
            picture.verify()


def test_assembling_twice_gives_the_same_film(tmp_path, scene):
    event = {"scenes": [scene], "folder": str(tmp_path)}

    first = Path(functions.assemble(event)["video"]).read_bytes()
    second = Path(functions.assemble(event)["video"]).read_bytes()

    assert first == second


def test_assembling_later_needs_somewhere_to_report():
    request = SimpleNamespace(headers={}, json={})

    status, answer = functions.assemble_later(request)

    assert status == 400
    assert "X-Callback-Url" in answer["error"]


def test_the_example_input_is_the_example_text():
    given = json.loads((HERE / "input.json").read_text("utf-8"))

    assert given == {"text": (HERE / "text.txt").read_text("utf-8")}


def test_the_example_text_has_what_the_example_is_to_show():
    text = (HERE / "text.txt").read_text("utf-8")

    sentences = functions.split({"text": text})["sentences"]
    changed = [functions.polish({"text": each})["changed"] for each in sentences]

    assert 12 <= len(sentences) <= 16
    assert sum(changed) >= 5
