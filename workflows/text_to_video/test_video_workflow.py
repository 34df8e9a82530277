import json
from pathlib import Path

import pytest
from PIL import Image

from chalicelib.testing import run
from workflows.text_to_video import functions

HERE = Path(functions.__file__).parent
DAG = (HERE / "dag.yaml").read_text("utf-8")
SHORT = "A boat set out. It met a bird. They are home."
FUNCTIONS = {
    "split": functions.split,
    "polish": functions.polish,
    "voice": functions.voice,
    "check": functions.check,
    "title_card": functions.title_card,
    "assemble_later": functions.assemble,
}


def made_from(text, folder, functions=FUNCTIONS, **settings):
    given = {"text": text, "folder": str(folder), **settings}
    return run(DAG, given, functions=functions)


def test_the_example_text_becomes_a_film(tmp_path):
    given = json.loads((HERE / "input.json").read_text("utf-8"))

    done = run(DAG, {**given, "folder": str(tmp_path)}, functions=FUNCTIONS)

    assert done.status == "SUCCEEDED"
    assert done.output["count"] == len(done.output["scenes"]) == 14
    assert 40 < done.output["seconds"] < 80
    assert Path(done.output["video"]).stat().st_size < 9_000_000
    assert done.output["title"]["text"].startswith("A little paper boat")
    with Image.open(done.output["preview"]) as preview:
        assert preview.n_frames > 50


def test_a_short_text_has_no_title_card(tmp_path):
    done = made_from(SHORT, tmp_path)

    assert done.status == "SUCCEEDED"
    assert "title" not in done.output
    assert not (tmp_path / "title.png").exists()


def test_scenes_are_in_the_order_of_the_text(tmp_path):
    done = made_from(SHORT, tmp_path)

    texts = [scene["text"] for scene in done.output["scenes"]]
    assert texts == ["A boat set out.", "It met a bird.", "They are home."]


def test_settings_can_be_given(tmp_path):
    done = made_from(SHORT, tmp_path, fps=4)

    assert done.output["fps"] == 4
    assert done.output["frames"] == pytest.approx(done.output["seconds"] * 4)


def test_a_text_without_words_fails_with_a_name(tmp_path):
    done = made_from("...", tmp_path)

    assert done.status == "FAILED"
    assert "TextIsEmpty" in f"{done.error} {done.cause}"


def test_a_voice_that_stumbles_is_asked_again(tmp_path):
    stumbles = iter([True, True])

    def voice(event):
        if next(stumbles, False):
            raise ConnectionError("the studio is occupied")
        return functions.voice(event)

    done = made_from("One boat.", tmp_path, {**FUNCTIONS, "voice": voice})

    assert done.status == "SUCCEEDED"


def test_a_sentence_that_cannot_be_spoken_fails_the_film(tmp_path):
    def voice(event):
        raise RuntimeError("hoarse")

    done = made_from(SHORT, tmp_path, {**FUNCTIONS, "voice": voice})

    assert done.status == "FAILED"
    assert not (tmp_path / "film.avi").exists()
