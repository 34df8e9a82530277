"""Access keys of a whole stage, by the command."""

import io
import json

import pytest

from chalicelib.__main__ import main
from chalicelib.cli.terminal import Terminal

pytestmark = [pytest.mark.moto]


@pytest.fixture
def command(desk):
    def run(*arguments):
        out, errors = io.StringIO(), io.StringIO()
        terminal = Terminal(out, errors=errors, source=io.StringIO(), environ={})
        address = ["--url", desk.url, "--key", desk.stage.key]
        code = main(["keys", *address, *arguments], terminal=terminal)
        return code, out.getvalue() + errors.getvalue()

    return run


def opens(desk, bearer):
    return desk.ask("GET", "/v1/workflows", key=bearer).status_code == 200


def test_a_key_is_issued_rotated_and_revoked(desk, command):
    code, said = command(
        "issue",
        *("--scope", "read", "--scope", "start"),
        *("--workflow", "bill-*", "--description", "for CI"),
        *("--expires", "2126-01-01T00:00:00Z"),
    )
    assert code == 0, said
    bearer = said.split()[1]
    assert opens(desk, bearer)
    key_id = bearer.partition(".")[0]
    assert "for CI" in command("list")[1]
    made = json.loads(command("--json", "rotate", key_id, "--overlap", "600")[1])
    assert opens(desk, bearer)
    assert opens(desk, made["bearer"])
    assert key_id in command("revoke", key_id)[1]
    assert not opens(desk, bearer)


def test_the_command_wants_the_id(command):
    code, said = command("revoke")
    assert (code, "name the key by its id" in said) == (2, True)
