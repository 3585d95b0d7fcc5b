"""The command line: run a scenario, check the model, look up a fact, look at the city.

Commands only read options and print; what they do stands in ``kortrijk_sim.experiments``, which is loaded
when a command needs it so that help comes at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from kortrijk_sim.cli import (
    board,
    city,
    comparing,
    experiments,
    exporting,
    network,
    scenarios,
    sensitivity,
    siting,
)  # fmt: skip
from kortrijk_sim.errors import InputError

app = typer.Typer(
    name="kortrijk-sim",
    help="The whole city of Kortrijk, person by person, from 2025 to 2040.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (city, comparing, experiments, board, sensitivity, exporting, scenarios, siting, network):
    app.add_typer(part.app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: Words of the command; those of the process by default.

    Returns:
        Exit code: 0, 2 when something the user gave is wrong, 130 when interrupted.
    """
    try:
        code = typer.main.get_command(app)(
            args=list(arguments) if arguments is not None else None,
            prog_name="kortrijk-sim",
            standalone_mode=False,
        )
    except InputError as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        code = 130
    except Exception as error:
        if type(error).__name__ == "Abort":
            code = 130
        elif hasattr(error, "format_message"):
            message = error.format_message()
            return _refuse(message) if message else 2  # without a message, help was shown
        else:
            raise
    if code == 130:
        sys.stderr.write("Interrupted; no unfinished run was left behind.\n")
    return code if isinstance(code, int) else 0


def _refuse(message: str) -> int:
    """Say in one line, free of control characters, what is wrong with what the user gave."""
    words = "".join(letter if letter.isprintable() else " " for letter in message).split()
    sentence = " ".join(words)
    sys.stderr.write((sentence if len(sentence) <= 600 else sentence[:597] + "...") + "\n")
    return 2


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - only for this option

        typer.echo(f"kortrijk-sim {version('kortrijk-sim')}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass
