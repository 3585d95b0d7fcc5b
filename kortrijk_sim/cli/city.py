"""Commands on the city: run it, judge it, look at it, look up a figure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kortrijk_sim.cli.options import CitySeed, Scale, Seed, TablesFolder, tables_of
from kortrijk_sim.cli.output import console_of, listing, progress_of
from kortrijk_sim.errors import InputError

app = typer.Typer()


@app.command("run")
def run_command(
    scenario: Annotated[
        str, typer.Argument(help="A ready-made scenario (unchanged, rotation, care) or a TOML file.")
    ] = "unchanged",
    years: Annotated[
        int | None, typer.Option("--years", help="Years from 2025, 1 to 16; by default the scenario's own.")
    ] = None,
    seed: Seed = 1,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write the run to.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Write the tables as CSV as well; needs --out.")] = False,
    scale: Scale = 1.0,
    tables: TablesFolder = None,
    city_seed: CitySeed = 2025,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a complete run that stands in --out.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no table.")] = False,
) -> None:
    """Let the city live through the years and lay its 2040 beside the city's own note."""
    from kortrijk_sim.experiments.run import run  # noqa: PLC0415
    from kortrijk_sim.experiments.table import differences, headline_table  # noqa: PLC0415

    if csv and out is None:
        raise InputError("--csv: needs a folder to write to; valid: --csv together with --out")
    with progress_of(quiet) as progress:
        result = run(
            scenario,
            seed,
            years,
            out,
            progress,
            tables=tables_of(tables),
            city_seed=city_seed,
            scale=scale,
            csv=csv,
            overwrite=overwrite,
        )
    if quiet:
        return
    console = console_of()
    console.print(headline_table(result))
    for difference in differences(result):
        console.print(f"• {difference.sentence}", markup=False, highlight=False, soft_wrap=True)
    seconds = sum(result.manifest.timings_s.values())
    console.print(
        f"{result.manifest.months} months in {seconds:.1f} s; state {result.manifest.state_hash}"
        + (f"; written to {result.folder}" if result.folder is not None else ""),
        markup=False,
        highlight=False,
        style="dim",
    )


@app.command("check")
def check_command(
    seed: Seed = 1,
    scale: Scale = 1.0,
    tables: TablesFolder = None,
    city_seed: CitySeed = 2025,
) -> None:
    """Print the score card: patterns of the real city that the model has to show."""
    from kortrijk_sim.experiments.scorecard import score_card  # noqa: PLC0415

    with progress_of(quiet=False) as progress:
        card = score_card(seed, tables=tables_of(tables), city_seed=city_seed, scale=scale, progress=progress)
    console_of().print(card)


@app.command("facts")
def facts_command(
    word: Annotated[str, typer.Argument(help="Only what mentions this word.")] = "",
    tables: TablesFolder = None,
) -> None:
    """Print facts and parameters with value, unit, class or range, and source."""
    from kortrijk_sim.city.facts import Facts, Parameters  # noqa: PLC0415

    own = tables_of(tables)
    facts = Facts(own).find(word)
    parameters = [
        p
        for p in Parameters(own).values()
        if any(word.lower() in text.lower() for text in (p.name, p.unit, p.kind, p.source, p.note))
    ]
    if not facts and not parameters:
        raise InputError(f"facts: nothing mentions '{word}'; valid: a word such as 'vacan', 'social' or 'rent'")
    console = console_of()
    if facts:
        rows = ((f.name, f"{f.value:g}", f.unit, str(f.year), f"{f.kind}: {f.subject}", f.source) for f in facts)
        console.print(listing("Facts", ("name", "value", "unit", "year", "what", "source"), rows))
    if parameters:
        lines = (
            (p.name, f"{p.value:g}", p.unit, f"{p.kind}, {p.low:g} to {p.high:g}", p.source, p.note) for p in parameters
        )
        heads = ("name", "value", "unit", "class, range", "source", "note")
        console.print(listing("Parameters", heads, lines))


@app.command("city")
def city_command(tables: TablesFolder = None, city_seed: CitySeed = 2025, scale: Scale = 1.0) -> None:
    """Build the city of 1 January 2025 and print how well it meets its margins."""
    from kortrijk_sim.city.synthesis import synthesise  # noqa: PLC0415

    base = synthesise(tables_of(tables), city_seed=city_seed, scale=scale)
    fit = base.fit
    rows = (
        (
            str(row["margin"]),
            str(row["group"]),
            f"{row['target']:,.10g}",
            f"{row['got']:,.10g}",
            f"{row['tolerance']:,.10g}",
            str(row["unit"]),
            "yes" if row["ok"] else "NO",
        )
        for _, row in fit.iterrows()
    )
    heads = ("margin", "group", "wanted", "got", "tolerance", "unit", "met")
    console_of().print(listing("The city of 1 January 2025", heads, rows))
    met = int(fit["ok"].sum())
    typer.echo(f"{met} of {len(fit)} margins met.")
