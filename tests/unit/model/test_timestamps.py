import pytest

from chalicelib.model.timestamps import epoch, instant


def test_a_time_is_read_with_its_nanoseconds():
    assert instant("2001-09-09T01:46:40.000000001Z") == (1_000_000_000, 1)


def test_offsets_count():
    assert instant("1970-01-01T01:00:00+01:00") == instant("1969-12-31T23:00:00-01:00")


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-01",
        "2024-01-01T00:00:00",
        "2024-01-01 00:00:00Z",
        "2024-01-01t00:00:00z",
        "2024-13-01T00:00:00Z",
        "2024-01-01T25:00:00Z",
        "2024-01-01T00:00:00+99:00",
        "٢٠٢٤-01-01T00:00:00Z",
        "",
        None,
        5,
    ],
)
def test_everything_else_is_no_time(text):
    assert instant(text) is None
    assert epoch(text) is None
