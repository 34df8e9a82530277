"""How does a stage answer clients of CloudFlow? As the official SDK expects it.

    request --routes--> operations --a row--> flows, executions, schedules, …

``face`` is what every operation works with; docs/cloudflow-api.md says what is there
and what differs. Nothing here is loaded before the first such request, but ``routes``.
"""
