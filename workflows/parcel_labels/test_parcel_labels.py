import json
from pathlib import Path

import pytest

from chalicelib.testing import run
from workflows.parcel_labels import labels

HERE = Path(labels.__file__).parent
FLOW = (HERE / "parcel_labels.yaml").read_text("utf-8")
ORDER = json.loads((HERE / "input.json").read_text("utf-8"))
PARCEL = ORDER["parcels"][0]


def done(*parcels):
    """Run the flow with a machine that prints as worker.py does."""
    functions = {"parcel-labels": labels.print_label}
    given = {"order": "B-7", "parcels": list(parcels)}
    return run(FLOW, given, functions=functions)


def test_each_parcel_has_a_label_in_the_order_of_the_parcels():
    parcels = [{**PARCEL, "number": number} for number in (3, 1, 2)]

    found = done(*parcels).output["parcels"]

    assert [each["number"] for each in found] == [3, 1, 2]
    assert len({each["code"] for each in found}) == 3


def test_a_parcel_that_nobody_can_carry_goes_by_freight():
    heavy = {**PARCEL, "number": 2, "weight": 40}

    first, second = done(PARCEL, heavy).output["parcels"]

    assert (first["by"], second["by"]) == ("parcel", "freight")
    assert "40 kg is more than 31.5 kg" in second["reason"]


def test_an_address_without_a_town_goes_back_to_the_customer():
    lost = {**PARCEL, "to": {**PARCEL["to"], "town": ""}}

    ended = done(PARCEL, lost)

    assert ended.output["order"] == "B-7"
    assert "where to? Missing: town" in ended.output["question"]


def test_a_machine_that_is_broken_fails_the_order():
    def broken(job):
        raise OSError("paper jam")

    ended = run(FLOW, ORDER, functions={"parcel-labels": broken})

    assert (ended.status, ended.error) == ("FAILED", "OSError")


@pytest.mark.parametrize("order", ["B-1", "B-2", "Ω"])
def test_a_number_is_an_sscc(order):
    code = labels.number_of(order, 1)

    assert len(code) == 18
    assert labels.check_digit(code[:-1]) == code[-1]


def test_the_bars_of_a_code_say_its_digits():
    drawn = list(labels.bars("14"))

    # 1 is wide in its first and last bar; begin and end are two bars each.
    assert [width for _, width in drawn] == [2, 2, 5, 2, 2, 2, 5, 5, 2]
    ends = [at + width for at, width in drawn]
    gaps = [at - end for (at, _), end in zip(drawn[1:], ends[:-1], strict=True)]
    # 4 is wide in its third and fifth gap.
    assert gaps == [2, 2, 2, 2, 5, 2, 5, 2]


def test_what_an_address_says_is_text_on_the_label():
    parcel = {**PARCEL, "to": {**PARCEL["to"], "name": "Smith & <Sons>"}}

    label = labels.print_label({"order": "B-1", "parcel": parcel})["label"]

    assert "Smith &amp; &lt;Sons&gt;" in label
