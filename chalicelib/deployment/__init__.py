"""A stage in somebody's own account: what it consists of, and how it gets there.

    compile   ``template``  what Chalice does not make: table, queues, bucket, alarms,
                            roles, and what it leaves out of its functions
    plan      ``package``   Chalice's package with it merged in, small and byte-compiled
    execute   ``stack``     upload, change set, wait; ``secrets`` beside it

``names`` says what things are called, ``permissions`` what each function may do, and
``alarms`` what wakes people. All of it runs on the machine of who deploys.
"""
