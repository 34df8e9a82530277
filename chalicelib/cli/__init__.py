"""The ``millrace`` command: a stage, by its URL, for people at a terminal.

    arguments   what was typed
    commands    one function per verb: asks the stage, says what came back
    client      HTTP to the stage, and its refusals
    follow      an execution as it runs: story -> progress lines and bar
    story       history events -> visits: which state ran when, and how it ended
    timeline, bill, text    visits, costs and facts as lines of words
    demo, dev   the two that bring a stage with them

Everything but ``demo`` and ``dev`` needs only HTTP, so it works against any stage.
"""
