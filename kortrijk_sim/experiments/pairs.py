"""Futures compared seed by seed: the same dice in each, so that what differs is what the policy does.

Every seed is one task for a worker process: the base runs to the branch, is forked once per alternative, and
each branch is followed to the end. What an alternative shares with the base is therefore simulated once.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import as_completed
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from kortrijk_sim.city.tables import Tables
from kortrijk_sim.compiling import is_compiled
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.paired_result import Difference, PairedResult
from kortrijk_sim.experiments.workers import check_workers, local_workers
from kortrijk_sim.models.policy import MONTHS, START_YEAR, Scenario

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel

type Progress = Callable[[int, int, dt.date], None]

__all__ = ["Difference", "Figure", "Figures", "PairedResult", "common_months", "run_pairs"]


class Figure(NamedTuple):
    """An indicator over the last months of a run, as one number.

    Attributes:
        indicator: Name of the indicator.
        how: ``mean`` or ``sum`` over the months, or the ``last`` value.
        months: Over how many months at the end of the run.
        wijk: Of this wijk instead of the whole city.
    """

    indicator: str
    how: Literal["mean", "sum", "last"] = "mean"
    months: int = 12
    wijk: str | None = None

    @property
    def name(self) -> str:
        """Name of the figure in results."""
        return self.indicator if self.wijk is None else f"{self.indicator} in {self.wijk}"

    def of(self, model: KortrijkModel) -> float:
        """Return the figure of a run.

        Raises:
            InputError: The indicator or the wijk is unknown.
        """
        place = 0 if self.wijk is None else 1 + model.geography.wijk_number(self.wijk)
        first = model.month if self.how == "last" else max(1, model.month - self.months + 1)
        series = [model.indicators.value(self.indicator, place, month) for month in range(first, model.month + 1)]
        return float(np.sum(series) if self.how == "sum" else np.mean(series))


# A function has to be one of a module: worker processes look it up by name.
type Figures = Sequence[Figure | str] | Callable[[KortrijkModel], Mapping[str, float]]


def run_pairs(
    base: Scenario,
    alternatives: Mapping[str, Scenario],
    seeds: Sequence[int],
    figures: Figures,
    *,
    years: int | None = None,
    branch_month: int | None = None,
    workers: int = 2,
    tables: Tables | None = None,
    city_seed: int = 2025,
    scale: float = 1.0,
    progress: Progress | None = None,
) -> PairedResult:
    """Run a base future and its alternatives with the same seeds.

    The result depends neither on the number of workers nor on the order in which they finish.

    Args:
        base: The future to compare with.
        alternatives: Other futures by the name they get in the result.
        seeds: Seeds of the dice, each once.
        figures: Indicators (their mean over the last year), :class:`Figure` objects, or a function of a
            finished run that returns figures by name. With workers it must be a function of a module.
        years: Simulated years from 2025; those of the base by default.
        branch_month: Month (since 1 January 2025) up to which every alternative is the base; see
            :func:`common_months`. Parameters and switches of an alternative then hold from that month on.
            None runs each future from the start.
        workers: Worker processes; 1 runs everything in this one.
        tables: Tables instead of the package's own.
        city_seed: Seed of the population synthesis, the same in all runs.
        scale: Share of the city that is simulated; figures are not scaled up.
        progress: Called with months done, months in all and a date, once before the first and after each
            seed.

    Raises:
        InputError: A seed stands twice, a name is that of the base, the branch lies after the end or a
            measure of an alternative acts before it; or a scenario or figure is not valid.
    """
    years = years if years is not None else base.years
    task = _Task(base, dict(alternatives), figures, 12 * years, branch_month, _folder(tables), city_seed, scale)
    _check(task, seeds, workers)
    months = task.months_to_run
    if progress is not None:
        progress(0, months * len(seeds), dt.date(START_YEAR, 1, 1))
    end = dt.date(START_YEAR + years - 1, 12, 1)
    found: dict[int, list[_Row]] = {}
    todo = list(seeds)
    if workers == 1 or len(todo) == 1 or not is_compiled():  # compiled once: several workers would each compile
        alone = todo if workers == 1 else todo[:1]
        for seed in alone:
            found[seed] = _run_seed(task, seed)
            if progress is not None:
                progress(months * len(found), months * len(seeds), end)
        todo = todo[len(alone) :]
    if todo:
        with local_workers(min(workers, len(todo))) as pool:
            running = {pool.submit(_run_seed, task, seed): seed for seed in todo}
            for done in as_completed(running):
                found[running[done]] = done.result()
                if progress is not None:
                    progress(months * len(found), months * len(seeds), end)
    rows = [row for seed in seeds for row in found[seed]]
    return PairedResult(base.name, pd.DataFrame(rows, columns=list(_Row._fields)))


def common_months(base: Scenario, alternatives: Mapping[str, Scenario]) -> int:
    """Return for how many months the alternatives cannot differ from the base: where to branch.

    It is the first month in which a measure acts that not all futures share; 0 when parameters or switches
    differ, and the last month when nothing does.
    """
    first = MONTHS
    for other in alternatives.values():
        if other.parameters != base.parameters or other.switches != base.switches:
            return 0
        for one, two in ((base, other), (other, base)):
            shared = list(two.measures)
            for measure in one.measures:
                if measure in shared:
                    shared.remove(measure)
                else:
                    first = min(first, measure.first_month)
    return first


class _Row(NamedTuple):
    seed: int
    scenario: str
    figure: str
    value: float


class _Task(NamedTuple):
    """All that a worker needs besides the seed."""

    base: Scenario
    alternatives: dict[str, Scenario]
    figures: Figures
    months: int
    branch_month: int | None
    folder: Path | None
    city_seed: int
    scale: float

    @property
    def months_to_run(self) -> int:
        shared = self.branch_month or 0
        return shared + (1 + len(self.alternatives)) * (self.months - shared)


def _check(task: _Task, seeds: Sequence[int], workers: int) -> None:
    if not seeds or len(set(seeds)) < len(seeds):
        raise InputError("seeds: none, or one stands twice; valid: different seeds, at least one")
    check_workers(workers)
    if task.base.name in task.alternatives:
        raise InputError(f"alternatives: '{task.base.name}' is the base; valid: another name")
    if not 12 <= task.months <= MONTHS:
        raise InputError(f"years: {task.months // 12}; valid: 1 to {MONTHS // 12}")
    if task.branch_month is None:
        return
    if not 0 <= task.branch_month < task.months:
        raise InputError(f"branch_month: {task.branch_month} lies outside the run; valid: 0 to {task.months - 1}")
    for name, scenario in task.alternatives.items():
        measures = scenario.model_copy(update={"parameters": task.base.parameters, "switches": task.base.switches})
        if common_months(task.base, {name: measures}) < task.branch_month:
            raise InputError(
                f"alternatives: '{name}' differs from '{task.base.name}' before month {task.branch_month}; "
                f"valid: a branch in month {common_months(task.base, {name: measures})} or earlier"
            )


def _folder(tables: Tables | None) -> Path | None:
    return None if tables is None else tables.folder


def _run_seed(task: _Task, seed: int) -> list[_Row]:
    """Run all futures with one seed; only the model under way and the one to branch from are held."""
    from kortrijk_sim.models.model import KortrijkModel  # noqa: PLC0415 - loads the kernels

    def new(scenario: Scenario) -> KortrijkModel:
        tables = Tables(task.folder)
        return KortrijkModel(scenario, rng=seed, tables=tables, city_seed=task.city_seed, scale=task.scale)

    rows: list[_Row] = []
    trunk = new(task.base)
    _go_on(trunk, task.months if task.branch_month is None else task.branch_month)
    for name, scenario in task.alternatives.items():
        branch = new(scenario) if task.branch_month is None else trunk.fork(scenario)
        _go_on(branch, task.months)
        rows += _rows(task.figures, branch, seed, name)
        del branch
        gc.collect()  # models refer to themselves
    _go_on(trunk, task.months)
    rows = _rows(task.figures, trunk, seed, task.base.name) + rows
    del trunk
    gc.collect()
    return rows


def _go_on(model: KortrijkModel, month: int) -> None:
    while model.month < month:
        model.step()


def _rows(figures: Figures, model: KortrijkModel, seed: int, scenario: str) -> list[_Row]:
    if callable(figures):
        found = figures(model)
    else:
        each = [Figure(figure) if isinstance(figure, str) else figure for figure in figures]
        found = {figure.name: figure.of(model) for figure in each}
    return [_Row(seed, scenario, name, float(value)) for name, value in found.items()]
