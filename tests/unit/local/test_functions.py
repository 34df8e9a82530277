"""Which Python functions stand beside the workflows."""

import threading

import pytest

from chalicelib.local.functions import Functions, Workers, call_with


@pytest.fixture
def write(tmp_path):
    def to(place, text):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return to


@pytest.fixture
def functions(tmp_path):
    return Functions(tmp_path)


def test_a_function_beside_a_workflow_is_found(write, functions):
    write("film/functions.py", "def split_text(event): return event + 1")

    assert functions.find("split_text")(1) == 2


def test_each_file_of_a_folder_lends_its_functions(write, functions):
    write("film/functions/a.py", "def one(event): return 1")
    write("film/functions/b.py", "def two(event): return 2")

    assert functions.names() == ["film-one", "film-two", "one", "two"]


@pytest.mark.parametrize(
    "name",
    [
        "split-text",
        "text-film-split-text",
        "text_film-split_text",
        "split-text:prod",
        "arn:aws:lambda:eu-west-1:1:function:split-text",
        "arn:aws:lambda:eu-west-1:1:function:split-text:3",
    ],
)
def test_a_function_has_many_names(write, functions, name):
    write("text_film/functions.py", "def split_text(event): return 'split'")

    assert functions.find(name)(None) == "split"


def test_only_public_functions_of_the_module_itself_are_lent(write, functions):
    write(
        "film/functions.py",
        "from json import loads\n"
        "class Thing: pass\n"
        "def _secret(event): pass\n"
        "def open_one(event): pass\n",
    )

    assert functions.names() == ["film-open-one", "open-one"]


def test_a_dict_lends_handlers_under_names_of_its_own(write, functions):
    write("film/functions.py", "FUNCTIONS = {'make/it': lambda event: 'made'}")

    assert functions.find("make/it")(None) == "made"


def test_a_changed_file_is_imported_again(write, functions):
    write("film/functions.py", "def f(event): return 1")
    before = functions.find("f")(None)

    write("film/functions.py", "def f(event): return 'two'")

    assert (before, functions.find("f")(None)) == (1, "two")


def test_an_unchanged_file_is_imported_once(write, functions):
    write("film/functions.py", "def f(event): pass")

    assert functions.find("f") is functions.find("film-f")


def test_a_new_file_is_seen(write, functions):
    assert functions.find("f") is None

    write("film/functions.py", "def f(event): return 1")

    assert functions.find("f")(None) == 1


def test_a_file_that_went_away_takes_its_functions_along(write, functions):
    path = write("film/functions.py", "def f(event): return 1")
    assert functions.find("f") is not None

    path.unlink()

    assert functions.find("f") is None


def test_a_name_of_two_folders_must_say_which(write, functions):
    write("a/functions.py", "def f(event): return 'a'")
    write("b/functions.py", "def f(event): return 'b'")

    assert functions.find("f") is None
    assert functions.why_not("f") == (
        "several folders have a function 'f'; say which: a-f, b-f"
    )
    assert functions.shared() == ["f"]
    assert functions.find("b-f")(None) == "b"


def test_a_broken_file_harms_no_other(write, functions):
    path = write("a/functions.py", "def f(event): return 1/")
    write("b/functions.py", "def g(event): return 'fine'")

    assert functions.find("g")(None) == "fine"
    assert functions.find("f") is None
    assert "SyntaxError" in functions.why_not("f")
    assert list(functions.problems()) == [path]


def test_files_of_one_name_do_not_meet(write, functions):
    write("a/functions.py", "WORD = 'a'\ndef fa(event): return WORD")
    write("b/functions.py", "WORD = 'b'\ndef fb(event): return WORD")

    assert (functions.find("fa")(0), functions.find("fb")(0)) == ("a", "b")


def test_a_module_may_define_dataclasses(write, functions):
    write(
        "a/functions.py",
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "@dataclass\n"
        "class P:\n"
        "    x: int\n"
        "def f(event): return P(x=event).x\n",
    )

    assert functions.find("f")(7) == 7


def test_functions_may_be_given():
    functions = Functions(given={"f_g": len})

    assert functions.find("f-g") is len
    assert functions.names() == ["f-g"]
    assert functions.why_not("x") == "no function 'x'"


def only_event(event):
    return (event,)


def with_context(event, context):
    return (event, context)


def with_default(event, context=None):
    return (event, context)


def with_rest(*rest):
    return rest


def with_keyword(event, *, loud=False):
    return (event, loud)


@pytest.mark.parametrize(
    ("function", "result"),
    [
        (only_event, ("e",)),
        (with_context, ("e", "c")),
        (with_default, ("e", "c")),
        (with_rest, ("e", "c")),
        (with_keyword, ("e", False)),
        (str, "e"),
    ],
)
def test_a_function_gets_the_context_if_it_takes_one(function, result):
    assert call_with(function, "e", "c") == result


def test_workers_do_what_is_in_line():
    done, workers = [], Workers(threads=2)

    assert all(workers.take(lambda n=n: done.append(n)) for n in range(20))
    workers.stop()

    assert sorted(done) == list(range(20))


def test_workers_survive_work_that_fails(caplog):
    done, workers = [], Workers(threads=1)
    workers.take(lambda: 1 / 0)
    workers.take(lambda: done.append(1))
    workers.stop()

    assert done == [1]
    assert "background work failed" in caplog.text


@pytest.fixture
def busy():
    """Workers whose only thread is held up, and what releases it."""
    gate, begun = threading.Event(), threading.Event()
    workers = Workers(threads=1, line=1)
    workers.take(lambda: (begun.set(), gate.wait(5)))
    begun.wait(5)
    yield workers
    gate.set()


def test_a_full_line_takes_no_more(busy):
    assert busy.take(lambda: None) is True
    assert busy.take(lambda: None) is False


def test_workers_that_hang_do_not_hold_up_the_end(busy):
    busy.take(lambda: None)

    busy.stop(patience=0.01)
