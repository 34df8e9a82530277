"""The ``millrace`` command, also as ``python -m chalicelib``."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.cli.arguments import Verbs
    from chalicelib.cli.terminal import Terminal

#: What a shell expects of a command that Ctrl-C ended: 128 + SIGINT.
INTERRUPTED = 130


def main(
    arguments: Sequence[str] | None = None,
    *,
    terminal: Terminal | None = None,
    verbs: Verbs | None = None,
    leave: Callable[[int], object] = os._exit,
) -> int:
    """Run one command; return its exit code.

    ``leave`` ends the process at once, although functions of a local stage still run.
    ``terminal`` and ``verbs`` are the usual ones unless a test brings others.
    """
    from chalicelib.cli.arguments import VERBS, parser
    from chalicelib.cli.terminal import Terminal

    terminal = terminal or Terminal(sys.stdout, errors=sys.stderr, source=sys.stdin)
    options = parser(verbs or VERBS).parse_args(arguments)
    try:
        return _run(options, terminal)
    except KeyboardInterrupt:
        terminal.complain("", "interrupted")
        leave(INTERRUPTED)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our lines has seen enough; nothing more may be written.
        leave(1)
        return 1


def _run(options: Namespace, terminal: Terminal) -> int:
    from chalicelib.cli import commands, text
    from chalicelib.cli.client import NoStage, Refused, Unreachable

    try:
        return int(options.run(options, terminal))
    except Refused as refused:
        terminal.complain(*text.problem_lines(refused.problem))
        return 1
    except (NoStage, commands.WrongUse) as error:
        terminal.complain(f"millrace: {error}")
        return commands.USAGE
    except Unreachable as error:
        terminal.complain(f"millrace: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
