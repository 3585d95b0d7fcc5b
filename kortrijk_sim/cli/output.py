"""How commands speak: tables on a console, and progress on a terminal."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

COMPILING = "First run of this version: compiling the model's rules, once, for a minute or two."


def console_of(*, stderr: bool = False) -> Console:
    """Return a console; a file or a pipe gets a width that tables fit in."""
    from rich.console import Console  # noqa: PLC0415

    stream = sys.stderr if stderr else sys.stdout
    known = stream.isatty() or "COLUMNS" in os.environ
    return Console(stderr=stderr, width=None if known else 160)  # a file or a pipe has no width of its own


def listing(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Return a plain table; text from files is never read as markup."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(title=Text(title), title_justify="left", header_style="bold")
    numbers = {"value", "wanted", "got", "tolerance", "km", "km here", "minutes", "minutes here", "stops", "nodes"}
    for head in heads:
        table.add_column(head, justify="right" if head in numbers else "left", overflow="fold", no_wrap=head in numbers)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


@contextlib.contextmanager
def progress_of(quiet: bool) -> Iterator[Callable[[int, int, dt.date], None] | None]:
    """Show the month on a terminal; elsewhere say only that rules are being compiled.

    Nothing is said before the run has found its scenario and folder in order, so that a refusal stands alone.
    """
    from kortrijk_sim.compiling import is_compiled  # noqa: PLC0415

    if quiet:
        yield None
        return
    console = console_of(stderr=True)
    compiled = is_compiled()

    def announce(done: int, months: int, date: dt.date) -> None:
        if done == 0 and not compiled:
            console.print(COMPILING, highlight=False, soft_wrap=True)

    if not console.is_terminal:
        yield announce
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Building the city of 1 January 2025", total=None)

        def show(done: int, months: int, date: dt.date) -> None:
            announce(done, months, date)
            if done > 0:
                bar.update(task, completed=done, total=months, description=f"{date:%B %Y}")

        yield show
