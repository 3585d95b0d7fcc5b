"""From measurements to tables: least, median and most of every figure, and ratios round by round."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from statistics import median
from typing import Any

from rich.table import Table as RichTable

from benchmarks.many_runs import PROCESSES, RUNS

type Measured = dict[str, list[dict[str, Any]]]
type Numbers = list[float]

PART = "  "


@dataclass(frozen=True)
class Table:
    """A table that prints on a terminal and in Markdown."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]
    note: str = ""

    def rich(self) -> RichTable:
        """Return it for a terminal."""
        table = RichTable(title=self.title, title_justify="left", caption=self.note or None, caption_justify="left")
        for number, head in enumerate(self.heads):
            table.add_column(head, justify="left" if number == 0 else "right")
        for row in self.rows:
            table.add_row(*row)
        return table

    def markdown(self) -> str:
        """Return it in Markdown."""
        lines = [f"## {self.title}", "", "| " + " | ".join(self.heads) + " |"]
        lines.append("|---" + "|---:" * (len(self.heads) - 1) + "|")
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        return "\n".join([*lines, *(["", self.note] if self.note else []), ""])


def tables(taken: Measured, months: int, scale: float) -> list[Table]:
    """Return all tables of a benchmark.

    Args:
        taken: Per contender one dictionary a round.
        months: Months of a run.
        scale: Share of the city.
    """
    return [
        _years(taken, months), _many(taken, months), _start(taken), _copies(taken), _memory(taken), _processes(taken),
    ]  # fmt: skip


def markdown(made: list[Table], rounds: int, months: int, scale: float) -> str:
    """Return the tables as one Markdown page that names versions but no machine."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numba", "numpy", "mesa", "starsim"))
    head = (
        "# What it costs\n\n"
        f"Made by `python -m benchmarks`: {rounds} rounds, {months} months, scale {scale:g}; Python"
        f" {platform.python_version()}, {packages}; one thread, on a machine with {os.cpu_count()} cores. How to read"
        " it: [README](README.md).\n"
    )
    return "\n".join([head, *(table.markdown() for table in made)])


def _years(taken: Measured, months: int) -> Table:
    ours = _of(taken, "city years", "run_s")
    vital = [r["processes_s"]["births"] + r["processes_s"]["deaths"] for r in taken["city years"]]
    objects = [months * median(r["month_s"]) for r in taken["mesa two rules"]]
    trivial = [months * median(r["month_s"]) for r in taken["mesa trivial"]]
    few, fewer = (len(taken[name][0]["month_s"]) for name in ("mesa two rules", "mesa trivial"))
    rows = [
        _row("kortrijk-sim: housing, care and travel, all processes", ours, ours),
        _row("kortrijk-sim: births and deaths, without the walk that makes all draws", vital, ours),
        _row("kortrijk-sim, first run of a process", _of(taken, "city years", "first_run_s"), ours),
        _row("Starsim: births and deaths only", _of(taken, "starsim years", "run_s"), ours),
        _row(f"plain Mesa: two rules, extrapolated from {few} months", objects, ours),
        _row(f"plain Mesa: age += 1, extrapolated from {fewer} months", trivial, ours),
    ]
    city, starsim, mesa = (taken[name][0] for name in ("city years", "starsim years", "mesa two rules"))
    note = (
        f"Agents: city {city['agents']:,.0f} persons and their homes, Starsim {starsim['agents']:,.0f}, Mesa"
        f" {mesa['agents']:,.0f} persons and households. Deaths a month: {city['deaths_per_month']:.0f},"
        f" {starsim['deaths_per_month']:.0f}, {mesa['deaths_per_month']:.0f}. Households that start to look for a"
        f" home a month: city {city['sought_per_month']:.0f}, Mesa {mesa['sought_per_month']:.0f}."
    )
    return Table(f"{months} months of the whole city", ("seconds", "min", "median", "max", "ratio to ours"), rows, note)


def _many(taken: Measured, months: int) -> Table:
    ours = _of(taken, "city many runs", "run_s")
    rows = [
        _row("seconds a run: kortrijk-sim experiment run", ours, ours),
        _row("seconds a run: mesa.batch_run", _of(taken, "mesa many runs", "run_s"), ours),
    ]
    memory = _of(taken, "city many runs", "memory_mb")
    rows += [
        _row("MB of all processes: kortrijk-sim experiment run", memory, memory, digits=0),
        _row("MB of all processes: mesa.batch_run", _of(taken, "mesa many runs", "memory_mb"), memory, digits=0),
    ]
    stored = taken["city many runs"][0]["stored_mb"]
    note = (
        f"{RUNS} runs of {12 * max(1, months // 12)} months with the same seeds, {PROCESSES} processes, their start"
        f" included. Ours leaves {stored:.2f} MB a run on disk (all indicators of the city and its wijken by year,"
        " everybody at the end) and goes on after a kill; batch_run returns the headline indicators of the city at the"
        " end and loses all runs when one fails."
    )
    return Table("Many runs", ("", "min", "median", "max", "ratio to ours"), rows, note)


def _start(taken: Measured) -> Table:
    ours = _of(taken, "city start", "start_s")
    rows = [
        _row("kortrijk-sim: import, city, model", ours, ours),
        _row("  of which import", _of(taken, "city start", "import_s"), ours),
        _row("  first month after it (loads kernels)", _of(taken, "city start", "first_month_s"), ours),
        _row("population synthesis, first of a process", _of(taken, "city synthesis", "cold_s"), ours),
        _row("population synthesis, second", _of(taken, "city synthesis", "warm_s"), ours),
        _row("Starsim: import and people", _of(taken, "starsim years", "start_s"), ours),
        _row("plain Mesa: objects from a ready city", _of(taken, "mesa two rules", "build_s"), ours),
    ]
    uses = [r["first_use_s"] for r in taken["city compilation"]]
    note = f"A small city and two months, all compiled: {uses[0]:.1f} s"
    if len(uses) > 1:
        note += f"; the first time ever on a machine, with all compilation: {uses[1]:.1f} s"
    return Table("Start", ("seconds", "min", "median", "max", "ratio to ours"), rows, note + ".")


def _copies(taken: Measured) -> Table:
    def pooled(name: str, key: str) -> list[Numbers]:
        return [[1000 * value for value in r[key]] for r in taken[name]]

    ours = [median(values) for values in pooled("city years", "fork_s")]
    rows = []
    for label, name, key in (
        ("fork() at the end of the run", "city years", "fork_s"),
        ("snapshot()", "city years", "snapshot_s"),
        ("restore()", "city years", "restore_s"),
        (f"deepcopy of a Mesa model of {taken['mesa deep copy'][0]['agents']:,} agents", "mesa deep copy", "copy_s"),
    ):
        rows.append(_row(label, [median(values) for values in pooled(name, key)], ours, digits=1))
    return Table("Branching time", ("milliseconds", "min", "median", "max", "ratio to ours"), rows)


def _memory(taken: Measured) -> Table:
    resident = taken["city memory"][0]["resident_mb"]
    ours = _of(taken, "city years", "lived_mb")
    rows = [
        _row("kortrijk-sim: process after two runs", ours, ours, digits=0),
        _row("  of which imports", _of(taken, "city years", "import_mb"), ours, digits=0),
        _row("  of which city and model", _of(taken, "city years", "model_mb"), ours, digits=0),
        _row("Starsim: process after two runs", _of(taken, "starsim years", "lived_mb"), ours, digits=0),
        _row("  of which imports", _of(taken, "starsim years", "import_mb"), ours, digits=0),
        _row("plain Mesa: the objects alone", _of(taken, "mesa two rules", "model_mb"), ours, digits=0),
    ]
    growth = ", ".join(f"{later - sooner:+.0f}" for sooner, later in pairwise(resident))
    note = f"After run 1 of {len(resident)} in one process {resident[0]:.0f} MB; each further run: {growth} MB."
    return Table("Memory", ("MB", "min", "median", "max", "ratio to ours"), rows, note)


def _processes(taken: Measured) -> Table:
    runs = [r["processes_s"] for r in taken["city years"]]
    cost = {name: [run[name] for run in runs] for name in runs[0]}
    whole = sum(median(values) for values in cost.values())
    rows = [
        (name, f"{1000 * median(values):.0f}", f"{100 * median(values) / whole:.1f} %")
        for name, values in sorted(cost.items(), key=lambda item: -median(item[1]))
    ]
    return Table("Where the time of a run goes", ("process", "milliseconds", "share"), rows)


def _of(taken: Measured, name: str, key: str) -> Numbers:
    return [float(r[key]) for r in taken[name]]


def _row(label: str, values: Numbers, ours: Numbers, digits: int = 2) -> tuple[str, ...]:
    """Return least, median and most, and the ratio to ours of the same round with its range."""
    ratios = [value / own for value, own in zip(values, ours, strict=True)]
    ratio = "1" if values == ours else f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    if label.startswith(PART):
        ratio = ""  # a part is no contender
    return (label, *(f"{value:,.{digits}f}" for value in (min(values), median(values), max(values))), ratio)
