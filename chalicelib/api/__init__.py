"""How does the outside talk to a stage? One service, thin faces.

    request --routes--> Call --auth--> verb --service--> orchestrator, journal, meter
                                         |
                                         +--> Reply, or an error --problems--> response

A face is a table of routes (``v1.ROUTES``, ``tasks.ROUTES``) whose verbs translate a
``Call`` into a word of the ``Service`` and its answer into JSON. ``openapi`` draws the
same tables for machines. ``current`` is the one place where a service is found.
The engine's own face is in this folder; ``stepfunctions``, ``cloudflow`` and
``rillflow`` answer the clients of the services whose languages the engine speaks.

Only routes live here. Event handlers are in ``app.py``: Chalice deploys a handler of a
Blueprint under its own module and never imports the app for it.
"""
