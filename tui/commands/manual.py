"""man and completion: what vendorq says of itself, made from its commands."""

from __future__ import annotations

import shutil
import subprocess
import sys

import click

from tui import exits
from tui.output import say


@click.command("man")
@click.pass_context
def manual(ctx: click.Context) -> int:
    """Show the manual page; into a pipe or a file, print its source (roff).

    \b
    vendorq man
    vendorq man > ~/.local/share/man/man1/vendorq.1
    """
    from tui.manual_page import manual_page

    page = manual_page(ctx.find_root())
    viewer = shutil.which("man")
    if viewer is None or not sys.stdout.isatty():
        sys.stdout.write(page)
        return exits.OK
    return subprocess.run([viewer, "-l", "-"], input=page.encode(), check=False).returncode  # noqa: S603 - man itself


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, *, shell: str) -> int:
    """Print the script that lets a shell complete commands, providers, ticket numbers and filters.

    \b
    echo 'eval "$(vendorq completion bash)"' >> ~/.bashrc
    vendorq completion fish > ~/.config/fish/completions/vendorq.fish
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    sys.stdout.write(found(ctx.find_root().command, {}, "vendorq", "_VENDORQ_COMPLETE").source() + "\n")
    if shell == "bash" and sys.stdout.isatty():
        say('Add this to ~/.bashrc: eval "$(vendorq completion bash)"')
    return exits.OK


COMMANDS = (manual, completion)
