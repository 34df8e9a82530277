"""How is this stage set up? Read once, from environment variables.

    TABLE, BUCKET, STEP_QUEUE_URL, TOKEN_KEYS               must be there
    DEAD_LETTER_QUEUE_URL, CALLBACK_URL                     where they exist
    STAGE, STACK, STEP_QUEUE, DEAD_LETTER_QUEUE             names, with defaults
    ACCESS_SECRET                                           access keys come from it
    EVENT_BUS, WEBHOOKS                                     told of every execution
    WEBHOOK_SECRETS                                         notices are signed with them
    ACCESS_KEYS                                             keys besides the table's
    ACCOUNT, REGION                                         what ARNs say
    LIMITS, HTTP_ALLOW, HTTP_HOSTS, DISPATCHERS             lists, comma-separated
    FUNCTION_RULE, QUEUE_RULE                               names for CloudFlow's
    ALIBABA_KEY, ALIBABA_PLACE                              Function Compute is called
    FUNCTION_ENDPOINT, FUNCTION_DESTINATION                 at it, told by it
    PARTIAL_BATCH, METRICS, ALLOW_UNSIGNED_TRIGGERS         1 or 0
    LOG_FORMAT, LOG_LEVEL                                   see ``logs``

``docs/api.md`` says what each is for. A value that cannot be read is never shown: it
may be a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from chalicelib.alibaba import AlibabaAccount
from chalicelib.frozen import dataclass
from chalicelib.model.arns import Naming
from chalicelib.ports import Limits
from chalicelib.variables import InlineKey, SettingRefused, Variables

__all__ = ["InlineKey", "QueueNames", "SettingRefused", "Settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one stage consists of, and what it allows."""

    table: str
    #: For values too large for the table.
    bucket: str
    step_queue_url: str
    dead_letter_queue_url: str = ""
    stage: str = "dev"
    #: Names this deployment; task tokens of another one are foreign.
    stack: str = "millrace-dev"
    #: Where callbacks arrive, without a slash at the end: ``https://host/api``.
    callback_url: str = ""
    #: By key id.
    token_keys: Mapping[str, bytes] = field(repr=False)
    #: The key id that new task tokens are signed with.
    token_key: str
    access_keys: tuple[InlineKey, ...] = ()
    #: What the secrets of access keys are derived from; empty: none are.
    access_secret: bytes = field(default=b"", repr=False)
    #: What notices are signed with, the current one first; none: they are not.
    webhook_secrets: tuple[bytes, ...] = field(default=(), repr=False)
    #: Event bus and URLs that are told of every execution.
    announced: tuple[str, ...] = ()
    #: What ARNs of this stage say.
    account: str = "000000000000"
    region: str = "us-east-1"
    limits: Limits = field(default_factory=Limits)
    #: The queue's mapping has ReportBatchItemFailures.
    partial_batch: bool = False
    #: What is counted is written to standard output, where CloudWatch reads it.
    metrics: bool = False
    #: Rill Flow's callbacks are taken without a token and without a key.
    allow_unsigned_triggers: bool = False
    #: Hosts and networks, private ones too, that HTTP tasks may reach.
    http_allow: tuple[str, ...] = ()
    #: Host names with the address to use instead of asking DNS.
    http_hosts: Mapping[str, str] = field(default_factory=dict)
    #: Dotted names of the stage's own dispatchers, by scheme.
    dispatchers: Mapping[str, str] = field(default_factory=dict)
    #: What stands for a function of Function Compute: ``{service}``, ``{function}``.
    function_rule: str = "{service}-{function}"
    #: What stands for a queue or a topic of MNS: ``{name}``.
    queue_rule: str = "{name}"
    #: Whose functions are called in Function Compute; None: Lambda's stand for them.
    alibaba: AlibabaAccount | None = None

    @property
    def naming(self) -> Naming:
        """What executions and workflows are called where authors see ARNs."""
        return Naming(prefix=f"arn:aws:states:{self.region}:{self.account}")

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Settings:
        """Return what ``environ`` says.

        Raises:
            SettingRefused: a variable is missing or cannot be read.
        """
        read = Variables(environ)
        keys = read.token_keys()
        stage = read.text("STAGE", "dev")
        return cls(
            table=read.required("TABLE", "the name of the DynamoDB table"),
            bucket=read.required("BUCKET", "the name of an S3 bucket"),
            step_queue_url=read.required("STEP_QUEUE_URL", "the URL of an SQS queue"),
            dead_letter_queue_url=read.text("DEAD_LETTER_QUEUE_URL"),
            stage=stage,
            stack=read.text("STACK", f"millrace-{stage}"),
            callback_url=read.url("CALLBACK_URL"),
            token_keys=keys,
            token_key=next(iter(keys)),
            access_keys=read.access_keys(),
            access_secret=read.secret("ACCESS_SECRET"),
            webhook_secrets=read.webhook_secrets(),
            announced=read.announced(),
            account=read.account(),
            region=read.text("REGION", read.text("AWS_REGION", "us-east-1")),
            limits=read.limits(),
            partial_batch=read.flag("PARTIAL_BATCH"),
            metrics=read.flag("METRICS", "AWS_LAMBDA_FUNCTION_NAME" in environ),
            allow_unsigned_triggers=read.flag("ALLOW_UNSIGNED_TRIGGERS"),
            http_allow=read.names("HTTP_ALLOW"),
            http_hosts=read.pairs("HTTP_HOSTS", "host=address"),
            dispatchers=read.pairs("DISPATCHERS", "scheme=package.module:Class"),
            function_rule=read.rule("FUNCTION_RULE", service="", function=""),
            queue_rule=read.rule("QUEUE_RULE", name=""),
            alibaba=read.alibaba(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNames:
    """What the handlers listen to; needed before anything else is known."""

    steps: str
    dead_letters: str

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> QueueNames:
        """Return the names that Chalice subscribes the handlers to."""
        read = Variables(environ)
        prefix = read.text("STACK", f"millrace-{read.text('STAGE', 'dev')}")
        return cls(
            steps=read.text("STEP_QUEUE", f"{prefix}-steps"),
            dead_letters=read.text("DEAD_LETTER_QUEUE", f"{prefix}-dead-letters"),
        )
