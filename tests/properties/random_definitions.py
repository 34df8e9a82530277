"""Which definitions may an author write? Small ones of any shape, from a seed.

Their outcome does not depend on which of two things comes first: states read what came
before them, and no two failures are on their way at the same time.
"""

import random
from itertools import count

#: Seconds.
WAITS = (1, 40, 2000)


def echo(event):
    return event


def later(event):
    """A worker who answers after a while."""
    return {"heard": event["of"]}


def flaky(event):
    """Fails until it was asked often enough."""
    if event["made"] < event["fails"]:
        raise ConnectionError("not yet")
    return {"made": event["made"]}


def slow(event):
    return {"slowly": event["of"]}


later.takes = 20.0
slow.takes = 400.0
FUNCTIONS = {"echo": echo, "later": later, "flaky": flaky, "slow": slow}


def _chance(seed):
    return random.Random(seed)  # noqa: S311 - repeatable on purpose


def definition(seed):
    """An Amazon States Language definition."""
    return _Machine(_chance(seed)).scope(depth=2, length=4)


class _Machine:
    def __init__(self, chance):
        self._chance = chance
        self._names = (f"s{number}" for number in count())

    def scope(self, depth, length):
        states, named = [], {}
        for _ in range(self._chance.randint(1, length)):
            states.extend(self._states(depth))
        names = [next(self._names) for _ in states]
        for name, state, following in zip(names, states, [*names[1:], ""], strict=True):
            named[name] = state | self._edges(state, following)
        return {"StartAt": names[0], "States": named}

    def _edges(self, state, following):
        if state["Type"] == "Choice":
            state["Choices"][0]["Next"] = following
            return {"Default": following}
        for catcher in state.get("Catch", ()):
            catcher["Next"] = following
        return {"Next": following} if following else {"End": True}

    def _states(self, depth):
        """One state, or several that only make sense together."""
        kinds = [self._task, self._callback, self._flaky, self._wait, self._choice]
        if depth:
            kinds += [self._parallel, self._map, self._broken_map, self._cut]
        return self._chance.choice(kinds)(depth)

    def _task(self, _):
        name = self._chance.choice(["echo", "echo", "slow"])
        return [
            {
                "Type": "Task",
                "Resource": f"arn:aws:lambda:us-east-1:1:function:{name}",
                "Parameters": {"of.$": "$.n"},
                "ResultPath": f"$.{name}",
            }
        ]

    def _callback(self, _):
        return [
            {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Parameters": {
                    "FunctionName": "later",
                    "Payload": {"of.$": "$.n", "token.$": "$$.Task.Token"},
                },
                "TimeoutSeconds": 1_000_000,
                "ResultPath": "$.later",
            }
        ]

    def _flaky(self, _):
        fails = self._chance.randint(0, 3)
        return [
            {
                "Type": "Task",
                "Resource": "arn:aws:lambda:us-east-1:1:function:flaky",
                "Parameters": {"made.$": "$$.State.RetryCount", "fails": fails},
                "Retry": [{"ErrorEquals": ["ConnectionError"], "MaxAttempts": 2}],
                "Catch": [
                    {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failed"},
                ],
                "ResultPath": "$.flaky",
            },
            {"Type": "Pass"},
        ]

    def _wait(self, _):
        return [{"Type": "Wait", "Seconds": self._chance.choice(WAITS)}]

    def _choice(self, _):
        rule = {"Variable": "$.n", "NumericGreaterThan": self._chance.randint(0, 2)}
        return [
            {"Type": "Choice", "Choices": [rule]},
            {"Type": "Pass", "Result": 7, "ResultPath": "$.n"},
        ]

    def _parallel(self, depth):
        branches = [self.scope(depth - 1, 2) for _ in range(self._chance.randint(1, 3))]
        return [{"Type": "Parallel", "Branches": branches, "ResultPath": "$.parallel"}]

    def _items(self):
        items = [{"n": number} for number in range(self._chance.randint(0, 5))]
        return {"Type": "Pass", "Result": items, "ResultPath": "$.items"}

    def _map(self, depth, **facts):
        return [
            self._items(),
            {
                "Type": "Map",
                "ItemsPath": "$.items",
                "MaxConcurrency": self._chance.choice([0, 0, 1, 2]),
                "ItemProcessor": self.scope(depth - 1, 2),
                "ResultPath": "$.map",
            }
            | facts,
        ]

    def _broken_map(self, depth):
        """Some iterations fail, and that is tolerated."""
        items, each = self._map(depth, ToleratedFailurePercentage=100)
        each["ItemProcessor"] = self._breaking(each["ItemProcessor"], above=2)
        return [items, each]

    def _cut(self, depth):
        """One branch fails while the others wait for nobody; that is caught."""
        broken = self._breaking(self.scope(depth - 1, 1), above=-1)
        waits = self._chance.choice([{"Type": "Wait", "Seconds": 500_000}, None])
        other = waits or {**self._callback(depth)[0]}
        other.get("Parameters", {}).update(FunctionName="nobody")
        name = next(self._names)
        idle = {"StartAt": name, "States": {name: {**other, "End": True}}}
        caught = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.cut"}]
        return [
            {
                "Type": "Parallel",
                "Branches": [broken, idle],
                "Catch": caught,
                "ResultPath": "$.parallel",
            },
            {"Type": "Pass"},
        ]

    def _breaking(self, scope, above):
        """Put a Fail before a scope, for inputs above a number."""
        choice, fail = next(self._names), next(self._names)
        rule = {"Variable": "$.n", "NumericGreaterThan": above, "Next": fail}
        states = {
            choice: {"Type": "Choice", "Choices": [rule], "Default": scope["StartAt"]},
            fail: {"Type": "Fail", "Error": "Broken", "Cause": "on purpose"},
        }
        return {"StartAt": choice, "States": {**states, **scope["States"]}}


# -- Rill Flow ---------------------------------------------------------------------


def dag(seed):
    """A Rill Flow DAG: joins, skips, and fan-outs over a list."""
    chance = _chance(seed)
    names = [f"t{number}" for number in range(chance.randint(2, 6))]
    edges = {
        name: [other for other in names[at + 1 :] if chance.random() < 0.4]
        for at, name in enumerate(names)
    }
    tasks = [
        _dag_task(chance, name, names[:at], edges) for at, name in enumerate(names)
    ]
    for task in tasks:
        if edges[task["name"]]:
            task["next"] = ",".join(edges[task["name"]])
    return {"workspace": "w", "dagName": "any", "type": "flow", "tasks": tasks}


def _dag_task(chance, name, before, edges):
    above = [each for each in before if name in edges[each]]
    source = f"$.context.{chance.choice(above)}" if above else "$.context.n"
    task = {
        "name": name,
        "inputMappings": [{"source": source, "target": "$.input.of"}],
        "outputMappings": [{"source": "$.output", "target": f"$.context.{name}"}],
    }
    kind = chance.choice(["sync", "sync", "async", "each", "pass"])
    if kind == "pass":
        return {**task, "category": "pass"}
    if kind == "each":
        return _dag_foreach(chance, task)
    return {**task, **_function(kind)}


def _function(kind):
    path = "function/echo" if kind == "sync" else "async-function/later"
    return {
        "category": "function",
        "pattern": f"task_{kind}",
        "resourceName": f"http://gateway.openfaas:8080/{path}",
    }


def _dag_foreach(chance, task):
    inner = {
        "name": f"{task['name']}one",
        "inputMappings": [{"source": "$.context.item", "target": "$.input.of"}],
        "outputMappings": [{"source": "$.output", "target": "$.context.got"}],
        **_function(chance.choice(["sync", "async"])),
    }
    items = {"source": "$.context.items", "target": "$.input.items"}
    return {
        **task,
        "category": "foreach",
        "inputMappings": [*task["inputMappings"], items],
        "iterationMapping": {"collection": "$.input.items", "item": "item"},
        "tasks": [inner],
        "outputMappings": [
            {
                "source": "$.output.sub_context.[*].got",
                "target": f"$.context.{task['name']}",
            }
        ],
    }
