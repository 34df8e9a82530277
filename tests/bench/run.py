"""``make bench``: measures, prints, and writes docs/performance.md."""

import os
import platform
from collections.abc import Iterable, Sequence
from itertools import chain

from chalicelib.cli.text import table
from tests.bench.cold import cold_starts
from tests.bench.figures import figures
from tests.bench.measuring import ROOT
from tests.bench.units import rows

PAGE = ROOT / "docs" / "performance.md"
#: What is between the two lines of one name is written here, the rest by people.
BEGINS, ENDS = "<!-- {}: made by make bench -->", "<!-- end of {} -->"
EMPTY_PAGE = """\
# Performance

What things use, counted by the meter at list prices of us-east-1:

{units}

What things take, measured on one machine; the least of several tries:

{figures}
"""


def main() -> None:
    """Measure, print and write."""
    used = [
        (
            each.what,
            f"{each.writes:.2f}",
            f"{each.messages:.2f}",
            _price(each.usd),
            each.budget,
        )
        for each in rows()
    ]
    heads = ("one …", "write units", "messages", "USD a million", "budget")
    print(*table(heads, used, right=(1, 2, 3)), "", sep="\n")
    print(f"{_machine()}:")
    measured = []
    for figure in chain(figures(), cold_starts()):
        measured.append((figure.what, figure.value, figure.budget))
        print(
            f"{figure.what:<62}  {figure.value:>14}  budget {figure.budget}", flush=True
        )
    _write("units", _markdown(heads, used))
    what = ("what", "measured", "budget")
    _write("figures", f"{_machine()}\n\n{_markdown(what, measured)}")


def _price(usd: float) -> str:
    return f"{usd * 1e6:.2f}"


def _machine() -> str:
    python, cores = platform.python_version(), os.cpu_count()
    return f"CPython {python}, {cores} cores, {platform.machine()}"


def _markdown(heads: Sequence[str], rows_: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows_]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _write(name: str, content: str) -> None:
    begins, ends = BEGINS.format(name), ENDS.format(name)
    page = _page()
    before, _, rest = page.partition(begins)
    _, _, after = rest.partition(ends)
    PAGE.write_text(f"{before}{begins}\n{content}\n{ends}{after}", encoding="utf-8")


def _page() -> str:
    if PAGE.exists():
        return PAGE.read_text(encoding="utf-8")
    parts = {
        name: f"{BEGINS.format(name)}\n{ENDS.format(name)}"
        for name in ("units", "figures")
    }
    return EMPTY_PAGE.format(**parts)


if __name__ == "__main__":
    main()
