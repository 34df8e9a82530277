"""How does a stage answer clients of Rill Flow? At ``/flow/*.json``.

    request --routes--> rows --a row--> runs, descriptors, templates, …

``face`` is what every verb works with; docs/rillflow-api.md says what is there and what
differs. Nothing here is loaded before the first such request, but ``routes`` and what
it needs.
"""
