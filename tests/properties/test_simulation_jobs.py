"""A job that is looked at until it has ended, in any weather."""

import json
from itertools import count

import pytest

from chalicelib.simulation.trial import Trial

#: Every third look finds that the job has ended.
_looks = count(1)


def begin(event):
    return {"JobId": "j-1"}


def look(event):
    status = "RUNNING" if next(_looks) % 3 else "SUCCEEDED"
    return {"Jobs": [{"JobId": "j-1", "Status": status}]}


def a_job(**facts):
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::batch:submitJob.sync",
        "Parameters": {"JobName": "j", "JobDefinition": "d", "JobQueue": "q"},
        "End": True,
    }
    branches = [{"StartAt": name, "States": {name: task | facts}} for name in "AB"]
    both = {"Type": "Parallel", "Branches": branches, "End": True}
    machine = {"StartAt": "Both", "States": {"Both": both}}
    functions = {"batch:submitJob": begin, "batch:describeJobs": look}
    return Trial(json.dumps(machine), {}, functions=functions)


@pytest.mark.no_cover
@pytest.mark.parametrize("facts", [{}, {"TimeoutSeconds": 99999}], ids=["all", "time"])
def test_it_ends_alike_in_any_storm(facts):
    report = a_job(**facts).storms(range(8))

    assert not report.failed, str(report)


@pytest.mark.no_cover
def test_it_ends_alike_whatever_goes_wrong_once():
    report = a_job().every_fault()

    assert not report.failed, str(report)
    assert report.runs > 50
