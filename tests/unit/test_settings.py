"""How a stage is set up, and what is said when it is set up wrongly."""

import base64
from base64 import b64decode

import pytest

from chalicelib.alibaba import AlibabaAccount
from chalicelib.ports import Limits
from chalicelib.settings import InlineKey, QueueNames, SettingRefused, Settings

KEY = base64.b64encode(b"k" * 32).decode()
DIGEST = "0" * 64
LEAST = {
    "TABLE": "millrace",
    "BUCKET": "millrace-values",
    "STEP_QUEUE_URL": "https://sqs/1/steps",
    "TOKEN_KEYS": f"k1:{KEY}",
}


def test_four_variables_are_enough():
    settings = Settings.of(LEAST)
    assert settings == Settings(
        table="millrace",
        bucket="millrace-values",
        step_queue_url="https://sqs/1/steps",
        token_keys={"k1": b"k" * 32},
        token_key="k1",
    )


def test_every_variable_is_read():
    other = base64.b64encode(b"o" * 40).decode()
    settings = Settings.of(
        LEAST
        | {
            "BUCKET": "values",
            "DEAD_LETTER_QUEUE_URL": "https://sqs/1/dead",
            "STAGE": "prod",
            "CALLBACK_URL": "https://x.test/api/",
            "TOKEN_KEYS": f"k2:{other}, k1:{KEY}",
            "ACCESS_KEYS": f"ops:{DIGEST}:read+operate, dev::admin",
            "ACCESS_SECRET": other,
            "ACCOUNT": "123456789012",
            "REGION": "eu-west-1",
            "LIMITS": "depth=3, task_timeout=1.5",
            "PARTIAL_BATCH": "1",
            "ALLOW_UNSIGNED_TRIGGERS": "true",
            "HTTP_ALLOW": "10.0.0.0/8, faas.test",
            "HTTP_HOSTS": "faas.test=10.1.2.3",
            "DISPATCHERS": "grpc=ours.grpc:Dispatcher",
        }
    )
    assert settings == Settings(
        table="millrace",
        bucket="values",
        step_queue_url="https://sqs/1/steps",
        dead_letter_queue_url="https://sqs/1/dead",
        stage="prod",
        stack="millrace-prod",
        callback_url="https://x.test/api",
        token_keys={"k2": b"o" * 40, "k1": b"k" * 32},
        token_key="k2",
        access_keys=(
            InlineKey(id="ops", digest=DIGEST, scopes=("read", "operate")),
            InlineKey(id="dev", digest="", scopes=("admin",)),
        ),
        access_secret=b"o" * 40,
        account="123456789012",
        region="eu-west-1",
        limits=Limits(depth=3, task_timeout=1.5),
        partial_batch=True,
        allow_unsigned_triggers=True,
        http_allow=("10.0.0.0/8", "faas.test"),
        http_hosts={"faas.test": "10.1.2.3"},
        dispatchers={"grpc": "ours.grpc:Dispatcher"},
    )


def test_an_empty_variable_is_as_good_as_none():
    assert Settings.of(LEAST | {"STAGE": " ", "LIMITS": ""}).stage == "dev"


@pytest.mark.parametrize("name", sorted(LEAST))
def test_a_missing_variable_is_named_with_what_belongs_there(name):
    without = {key: value for key, value in LEAST.items() if key != name}
    with pytest.raises(SettingRefused, match=f"{name} is missing: expected .+"):
        Settings.of(without)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("TOKEN_KEYS", "k1", id="key id without a key"),
        pytest.param("TOKEN_KEYS", "k1:c2hvcnQ=", id="key too short"),
        pytest.param("TOKEN_KEYS", "k1:***", id="key not base64"),
        pytest.param("TOKEN_KEYS", f"k.1:{KEY}", id="key id with a dot"),
        pytest.param("TOKEN_KEYS", f"k1:{KEY},k1:{KEY}", id="two keys, one id"),
        pytest.param("CALLBACK_URL", "x.test/api", id="URL without scheme"),
        pytest.param("PARTIAL_BATCH", "perhaps", id="neither yes nor no"),
        pytest.param("HTTP_HOSTS", "faas.test", id="host without address"),
        pytest.param("DISPATCHERS", "=ours:Grpc", id="no scheme"),
        pytest.param("LIMITS", "speed=1", id="no such limit"),
        pytest.param("LIMITS", "depth=deep", id="limit that is no number"),
        pytest.param("LIMITS", "depth=1.5", id="half a level"),
        pytest.param("ACCESS_KEYS", "ops:secret:read", id="secret instead of digest"),
        pytest.param("ACCESS_KEYS", f"ops:{DIGEST}", id="key without scopes"),
        pytest.param("ACCESS_SECRET", "c2hvcnQ=", id="secret too short"),
        pytest.param("WEBHOOK_SECRETS", KEY, id="webhook secret without whsec_"),
        pytest.param("WEBHOOK_SECRETS", "whsec_c2hvcnQ=", id="webhook secret short"),
        pytest.param("WEBHOOK_SECRETS", f"whsec_{KEY * 4}", id="webhook secret long"),
        pytest.param("ACCOUNT", "12345", id="no account number"),
        pytest.param("ACCESS_KEYS", f"ops:{DIGEST}:", id="empty scopes"),
        pytest.param("ACCESS_KEYS", f"ops:{DIGEST}:read:x", id="a part too many"),
    ],
)
def test_a_wrong_variable_is_named_and_its_value_is_not_shown(name, value):
    with pytest.raises(SettingRefused) as caught:
        Settings.of(LEAST | {name: value})
    assert caught.value.name == name
    assert caught.value.expected
    assert value not in str(caught.value)


def test_webhook_secrets_are_base64_behind_their_prefix():
    found = Settings.of(LEAST | {"WEBHOOK_SECRETS": f"whsec_{KEY}, whsec_{KEY}"})
    assert found.webhook_secrets == (b64decode(KEY),) * 2
    assert KEY not in repr(found)


ALIBABA = {"ALIBABA_KEY": "ali:hush", "ALIBABA_PLACE": "cn-x:42"}


def test_function_compute_is_called_where_an_account_is_named():
    assert Settings.of(LEAST).alibaba is None
    assert Settings.of(LEAST | ALIBABA).alibaba == AlibabaAccount(
        key_id="ali",
        secret="hush",
        region="cn-x",
        id="42",
        endpoint="https://{account}.{region}.fc.aliyuncs.com",
    )


def test_function_compute_may_be_elsewhere_and_tell_of_ends():
    other = {"FUNCTION_ENDPOINT": "https://fc.x.test/", "FUNCTION_DESTINATION": "acs:x"}
    found = Settings.of(LEAST | ALIBABA | other).alibaba
    assert (found.endpoint, found.destination) == ("https://fc.x.test", "acs:x")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALIBABA_KEY", "alihush"),
        ("ALIBABA_KEY", "ali:"),
        ("ALIBABA_PLACE", ""),
        ("ALIBABA_PLACE", "42"),
        ("ALIBABA_PLACE", "cn-x:fortytwo"),
        ("ALIBABA_PLACE", "cn-x.evil/:42"),
        ("FUNCTION_ENDPOINT", "fc.x.test"),
        ("FUNCTION_ENDPOINT", "https://{service}.x.test"),
        ("FUNCTION_DESTINATION", "arn:aws:sqs:x:1:q"),
        ("FUNCTION_RULE", "{flow}"),
    ],
)
def test_a_wrong_account_of_alibaba_is_refused(name, value):
    with pytest.raises(SettingRefused) as caught:
        Settings.of(LEAST | ALIBABA | {name: value})
    assert caught.value.name == name


def test_secrets_do_not_appear_in_logs():
    assert "hush" not in repr(Settings.of(LEAST | ALIBABA))
    keyed = LEAST | {"ACCESS_KEYS": f"ops:{DIGEST}:read"}
    shown = repr(Settings.of(keyed))
    assert KEY not in shown
    assert "kkkk" not in shown
    assert DIGEST not in shown


def test_queues_are_named_after_the_stage():
    assert QueueNames.of({"STAGE": "prod"}) == QueueNames(
        steps="millrace-prod-steps", dead_letters="millrace-prod-dead-letters"
    )


def test_queues_may_have_names_of_their_own():
    given = {"STEP_QUEUE": "s", "DEAD_LETTER_QUEUE": "d", "STACK": "x"}
    assert QueueNames.of(given) == QueueNames(steps="s", dead_letters="d")


def test_a_bus_and_urls_are_told_of_every_execution():
    told = {"EVENT_BUS": "orders", "WEBHOOKS": "https://a.example/1, http://b.example"}
    settings = Settings.of(LEAST | told)

    assert settings.announced == ("orders", "https://a.example/1", "http://b.example")


def test_a_webhook_is_a_url():
    with pytest.raises(SettingRefused, match="WEBHOOKS"):
        Settings.of(LEAST | {"WEBHOOKS": "orders"})


@pytest.mark.parametrize(
    ("environ", "writes"),
    [
        ({}, False),
        ({"METRICS": "1"}, True),
        ({"AWS_LAMBDA_FUNCTION_NAME": "on_step"}, True),
        ({"AWS_LAMBDA_FUNCTION_NAME": "on_step", "METRICS": "0"}, False),
    ],
)
def test_counts_are_written_in_lambda(environ, writes):
    assert Settings.of(LEAST | environ).metrics is writes
