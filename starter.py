"""The command line: run everything on one machine, drive projects, show histories. `python starter.py --help`."""

from __future__ import annotations

from typing import Annotated

import typer

from commandline.seam import carry_out

app = typer.Typer(
    name="starter.py",
    help="Throughline 贯通: customer projects from the first lead to support, as durable workflows.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Each command imports its own module when it is called, so that `--help` and typing errors are answered at once.

Json = Annotated[bool, typer.Option("--json", help="Answer with JSON, for programs.")]


@app.command()
def up() -> None:
    """Run Temporal, the store, a worker and the API on this machine until Ctrl-C."""
    from commandline.up import up

    carry_out(up)


@app.command("do")
def do_commands(
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON Lines, one command a line; - for standard input.")],
) -> None:
    """Carry out commands from a file, in order, each through its workflow; one JSON result a line."""
    from commandline.do import do

    carry_out(do, file)


if __name__ == "__main__":
    app()
