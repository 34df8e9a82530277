import io
from pathlib import Path

import pytest

from chalicelib.cli.client import Refused
from chalicelib.cli.definitions import default_name, send_all
from chalicelib.cli.terminal import Terminal


class FakeClient:
    def publish(self, text, *, name):
        if text == "wrong":
            problem = {"line": 1, "column": 2, "path": "/a", "message": "is wrong"}
            raise Refused(400, {"title": "no", "problems": [problem]})
        return {"name": name, "version": "v1"}


@pytest.fixture
def errors():
    return io.StringIO()


@pytest.fixture
def terminal(errors):
    return Terminal(io.StringIO(), errors=errors, environ={})


@pytest.mark.parametrize(
    ("path", "name"),
    [("w/a/ship.asl.json", "ship"), ("dag.yaml", "dag"), ("x/plain", "plain")],
)
def test_name_comes_from_the_file_without_its_endings(path, name):
    assert default_name(Path(path)) == name


def test_every_good_file_is_published_and_every_bad_one_complained_of(
    tmp_path, terminal, errors
):
    folder = tmp_path / "workflows"
    folder.mkdir()
    good, bad, gone = folder / "good.yaml", folder / "bad.yaml", folder / "gone.yaml"
    good.write_text("fine")
    bad.write_text("wrong")

    sent = send_all(FakeClient(), [bad, gone, good], folder, terminal)

    assert [(each.name, each.version) for each in sent] == [
        ("", ""),
        ("", ""),
        ("good", "v1"),
    ]
    first, second = errors.getvalue().splitlines()
    assert first == "workflows/bad.yaml:1:2 /a: is wrong"
    assert second.startswith("workflows/gone.yaml: cannot be read: ")
