"""What a workflow is: values that formats make and the engine reads.

``workflow`` has the tree (Workflow, Scope, State and the work that holds scopes),
``work`` the other kinds of work, ``clauses`` what else a state says, ``expressions``
the nodes of data flow (``mappings``: Rill Flow's), ``error_names`` what each format
calls the errors that the platform itself raises, ``schema`` the check of an input,
``codec`` the JSON that a published version is kept as.
"""
