"""Where is what must not be forgotten? Items in a table, large values in blobs.

    memory, dynamodb    the table: items under (partition, sort), with a fence
    attributes          an item <-> DynamoDB's wire form, pure
    blobs, s3           large values by name

The memory twins ship: tests, the simulator and ``chalicelib.testing`` run on them, and
one contract suite judges both kinds. Nothing is imported here, so that a run in memory
never loads an AWS library.
"""
