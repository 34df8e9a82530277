"""What is remembered, and how it is laid into a table.

``scopes`` is the journal proper: records of scopes behind a fence. ``records`` makes
bytes of a record, ``values`` keeps large values once (``parcels`` says which), ``keys``
says under which key what lies, ``archive`` has what people ask for (executions,
definitions), ``story`` tells an execution's history.
"""
