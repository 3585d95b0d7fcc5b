"""The model for people with their own code: as a function for SALib, and as a model of EMA Workbench.

Both run the same cities as an experiment file does; what is missing is only the folder of results.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import load_geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.compiling import is_compiled
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.experiments.designs import Factor, problem
from kortrijk_sim.experiments.experiment_file import Lever, experiment_of
from kortrijk_sim.experiments.outcomes import CITY, Outcome, parse_outcome
from kortrijk_sim.experiments.parameters_chosen import select_parameters
from kortrijk_sim.experiments.plan import Plan, make_plan, scenario_at
from kortrijk_sim.experiments.run_spec import RunSpec, run_one
from kortrijk_sim.experiments.workers import local_workers
from kortrijk_sim.experiments.yearly import YEARLY_COLUMNS
from kortrijk_sim.models.dated_measure import END_YEAR, START_YEAR


def salib_problem(
    parameters: Sequence[str] = ("*",),
    classes: Collection[str] = (),
    ranges: Mapping[str, tuple[float, float]] | None = None,
    tables: Tables | None = None,
) -> dict[str, Any]:
    """Return parameters as a problem of SALib, with the ranges of their tables.

    Args:
        parameters: Names or patterns (``nursing_*``; with ``!`` in front to leave out again).
        classes: Only of these classes: observed, calibrated, assumed; all when empty.
        ranges: Own ranges by name.
        tables: Tables instead of the package's own.

    Raises:
        InputError: A name, pattern, class or range is not in order, or nothing is chosen.
    """
    known = Parameters(tables if tables is not None else Tables())
    return problem(select_parameters(known, parameters, classes, ranges))


def evaluate(
    problem: Mapping[str, Any],
    samples: FloatArray,
    figures: Sequence[str],
    *,
    scenario: str = "unchanged",
    seed: int = 1,
    scale: float = 1.0,
    city_seed: int = 2025,
    workers: int = 1,
    tables: Tables | None = None,
) -> FloatArray:
    """Run the city once for each row of a sample of SALib.

    Args:
        problem: With ``names`` and ``bounds``, as :func:`salib_problem` gives it.
        samples: Values of the parameters, (runs, parameters), as SALib samples them.
        figures: What is asked: INDICATOR@YEAR or INDICATOR@YEAR@WIJK; runs end with the last of these years.
        scenario: Name or file of the future.
        seed: Seed of the dice, the same in all runs.
        scale: Share of the city; counts are scaled up to the whole.
        city_seed: Seed of the population synthesis.
        workers: Processes; 1 runs everything in this one. They start anew, so a script needs its
            ``if __name__ == "__main__"``.
        tables: Tables instead of the package's own.

    Returns:
        One row per run, one column per figure: ``evaluate(...)[:, 0]`` is what SALib analyses. A run that
        fails gives nan, and a warning says why.

    Raises:
        InputError: The sample does not fit the problem, or a parameter, value, figure or scenario is not in
            order.
    """
    x = np.asarray(samples, np.float64)
    names, bounds = _read_problem(problem)
    if x.ndim != 2 or x.shape[1] != len(names) or not len(x) or not np.isfinite(x).all():
        raise InputError(
            f"samples: a table of shape {x.shape}; valid: finite numbers, one row per run and {len(names)} columns"
        )
    known = Parameters(tables if tables is not None else Tables())
    for name, column in zip(names, x.T, strict=True):
        for value in (column.min(), column.max()):
            known.override({name: float(value)})
    ranges = {name: (float(low), float(high)) for name, (low, high) in zip(names, bounds, strict=True)}
    driver = _driver([scenario], figures, {"ranges": ranges}, (), seed, scale, city_seed, tables)
    points = [dict(zip(names, row.tolist(), strict=True)) for row in x]
    alone = len(points) if workers == 1 else 0 if is_compiled() else 1  # compiled once, not once per worker
    found = [driver.figures(point) for point in points[:alone]]
    pool: AbstractContextManager[Executor | None] = local_workers(workers) if alone < len(points) else nullcontext()
    with pool as executor:
        if executor is not None:
            found += executor.map(_figures, repeat(driver), points[alone:], chunksize=1)
    _warn([reason for _, reason in found])
    return np.array([values for values, _ in found], np.float64)


def ema_model(
    scenarios: Sequence[str] = ("unchanged",),
    uncertainties: Sequence[str] = (),
    levers: Sequence[Lever | Mapping[str, Any]] = (),
    outcomes: Sequence[str] = ("price_index@2040",),
    *,
    classes: Collection[str] = (),
    ranges: Mapping[str, tuple[float, float]] | None = None,
    scale: float = 1.0,
    seed: int = 1,
    city_seed: int = 2025,
    tables: Tables | None = None,
) -> Any:
    """Return the city as a model of EMA Workbench, to run with its evaluators.

    Args:
        scenarios: Names or files of futures; with several, ``future`` is a lever that chooses one.
        uncertainties: Names or patterns of parameters.
        levers: Measures of which one field is varied, as under ``[[levers]]`` in an experiment file.
        outcomes: INDICATOR@YEAR or INDICATOR@YEAR@WIJK. Python has no names with ``@``: the outcomes are called
            ``price_index_2040`` and ``nursing_waiting_2035_Marke``.
        classes: Only uncertainties of these classes.
        ranges: Own ranges of uncertainties by name.
        scale: Share of the city; counts are scaled up to the whole.
        seed: Seed of the dice; a constant of the model, like the scale.
        city_seed: Seed of the population synthesis.
        tables: Tables instead of the package's own.

    Returns:
        An ``ema_workbench.Model``. A run that fails gives nan for every outcome, and a warning says why. EMA
        Workbench 3.0 itself refuses several policies for a model without any uncertainty.

    Raises:
        InputError: EMA Workbench is not installed, or something is not in order.
    """
    ema = _ema()
    wanted = {
        "parameters": list(uncertainties),
        "classes": list(classes),
        "ranges": {name: list(span) for name, span in (ranges or {}).items()},
    }
    driver = _driver(scenarios, outcomes, wanted, levers, seed, scale, city_seed, tables)
    model = ema.Model("kortrijk", function=driver)
    model.uncertainties = [_as_ema(ema, factor) for factor in driver.factors if factor.kind == "uncertainty"]
    chosen = [_as_ema(ema, factor) for factor in driver.factors if factor.kind == "lever"]
    futures = list(driver.specs)
    constants = [ema.Constant("seed", seed), ema.Constant("scale", scale), ema.Constant("city_seed", city_seed)]
    if len(futures) > 1:
        chosen.append(ema.CategoricalParameter("future", futures))
    else:
        constants.append(ema.Constant("future", futures[0]))
    model.levers = chosen
    model.constants = constants
    model.outcomes = [ema.ScalarOutcome(_plain(outcome)) for outcome in driver.outcomes]
    return model


@dataclass(frozen=True)
class _Driver:
    """A city that is asked for figures at a point of parameters and levers; it travels to other processes.

    Attributes:
        specs: By name of a future its run, without what is varied.
        factors: What is varied.
        levers: The levers among them.
        outcomes: What is asked.
    """

    specs: dict[str, RunSpec]
    factors: tuple[Factor, ...]
    levers: tuple[Lever, ...]
    outcomes: tuple[Outcome, ...]

    def figures(
        self, point: Mapping[str, float], future: str | None = None, **constants: Any
    ) -> tuple[list[float], str]:
        """Return the figures at a point; nan and the reason if the run fails."""
        spec = self.specs[future] if future is not None else next(iter(self.specs.values()))
        spec = replace(spec, **constants)
        uncertain = [factor.name for factor in self.factors if factor.kind == "uncertainty"]
        ran = run_one(replace(spec, scenario=scenario_at(spec.scenario, point, uncertain, self.levers)))
        if ran.reason:
            return [float("nan")] * len(self.outcomes), ran.reason
        table = pd.read_parquet(BytesIO(ran.files["indicators"])).set_index(["year", "place"])
        return [table[o.indicator].to_dict()[o.year, o.place] for o in self.outcomes], ""

    def __call__(self, future: str, seed: int, scale: float, city_seed: int, **values: Any) -> dict[str, float]:
        """Run it for EMA Workbench, which hands over the constants as well."""
        found, reason = self.figures(values, future, seed=seed, scale=scale, city_seed=city_seed)
        _warn([reason])
        return {_plain(outcome): value for outcome, value in zip(self.outcomes, found, strict=True)}


def _driver(
    scenarios: Sequence[str],
    figures: Sequence[str],
    uncertainties: Mapping[str, Any],
    levers: Sequence[Lever | Mapping[str, Any]],
    seed: int,
    scale: float,
    city_seed: int,
    tables: Tables | None,
) -> _Driver:
    """Check what is asked as an experiment file would be, and keep what runs need."""
    outcomes = tuple(parse_outcome(figure) for figure in figures)
    if not outcomes:
        raise InputError("figures: none; valid: at least one, such as price_index@2040")
    content: dict[str, Any] = {
        "name": "converted",
        "scenarios": list(scenarios),
        "seeds": [seed],
        "years": _years(outcomes),
        "scale": float(scale),
        "city_seed": city_seed,
        "levers": [lever.model_dump(exclude_defaults=True) if isinstance(lever, Lever) else lever for lever in levers],
        "uncertainties": {key: value for key, value in uncertainties.items() if value},
    }
    if content["levers"] or content["uncertainties"]:
        content["design"] = {"kind": "lhs", "samples": 1}
    experiment = experiment_of(content, "converter")
    plan: Plan = make_plan(experiment, tables)
    specs = {spec.policy: replace(spec, scenario=plan.scenarios[spec.policy]) for spec in plan.specs}
    return _Driver(specs, plan.factors, experiment.levers, outcomes)


def _years(outcomes: Sequence[Outcome]) -> int:
    """Return how many years are needed; refuse a figure that no run has."""
    places = [CITY, *(wijk.name for wijk in load_geography(Tables()).wijken)]
    for outcome in outcomes:
        if outcome.indicator not in YEARLY_COLUMNS or outcome.indicator in ("year", "place"):
            raise InputError(f"figure: {outcome}: no such indicator; {nearest(outcome.indicator, YEARLY_COLUMNS)}")
        if outcome.place not in places:
            raise InputError(f"figure: {outcome}: no place '{outcome.place}'; {nearest(outcome.place, places)}")
        if not START_YEAR - 1 <= outcome.year <= END_YEAR:
            raise InputError(f"figure: {outcome}: year {outcome.year}; valid: {START_YEAR - 1} to {END_YEAR}")
    return max(1, max(outcome.year for outcome in outcomes) - START_YEAR + 1)


def _read_problem(given: Mapping[str, Any]) -> tuple[list[str], list[tuple[float, float]]]:
    try:
        names = [str(name) for name in given["names"]]
        bounds = [(float(low), float(high)) for low, high in given["bounds"]]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("problem: not one of SALib; valid: 'names' and 'bounds', as salib_problem gives") from error
    if len(bounds) != len(names) or len(set(names)) < len(names) or not names:
        raise InputError("problem: names and bounds do not fit; valid: bounds for each name, each name once")
    return names, bounds


def _figures(driver: _Driver, point: Mapping[str, float]) -> tuple[list[float], str]:
    return driver.figures(point)


def _warn(reasons: Sequence[str]) -> None:
    failed = [reason for reason in reasons if reason]
    if failed:
        warnings.warn(f"{len(failed):,} of {len(reasons):,} runs failed; the first: {failed[0]}", stacklevel=3)


def _ema() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it tells what else could be installed
            import ema_workbench  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        raise InputError(
            f"ema_model needs EMA Workbench ({error}); valid: pip install 'kortrijk-sim[discovery]'"
        ) from error
    return ema_workbench


def _as_ema(ema: Any, factor: Factor) -> Any:
    if factor.values:
        return ema.CategoricalParameter(factor.name, list(factor.steps))
    if factor.integer:
        return ema.IntegerParameter(factor.name, int(factor.low), int(factor.high))
    return ema.RealParameter(factor.name, factor.low, factor.high)


def _plain(outcome: Outcome) -> str:
    return re.sub(r"\W", "_", str(outcome).replace("@", "_"))
