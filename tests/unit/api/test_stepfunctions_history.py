"""Which events a history has, in the words and in the order of Step Functions."""

import pytest

from tests.unit.api.step_functions_history import a_map, fails, told, types
from tests.unit.api.step_functions_stage import a_machine, a_task

SUCCEED = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
FAIL = {"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "E", "Cause": "c"}}}
RESCUE = {"Type": "Pass", "End": True}
ONCE = [{"ErrorEquals": ["ValueError"], "MaxAttempts": 1}]
CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "Rescue"}]


def rescued(state):
    return a_machine({**state, "Catch": CATCH}, Rescue=RESCUE)


@pytest.mark.parametrize(
    ("definition", "value", "expected"),
    [
        pytest.param(
            a_machine({"Type": "Pass"}),
            {},
            "Started PassEntered PassExited Succeeded",
            id="pass",
        ),
        pytest.param(
            SUCCEED, {}, "Started SucceedEntered SucceedExited Succeeded", id="succeed"
        ),
        pytest.param(FAIL, {}, "Started FailEntered Failed", id="fail"),
        pytest.param(
            a_machine({"Type": "Wait", "Seconds": 5}),
            {},
            "Started WaitEntered WaitExited Succeeded",
            id="wait",
        ),
        pytest.param(
            a_machine(a_task("same")),
            {},
            "Started TaskEntered LambdaFunctionScheduled LambdaFunctionStarted "
            "LambdaFunctionSucceeded TaskExited Succeeded",
            id="function",
        ),
        pytest.param(
            a_machine(a_task("fails", Retry=ONCE)),
            {},
            "Started TaskEntered LambdaFunctionScheduled LambdaFunctionStarted "
            "LambdaFunctionFailed LambdaFunctionScheduled LambdaFunctionStarted "
            "LambdaFunctionFailed Failed",
            id="function that is tried again",
        ),
        pytest.param(
            rescued(a_task("fails")),
            {},
            "Started TaskEntered LambdaFunctionScheduled LambdaFunctionStarted "
            "LambdaFunctionFailed TaskExited PassEntered PassExited Succeeded",
            id="function that is caught",
        ),
        pytest.param(
            a_machine(a_task("slow", TimeoutSeconds=2)),
            {},
            "Started TaskEntered LambdaFunctionScheduled LambdaFunctionStarted "
            "LambdaFunctionTimedOut Failed",
            id="function that is too slow",
        ),
        pytest.param(
            a_machine(a_map({"Type": "Pass"})),
            [1, 2],
            "Started MapEntered MapStarted "
            "MapIterationStarted PassEntered PassExited MapIterationSucceeded "
            "MapIterationStarted PassEntered PassExited MapIterationSucceeded "
            "MapSucceeded MapExited Succeeded",
            id="map",
        ),
        pytest.param(
            a_machine(a_map({"Type": "Pass"})),
            [],
            "Started MapEntered MapStarted MapSucceeded MapExited Succeeded",
            id="map of nothing",
        ),
        pytest.param(
            a_machine({"Type": "Map", "ItemProcessor": FAIL}),
            [1],
            "Started MapEntered MapStarted MapIterationStarted FailEntered "
            "MapIterationFailed MapFailed Failed",
            id="map that fails",
        ),
        pytest.param(
            rescued({"Type": "Map", "ItemProcessor": FAIL}),
            [1],
            "Started MapEntered MapStarted MapIterationStarted FailEntered "
            "MapIterationFailed MapFailed MapExited PassEntered PassExited Succeeded",
            id="map that is caught",
        ),
        pytest.param(
            a_machine(
                {
                    "Type": "Map",
                    "ItemProcessor": FAIL,
                    "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1}],
                }
            ),
            [1],
            "Started MapEntered MapStarted MapIterationStarted FailEntered "
            "MapIterationFailed MapStarted MapIterationStarted FailEntered "
            "MapIterationFailed MapFailed Failed",
            id="map that is tried again",
        ),
        pytest.param(
            a_machine(
                {"Type": "Map", "ItemProcessor": FAIL, "ToleratedFailureCount": 1}
            ),
            [1],
            "Started MapEntered MapStarted MapIterationStarted FailEntered "
            "MapIterationFailed MapSucceeded MapExited Succeeded",
            id="map that tolerates",
        ),
        pytest.param(
            rescued(a_map(a_task("fails"))),
            [1],
            "Started MapEntered MapStarted MapIterationStarted TaskEntered "
            "LambdaFunctionScheduled LambdaFunctionStarted LambdaFunctionFailed "
            "MapIterationFailed MapFailed MapExited PassEntered PassExited Succeeded",
            id="map of functions that is caught",
        ),
        pytest.param(
            a_machine({"Type": "Parallel", "Branches": [SUCCEED]}),
            {},
            "Started ParallelEntered ParallelStarted SucceedEntered SucceedExited "
            "ParallelSucceeded ParallelExited Succeeded",
            id="parallel",
        ),
        pytest.param(
            a_machine({"Type": "Parallel", "Branches": [FAIL]}),
            {},
            "Started ParallelEntered ParallelStarted FailEntered ParallelFailed Failed",
            id="parallel that fails",
        ),
        pytest.param(
            a_machine(
                {
                    "Type": "Parallel",
                    "Branches": [
                        {
                            "StartAt": "Sleep",
                            "States": {
                                "Sleep": {"Type": "Wait", "Seconds": 60, "End": True}
                            },
                        },
                        {
                            "StartAt": "Call",
                            "States": {"Call": {**a_task("fails"), "End": True}},
                        },
                    ],
                }
            ),
            {},
            "Started ParallelEntered ParallelStarted WaitEntered TaskEntered "
            "LambdaFunctionScheduled LambdaFunctionStarted LambdaFunctionFailed "
            "TaskAborted WaitAborted ParallelFailed Failed",
            id="parallel with a branch that is broken off",
        ),
        pytest.param(
            a_machine(a_map({"Type": "Wait", "SecondsPath": "$"}))
            | {"TimeoutSeconds": 5},
            [60],
            "Started MapEntered MapStarted MapIterationStarted WaitEntered TimedOut",
            id="map that is out of time",
        ),
    ],
)
def test_events_are_those_of_the_service_in_its_order(definition, value, expected):
    def slow(event):
        return event

    slow.takes = 10
    functions = {"same": lambda event: event, "fails": fails, "slow": slow}
    assert types(told(definition, value, functions)) == expected
