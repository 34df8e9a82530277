import io

from chalicelib.cli.terminal import Terminal


class Screen(io.StringIO):
    """Standard output that claims to be a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


class OldPipe(io.StringIO):
    encoding = "ascii"


def a_terminal(out, **environ):
    return Terminal(out, errors=io.StringIO(), environ=environ)


def test_pipe_gets_plain_lines_and_no_bar():
    out = io.StringIO()
    terminal = a_terminal(out)

    terminal.bar("####")
    terminal.say(terminal.paint("good", "green"), "more")

    assert out.getvalue() == "good\nmore\n"


def test_bar_stays_below_the_lines():
    out = Screen()
    terminal = a_terminal(out)

    terminal.bar("half")
    terminal.say("a line")
    terminal.bar("whole")
    terminal.end_bar()

    assert out.getvalue() == ("\r\x1b[2Khalf\r\x1b[2Ka line\n\r\x1b[2Kwhole\r\x1b[2K")


def test_terminal_shows_colours():
    assert a_terminal(Screen()).paint("good", "green") == "\x1b[32mgood\x1b[0m"


def test_no_color_is_honoured():
    assert a_terminal(Screen(), NO_COLOR="1").paint("good", "green") == "good"


def test_dumb_terminal_is_treated_as_a_pipe():
    assert not a_terminal(Screen(), TERM="dumb").is_live


def test_sign_that_cannot_be_shown_is_replaced():
    out = OldPipe()

    a_terminal(out).say("文 fine")

    assert out.getvalue() == "? fine\n"
    assert not a_terminal(out).is_unicode


def test_complaints_go_where_errors_go():
    out, errors = Screen(), io.StringIO()
    terminal = Terminal(out, errors=errors, environ={})

    terminal.bar("half")
    terminal.complain("no", "luck")

    assert errors.getvalue() == "no\nluck\n"
    assert out.getvalue().endswith("\r\x1b[2K")


def test_lines_are_no_wider_than_can_be_read():
    assert 20 <= a_terminal(io.StringIO()).width <= 120
