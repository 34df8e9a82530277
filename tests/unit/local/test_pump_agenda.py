from chalicelib.local.agenda import Agenda

LIMITS = {"steps": 10, "letters": 1}


def test_empty_agenda_has_nothing_due():
    assert Agenda().next_at() is None
    assert Agenda().take(9e9, LIMITS) is None


def test_ticket_is_not_taken_before_it_is_due():
    agenda = Agenda()
    agenda.add("steps", 10.0)

    assert agenda.next_at() == 10.0
    assert agenda.take(9.9, LIMITS) is None
    assert agenda.take(10.0, LIMITS) == ("steps", 1)
    assert agenda.next_at() is None


def test_tickets_of_one_name_are_taken_together_up_to_its_limit():
    agenda = Agenda()
    agenda.add("steps", 1.0, count=12)

    assert agenda.take(2.0, LIMITS) == ("steps", 10)
    assert agenda.take(2.0, LIMITS) == ("steps", 2)


def test_idle_hands_share_what_is_due():
    agenda = Agenda()
    agenda.add("steps", 1.0, count=10)

    assert agenda.take(2.0, LIMITS, hands=4) == ("steps", 3)


def test_tickets_that_are_not_due_yet_stay():
    agenda = Agenda()
    agenda.add("steps", 1.0)
    agenda.add("steps", 5.0)

    assert agenda.take(2.0, LIMITS) == ("steps", 1)
    assert agenda.next_at() == 5.0


def test_name_that_waits_longest_comes_first():
    agenda = Agenda()
    agenda.add("steps", 2.0)
    agenda.add("letters", 1.0)

    assert agenda.take(3.0, LIMITS) == ("letters", 1)
    assert agenda.take(3.0, LIMITS) == ("steps", 1)
