"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kortrijk_sim.city.tables import Tables

TablesFolder = Annotated[
    Path | None, typer.Option("--tables", help="Folder with CSV tables that replace the package's own.")
]
CitySeed = Annotated[int, typer.Option("--city-seed", help="Seed of the population synthesis.")]
Scale = Annotated[float, typer.Option("--scale", help="Share of the city to simulate, 0.02 to 1.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the dice.")]


def tables_of(folder: Path | None) -> Tables:
    """Return the package's tables, with those of a folder in their place."""
    from kortrijk_sim.city.tables import Tables  # noqa: PLC0415

    return Tables(folder)
