"""What a figure depends on: Morris' elementary effects and Sobol's indices, and which of them chance could make.

The indices are computed by SALib. What is added here is the care around them: runs that are missing, several
seeds, and a line below which an effect cannot be told from chance.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.designs import Design
from kortrijk_sim.experiments.experiment_file import load_experiment
from kortrijk_sim.experiments.outcomes import Outcome, outcome_values

if TYPE_CHECKING:
    from kortrijk_sim.experiments.results import Result

RESAMPLES = 1_000
CONFIDENCE = 0.95
_SEED = 20_250_101  # of the bootstrap: one result always prints the same intervals
_HALF_NORMAL_MEAN, _HALF_NORMAL_SD = float(stats.halfnorm.mean()), float(stats.halfnorm.std())


@dataclass(frozen=True)
class Sensitivity:
    """How a figure depends on the factors of a design.

    Attributes:
        table: One row per factor, the one that matters most first; see :func:`elementary_effects` and
            :func:`sobol_indices` for its columns.
        method: ``morris`` or ``sobol``.
        mean: Mean of the figure over the design.
        used: Trajectories (Morris) or base points (Sobol) that it rests on.
        dropped: Trajectories left out because a run of theirs is missing.
        chance_from: What the noise line comes from: ``seeds``, ``small effects`` or ``unknown``.
        second: Second-order indices: factor, other, S2, S2_conf; empty if not asked for.
    """

    table: pd.DataFrame
    method: str
    mean: float
    used: int
    dropped: int
    chance_from: str
    second: pd.DataFrame


def sensitivity(result: Result, outcome: Outcome, scenario: str | None = None) -> Sensitivity:
    """Return how a figure of an experiment depends on what its design varies.

    Args:
        result: An experiment with a Morris or Sobol design.
        outcome: The figure.
        scenario: The future it is taken of; the base by default.

    Raises:
        InputError: The design is of another kind, the figure does not exist, or too many runs are missing.
    """
    design = _design_of(result)
    names = [factor.name for factor in result.manifest.factors]
    values = outcome_values(result, outcome, scenario)
    if design.kind == "morris":
        return elementary_effects(result.design()[names], values, design.levels)
    if design.kind == "sobol":
        return sobol_indices(result.design()[names], values, second_order=design.second_order)
    raise InputError(
        f"{result.folder}: a design of kind '{design.kind}'; valid for sensitivity: 'morris' or 'sobol' ('lhs' is "
        "for discover and regret)"
    )


def elementary_effects(points: pd.DataFrame, values: pd.DataFrame, levels: int = 4) -> Sensitivity:
    """Return Morris' measures: how far a figure moves when one factor moves.

    An effect is the change of the figure over that of the factor, with the factor's range as unit; several seeds
    are averaged first. Trajectories with a missing value are left out whole.

    The noise line is what the mean size of a factor's effects would stay below in 95 of 100 studies if it did
    nothing. With several seeds it comes from how far each step differs between them (the dice are the same before
    and after a step, so what pairing saves is counted). With one seed it is Lenth's pseudo standard error of all
    steps, which takes most of them to be chance; it says nothing when most factors matter.

    Args:
        points: One row per point in the order of the design, one column per factor.
        values: The figure: one row per point, one column per seed; nan where it is missing.
        levels: Grid of the design.

    Returns:
        ``table`` has the columns factor, mu, mu_star, mu_star_conf (half of its 95 % interval, bootstrap over
        trajectories), sigma, noise, above_noise, relative (mu_star over the size of the figure's mean) and
        to_noise (mu_star over the noise line).

    Raises:
        InputError: The points are not Morris trajectories, or fewer than two are complete.

    Source:
        Morris, M. (1991), Technometrics 33(2); Campolongo, F. et al. (2007), Environmental Modelling & Software
        22(10); Lenth, R. (1989), Technometrics 31(4).
    """
    from SALib.analyze import morris  # noqa: PLC0415 - slow to load

    x, y = points.to_numpy(np.float64), values.to_numpy(np.float64)
    rows = points.shape[1] + 1
    moved = _moved(x, rows)
    whole = np.isfinite(y).all(axis=1).reshape(-1, rows).all(axis=1)
    used = int(whole.sum())
    if used < 2:
        raise InputError(
            f"sensitivity: {used} of {len(whole)} trajectories are complete; valid: at least 2, so run what is missing"
        )
    keep = np.repeat(whole, rows)
    x, y, moved = x[keep], y[keep], moved[whole]
    problem = _problem(points.columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a figure that never moves
        found = morris.analyze(problem, x, y.mean(axis=1), RESAMPLES, CONFIDENCE, num_levels=levels, seed=_SEED)
    delta = levels / (2.0 * (levels - 1.0))
    noise, chance_from = _noise_of_steps(y, moved, delta)
    table = pd.DataFrame({"factor": list(points.columns)})
    for name in ("mu", "mu_star", "mu_star_conf", "sigma"):
        table[name] = np.ma.filled(np.ma.asarray(found[name], np.float64), np.nan)
    mean = float(y.mean())
    table["noise"] = noise
    table["above_noise"] = table["mu_star"] > table["noise"]
    table["relative"] = table["mu_star"] / abs(mean) if mean else np.nan
    table["to_noise"] = table["mu_star"] / table["noise"].where(table["noise"] > 0)
    table = table.sort_values(["mu_star", "factor"], ascending=[False, True], ignore_index=True)
    return Sensitivity(table, "morris", mean, used, len(whole) - used, chance_from, _no_second())


def sobol_indices(points: pd.DataFrame, values: pd.DataFrame, *, second_order: bool = False) -> Sensitivity:
    """Return Sobol's indices: which share of a figure's variance each factor accounts for.

    The noise line is the share of the variance that is left between seeds once what all points have in common is
    taken out; every total index contains it. With one seed it is unknown (nan), and ``above_noise`` only says
    whether the interval leaves out zero.

    Args:
        points: One row per point in the order of the design, one column per factor.
        values: The figure: one row per point, one column per seed; none may be missing.
        second_order: Whether the design has the points for it.

    Returns:
        ``table`` has the columns factor, S1, S1_conf, ST, ST_conf (halves of their 95 % intervals, bootstrap),
        noise and above_noise; ``second`` the pairs of factors.

    Raises:
        InputError: A value is missing, the points are not those of a Sobol design, or the figure never moves.

    Source:
        Saltelli, A. et al. (2010), Computer Physics Communications 181(2), as in SALib.
    """
    from SALib.analyze import sobol  # noqa: PLC0415 - slow to load

    y, n = values.to_numpy(np.float64), points.shape[1]
    rows = 2 * n + 2 if second_order else n + 2
    if len(y) == 0 or len(y) % rows or len(y) != len(points):
        raise InputError(f"sensitivity: {len(y)} points of {n} factors; valid: a multiple of {rows}, as 'sobol' makes")
    missing = int((~np.isfinite(y)).sum())
    if missing:
        raise InputError(
            f"sensitivity: {missing:,} of {y.size:,} runs have no value; valid: all of them, as a Sobol index cannot "
            "leave points out, so run what is missing or fix what failed"
        )
    mean_of_seeds = y.mean(axis=1)
    if np.ptp(mean_of_seeds) <= 1e-12 * max(1.0, float(np.abs(mean_of_seeds).max())):
        raise InputError("sensitivity: the figure is the same in every run; valid: one that moves")
    problem = _problem(points.columns)
    found = sobol.analyze(problem, mean_of_seeds, second_order, RESAMPLES, CONFIDENCE, seed=_SEED)
    table = pd.DataFrame({"factor": list(points.columns)})
    for name in ("S1", "S1_conf", "ST", "ST_conf"):
        table[name] = found[name]
    noise = _noise_share(y)
    table["noise"] = noise
    table["above_noise"] = table["ST"] - table["ST_conf"] > (0.0 if np.isnan(noise) else noise)
    table = table.sort_values(["ST", "factor"], ascending=[False, True], ignore_index=True)
    second = _second(found, list(points.columns)) if second_order else _no_second()
    chance_from = "unknown" if np.isnan(noise) else "seeds"
    return Sensitivity(table, "sobol", float(y.mean()), len(y) // rows, 0, chance_from, second)


def side_by_side(found: dict[str, Sensitivity], measure: str = "relative") -> pd.DataFrame:
    """Return one measure of several figures: a row per factor, a column per figure.

    Args:
        found: Sensitivities by the name of their figure.
        measure: ``relative`` or ``to_noise`` (Morris), ``S1`` or ``ST`` (Sobol), which do not depend on units.

    Raises:
        InputError: There is no such measure.
    """
    for one in found.values():
        if measure not in one.table:
            raise InputError(f"measure: '{measure}'; valid: {', '.join(one.table.columns[1:])}")
    columns = {name: one.table.set_index("factor")[measure] for name, one in found.items()}
    table = pd.DataFrame(columns)
    return table.loc[table.max(axis=1).sort_values(ascending=False, kind="stable").index]


def _design_of(result: Result) -> Design:
    design = load_experiment(result.folder / "experiment.toml").design
    if design is None:
        raise InputError(f"{result.folder}: no design; valid: an experiment with [design] kind = 'morris' or 'sobol'")
    return design


def _problem(names: Iterable[str]) -> dict[str, object]:
    names = list(names)
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _moved(x: FloatArray, rows: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return which factor moved in each step, (trajectories, rows - 1); refuse what is no trajectory."""
    if len(x) == 0 or len(x) % rows:
        raise InputError(f"sensitivity: {len(x)} points of {rows - 1} factors are no whole Morris trajectories")
    changed = np.diff(x.reshape(-1, rows, rows - 1), axis=1) != 0.0
    moved = changed.argmax(axis=2)
    once = (np.sort(moved, axis=1) == np.arange(rows - 1)).all()
    if not ((changed.sum(axis=2) == 1).all() and once):
        raise InputError("sensitivity: not Morris trajectories; valid: in each step one factor moves, and each once")
    return np.asarray(moved, np.int64)


def _noise_of_steps(
    y: FloatArray, moved: np.ndarray[tuple[int, int], np.dtype[np.int64]], delta: float
) -> tuple[FloatArray, str]:
    """Return the noise line of each factor, and what it rests on."""
    trajectories, n = moved.shape
    steps = np.diff(y.reshape(trajectories, n + 1, -1), axis=1) / delta
    seeds = steps.shape[2]
    if seeds > 1:
        by_factor = np.take_along_axis(steps, np.argsort(moved, axis=1)[:, :, None], axis=1)
        sd = np.sqrt(by_factor.var(axis=2, ddof=1).mean(axis=0) / seeds)
        sd = np.maximum(sd, np.median(sd))  # a few steps of one factor may agree by luck
    else:
        sd = np.full(n, _pseudo_standard_error(np.abs(steps).ravel()))
    line = _HALF_NORMAL_MEAN + float(stats.norm.ppf(CONFIDENCE)) * _HALF_NORMAL_SD / np.sqrt(trajectories)
    return np.asarray(line * sd), "seeds" if seeds > 1 else "small effects"


def _pseudo_standard_error(sizes: FloatArray) -> float:
    """Return the standard deviation of the small ones among effects (Lenth 1989); exact zeros are not chance."""
    sizes = sizes[sizes > 0.0]
    if not len(sizes):
        return 0.0
    first = 1.5 * float(np.median(sizes))
    return 1.5 * float(np.median(sizes[sizes < 2.5 * first]))


def _noise_share(y: FloatArray) -> float:
    """Return the share of chance in the variance over points of a mean over seeds; nan for one seed."""
    seeds = y.shape[1]
    if seeds < 2:
        return float("nan")
    rest = y - y.mean(axis=1, keepdims=True) - y.mean(axis=0, keepdims=True) + y.mean()
    chance = float((rest**2).sum()) / ((seeds - 1) * (len(y) - 1)) / seeds
    return float(chance / y.mean(axis=1).var())


def _second(found: dict[str, FloatArray], names: Sequence[str]) -> pd.DataFrame:
    upper = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    rows = [(names[i], names[j], found["S2"][i, j], found["S2_conf"][i, j]) for i, j in upper]
    table = pd.DataFrame(rows, columns=list(_no_second().columns))
    return table.sort_values("S2", ascending=False, ignore_index=True)


def _no_second() -> pd.DataFrame:
    return pd.DataFrame(columns=["factor", "other", "S2", "S2_conf"])
