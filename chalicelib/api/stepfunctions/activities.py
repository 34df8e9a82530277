"""What can be done with activities? They are made, listed, and asked for work.

Rule 1  A task is given to one worker. What was answered, timed out or was stopped
        meanwhile is passed by.
Rule 2  A worker's request waits for a task, as long as API Gateway lets it.
Rule 3  A key that sees only some workflows sees the activities of such names.
"""

from __future__ import annotations

from chalicelib.api.stepfunctions.arns import require_name
from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.api.stepfunctions.express import TIME
from chalicelib.api.stepfunctions.face import Ask
from chalicelib.api.stepfunctions.lookup import KEPT
from chalicelib.api.stepfunctions.machines import require_encryption, tags_of
from chalicelib.errors import ActivityNotFound, TokenGone, TokenRefused
from chalicelib.journal.activities import Activity, WaitingTask
from chalicelib.tokens import Taken
from chalicelib.values import Json, compact

#: Seconds between two looks for a task: at first, and at most.
SOON, LATER = 0.1, 1.0
_ENCRYPTION = "encryptionConfiguration"


def create(ask: Ask) -> Json:
    """CreateActivity: the same again is the same one, its tags as they were."""
    name = ask.text("name")
    require_name(name)
    require_encryption(ask)
    ask.caller.require_workflow(name)
    about = {_ENCRYPTION: ask.given[_ENCRYPTION]} if _ENCRYPTION in ask.given else {}
    wanted = Activity(name=name, about=about, tags=tags_of(ask))
    found = ask.face.activities.create(wanted)
    if found.about != wanted.about:
        arn = ask.arns.activity(name)
        message = f"Activity Already Exists: '{arn}', with other encryption"
        raise Refused("ActivityAlreadyExists", message)
    return {
        "activityArn": ask.arns.activity(name),
        "creationDate": found.created_at,
    }


def find(ask: Ask, arn: str) -> Activity:
    """Return the activity that an ARN names.

    Raises:
        Refused: InvalidArn, or ActivityDoesNotExist.
        NotAuthorized: the key does not see it.
    """
    name = ask.arns.read_activity(arn)
    ask.caller.require_workflow(name)
    try:
        return ask.face.activities.find(name)
    except ActivityNotFound:
        message = f"Activity Does Not Exist: '{arn}'"
        raise Refused("ActivityDoesNotExist", message) from None


def describe(ask: Ask) -> Json:
    """DescribeActivity."""
    found = find(ask, ask.text("activityArn"))
    return {**_row(ask, found), _ENCRYPTION: KEPT[_ENCRYPTION], **found.about}


def _row(ask: Ask, activity: Activity) -> dict[str, Json]:
    return {
        "activityArn": ask.arns.activity(activity.name),
        "name": activity.name,
        "creationDate": activity.created_at,
    }


def list_activities(ask: Ask) -> Json:
    """ListActivities: those that the key sees, by name."""
    seen = [each for each in ask.face.activities.all() if ask.caller.sees(each.name)]
    page, rest = ask.page(seen, lambda each: each.name)
    return {"activities": [_row(ask, each) for each in page], **rest}


def delete(ask: Ask) -> Json:
    """DeleteActivity: one that is not there is fine; workers finish what they have."""
    name = ask.arns.read_activity(ask.text("activityArn"))
    ask.caller.require_workflow(name)
    ask.face.activities.delete(name)
    return {}


def get_task(ask: Ask) -> Json:
    """GetActivityTask: the task that has waited longest; nothing where none came."""
    arn, worker = ask.text("activityArn"), ask.text("workerName")
    clock = ask.service.clock
    ends_at, pause = clock.now() + TIME, SOON
    while True:
        name = find(ask, arn).name  # it may be deleted while the worker waits
        task = ask.face.activities.take(name, lambda each: _is_given(ask, each, worker))
        if task is not None:
            return {"taskToken": task.token, "input": compact(task.input)}
        if clock.now() + pause > ends_at:
            return {}
        clock.sleep(pause)
        pause = min(2 * pause, LATER)


def _is_given(ask: Ask, task: WaitingTask, worker: str) -> bool:
    """Whether the engine lets the worker have the task: it is open, and no one's."""
    try:
        claims = ask.service.claims(task.token)
        ask.service.orchestrator.report(claims, Taken(worker=worker))
    except (TokenGone, TokenRefused):
        return False
    return True
