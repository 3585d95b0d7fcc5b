"""Commands on experiments: check a file, run it, see how far it is, stop it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kortrijk_sim.cli.options import TablesFolder, tables_of
from kortrijk_sim.cli.output import COMPILING, console_of, listing

if TYPE_CHECKING:
    from kortrijk_sim.experiments.plan import Plan
    from kortrijk_sim.experiments.results import Result
    from kortrijk_sim.experiments.runner import Advance, OnAdvance

app = typer.Typer(name="experiment", help="Many runs that answer a question.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="An experiment file, TOML.")]
Folder = Annotated[Path, typer.Argument(help="The folder of a result.")]
Workers = Annotated[int, typer.Option("--workers", help="Processes on this machine.")]
Dask = Annotated[
    str | None, typer.Option("--dask", help="Scheduler of a Dask cluster that does the work, tcp://host:8786.")
]


@app.command("check")
def check_command(file: File, tables: TablesFolder = None) -> None:
    """Read an experiment and say what it would run."""
    plan = _plan(file, tables)
    experiment = plan.experiment
    names = f"{len(plan.scenarios)} scenarios ({', '.join(plan.scenarios)})"
    typer.echo(
        f"{experiment.name}: {len(plan.specs):,} runs = {names} x {len(plan.design):,} points x "
        f"{len(experiment.seeds)} seeds; {experiment.years} years, scale {experiment.scale:g}."
    )
    if plan.factors:
        rows = (
            (f.name, f.kind, f"{f.low:g} to {f.high:g}", ", ".join(f"{v:g}" for v in f.values)) for f in plan.factors
        )
        console_of().print(listing("What is varied", ("name", "kind", "range", "values"), rows))


@app.command("run")
def run_command(
    file: File,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the result; runs/NAME by default.")] = None,
    workers: Workers = 2,
    dask: Dask = None,
    tables: TablesFolder = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Run what is missing of an experiment; started again, it goes on where it stopped."""
    from kortrijk_sim.experiments.runner import run_experiment  # noqa: PLC0415

    plan = _plan(file, tables)
    place = out if out is not None else Path("runs") / plan.experiment.name
    with progress_of_runs(quiet) as on_advance:
        result = run_experiment(plan, place, workers=workers, dask=dask, on_advance=on_advance)
    say_how_it_ended(result, f"kortrijk-sim experiment run {file}" + (f" --out {out}" if out is not None else ""))


@app.command("status")
def status_command(folder: Folder) -> None:
    """Say how far an experiment is."""
    from kortrijk_sim.experiments.runner import status  # noqa: PLC0415

    found = status(folder)
    manifest = found.result.manifest
    rows = ((name, *(f"{count:,}" for count in counts)) for name, counts in found.by_scenario.items())
    console = console_of()
    console.print(listing(manifest.title or manifest.name, ("scenario", "done", "failed", "missing"), rows))
    for record in found.result.failed[:20]:
        line = f"• {record.scenario}, point {record.point}, seed {record.seed}: {record.reason}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    typer.echo("A process is running it now." if found.running else "Nobody is running it now.")


@app.command("cancel")
def cancel_command(folder: Folder) -> None:
    """Stop an experiment that another process runs; finished runs stay."""
    from kortrijk_sim.experiments.runner import cancel  # noqa: PLC0415

    if cancel(folder):
        typer.echo("Asked to stop; the runs under way are dropped.")
    else:
        typer.echo("Nobody is running it.")


def _plan(file: Path, tables: Path | None) -> Plan:
    from kortrijk_sim.experiments.experiment_file import load_experiment  # noqa: PLC0415
    from kortrijk_sim.experiments.plan import make_plan  # noqa: PLC0415

    return make_plan(load_experiment(file), tables_of(tables), file.parent)


def say_how_it_ended(result: Result, again: str) -> None:
    """Print how many runs stand, what failed, and how to go on."""
    failed, missing = len(result.failed), result.missing
    done = len(result.records) - failed
    sentence = f"{done:,} of {result.manifest.runs:,} runs stand in {result.folder}"
    if failed:
        first = result.failed[0]
        sentence += f"; {failed:,} failed, the first ({first.scenario}, seed {first.seed}) because: {first.reason}"
    if missing:
        sentence += f"; stopped, {missing:,} are missing: {again}"
    sentence = sentence.rstrip(".") + "."
    console_of().print(sentence, markup=False, highlight=False, soft_wrap=True)
    if failed or missing:
        raise typer.Exit(1)


@contextlib.contextmanager
def progress_of_runs(quiet: bool) -> Iterator[OnAdvance | None]:
    """Show runs and the time left: a bar on a terminal, elsewhere a line now and then."""
    from kortrijk_sim.compiling import is_compiled  # noqa: PLC0415

    if quiet:
        yield None
        return
    console = console_of(stderr=True)
    if not is_compiled():
        console.print(COMPILING, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        said = -60.0

        def say(now: Advance) -> None:
            nonlocal said
            if now.seconds - said >= 60.0 or now.done + now.failed == now.runs:
                said = now.seconds
                console.print(_in_words(now), highlight=False, soft_wrap=True)

        yield say
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    with Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("Planning", total=None)

        def show(now: Advance) -> None:
            bar.update(task, completed=now.done + now.failed, total=now.runs, description=_in_words(now))

        yield show


def _in_words(now: Advance) -> str:
    words = f"{now.done:,} of {now.runs:,} runs"
    if now.failed:
        words += f", {now.failed:,} failed"
    if now.seconds_left is not None and now.done + now.failed < now.runs:
        minutes = now.seconds_left / 60.0
        words += f", {minutes:.0f} min left" if minutes >= 1.5 else f", {now.seconds_left:.0f} s left"
    return words
