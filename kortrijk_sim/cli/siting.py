"""The command that proposes sites for care villages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kortrijk_sim.cli.options import CitySeed, Scale, TablesFolder, tables_of
from kortrijk_sim.cli.output import console_of, progress_of

app = typer.Typer()


@app.command("place")
def place_command(
    villages: Annotated[int, typer.Option("--villages", help="Number of care villages.")] = 3,
    places: Annotated[int, typer.Option("--places", min=0, help="Nursing places in all of them together.")] = 400,
    assisted: Annotated[int, typer.Option("--assisted", min=0, help="Assisted-living homes together.")] = 0,
    day_care: Annotated[int, typer.Option("--day-care", min=0, help="Day-care places together.")] = 0,
    opens: Annotated[str, typer.Option("--open", help="Year or month in which they open, such as 2028-07.")] = "2028",
    objective: Annotated[
        str, typer.Option("--objective", help="p-median: near to need; cover: many on a short walk; mixed.")
    ] = "p-median",
    best: Annotated[int, typer.Option("--best", min=1, help="Number of proposals to simulate.")] = 3,
    rank_by: Annotated[
        str, typer.Option("--rank-by", help="home_minutes, family_minutes, nursing_waiting or unmet_hours_week.")
    ] = "home_minutes",
    years: Annotated[
        int | None, typer.Option("--years", help="Simulated years from 2025; by default two after they open.")
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Number of paired seeds.")] = 4,
    seed: Annotated[int, typer.Option("--seed", help="The first of the seeds.")] = 1,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes that simulate.")] = 2,
    simulation: Annotated[
        bool, typer.Option("--simulation/--no-simulation", help="Simulate the best proposals.")
    ] = True,
    out: Annotated[Path | None, typer.Option("--out", help="Scenario file to write the best proposal to.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the scenario file in --out.")] = False,
    tables: TablesFolder = None,
    city_seed: CitySeed = 2025,
    scale: Scale = 1.0,
) -> None:
    """Propose sites for care villages, then see in the simulated city which are best."""
    from kortrijk_sim.experiments.siting.place import place  # noqa: PLC0415
    from kortrijk_sim.experiments.siting.plan import Offer, plan_path, write_plan  # noqa: PLC0415
    from kortrijk_sim.experiments.siting.report import (  # noqa: PLC0415
        proposal_table,
        ranking_table,
        sentences,
        site_lines,
    )

    target = plan_path(out, overwrite=overwrite) if out is not None else None
    offer = Offer(places, assisted, day_care, int(opens) if opens.isdecimal() and len(opens) <= 4 else opens)
    with progress_of(quiet=False) as progress:
        found = place(
            villages,
            offer,
            objective=objective,
            best=best if simulation else 0,
            figure=rank_by,
            years=years,
            seeds=seeds,
            first_seed=seed,
            workers=workers,
            tables=tables_of(tables),
            city_seed=city_seed,
            scale=scale,
            progress=progress,
        )
    console = console_of()
    for line in site_lines(found.proposals, found.geography):
        console.print(f"• {line}", markup=False, highlight=False, soft_wrap=True)
    console.print(proposal_table(found.proposals, found.near))
    if found.verified is not None:
        console.print(ranking_table(found.verified))
        for sentence in sentences(found.verified, offer, found.years):
            console.print(f"• {sentence}", markup=False, highlight=False, soft_wrap=True)
    if target is not None:
        write_plan(target, found.plan(target.stem))
        use = f"Proposal {found.best} stands in {target}: kortrijk-sim run {target}"
    else:
        use = "--out FILE.toml writes the best proposal as a scenario, for kortrijk-sim run FILE.toml"
    console.print(use, markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"proposals {found.seconds_proposing:.1f} s, simulation {found.seconds_simulating:.1f} s",
        markup=False,
        highlight=False,
        style="dim",
    )
