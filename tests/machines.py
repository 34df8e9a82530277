"""Small state machines in the Amazon States Language, put together in a line each.

    machine(task("echo"), parallel([task("echo")], [wait(30)]), task("echo"))

Names are given in order: ``s0``, ``s1`` … at the top, longer ones further in. ``NEXT``
in a Catch is the state that follows.
"""

ROLE = "arn:aws:lambda:us-east-1:123456789012:function"
NEXT = "the state that follows"


def machine(*states, **facts):
    """A definition of states that follow each other."""
    return {**_chain(states, "s"), **facts}


def _chain(states, prefix):
    names = [f"{prefix}{number}" for number in range(len(states))]
    named = {}
    for at, (name, state) in enumerate(zip(names, states, strict=True)):
        named[name] = _placed(state, name, *names[at + 1 : at + 3])
    return {"StartAt": names[0], "States": named}


def _placed(state, name, following="", beyond=""):
    """Give a state its place: names inside of it, and where it leads."""
    placed = dict(state)
    if "Branches" in placed:
        placed["Branches"] = [
            _chain(branch, f"{name}_{number}_")
            for number, branch in enumerate(placed["Branches"])
        ]
    if "ItemProcessor" in placed:
        placed["ItemProcessor"] = _chain(placed["ItemProcessor"], f"{name}_")
    if "Catch" in placed:
        placed["Catch"] = [{**each, "Next": following} for each in placed["Catch"]]
    if placed["Type"] == "Choice":
        rule = {**placed["Choices"][0], "Next": following}
        return {**placed, "Choices": [rule], "Default": beyond}
    if placed["Type"] in ("Fail", "Succeed"):
        return placed
    return placed | ({"Next": following} if following else {"End": True})


def task(function="echo", **facts):
    return {"Type": "Task", "Resource": f"{ROLE}:{function}", **facts}


def callback(function="later", **facts):
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": function,
            "Payload": {"of.$": "$", "token.$": "$$.Task.Token"},
        },
        **facts,
    }


def workflow(name, **facts):
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {
            "StateMachineArn": f"arn:aws:states:us-east-1:1:stateMachine:{name}",
            "Input": {"from": "above"},
        },
        "ResultSelector": {"below.$": "$.Output"},
        **facts,
    }


def wait(seconds):
    return {"Type": "Wait", "Seconds": seconds}


def passes(value=None):
    return {"Type": "Pass"} | ({} if value is None else {"Result": value})


def fail(error="Broken"):
    return {"Type": "Fail", "Error": error, "Cause": "on purpose"}


def only(number):
    """Lead to the next state when the input is ``number``, past it when it is not."""
    rule = {"Variable": "$", "NumericEquals": number}
    return {"Type": "Choice", "Choices": [rule]}


def parallel(*branches, **facts):
    return {"Type": "Parallel", "Branches": branches, **facts}


def each(*states, limit=0, **facts):
    """A Map over its input."""
    return {
        "Type": "Map",
        "MaxConcurrency": limit,
        "ItemProcessor": states,
        **facts,
    }


CAUGHT = {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": NEXT}]}


def retried(times, interval=1):
    clause = {"ErrorEquals": ["States.ALL"], "MaxAttempts": times}
    return {"Retry": [{**clause, "IntervalSeconds": interval}]}


# -- functions ---------------------------------------------------------------------


def echo(event):
    return event


def later(event):
    """A worker who answers after a while."""
    return {"heard": event["of"]}


def slow(event):
    return {"slowly": event}


def bad(event):
    raise ValueError("no")


def large(event):
    return {"text": "long " * 2000, "of": event}


later.takes = 20.0
slow.takes = 400.0
FUNCTIONS = {
    "echo": echo,
    "later": later,
    "slow": slow,
    "bad": bad,
    "large": large,
}
