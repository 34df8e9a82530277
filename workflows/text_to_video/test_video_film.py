import io
import re
import struct
from array import array

import pytest
from PIL import Image, ImageChops

from workflows.text_to_video.avi import AviWriter
from workflows.text_to_video.caption import card_of, draw_card
from workflows.text_to_video.failures import SceneIsMissing
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
from workflows.text_to_video.scenery import HEIGHT, HORIZON, WIDTH, landscape, palette
from workflows.text_to_video.sounds import sounds_of
from workflows.text_to_video.speech import RATE, speak, write_voice
from workflows.text_to_video.typeface import Typeface, typeface_for

FPS = 8


def chunks(content, begin=0, end=None):
    """Yield (name, content, place) of each RIFF chunk; fail where sizes disagree."""
    end = len(content) if end is None else end
    while begin < end:
        name, size = struct.unpack_from("<4sI", content, begin)
        assert begin + 8 + size <= end, f"{name} is longer than what it is in"
        yield name, content[begin + 8 : begin + 8 + size], begin
        begin += 8 + size + size % 2
    assert begin == end


def read_avi(path):
    """Return headers, JPEG pictures, sound and index of an AVI file."""
    content = path.read_bytes()
    [(riff, body, _)] = chunks(content)
    assert (riff, body[:4]) == (b"RIFF", b"AVI ")
    found = {"jpegs": [], "sound": b"", "content": content, "strh": [], "strf": []}
    for name, inside, place in chunks(content, 12):
        kind = inside[:4] if name == b"LIST" else name
        if kind == b"hdrl":
            for part, header, _ in chunks(inside[4:]):
                if part == b"avih":
                    found["avih"] = struct.unpack("<14I", header)
                else:
                    (_, strh, _), (_, strf, _) = chunks(header[4:])
                    found["strh"].append(strh)
                    found["strf"].append(strf)
        elif kind == b"movi":
            found["movi"] = place + 8
            for stream, data, _ in chunks(inside[4:]):
                if stream == b"00dc":
                    found["jpegs"].append(data)
                else:
                    assert stream == b"01wb"
                    found["sound"] += data
        else:
            assert kind == b"idx1"
            found["index"] = list(struct.iter_unpack("<4sIII", inside))
    return found


@pytest.fixture
def scene(tmp_path):
    path = tmp_path / "voice.wav"
    write_voice(path, speak(sounds_of("A boat went by.")))
    return Scene(
        text="A boat went by.",
        cards=[["A boat"], ["went by."]],
        lasts=[0.75, 0.75],
        mouth="05935810",
        fps=FPS,
        voice=path,
    )


@pytest.fixture
def film(tmp_path, scene):
    path = tmp_path / "film.avi"
    write_film(path, [scene, scene], fps=FPS, title=None)
    return read_avi(path)


def test_a_film_has_a_picture_for_each_moment(film):
    assert len(film["jpegs"]) == 2 * 1.5 * FPS
    for jpeg in film["jpegs"]:
        with Image.open(io.BytesIO(jpeg)) as picture:
            assert (picture.format, picture.size) == ("JPEG", (WIDTH, HEIGHT))


def test_a_film_sounds_as_long_as_it_shows(film):
    samples = array("h", film["sound"])

    assert len(samples) == 3 * RATE
    assert max(map(abs, samples)) > 20_000


def test_the_voice_begins_with_its_scene(film):
    samples = array("h", film["sound"])
    second = samples[round(1.5 * RATE) : round(1.5 * RATE) + RATE]

    assert second == samples[:RATE]


def test_the_headers_say_what_is_in_the_film(film):
    pictures, sound = film["strh"]

    assert film["avih"][0] == 1_000_000 // FPS
    assert film["avih"][4] == len(film["jpegs"])
    assert film["avih"][8:10] == (WIDTH, HEIGHT)
    assert pictures[:8] == b"vidsMJPG"
    assert struct.unpack_from("<II", pictures, 20) == (1, FPS)
    assert struct.unpack_from("<I", pictures, 32) == (len(film["jpegs"]),)
    assert sound[:4] == b"auds"
    assert struct.unpack_from("<I", sound, 32) == (3 * RATE,)
    assert struct.unpack("<HHIIHH", film["strf"][1]) == (1, 1, RATE, 2 * RATE, 2, 16)


def test_the_index_finds_every_frame(film):
    assert len(film["index"]) == 2 * len(film["jpegs"])
    for name, _, offset, size in film["index"]:
        place = film["movi"] + offset
        found = struct.unpack_from("<4sI", film["content"], place)
        assert found == (name, size)


def test_sound_and_pictures_stay_together_when_a_frame_has_no_whole_samples(tmp_path):
    with AviWriter(tmp_path / "odd.avi", size=(2, 2), fps=7, rate=RATE) as film:
        for _ in range(70):
            film.add(b"odd", array("h", bytes(2 * film.samples_due())))

    assert film.samples == 10 * RATE
    assert read_avi(tmp_path / "odd.avi")["jpegs"] == [b"odd"] * 70


def test_a_film_that_fails_leaves_no_file(tmp_path):
    with (
        pytest.raises(ZeroDivisionError),
        AviWriter(tmp_path / "f.avi", size=(2, 2), fps=8, rate=RATE),
    ):
        _ = 1 / 0

    assert list(tmp_path.iterdir()) == []


def test_a_title_comes_before_the_first_sentence_and_is_silent(tmp_path, scene):
    path = tmp_path / "film.avi"
    title = Title(text="A boat", subtitle="a story")

    frames = write_film(path, [scene], fps=FPS, title=title)

    before = round(TITLE_LASTS * FPS)
    sound = array("h", read_avi(path)["sound"])
    assert frames == before + 1.5 * FPS
    assert set(sound[: before * RATE // FPS]) == {0}


def test_the_preview_is_a_moving_picture(tmp_path, scene):
    path = tmp_path / "preview.gif"

    write_preview(path, [scene] * 4)

    with Image.open(path) as preview:
        assert preview.format == "GIF"
        assert preview.n_frames == 12
        assert preview.info["loop"] == 0


def test_subtitles_follow_each_other(scene):
    blocks = subtitles([scene, scene], begin=2.5).split("\n\n")

    times = [re.search(r"(\S+) --> (\S+)", block).groups() for block in blocks]
    assert blocks[0] == "1\n00:00:02,500 --> 00:00:03,250\nA boat"
    assert [a[1] for a in times[:-1]] == [b[0] for b in times[1:]]


def test_scenes_that_come_in_any_order_are_put_in_order():
    assert in_order([{"number": 1}, {"number": 0}]) == [{"number": 0}, {"number": 1}]


@pytest.mark.parametrize("numbers", [[], [1], [0, 2], [0, 0, 1]])
def test_a_lost_scene_is_noticed(numbers):
    with pytest.raises(SceneIsMissing):
        in_order([{"number": number} for number in numbers])


def test_the_sky_is_dark_before_sunrise_and_at_night_and_bright_at_noon():
    morning, noon, night = (sum(palette(hour)[0]) for hour in (0.0, 0.5, 1.0))

    assert morning < noon > night
    assert palette(2.0) == palette(1.0)


def test_the_sun_shines_in_the_sky_and_not_through_the_water():
    rising = landscape(0.0, 0.0)
    water = rising.crop((0, HORIZON + 40, WIDTH, HEIGHT))

    assert max(value for _, value in water.getextrema()) < 200


def test_words_that_were_said_are_brighter():
    card = card_of(["A boat went", "down the river."], Typeface())
    pictures = []
    for part in (0.0, 0.5, 1.0):
        picture = Image.new("RGB", (WIDTH, HEIGHT))
        draw_card(picture, card, part)
        pictures.append(picture)

    bright = [sum(p.convert("L").histogram()[230:]) for p in pictures]
    assert bright[0] == 0
    assert 0 < bright[1] < bright[2]


def test_a_caption_wider_than_the_picture_is_made_smaller_until_it_fits():
    card = card_of(["W" * 38, "W" * 38], Typeface())

    assert all(begin >= 20 for begin, _ in card.lines)


def test_a_title_stays_inside_the_picture():
    title = Title(text="A very long title that goes on and on", subtitle="a story")
    plain = title_picture(Title(text="", subtitle=""))

    box = ImageChops.difference(title_picture(title), plain).getbbox()

    assert box[0] > 20
    assert box[2] < WIDTH - 20


def test_letters_the_font_lacks_get_a_stand_in():
    face = Typeface()

    assert face.drawable("wait… é — “so”") == "wait… e - “so”"
    assert face.drawable("船") == "?"
    assert face.missing("a船é…") == 1


def test_plain_text_looks_the_same_on_every_machine():
    assert typeface_for("A boat — “so”…").sized(20).getname()[0] == "Aileron"


def test_no_font_of_this_machine_is_worse_than_the_own_one():
    text = "море 小船"

    assert typeface_for(text).missing(text) <= Typeface().missing(text)
