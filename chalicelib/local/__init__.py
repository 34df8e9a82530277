"""A whole stage in one process, without an account: see ``stage``."""
