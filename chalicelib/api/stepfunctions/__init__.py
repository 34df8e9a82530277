"""How does a stage answer clients of Step Functions? As boto3 and the CLI expect it.

    request --routes--> actions --a row--> machines, executions, tasks, …

``face`` is what every action works with; docs/stepfunctions.md says what is there and
what differs. Nothing here is loaded before the first such request, but ``routes``.
"""
