import pytest

from chalicelib.engine.state import Stored
from chalicelib.errors import Unavailable
from chalicelib.journal import records
from chalicelib.journal.pools import Pool, Shelf


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({}, id="empty"),
        pytest.param({"a": ["Grüße, 世界 \U0001f600 \u0000"]}, id="every letter"),
        pytest.param({"a": "\ud800"}, id="half a letter"),
        pytest.param({"a": list(range(50_000))}, id="larger than the window"),
    ],
)
def test_a_document_comes_back_as_it_was_packed(document):
    assert records.unpack(records.pack(document)) == document


def test_words_that_every_record_has_take_no_room():
    said = [["StateEntered", 0], ["TaskScheduled", 0], ["TaskSucceeded", 0]]
    assert len(records.pack({"v": 1, "c": ["start"], "h": said})) < 30


def test_another_schema_is_left_for_other_code():
    item = {"sk": "r#00000007", "d": records.pack({"v": 9})}
    with pytest.raises(Unavailable, match="schema 9"):
        records.open_item(item, restore=lambda json: json)


def test_an_item_says_which_record_it_is_and_on_which_it_is_laid():
    content = records.pack({"v": records.SCHEMA, "b": 4})
    opened = records.open_item(
        {"sk": "r.1.1-12#00000007", "d": content}, restore=lambda json: json
    )
    assert (opened.seq, opened.base, opened.size) == (7, 4, len(content))


def test_a_pool_keeps_an_object_once():
    pool, value = Pool(lambda each: each), {"n": 1}
    assert [pool.place(each) for each in (value, None, 7, value)] == [1, 0, 2, 1]
    assert (pool.values, pool.stored) == ([None, {"n": 1}, 7], [])


def test_a_pool_marks_what_is_kept_elsewhere():
    reference = {"@": ["d1", 4000, "table"]}
    pool = Pool(lambda each: reference if each == "large" else each)
    positions = [pool.place(each) for each in ("large", "small", Stored('[{"@":1}]'))]

    shelf = Shelf({"p": pool.values, "r": pool.stored})
    assert [shelf.take(each) for each in positions] == [
        Stored('{"@":["d1",4000,"table"]}'),
        "small",
        Stored('[{"@":1}]'),
    ]


def test_a_shelf_without_values_still_has_null():
    assert Shelf({}).take(0) is None
