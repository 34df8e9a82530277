import threading
from concurrent.futures import ThreadPoolExecutor

from chalicelib.local.clients import Clients


class FakeAws:
    """Notes how many calls were inside at the same time."""

    exceptions = ("NoSuchKey",)
    region = "here"

    def __init__(self):
        self.inside = 0
        self.most = 0

    def send_message(self, **arguments):
        self.inside += 1
        self.most = max(self.most, self.inside)
        threading.Event().wait(0.001)
        self.inside -= 1
        return {}

    def send_message_batch(self, **arguments):
        return {"Successful": [{"Id": "a"}], "Failed": [{"Id": "b"}]}


def some_clients(heard=None, **facts):
    aws = FakeAws()
    heard = [] if heard is None else heard
    clients = Clients(
        lambda service: aws, on_sent=lambda *what: heard.append(what), **facts
    )
    return aws, clients


def test_calls_of_many_threads_go_in_one_at_a_time():
    aws, clients = some_clients()

    with ThreadPoolExecutor(8) as threads:
        list(
            threads.map(lambda _: clients("sqs").send_message(QueueUrl="q"), range(24))
        )

    assert aws.most == 1


def test_sent_message_is_announced_with_its_delay():
    heard = []
    _, clients = some_clients(heard)

    clients("sqs").send_message(QueueUrl="q")
    clients("sqs").send_message(QueueUrl="q", DelaySeconds=7)

    assert heard == [("q", 0), ("q", 7)]


def test_only_the_accepted_part_of_a_batch_is_announced():
    heard = []
    _, clients = some_clients(heard)
    entries = [{"Id": "a", "DelaySeconds": 3}, {"Id": "b"}]

    clients("sqs").send_message_batch(QueueUrl="q", Entries=entries)

    assert heard == [("q", 3)]


def test_other_services_announce_nothing():
    heard = []
    _, clients = some_clients(heard)

    clients("dynamodb").send_message(QueueUrl="q")

    assert heard == []


def test_what_is_not_a_call_passes_through():
    _, clients = some_clients()

    assert clients("s3").region == "here"
    assert clients("s3").exceptions == ("NoSuchKey",)


def test_client_is_made_once():
    _, clients = some_clients()

    assert clients("s3") is clients("s3")


def test_stand_in_takes_the_place_of_a_client():
    lambdas = object()
    _, clients = some_clients(stand_ins={"lambda": lambda _client: lambdas})

    assert clients("lambda", read_timeout=5, attempts=1) is lambdas
