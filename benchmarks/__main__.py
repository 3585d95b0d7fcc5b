"""Run the benchmarks: ``python -m benchmarks`` (``--help`` lists the options)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from benchmarks.contender import CONTENDERS
from benchmarks.report import Measured, markdown, tables

ONE_CORE = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)
ONCE = ("city memory", "city compilation")  # long, and the same every time


def measure(name: str, scale: float, months: int, **environment: str) -> dict[str, Any]:
    """Let one contender run in a fresh process on one core's worth of threads."""
    command = [sys.executable, "-m", "benchmarks.contender", name, str(scale), str(months)]
    settings = os.environ | ONE_CORE | {"STARSIM_INSTALL_FONTS": "0"} | environment
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=settings, check=False)
    if done.returncode:
        raise SystemExit(f"{name}: failed, see above")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main(
    rounds: Annotated[int, typer.Option(help="How often the contenders take turns.", min=1)] = 5,
    scale: Annotated[float, typer.Option(help="Share of the city, 0.02 to 1.")] = 1.0,
    months: Annotated[int, typer.Option(help="Months of a run.", min=3, max=192)] = 192,
    compilation: Annotated[bool, typer.Option(help="Compile everything anew once, to see what it costs.")] = True,
    out: Annotated[Path | None, typer.Option(help="Markdown file to write the tables to.")] = None,
) -> None:
    """Measure the city and its peers in turns, print the tables, and write them to a file if asked."""
    console = Console(width=None if sys.stdout.isatty() else 140)
    taken: Measured = {name: [] for name in CONTENDERS}
    turns = [name for name in CONTENDERS if name not in ONCE]
    with console.status("Making sure that everything is compiled") as status:
        warm = [measure("city compilation", scale, months) for _ in range(2)]
        measure("starsim years", min(scale, 0.05), 3)  # its caches on disk, too
        for number in range(rounds):
            # Each round starts with another contender, so that none always runs on a rested machine.
            shift = number % len(turns)
            for name in turns[shift:] + turns[:shift]:
                status.update(f"Round {number + 1} of {rounds}: {name}")
                taken[name].append(measure(name, scale, months))
        status.update("Memory over several runs")
        taken["city memory"].append(measure("city memory", scale, months))
        taken["city compilation"].append(warm[-1])
        if compilation:
            status.update("Compiling everything anew")
            with tempfile.TemporaryDirectory() as empty:
                taken["city compilation"].append(measure("city compilation", scale, months, NUMBA_CACHE_DIR=empty))
    made = tables(taken, months, scale)
    for table in made:
        console.print(table.rich())
    if out is not None:
        out.write_text(markdown(made, rounds, months, scale), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
