"""Where do step messages wait? In SQS, or in memory for tests and runs of one process.

Nothing is imported here, so that a run in memory never loads an AWS library.
"""
