import pytest

from chalicelib.model.error_names import (
    CAUSES,
    NEVER_CAUGHT,
    TABLES,
    TASK_FAILED,
    WILDCARDS,
    Kind,
)


@pytest.mark.parametrize("language", TABLES)
def test_every_language_names_every_error_of_the_platform(language):
    names = TABLES[language]

    assert set(names) == set(Kind)
    assert all(names.values())


@pytest.mark.parametrize("language", TABLES)
def test_every_language_has_a_clause_for_everything_and_its_causes(language):
    assert WILDCARDS[language]
    assert set(CAUSES[language]) <= set(Kind)


def test_no_error_is_called_as_a_clause_for_many_is():
    names = {name for table in TABLES.values() for name in table.values()}

    assert not names & set(WILDCARDS.values())


def test_the_exceptions_to_clauses_are_names_of_the_amazon_states_language():
    names = set(TABLES["asl"].values())

    assert NEVER_CAUGHT | {TASK_FAILED} <= names
