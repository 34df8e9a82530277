"""A stage for the stories of a file: its handlers, queue, table and HTTP are real."""

import pytest

from tests.scenarios.desk import a_desk


@pytest.fixture(scope="module")
def desk():
    with a_desk() as made:
        yield made
