"""What an answer says about itself."""

import pytest

from chalicelib.expressions.invoke_message import invoke_message


@pytest.mark.parametrize(
    ("output", "found"),
    [
        (None, {}),
        ([{"code": 1}], {}),
        ({"code": 1, "msg": "m"}, {"code": "1", "msg": "m"}),
        (
            {"code": 1, "error_code": 2, "error_msg": "e", "msg": "m"},
            {"code": "2", "msg": "e"},
        ),
        ({"invoke_id": "i", "msg": {"no": "text"}}, {"invoke_id": "i"}),
        (
            {"data": {"execution_id": "a:b_c_1"}},
            {"referenced_dag_execution_id": "a:b_c_1"},
        ),
        ({"code": 1, "data": {"code": 2}}, {"code": "2"}),
        ({"code": 1, "data": [1]}, {"code": "1"}),
    ],
)
def test_code_message_and_ids_are_found_in_the_answer_and_in_its_data(output, found):
    assert invoke_message(output) == found
