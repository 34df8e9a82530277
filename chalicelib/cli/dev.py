"""What does ``millrace dev`` do? Keeps a stage up, and in step with the workflows."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from chalicelib.cli.client import STAGE_FILE, Address, Client
from chalicelib.cli.commands import WrongUse
from chalicelib.cli.definitions import send_all
from chalicelib.cli.logs import log_to
from chalicelib.cli.terminal import Terminal
from chalicelib.cli.text import wrapped
from chalicelib.clock import SystemClock

if TYPE_CHECKING:
    from chalicelib.local.programs import Programs
    from chalicelib.local.stage import Stage

LOG = Path(".local/dev.log")
#: Seconds between two looks at the folder.
LOOK_EVERY = 0.5


def run(folder: Path, port: int, terminal: Terminal) -> int:
    """Run until Ctrl-C."""
    from chalicelib.local.programs import Programs
    from chalicelib.local.stage import Stage

    if not folder.is_dir():
        raise WrongUse(f"there is no folder {folder}")
    log_to(LOG, shows_warnings=True)
    # Whoever ends it otherwise than by Ctrl-C wants no workers left behind either.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        try:
            stage = stack.enter_context(Stage(folder, port=port))
        except OSError as error:
            raise WrongUse(f"cannot use port {port}: {error.strerror}") from None
        stack.enter_context(announced(stage.url, stage.key))
        programs = stack.enter_context(Programs(folder, stage.url))
        Dev(stage, folder, programs, terminal).serve()


@contextmanager
def announced(url: str, key: str, file: Path = STAGE_FILE) -> Iterator[None]:
    """Let commands beside this one find the stage, as long as it is there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    # The key opens the stage: nobody else may read it.
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
        json.dump({"url": url, "key": key}, out)
    mine = file.read_text()
    try:
        yield
    finally:
        # Another stage may have been started since: then the file is about that one.
        if file.exists() and file.read_text() == mine:
            file.unlink()


class Dev:
    """A stage, its folder, and what is said about both."""

    def __init__(
        self, stage: Stage, folder: Path, programs: Programs, terminal: Terminal
    ) -> None:
        from chalicelib.local.watch import Watch

        self._stage = stage
        self._folder = folder
        self._programs = programs
        self._terminal = terminal
        self._client = Client(Address(stage.url, stage.key))
        self._watch = Watch(folder)

    def serve(self) -> NoReturn:
        """Say hello, then follow the folder."""
        from chalicelib.local.watch import definitions

        self._publish(definitions(self._folder))
        self._hello()
        clock = SystemClock()
        while True:
            clock.sleep(LOOK_EVERY)
            self.look()

    def look(self) -> None:
        """Take over what has changed in the folder since the last look."""
        from chalicelib.local.watch import definitions

        changed = self._watch.changes()
        code = [path for path in changed if path.suffix == ".py"]
        if code:
            self._stage.functions.forget()
            names = ", ".join(str(path) for path in code)
            self._terminal.say(f"reloaded {names}")
            for name in self._programs.changed(code):
                self._terminal.say(f"started the worker of {name} again")
            self._say_broken_functions()
        if changed:
            known = set(definitions(self._folder))
            self._publish([path for path in changed if path in known])

    def _publish(self, paths: Sequence[Path]) -> None:
        for sent in send_all(self._client, paths, self._folder, self._terminal):
            if sent.name:
                what = f"{sent.name}, version {sent.version[:12]}"
                self._terminal.say(f"published {what}, from {sent.path}")

    def _say_broken_functions(self) -> None:
        for path, problem in self._stage.functions.problems().items():
            self._terminal.complain(f"{path}: {problem}")
        for name in self._stage.functions.shared():
            self._terminal.complain(self._stage.functions.why_not(name))

    def _function_names(self) -> list[str]:
        """Return the functions by their short names, where those are enough."""
        names = self._stage.functions.names()
        long = {
            f"{folder.name.replace('_', '-')}-{name}"
            for folder in self._folder.iterdir()
            for name in names
        }
        return [name for name in names if name not in long]

    def _for_aws(self) -> str:
        """Return what makes a Step Functions client of AWS talk to this stage."""
        key_id, _, secret = self._stage.key.partition(".")
        return (
            f"AWS_ENDPOINT_URL_SFN={self._stage.url}/states "
            f"AWS_ACCESS_KEY_ID={key_id} AWS_SECRET_ACCESS_KEY={secret}"
        )

    def _hello(self) -> None:
        self._say_broken_functions()
        functions = self._function_names() or ["none"]
        self._terminal.say(
            "",
            f"API        {self._stage.url}/v1",
            f"key        {self._stage.key}",
            f"for AWS    {self._for_aws()}",
            *wrapped("functions  ", functions, self._terminal.width),
            f"workers    {', '.join(self._programs.names) or 'none'}",
            f"log        {LOG}",
            "",
            "In another terminal: .venv/bin/millrace start NAME --watch",
            "Changes in the folder are taken over as they are saved. Ctrl-C ends it.",
        )
