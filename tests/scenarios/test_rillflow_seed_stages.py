"""What the guide says of functions, on stages that are set up for it."""

import pytest

from tests.scenarios.dags import KEPT, Waiting, a_dag, a_function, maps
from tests.scenarios.desk import ROOT, a_desk

pytestmark = [pytest.mark.moto, pytest.mark.slow]


@pytest.mark.parametrize("missing", ["execution_id", "task_name"])
def test_report_without_a_token_must_say_whose_it_is(missing):
    with a_desk(ALLOW_UNSIGNED_TRIGGERS="1") as desk:
        waiting = Waiting(desk, "unsigned")
        named = {
            "execution_id": waiting.letter["query"]["execution_id"],
            "task_name": "only",
        }
        url = f"{desk.url}/flow/trigger.json"
        part = {name: value for name, value in named.items() if name != missing}

        refused = waiting.answer("GET", url=url, **part)
        taken = waiting.answer("GET", url=url, context='{"by": "name"}', **named)

        assert 400 <= refused.status_code < 500
        assert taken.status_code == 200
        assert waiting.said == {"by": "name"}


def test_protocol_of_ones_own_is_a_class_in_ones_own_module():
    settings = {"DISPATCHERS": "stamp=tests.scenarios.stamps:Stamps"}
    with a_desk(**settings) as desk:
        task = a_function("only", "stamp://office/red", **KEPT)
        task["inputMappings"] = [maps("$.context.name", "$.input.name")]
        dag = a_dag("stamps", task)

        ended = desk.run(dag, {"name": "Ann"})

    assert ended["output"]["said"] == {"stamped": "office/red", "for": "Ann"}


def test_the_example_of_a_dispatcher_in_the_documentation_is_the_one_that_runs():
    page = ROOT.parent / "docs" / "dispatchers.md"
    code = (ROOT / "scenarios" / "stamps.py").read_text("utf-8")

    assert code.partition('"""\n\n')[2].strip() in page.read_text("utf-8")
