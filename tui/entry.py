"""Where the program begins: `vendorq` alone goes straight to the dashboard, everything else to the command line.

Of the command line's library the dashboard needs nothing, and importing it would delay the first picture.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

from tui.session import Session

COMPLETION: Final = "_VENDORQ_COMPLETE"
"""Where a shell asks for completions: the words that are typed stand in the environment then."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    session = None if COMPLETION in os.environ else bare(words)
    if session is None:
        from tui import cli

        return cli.main(words)
    from tui import endings
    from tui.commands.dashboard import open_dashboard

    return endings.run(lambda: open_dashboard(session), as_json=False)


def bare(words: Sequence[str]) -> Session | None:
    """The session of a command line without a command; None where anything stands in it that needs to be looked at."""
    config_file, read_only = None, False
    left = iter(words)
    for word in left:
        if word == "--read-only":
            read_only = True
        elif word.startswith("--config="):
            config_file = word.removeprefix("--config=")
        elif word == "--config":
            config_file = next(left, None)
            if config_file is None:
                return None
        else:
            return None
    return Session(config_file=config_file, read_only=read_only)


if __name__ == "__main__":
    sys.exit(main())
