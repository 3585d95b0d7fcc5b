"""The command that compares futures: differences, how sure they are, and who is better and worse off."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kortrijk_sim.cli.experiments import progress_of_runs, say_how_it_ended
from kortrijk_sim.cli.options import CitySeed, Scale, TablesFolder, tables_of
from kortrijk_sim.cli.output import console_of
from kortrijk_sim.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from kortrijk_sim.experiments.comparison import Comparison
    from kortrijk_sim.experiments.results import Result

app = typer.Typer()

_AT = (2030, 2035, 2040)


@app.command("compare")
def compare_command(
    scenarios: Annotated[
        list[str] | None, typer.Argument(help="Names or files; the others are compared with the first.")
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Number of paired seeds.")] = 10,
    years: Annotated[int, typer.Option("--years", help="Simulated years from 2025.")] = 16,
    at: Annotated[str | None, typer.Option("--at", help="Years to compare, such as 2030,2035,2040.")] = None,
    wijk: Annotated[str | None, typer.Option("--wijk", help="A wijk instead of the whole city.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every indicator, not the headline figures alone.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to keep the result in, and to go on from.")] = None,
    from_result: Annotated[
        Path | None, typer.Option("--result", help="A finished result to read; nothing is simulated.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", help="Processes that simulate.")] = 2,
    tables: TablesFolder = None,
    city_seed: CitySeed = 2025,
    scale: Scale = 1.0,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Compare futures that meet the same chance: what changes, how sure that is, who wins and who loses."""
    from kortrijk_sim.city.geography import load_geography  # noqa: PLC0415
    from kortrijk_sim.experiments.experiment_file import paired_experiment  # noqa: PLC0415
    from kortrijk_sim.experiments.results import read_result  # noqa: PLC0415
    from kortrijk_sim.experiments.runner import run_experiment  # noqa: PLC0415
    from kortrijk_sim.models.dated_measure import START_YEAR  # noqa: PLC0415

    names = list(scenarios or ())
    wanted = _years(at)
    if from_result is not None:
        if out is not None:
            raise InputError("--out: nothing is simulated with --result; valid: one of the two")
        _show(read_result(from_result), names, wanted, wijk, every)
        return
    if len(names) < 2:
        raise InputError("compare: fewer than two scenarios; valid: two or more, or --result FOLDER")
    experiment = paired_experiment(names, seeds, years=years, scale=scale, city_seed=city_seed)
    last = START_YEAR + experiment.years - 1
    if wanted is not None and not all(START_YEAR <= year <= last for year in wanted):
        raise InputError(f"--at: {at} lies outside what is simulated; valid: years from {START_YEAR} to {last}")
    own = tables_of(tables)
    if wijk is not None:
        geography = load_geography(own)
        wijk = geography.wijken[geography.wijk_number(wijk)].name
    with _folder(out) as place:
        with progress_of_runs(quiet) as on_advance:
            result = run_experiment(experiment, place, workers=workers, tables=own, on_advance=on_advance)
        _show(result, [], wanted, wijk, every)


@contextlib.contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    """Give the folder that was asked for, or one that goes when the comparison stands on the screen."""
    if out is not None:
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="kortrijk-sim-", ignore_cleanup_errors=True) as place:
        yield Path(place) / "result"


def _years(at: str | None) -> list[int] | None:
    if at is None:
        return None
    words = [word.strip() for word in at.split(",")]
    if not all(word.isdecimal() and len(word) == 4 for word in words):
        raise InputError(f"--at: '{at}' is not a list of years; valid: such as 2030,2035,2040")
    return [int(word) for word in words]


def _show(result: Result, names: Sequence[str], at: Sequence[int] | None, wijk: str | None, every: bool) -> None:
    from kortrijk_sim.experiments.comparison import CITY, compare  # noqa: PLC0415
    from kortrijk_sim.experiments.comparison_table import difference_table  # noqa: PLC0415

    manifest = result.manifest
    if len(result.failed) == len(result.records):
        say_how_it_ended(result, "run it again")
        raise typer.Exit(1)
    last = 2024 + manifest.years
    years = at if at is not None else [year for year in _AT if year <= last] or [last]
    frame = result.indicators(places=[wijk] if wijk is not None else None)
    if wijk is not None and not len(frame):
        _refuse_wijk(result, wijk)
    unknown = [name for name in names if name not in manifest.scenarios]
    if unknown:
        raise InputError(f"{result.folder}: no scenario '{unknown[0]}' in it; valid: {', '.join(manifest.scenarios)}")
    chosen = (
        [*names] if len(names) > 1 else [manifest.base, *(n for n in names or manifest.scenarios if n != manifest.base)]
    )
    place = wijk if wijk is not None else CITY
    comparison = compare(
        frame[frame["scenario"].isin(chosen)], base=chosen[0], years=years, places=[place], units=result.units()
    )
    if not comparison.scenarios:
        raise InputError(f"{result.folder}: one scenario only; valid: a result with two or more")
    console = console_of()
    for name in comparison.scenarios:
        console.print(difference_table(comparison, name, place=place, width=console.width, every=every))
        for sentence in [*comparison.advice(name), *_saved(comparison, name)]:
            console.print(f"• {sentence}", markup=False, highlight=False)
        _show_winners(console, result, name, chosen[0], wijk)
    if result.failed or result.missing:
        say_how_it_ended(result, "run it again")


def _saved(comparison: Comparison, name: str) -> list[str]:
    ratio = comparison.variance_saved(name)
    if not ratio > 0.0:
        return []
    pairs = comparison.pairs[name]
    sentence = (
        f"Common chance saves seeds: for half of the figures that differ, unpaired runs would need {ratio:,.1f} times "
        f"as many or more, {ratio * pairs:,.0f} instead of {pairs}."
    )
    return [sentence]


def _show_winners(console: Console, result: Result, name: str, base: str, wijk: str | None) -> None:
    from kortrijk_sim.experiments.comparison_table import winners_table  # noqa: PLC0415
    from kortrijk_sim.experiments.winners import winners_over_seeds  # noqa: PLC0415

    if "lives" not in result.manifest.keep:
        console.print("• Winners and losers are not known: the result kept no lives.", markup=False, highlight=False)
        return
    found = winners_over_seeds(result, name, base)
    last = 2024 + result.manifest.years
    where = f", who lived in {wijk} in 2025" if wijk is not None else ""
    title = f"Better and worse off at the end of {last} with {name} than with {base}{where}"
    by, group = ("wijk", wijk) if wijk is not None else ("all", None)
    console.print(winners_table(found, title=title, by=by, group=group))


def _refuse_wijk(result: Result, wijk: str) -> None:
    from kortrijk_sim.errors import nearest  # noqa: PLC0415
    from kortrijk_sim.experiments.comparison import CITY  # noqa: PLC0415

    first = result.indicators(columns=[], years=[2024])
    places = [place for place in dict.fromkeys(first["place"]) if place != CITY]
    raise InputError(f"--wijk: no wijk '{wijk}'; {nearest(wijk, places)}")
