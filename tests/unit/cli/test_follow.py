from chalicelib.cli.follow import News
from tests.unit.cli.histories import a_task, happened, numbered


def test_events_are_news_once():
    news, events = News(), a_task("split", 0, 1)

    assert news.among(events[:2]) == events[:2]
    assert news.among(events) == events[2:]
    assert news.among(events) == []


def test_event_that_is_written_late_is_news_although_others_got_its_number():
    news = News()
    early = happened("StateEntered", 1, "late to be written", "r.1.1-0")
    later = happened("StateEntered", 2, "split")
    news.among(numbered([later]))

    assert news.among(numbered([early, later])) == [{"id": 1, **early}]


def test_two_alike_are_two():
    news, event = News(), happened("TaskHeartbeat", 1, "work")

    assert news.among([event]) == [event]
    assert news.among([event, event]) == [event]
