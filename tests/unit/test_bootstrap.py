import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from types import SimpleNamespace

import pytest

from chalicelib import bootstrap
from chalicelib.journal.archive import Archive
from chalicelib.orchestrator import Orchestrator
from chalicelib.ports import Message
from chalicelib.scheduler import Scheduler
from chalicelib.settings import Settings

ROOT = Path(bootstrap.__file__).parents[1]
KEYS = b64encode(b"0" * 32).decode()
ENVIRON = {
    "TABLE": "stage-table",
    "STEP_QUEUE_URL": "https://queue.example/steps",
    "TOKEN_KEYS": f"k1:{KEYS}",
    "CALLBACK_URL": "https://stage.example/",
    "BUCKET": "stage-bucket",
}
PARTS = [
    bootstrap.clock,
    bootstrap.meter,
    bootstrap.table,
    bootstrap.queue,
    bootstrap.tokens,
    bootstrap.journal,
    bootstrap.orchestrator,
    bootstrap.scheduler,
]


ANSWERS = {
    "get_item": {},
    "query": {"Items": []},
    "send_message_batch": {},
    "delete_message": {},
}


class Aws:
    """Clients that note what they are asked."""

    def __init__(self):
        self.made = []
        self.asked = []

    def __call__(self, service):
        self.made.append(service)
        return SimpleNamespace(
            **{name: self.ask(name, answer) for name, answer in ANSWERS.items()}
        )

    def ask(self, name, answer):
        def asked(**request):
            self.asked.append((name, request))
            return answer

        return asked


@pytest.fixture
def aws():
    return Aws()


@pytest.fixture(autouse=True)
def stage(aws):
    """A stage whose settings and clients are given."""
    bootstrap.use(SimpleNamespace(settings=Settings.of(ENVIRON)), clients=aws)
    yield
    bootstrap.use()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_a_part_is_made_once(part):
    assert part() is part()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_a_part_is_made_anew_after_use(part, aws):
    before = part()
    bootstrap.use(SimpleNamespace(settings=Settings.of(ENVIRON)), clients=aws)
    assert part() is not before


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_a_part_that_was_brought_stands_in(part):
    brought = object()
    bootstrap.use(SimpleNamespace(**{part.__name__: brought}))
    assert part() is brought


def test_a_part_that_was_brought_is_used_by_the_others(aws):
    settings = Settings.of(ENVIRON)
    brought = SimpleNamespace(settings=settings, clock=SimpleNamespace(now=lambda: 7.0))
    bootstrap.use(brought, clients=aws)
    assert bootstrap.orchestrator().world.clock is brought.clock
    assert bootstrap.orchestrator().world.clock.now() == 7.0


def test_no_client_is_made_before_it_is_needed(aws):
    bootstrap.tokens()
    assert aws.made == []


def test_everything_speaks_to_the_clients_it_was_given(aws):
    assert bootstrap.table().get(("a", "b")) is None
    bootstrap.queue().send([Message(body={"x": "w:run-1"})])
    bootstrap.queue().delete(["receipt 1", "receipt 2"])

    assert [name for name, _ in aws.asked] == [
        "get_item",
        "send_message_batch",
        "delete_message",
        "delete_message",
    ]
    asked = dict(aws.asked)
    assert asked["get_item"]["TableName"] == "stage-table"
    assert asked["send_message_batch"]["QueueUrl"] == "https://queue.example/steps"
    assert asked["delete_message"]["ReceiptHandle"] == "receipt 2"


def test_what_is_sent_is_counted_for_its_execution():
    bootstrap.queue().send([Message(body={"x": "w:run-1"})])
    assert bootstrap.meter().bill("w:run-1").messages == 1


def test_what_people_look_at_is_not_a_cost_of_the_execution():
    assert bootstrap.journal().history("w:run-1") == []
    assert bootstrap.meter().bill("w:run-1").reads == 0
    assert bootstrap.meter().total().reads > 0


def test_the_parts_fit_together():
    world = bootstrap.orchestrator().world
    assert isinstance(bootstrap.orchestrator(), Orchestrator)
    assert isinstance(bootstrap.scheduler(), Scheduler)
    assert isinstance(bootstrap.journal(), Archive)
    assert (world.table, world.queue) == (bootstrap.table(), bootstrap.queue())
    assert world.callback_base == "https://stage.example"
    assert len({world.new_name() for _ in range(100)}) == 100
    assert 0 <= world.chance() < 1


def test_a_definition_of_any_format_is_compiled():
    text = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
    assert bootstrap.compile_definition(text, format="", name="orders").name == "orders"


def test_without_anything_given_all_is_the_environment_s_and_boto3_s():
    program = (
        "from chalicelib import bootstrap; "
        "print(bootstrap.settings().table, bootstrap.client('sqs').meta.region_name, "
        "bootstrap.client('sqs') is bootstrap.client('sqs'), "
        "bootstrap.client('lambda').meta.config.user_agent.split()[0])"
    )
    region = {"AWS_DEFAULT_REGION": "eu-west-1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**ENVIRON, **region},
        cwd=ROOT,
    )
    assert done.stdout.split() == ["stage-table", "eu-west-1", "True", "millrace"]


#: What takes long to load, and what few executions need.
LATE = "boto3 requests jsonpath_ng yaml http.server moto PIL chalicelib.formats.asl"


@pytest.mark.parametrize("module", ["chalicelib.bootstrap", "app"])
def test_what_takes_long_to_load_is_loaded_on_first_use(module):
    program = f"import sys, {module}; print(*sys.modules.keys() & set({LATE.split()}))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=ENVIRON,
        cwd=ROOT,
    )
    assert done.stdout.split() == []
