"""The page for who runs a stage keeps up with the stage."""

import re
from pathlib import Path

from chalicelib.deployment import alarms
from chalicelib.deployment.names import Names

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "operations.md").read_text("utf-8")


def test_every_alarm_has_a_heading_that_says_what_to_do():
    made = alarms.alarms(Names(stage="dev"))
    names = {name for name in made if name.endswith("Alarm")}
    headings = re.findall(r"^### (\w+)$", PAGE, re.MULTILINE)
    assert sorted(headings) == sorted(names)


def test_the_costs_are_those_that_were_measured():
    measured = (DOCS / "performance.md").read_text("utf-8")
    section = PAGE.partition("## Cost")[2].partition("Lambda's own")[0]
    figures = re.findall(r"\| (\d+\.\d+) \|", section)
    assert len(figures) == 4
    assert [each for each in figures if f"| {each} |" not in measured] == []
