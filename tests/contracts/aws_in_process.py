"""AWS as moto plays it in this process: one world for the tests of a module."""

from __future__ import annotations

from contextlib import contextmanager

import boto3
from moto import mock_aws

KEYS = {
    "region_name": "us-east-1",
    "aws_access_key_id": "testing",
    "aws_secret_access_key": "testing",
}


@contextmanager
def aws_clients(*services):
    """Give a client of each service; what they make is gone at the end."""
    with mock_aws():
        clients = [boto3.client(service, **KEYS) for service in services]
        yield clients
        for client in clients:
            client.close()


@contextmanager
def aws_client(service):
    """Give a client of one service."""
    with aws_clients(service) as (client,):
        yield client
