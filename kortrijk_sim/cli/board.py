"""The board: targets of the city's note beside what the runs of a result came to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kortrijk_sim.cli.options import TablesFolder, tables_of
from kortrijk_sim.cli.output import console_of, listing

if TYPE_CHECKING:
    from kortrijk_sim.experiments.board import BoardRow

app = typer.Typer()

_HEADS = ("section", "target", "by", "wanted", "value", "year", "chance", "first met", "verdict")


@app.command("board")
def board_command(
    result: Annotated[Path, typer.Argument(help="The folder of a result.")],
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", help="Only this scenario; may be given several times.")
    ] = None,
    tables: TablesFolder = None,
) -> None:
    """Lay the targets of the city's note beside what each scenario came to: met or missed, on course or behind."""
    from kortrijk_sim.experiments.board import CITY, board  # noqa: PLC0415
    from kortrijk_sim.experiments.results import read_result  # noqa: PLC0415

    found = read_result(result)
    rows = board(found.indicators(places=[CITY]), tables_of(tables), scenario=scenario or None)
    console = console_of()
    for name in dict.fromkeys(row.scenario for row in rows):
        mine = [row for row in rows if row.scenario == name and row.verdict != "not simulated"]
        runs = f"{mine[0].runs:,} run{'s' if mine[0].runs > 1 else ''}" if mine else "no target is simulated"
        console.print(listing(f"{found.scenario(name).title or name} ({runs})", _HEADS, map(_line, mine)))
    typer.echo(
        "value: mean over the runs on 31 December of the year, with its 95 % interval. chance: share of the runs that "
        "meet the target, or are on course when they end before its year. first met: median, and in how many runs."
    )
    console.print(listing("Not simulated", ("section", "target", "why"), _not_simulated(rows)))


def _line(row: BoardRow) -> tuple[str, ...]:
    decimals = 1 if row.unit.startswith("percent") or " per " in row.unit else 0

    def number(value: float) -> str:
        return f"{value:,.{decimals}f}"

    value = number(row.value)
    if not math.isnan(row.low):
        value += f" ({number(row.low)} to {number(row.high)})"
    chance = f"{row.probability:.0%} ({row.probability_low:.0%} to {row.probability_high:.0%})"
    first = f"{row.first_year:.0f} in {row.runs_met} of {row.runs}" if row.runs_met else "never"
    wanted = f"{row.side} {number(row.goal)} {row.unit}"
    return row.section, row.subject, str(row.target_year), wanted, value, str(row.year), chance, first, row.verdict


def _not_simulated(rows: Sequence[BoardRow]) -> Iterator[tuple[str, str, str]]:
    """Yield the targets that the model does not know, once for all scenarios."""
    first = rows[0].scenario
    return (
        (row.section, f"{row.subject} ({row.target_year})", row.note)
        for row in rows
        if row.scenario == first and row.verdict == "not simulated"
    )
