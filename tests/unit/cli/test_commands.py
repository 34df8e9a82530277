"""The verbs against a stage of canned answers, over loopback."""

import io
import json

import pytest

from chalicelib.__main__ import main
from chalicelib.cli.client import Address, Client, NoStage
from chalicelib.cli.terminal import Terminal
from chalicelib.local.server import Server
from tests.unit.cli.fake_stage import KEY, FakeStage, an_execution


@pytest.fixture(scope="module")
def running():
    fake, server = FakeStage(), Server()
    server.start(fake.app)
    yield fake, server.url
    server.stop()


@pytest.fixture
def stage(running):
    fake, _ = running
    fresh = FakeStage()
    fake.asked, fake.ending, fake.runs = [], fresh.ending, fresh.runs
    return fake


@pytest.fixture
def run(running):
    def run(verb, *arguments, typed=""):
        out, errors = io.StringIO(), io.StringIO()
        terminal = Terminal(out, errors=errors, source=io.StringIO(typed), environ={})
        address = ["--url", running[1], "--key", KEY]
        code = main([verb, *address, *arguments], terminal=terminal)
        return code, out.getvalue(), errors.getvalue()

    return run


def test_publish_sends_the_text_with_a_name_from_the_file(stage, run, tmp_path):
    file = tmp_path / "greet.asl.json"
    file.write_text("{}")

    code, out, _ = run("publish", str(file))

    assert code == 0
    assert out == f"{file}: published greet, version 0123456789ab\n"
    assert stage.asked == [("POST", "/v1/workflows", {"name": "greet"}, "{}")]


def test_publish_shows_every_problem_with_its_place(stage, run, tmp_path):
    file = tmp_path / "greet.yaml"
    file.write_text("wrong")

    code, _, err = run("publish", str(file))

    assert code == 1
    assert err == f"{file}:2:3 /States: is wrong\n"


def test_validate_tells_good_from_bad(stage, run, tmp_path):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text("{}")
    bad.write_text("wrong")

    code, out, err = run("validate", str(good), str(bad), "--name", "n")

    assert code == 1
    assert out == f"{good}: no problems\n"
    assert err == f"{bad}: is wrong\n"


def test_validate_without_a_stage_says_the_same_by_itself(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.json").write_text(
        '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
    )
    (tmp_path / "bad.yaml").write_text(
        "StartAt: A\nStates:\n  A: {Type: Succeed, Nxt: A}\n"
    )
    out, errors = io.StringIO(), io.StringIO()
    terminal = Terminal(out, errors=errors, environ={})

    code = main(["validate", "good.json", "bad.yaml"], terminal=terminal)

    assert (code, out.getvalue()) == (1, "good.json: no problems\n")
    assert errors.getvalue().startswith("bad.yaml:3:22 /States/A/Nxt: unknown field")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param(["--json"], '"valid": false', id="the whole verdict"),
        pytest.param(["--query", "$.problems[*].message"], '"is wrong"', id="a part"),
    ],
)
def test_a_verdict_may_be_had_as_data(stage, run, tmp_path, asked, said):
    bad = tmp_path / "bad.json"
    bad.write_text("wrong")

    code, out, err = run("validate", str(bad), *asked)

    assert (code, err) == (1, "")
    assert said in out


def test_start_prints_the_id(stage, run):
    code, out, _ = run("start", "greet", "--input", '{"a": 1}', "--name", "one")

    assert (code, out) == (0, "greet:one\n")
    assert stage.asked == [
        ("POST", "/v1/workflows/greet/executions", {"name": "one"}, '{"a":1}')
    ]


def test_start_reads_its_input_from_a_file(stage, run, tmp_path):
    file = tmp_path / "input.json"
    file.write_text('["文"]')

    run("start", "greet", "--input", f"@{file}")

    assert stage.asked[0][3] == '["文"]'


def test_start_reads_its_input_from_standard_input(stage, run):
    run("start", "greet", "--input", "-", typed="7")

    assert stage.asked[0][3] == "7"


@pytest.mark.parametrize(
    ("input_", "complaint"),
    [
        ("{", "--input is not JSON"),
        ("@/no/such/file", "cannot read /no/such/file"),
    ],
)
def test_input_that_cannot_be_read_is_wrong_usage(stage, run, input_, complaint):
    code, _, err = run("start", "greet", "--input", input_)

    assert code == 2
    assert complaint in err
    assert stage.asked == []


def test_input_that_names_a_file_is_told_how_to_write_it(run, tmp_path):
    file = tmp_path / "input.json"
    file.write_text("{}")

    code, _, err = run("start", "greet", "--input", str(file))

    assert code == 2
    assert err.endswith(f"; write @{file} for the file\n")


def test_definition_that_is_no_text_is_wrong_usage(run, tmp_path):
    file = tmp_path / "film.yaml"
    file.write_bytes(b"a: \xff")

    code, _, err = run("publish", str(file))

    assert code == 2
    assert err == f"millrace: cannot read {file}: byte 4 is no UTF-8 text\n"


def test_start_and_watch_tells_the_story_and_shows_the_output(stage, run):
    code, out, _ = run("start", "greet", "--watch")

    assert code == 0
    assert "started greet:one" in out
    assert "hello                       finished after 1.00 s" in out
    assert "status     SUCCEEDED" in out
    assert "took       1.50 s" in out
    assert '"greeting": "hello"' in out


@pytest.mark.parametrize(
    ("status", "code"),
    [("SUCCEEDED", 0), ("FAILED", 1), ("TIMED_OUT", 3), ("ABORTED", 4)],
)
def test_exit_code_is_the_outcome(stage, run, status, code):
    stage.ending = an_execution(status, error="Bad", cause="luck")

    found, out, _ = run("start", "greet", "--watch")

    assert found == code
    assert "error      Bad: luck" in out


def test_watch_with_json_prints_nothing_else(stage, run):
    _, out, _ = run("start", "greet", "--watch", "--json")

    assert json.loads(out) == stage.ending


def test_describe_of_a_running_execution_has_no_end(stage, run):
    code, out, _ = run("describe", "greet:one")

    assert code == 0
    assert "status     RUNNING" in out
    assert "took" not in out


def test_describe_as_json_is_the_stages_own_answer(stage, run):
    stage.runs = 0

    _, out, _ = run("describe", "greet:one", "--json")

    assert json.loads(out) == stage.ending


def test_history_is_one_line_per_event_over_all_pages(stage, run):
    code, out, _ = run("history", "greet:one")

    lines = out.splitlines()
    assert code == 0
    assert len(lines) == 8
    assert lines[0].split() == ["ID", "AT", "EVENT", "STATE"]
    assert "TaskFailed" in lines[6]
    assert lines[6].endswith("hello [r.1.1-0]  Bad: luck")


def test_list_asks_for_one_workflow_or_for_all(stage, run):
    _, one, _ = run("list", "--workflow", "greet", "--status", "succeeded")
    _, all_, _ = run("list", "--limit", "5")

    assert len(one.splitlines()) == 2
    assert "SUCCEEDED  1970-01-01 12:00:00.000Z  1.50 s  greet:one" in one
    assert len(all_.splitlines()) == 3
    assert stage.asked[0][2] == {
        "workflow": "greet",
        "status": "SUCCEEDED",
        "limit": "20",
    }


def test_list_of_nothing_says_so(stage, run):
    _, out, _ = run("list", "--limit", "0")

    assert out == "no executions\n"


def test_stop_sends_error_and_cause(stage, run):
    code, out, _ = run("stop", "greet:one", "--error", "Enough", "--cause", "of it")

    assert (code, out) == (0, "greet:one is ABORTED\n")
    assert json.loads(stage.asked[0][3]) == {"error": "Enough", "cause": "of it"}


def test_delete_says_that_it_is_gone(stage, run):
    code, out, _ = run("delete", "greet:one")

    assert (code, out) == (0, "greet:one is deleted\n")
    assert stage.asked[0][:2] == ("DELETE", "/v1/executions/greet%3Aone")


def test_doctor_says_what_is_wrong_and_what_helps(stage, run):
    code, out, _ = run("doctor")

    assert code == 1
    assert out == "execution: greet:one: it has never begun\n    --redrive helps\n"
    assert [query.get("after") for _, _, query, _ in stage.asked] == [
        None,
        "executions/greet/1",
    ]


def test_doctor_ends_where_it_was_to_and_says_where_to_go_on(stage, run):
    code, out, _ = run("doctor", "--limit", "5", "--behind", "600")

    assert code == 1
    assert out.endswith("looked at 7; go on with --after 'executions/greet/1'\n")
    ((_, _, query, _),) = stage.asked
    assert query == {"limit": "5", "behind": "600"}


def test_doctor_that_did_not_see_everything_does_not_say_that_all_is_well(run):
    code, out, _ = run("doctor", "--after", "timers/4", "--limit", "1")

    assert code == 3
    assert out == "nothing is wrong\nlooked at 7; go on with --after 'timers/5'\n"


@pytest.mark.parametrize("wrong", [("--behind", "0"), ("--limit", "-1")])
def test_doctor_wants_numbers(run, wrong):
    with pytest.raises(SystemExit) as caught:
        run("doctor", *wrong)
    assert caught.value.code == 2


def test_doctor_mends(stage, run):
    code, out, _ = run("doctor", "--redrive")

    assert code == 0
    assert "asked for again" in out
    assert stage.asked[0][:2] == ("POST", "/v1/checkup/redrive")


def test_doctor_says_it_in_json(run):
    code, out, _ = run("doctor", "--redrive", "--json")

    assert code == 0
    told = json.loads(out)
    assert (told["isComplete"], told["lookedAt"], told["next"]) == (True, 7, None)


def test_doctor_says_the_part_that_was_asked_for(run):
    assert run("doctor", "--redrive", "--query", "$.lookedAt")[:2] == (0, "7\n")


def test_redrive_says_that_it_runs(stage, run):
    code, out, _ = run("redrive", "greet:one")

    assert (code, out) == (0, "greet:one is RUNNING\n")
    assert stage.asked[0][:2] == ("POST", "/v1/executions/greet%3Aone/redrive")


def test_a_redrive_is_followed_to_its_end(run):
    code, out, _ = run("redrive", "greet:one", "--watch", "--json")

    assert code == 0
    assert json.loads(out)["status"] == "SUCCEEDED"


def test_cost_is_a_table_with_the_comparison(stage, run):
    code, out, _ = run("cost", "greet:one")

    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    assert lines[1] == ["DynamoDB", "write", "units", "8", "0.000005000", "5.00"]
    assert lines[2] == ["list", "price", "0.000005000", "5.00"]
    assert lines[4][:4] == ["Step", "Functions", "Standard", "1"]
    assert lines[4][-2:] == ["0.000025000", "25.00"]
    assert "S3" not in out


def test_refusal_is_one_readable_line(stage, run):
    code, _, err = run("start", "nobody")

    assert (code, err) == (1, "No such workflow: no workflow 'nobody'\n")


def test_answer_that_no_stage_gives_is_shown_with_a_way_out(stage, run):
    code, _, err = run("describe", "broken")

    assert code == 1
    assert "HTTP 500 with 'not JSON at all'; is --url the base URL" in err


def test_url_of_something_else_is_no_stage(running, run):
    code, _, err = run("list", "--url", f"{running[1]}/elsewhere")

    assert code == 1
    assert "is --url the base URL" in err


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:1", "cannot connect"),
        ("nowhere", "that is no URL; write http:// or https://, then the host"),
    ],
)
def test_stage_that_is_not_there_is_said_to_be_so(run, url, why):
    code, _, err = run("list", "--url", url)

    assert (code, err) == (1, f"millrace: no stage answers at {url}: {why}\n")


def test_without_any_stage_the_way_out_is_said(tmp_path):
    with pytest.raises(NoStage, match="millrace dev"):
        Address.found(environ={}, file=tmp_path / "stage.json")


def test_environment_names_the_stage(tmp_path):
    environ = {"MILLRACE_URL": "http://there/", "MILLRACE_KEY": "k.s"}

    found = Address.found(environ=environ, file=tmp_path / "stage.json")

    assert found == Address("http://there", "k.s")


def test_local_stage_is_found_by_its_file(tmp_path):
    file = tmp_path / "stage.json"
    file.write_text('{"url": "http://here", "key": "k.s"}')

    assert Address.found(environ={}, file=file) == Address("http://here", "k.s")


def test_what_was_typed_goes_before_everything_else(tmp_path):
    environ = {"MILLRACE_URL": "http://there", "MILLRACE_KEY": "k.s"}

    found = Address.found("http://typed", "t.s", environ=environ, file=tmp_path)

    assert found == Address("http://typed", "t.s")


def test_stage_is_asked_without_a_key_where_there_is_none(stage, running):
    assert Client(Address(running[1])).workflow("greet")["name"] == "greet"


def test_wrong_verb_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as left:
        main(["dance"])

    assert left.value.code == 2
    assert "invalid choice: 'dance'" in capsys.readouterr().err
