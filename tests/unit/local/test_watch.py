import sys

import pytest

from chalicelib.local.watch import Watch, WatchedFunctions, definitions


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "workflows"
    (root / "a").mkdir(parents=True)
    return root


def test_definitions_are_the_yaml_and_json_files_that_are_no_examples(root):
    for name in ("flow.yaml", "ship.asl.json", "old.yml", "input.json"):
        (root / "a" / name).touch()
    for name in ("inputs-large.json", "output.json", ".hidden.yaml", "notes.txt"):
        (root / "a" / name).touch()
    (root / "top.yaml").touch()
    (root / "a" / "folder.yaml").mkdir()

    found = [path.name for path in definitions(root)]
    assert found == ["flow.yaml", "old.yml", "ship.asl.json"]


def test_untouched_folder_has_no_changes(root):
    (root / "a" / "flow.yaml").touch()

    assert Watch(root).changes() == []


def test_new_and_saved_files_are_changes_once(root):
    old = root / "a" / "flow.yaml"
    old.touch()
    watch = Watch(root)
    new = root / "a" / "functions.py"
    new.touch()
    old.write_text("more")

    assert watch.changes() == [old, new]
    assert watch.changes() == []


def test_file_of_another_kind_is_no_change(root):
    watch = Watch(root)
    (root / "a" / "notes.txt").touch()
    (root / "a" / "__pycache__").mkdir()
    (root / "a" / "__pycache__" / "x.py").touch()

    assert watch.changes() == []


def test_link_to_nowhere_is_no_change(root):
    watch = Watch(root)
    (root / "a" / "dead.py").symlink_to(root / "gone.py")

    assert watch.changes() == []


def test_forgotten_functions_come_back_as_they_are_now(root):
    file = root / "a" / "functions.py"
    file.write_text("def answer(event):\n    return 1\n")
    functions = WatchedFunctions(root)
    sys.modules["workflows.only_for_this_test"] = sys
    before = functions.find("answer")({})

    file.write_text("def answer(event):\n    return 22\n")
    functions.forget()

    assert (before, functions.find("answer")({})) == (1, 22)
    assert "workflows.only_for_this_test" not in sys.modules
