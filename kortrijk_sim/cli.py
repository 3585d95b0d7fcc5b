"""The command line: run a scenario, check the model, look up a fact, look at the city.

Commands only read options and print; what they do stands in ``kortrijk_sim.experiments``, which is loaded
when a command needs it so that help comes at once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kortrijk_sim.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from kortrijk_sim.city.network import Network
    from kortrijk_sim.city.tables import Tables
    from kortrijk_sim.models.measures import Measure

COMPILING = "First run of this version: compiling the model's rules, once, for a minute or two."

app = typer.Typer(
    name="kortrijk-sim",
    help="The whole city of Kortrijk, person by person, from 2025 to 2040.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
scenario_app = typer.Typer(name="scenario", help="Scenario files.", no_args_is_help=True)
app.add_typer(scenario_app)
network_app = typer.Typer(name="network", help="The streets, lines and hubs one gets around by.", no_args_is_help=True)
app.add_typer(network_app)

type TablesFolder = Annotated[
    Path | None, typer.Option("--tables", help="Folder with CSV tables that replace the package's own.")
]
type CitySeed = Annotated[int, typer.Option("--city-seed", help="Seed of the population synthesis.")]
type Scale = Annotated[float, typer.Option("--scale", help="Share of the city to simulate, 0.02 to 1.")]
type Seed = Annotated[int, typer.Option("--seed", help="Seed of the dice.")]


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
    with _progress(quiet) as progress:
        result = run(
            scenario,
            seed,
            years,
            out,
            progress,
            tables=_tables(tables),
            city_seed=city_seed,
            scale=scale,
            csv=csv,
            overwrite=overwrite,
        )
    if quiet:
        return
    console = _console()
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

    with _progress(quiet=False) as progress:
        card = score_card(seed, tables=_tables(tables), city_seed=city_seed, scale=scale, progress=progress)
    _console().print(card)


@app.command("facts")
def facts_command(
    word: Annotated[str, typer.Argument(help="Only what mentions this word.")] = "",
    tables: TablesFolder = None,
) -> None:
    """Print facts and parameters with value, unit, class or range, and source."""
    from kortrijk_sim.city.facts import Facts, Parameters  # noqa: PLC0415

    own = _tables(tables)
    facts = Facts(own).find(word)
    parameters = [
        p
        for p in Parameters(own).values()
        if any(word.lower() in text.lower() for text in (p.name, p.unit, p.kind, p.source, p.note))
    ]
    if not facts and not parameters:
        raise InputError(f"facts: nothing mentions '{word}'; valid: a word such as 'vacan', 'social' or 'rent'")
    console = _console()
    if facts:
        rows = ((f.name, f"{f.value:g}", f.unit, str(f.year), f"{f.kind}: {f.subject}", f.source) for f in facts)
        console.print(_listing("Facts", ("name", "value", "unit", "year", "what", "source"), rows))
    if parameters:
        lines = (
            (p.name, f"{p.value:g}", p.unit, f"{p.kind}, {p.low:g} to {p.high:g}", p.source, p.note) for p in parameters
        )
        heads = ("name", "value", "unit", "class, range", "source", "note")
        console.print(_listing("Parameters", heads, lines))


@scenario_app.command("check")
def scenario_check_command(
    file: Annotated[str, typer.Argument(help="A TOML file or the name of a ready-made scenario.")],
    tables: TablesFolder = None,
) -> None:
    """Read a scenario, check it against the city, and say what it does."""
    from kortrijk_sim.experiments.scenario_files import load_scenario  # noqa: PLC0415
    from kortrijk_sim.models.care_measures import places_added  # noqa: PLC0415
    from kortrijk_sim.models.policy import BuildHomes  # noqa: PLC0415

    scenario = load_scenario(file, _tables(tables))
    builds = list(scenario.of(BuildHomes))
    homes, proof = sum(m.homes for m in builds), sum(m.homes for m in builds if m.proof)
    places = places_added(scenario.measures)
    typer.echo(
        f"{scenario.name}: {scenario.years} years to {scenario.until_year}, "
        f"{len(scenario.measures)} measures with {homes} homes ({proof} life-cycle-proof), "
        f"{places.nursing} nursing places, {places.assisted} assisted homes and {places.day_care} day-care places, "
        f"{len(scenario.parameters)} parameters changed."
    )
    if scenario.measures:
        rows = (_when_where_what(measure) for measure in scenario.measures)
        _console().print(_listing("Measures", ("measure", "when", "where", "what"), rows))


def _when_where_what(measure: Measure) -> tuple[str, str, str, str]:
    """Return a measure as a line of a listing."""
    content = measure.model_dump(exclude_none=True, exclude={"measure", "from_"})
    until = content.pop("until", None)  # what is done to a care site has no end
    given = {key: content.pop(key) for key in ("site", "name", "wijk", "sector", "lon", "lat") if content.get(key)}
    if isinstance(given.get("wijk"), tuple):
        given["wijk"] = ", ".join(given["wijk"])
    when = str(measure.from_) if until is None else f"{measure.from_} to {until}"
    what = ", ".join(f"{key} {value}" for key, value in content.items() if key != "wijk")
    return measure.measure, when, ", ".join(str(place) for place in given.values()) or "whole city", what


@app.command("city")
def city_command(tables: TablesFolder = None, city_seed: CitySeed = 2025, scale: Scale = 1.0) -> None:
    """Build the city of 1 January 2025 and print how well it meets its margins."""
    from kortrijk_sim.city.synthesis import synthesise  # noqa: PLC0415

    base = synthesise(_tables(tables), city_seed=city_seed, scale=scale)
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
    _console().print(_listing("The city of 1 January 2025", heads, rows))
    met = int(fit["ok"].sum())
    typer.echo(f"{met} of {len(fit)} margins met.")


@network_app.command("show")
def network_show_command(tables: TablesFolder = None) -> None:
    """Print how large the network is, layer by layer, and the lines that run."""
    from kortrijk_sim.city.geography import load_geography  # noqa: PLC0415
    from kortrijk_sim.city.network import load_network  # noqa: PLC0415

    own = _tables(tables)
    _show_network(load_network(own, load_geography(own)))


@network_app.command("check")
def network_check_command(tables: TablesFolder = None) -> None:
    """Lay known distances and times beside those of the network; exit code 1 when one does not fit."""
    from kortrijk_sim.city.facts import Parameters  # noqa: PLC0415
    from kortrijk_sim.city.geography import load_geography  # noqa: PLC0415
    from kortrijk_sim.city.network import NetworkParams, load_network  # noqa: PLC0415
    from kortrijk_sim.city.network.checking import known_distances, zones_without_transit  # noqa: PLC0415

    own = _tables(tables)
    parameters = Parameters(own)
    network = load_network(own, load_geography(own), parameters)
    params = parameters.select(NetworkParams)
    found = known_distances(network, params, own)
    rows = (
        (
            row.start,
            row.end,
            row.mode,
            *("" if value != value else f"{value:.1f}" for value in row[3:7]),  # nan where it is not known
            f"{row.tolerance_share:.0%}",
            "yes" if row.fits else "NO",
            row.source,
        )
        for row in found
    )
    heads = ("from", "to", "mode", "km", "km here", "minutes", "minutes here", "tolerance", "fits", "source")
    console = _console()
    console.print(_listing("Known distances and times", heads, rows))
    if far := zones_without_transit(network, params):
        console.print(f"No stop within a walk: {', '.join(far)}.", markup=False, highlight=False, soft_wrap=True)
    fitting = sum(row.fits for row in found)
    typer.echo(f"{fitting} of {len(found)} known distances and times fit.")
    if fitting < len(found):
        raise typer.Exit(1)


@network_app.command("import")
def network_import_command(
    out: Annotated[Path, typer.Option("--out", help="Folder to write the tables to, for --tables.")],
    graphml: Annotated[
        Path | None, typer.Option("--graphml", help="Street graph as osmnx.save_graphml writes it.")
    ] = None,
    gtfs: Annotated[
        list[Path] | None, typer.Option("--gtfs", help="Timetable feed, a zip; may be given several times.")
    ] = None,
    tables: TablesFolder = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace tables that stand in --out.")] = False,
) -> None:
    """Put real streets and timetables in the place of the schematic network."""
    from kortrijk_sim.city.geography import load_geography  # noqa: PLC0415
    from kortrijk_sim.city.network.importing import import_network  # noqa: PLC0415

    own = _tables(tables)
    network = import_network(own, load_geography(own), out, graphml=graphml, gtfs=gtfs or (), overwrite=overwrite)
    _show_network(network)
    _console().print(
        f"Written to {out}: kortrijk-sim network check --tables {out}", markup=False, highlight=False, soft_wrap=True
    )


def _show_network(network: Network) -> None:
    from kortrijk_sim.city.network.checking import layer_sizes  # noqa: PLC0415

    console = _console()
    rows = (
        (size.layer, str(size.nodes), str(size.links), "" if size.km != size.km else f"{size.km:.0f}", size.remark)
        for size in layer_sizes(network)
    )
    console.print(_listing("The network", ("layer", "nodes", "links or lines", "km", "remark"), rows))
    lines = (
        (line.code, line.kind, line.name, str(len(line.stops)), f"{line.headway_minutes:g}", f"{sum(line.minutes):.0f}")
        for line in network.lines
    )
    heads = ("line", "kind", "name", "stops", "every minutes", "end to end minutes")
    console.print(_listing("Lines", heads, lines))
    crossings = sorted({link.crossing for link in network.links if link.crossing})
    console.print(f"Crossings: {'; '.join(crossings)}.", markup=False, highlight=False, soft_wrap=True)


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
    with _progress(quiet=False) as progress:
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
            tables=_tables(tables),
            city_seed=city_seed,
            scale=scale,
            progress=progress,
        )
    console = _console()
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


def _tables(folder: Path | None) -> Tables:
    from kortrijk_sim.city.tables import Tables  # noqa: PLC0415

    return Tables(folder)


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console  # noqa: PLC0415

    stream = sys.stderr if stderr else sys.stdout
    known = stream.isatty() or "COLUMNS" in os.environ
    return Console(stderr=stderr, width=None if known else 160)  # a file or a pipe has no width of its own


def _listing(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
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
def _progress(quiet: bool) -> Iterator[Callable[[int, int, dt.date], None] | None]:
    """Show the month on a terminal; elsewhere say only that rules are being compiled.

    Nothing is said before the run has found its scenario and folder in order, so that a refusal stands alone.
    """
    from kortrijk_sim.compiling import is_compiled  # noqa: PLC0415

    if quiet:
        yield None
        return
    console = _console(stderr=True)
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


if __name__ == "__main__":
    sys.exit(main())
