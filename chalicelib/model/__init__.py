"""What a workflow is: values that formats make and the engine reads.

``workflow`` has the tree (Workflow, Scope, State and the kinds of work),
``expressions`` the nodes of data flow, ``error_names`` what each format calls the
errors that the platform itself raises, ``schema`` the check of an input, ``codec``
the JSON that a published version is kept as.
"""
