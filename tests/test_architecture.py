"""The folder listing is the architecture: who may import whom, how large is what."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from chalicelib.engine.diagram import redrawn

PROJECT = Path(__file__).parents[1]
ROOT = PROJECT / "chalicelib"

CORE = {
    "frozen",
    "errors",
    "values",
    "schedules",
    "model",
    "expressions",
    "formats",
    "engine",
    "ports",
}
TWINS = {"stores", "queues"}
#: What any part may import: it knows nothing of workflows.
TOOLS = {"frozen"}
WIRED = CORE | {"journal", "orchestrator", "tokens", "logs", "metrics", "traces"}

#: What each part may import from chalicelib, besides itself.
MAY_IMPORT = {
    # -- pure core -----------------------------------------------------------------
    "frozen": set(),
    "errors": set(),
    "values": {"errors"},
    "schedules": {"errors", "values"},
    "model": {"errors", "values", "schedules"},
    "expressions": {"errors", "values", "model"},
    "formats": {"errors", "values", "model", "schedules"},
    "engine": {"errors", "values", "model", "expressions"},
    "ports": {"errors", "values", "model", "engine"},
    # -- where pure meets world ----------------------------------------------------
    "clock": set(),
    "acs3": set(),
    "alibaba": set(),
    "bell": CORE | {"journal"},
    "logs": set(),
    "traces": {"values"},
    "metrics": CORE,
    "variables": CORE | {"alibaba"},
    "settings": CORE | {"alibaba", "variables"},
    "tokens": CORE,
    "prices": CORE,
    "item_size": CORE,
    "rates": {"errors"},
    "aws_errors": {"errors"},
    "meter": CORE | {"item_size", "prices"},
    "journal": CORE,
    "orchestrator": CORE | {"journal", "tokens", "clock", "logs", "metrics", "traces"},
    # -- shells: siblings and strangers ----------------------------------------------
    "stores": CORE | {"aws_errors"},
    "queues": CORE | {"aws_errors"},
    "dispatchers": CORE | {"acs3", "alibaba", "traces"},
    "scheduler": WIRED | {"clock"},
    "pulse": WIRED | {"scheduler"},
    # An execution that is over before its request is: a stage of twins, made at once.
    "express": WIRED | TWINS,
    "parts": {"dispatchers"},
    "roles": set(),
    "means": WIRED
    | TWINS
    | {"clock", "settings", "meter", "parts", "rates", "aws_errors"},
    "bootstrap": WIRED
    | TWINS
    | {"clock", "bell", "settings", "dispatchers", "scheduler", "meter", "express"}
    | {"pulse", "parts", "means", "roles"},
    # -- what stands around ------------------------------------------------------------
    # Faces name what bootstrap hands them: heads, releases, reports, bills, keys.
    "api": CORE
    | {
        "acs3",
        "bootstrap",
        "orchestrator",
        "journal",
        "meter",
        "tokens",
        "prices",
        "settings",
        "express",
        "bell",
        "logs",
        "traces",
        "pulse",
        "rates",
    },
    "local": CORE
    | TWINS
    | {"bootstrap", "orchestrator", "dispatchers", "api", "clock", "settings"},
    "simulation": WIRED | TWINS | {"dispatchers", "scheduler", "meter"},
    "testing": CORE | {"simulation", "prices", "dispatchers"},
    # On the machine of who deploys; no function of a stage imports it.
    "deployment": CORE | {"stores"},
    "cli": CORE | {"bootstrap", "local", "clock", "deployment", "logs"},
    "__init__": set(),
    "__main__": {"cli"},
}

WORLD = {
    "boto3",
    "botocore",
    "chalice",
    "http.client",
    "os",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "threading",
    "time",
    "urllib",
    "uuid",
}

#: STYLE asks for 300 and 30; this is the alarm.
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def part_of(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def modules(parts=None):
    return [
        pytest.param(path, id=str(path.relative_to(ROOT)))
        for path in sorted(ROOT.rglob("*.py"))
        if parts is None or part_of(path) in parts
    ]


@cache
def tree(path):
    return ast.parse(path.read_text("utf-8"))


def imports(path, *, anywhere=True):
    """The names a module imports; those inside of functions only when asked for."""
    for node in ast.walk(tree(path)) if anywhere else at_import(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def at_import(node):
    """What runs when a module is imported, and what TYPE_CHECKING would."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from at_import(child)


# -- who may import whom ---------------------------------------------------------


#: Speak HTTP, and where: with whom the stage's policy allows, on this machine, or for
#: people at their desks.
SPEAK_HTTP = {"dispatchers/http.py", "local", "cli"}


def test_one_module_of_a_stage_speaks_http():
    libraries = {"urllib3", "requests", "aiohttp", "httpx"}
    found = {
        str(path.relative_to(ROOT)) if part_of(path) == "dispatchers" else part_of(path)
        for path in ROOT.rglob("*.py")
        for name in imports(path)
        if name.split(".")[0] in libraries or name.startswith("http.client")
    }

    assert found == SPEAK_HTTP


def test_every_part_is_on_the_map():
    assert {part_of(path) for path in ROOT.rglob("*.py")} <= set(MAY_IMPORT)


def test_every_part_is_in_the_map_that_is_read_first():
    drawn = set(re.findall(r"\w+", ast.get_docstring(tree(ROOT / "__init__.py"))))

    assert set(MAY_IMPORT) - {"__init__", "__main__"} <= drawn


def test_packages_lie_two_levels_deep_at_most():
    folders = {path.parent.relative_to(ROOT) for path in ROOT.rglob("*.py")}

    assert max(len(folder.parts) for folder in folders) <= 2


@pytest.mark.parametrize("path", modules())
def test_imports_follow_the_map(path):
    part = part_of(path)
    ours = {
        name.split(".")[1] for name in imports(path) if name.startswith("chalicelib.")
    }

    assert ours <= MAY_IMPORT[part] | {part} | TOOLS


@pytest.mark.parametrize("path", modules(CORE))
def test_the_core_does_not_touch_the_world(path):
    names = set(imports(path))

    assert not {name.split(".")[0] for name in names} & WORLD
    assert not {".".join(name.split(".")[:2]) for name in names} & WORLD


@pytest.mark.parametrize(
    ("part", "other"), [("engine", "formats"), ("formats", "engine")]
)
def test_how_a_workflow_runs_and_how_it_is_written_are_strangers(part, other):
    assert other not in MAY_IMPORT[part]


@pytest.mark.parametrize("shell", ["stores", "queues", "dispatchers"])
def test_shells_are_strangers_to_each_other(shell):
    assert not MAY_IMPORT[shell] & {"stores", "queues", "dispatchers"}


def module_name(path):
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def graph():
    """Module -> the modules it imports when it is imported itself."""
    paths = {module_name(path): path for path in ROOT.rglob("*.py")}
    return {
        name: {
            found
            for imported in imports(path, anywhere=False)
            for found in (imported, imported.rpartition(".")[0])
            if found in paths and found != name and not name.startswith(f"{found}.")
        }
        for name, path in paths.items()
    }


def circle(edges):
    """Some modules that lead back to the first, or nothing."""
    done, trail = set(), []

    def visit(name):
        if name in trail:
            return [*trail[trail.index(name) :], name]
        if name in done:
            return []
        done.add(name)
        trail.append(name)
        found = next((way for each in sorted(edges[name]) if (way := visit(each))), [])
        trail.pop()
        return found

    return next((way for name in sorted(edges) if (way := visit(name))), [])


def test_no_module_imports_itself_by_a_detour():
    assert circle(graph()) == []


def test_a_detour_would_be_found():
    edges = {"a": {"b"}, "b": {"c"}, "c": {"b"}}

    assert circle(edges) == ["b", "c", "b"]


# -- how large is what -----------------------------------------------------------


@pytest.mark.parametrize("path", modules())
def test_a_file_fits_on_a_few_screens(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", modules())
def test_a_function_fits_on_a_screen(path):
    functions = [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in functions
        if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert long == {}


@pytest.mark.parametrize("path", modules())
def test_a_module_opens_with_what_it_is_for(path):
    opening = ast.get_docstring(tree(path)) or ""

    assert len(opening.split()) >= 3, opening


# -- the page about it -----------------------------------------------------------


def test_the_drawing_in_the_page_is_that_of_the_table():
    page = (PROJECT / "docs" / "architecture.md").read_text("utf-8")

    assert redrawn(page) == page, "run: make docs"


def test_the_page_about_the_architecture_is_short():
    page = (PROJECT / "docs" / "architecture.md").read_text("utf-8")

    assert len(page.splitlines()) <= 200
