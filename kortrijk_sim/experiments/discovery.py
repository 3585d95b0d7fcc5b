"""Which futures go wrong together, and which policy one regrets least.

Scenario discovery looks for a box in the space of uncertainties that holds most of the points with an outcome of
interest and few others (PRIM, by EMA Workbench, the extra ``discovery``). Regret needs no more than the results.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.outcomes import Outcome, outcome_values

if TYPE_CHECKING:
    from kortrijk_sim.experiments.results import Result

MASS_MIN = 0.05  # share of all points that a box holds at least: with fewer it describes single runs
QUASI_P = 0.05  # a limit that chance would give as easily is no finding
FEW = 20  # points; below, any box fits


@dataclass(frozen=True)
class Box:
    """A part of the space of uncertainties.

    Attributes:
        limits: One row per limited factor: factor, low, high, its whole range as range_low and range_high, and
            the quasi-p values of both limits (nan where there is none). A small one says that chance would
            hardly give so dense a box without the limit.
        coverage: Share of all points of interest that lie in the box.
        density: Share of the points in the box that are of interest.
        mass: Share of all points that lie in the box.
    """

    limits: pd.DataFrame
    coverage: float
    density: float
    mass: float


@dataclass(frozen=True)
class Discovery:
    """What the points with an outcome of interest have in common.

    Attributes:
        boxes: The boxes found, one after the other; empty when no limit is better than none.
        points: Number of points that were looked at.
        of_interest: How many of them are of interest.
        dropped: Points left out because a run of theirs is missing.
    """

    boxes: tuple[Box, ...]
    points: int
    of_interest: int
    dropped: int


def discover(
    result: Result,
    outcome: Outcome,
    *,
    above: float | None = None,
    below: float | None = None,
    scenario: str | None = None,
    boxes: int = 1,
    levers: bool = False,
) -> Discovery:
    """Find where in the space of uncertainties a figure lies above or below a limit.

    Args:
        result: An experiment with a Latin hypercube or Sobol design.
        outcome: The figure; its mean over the seeds counts.
        above: Of interest are values above this; with ``below`` those between the two.
        below: Of interest are values below this.
        scenario: The future it is taken of; the base by default.
        boxes: Number of boxes; each is found among the points that those before it leave.
        levers: Whether levers may limit a box as well.

    Raises:
        InputError: EMA Workbench is not installed, the design does not fill the space, or nothing or everything
            is of interest.
    """
    if above is None and below is None:
        raise InputError("discover: neither above nor below; valid: at least one of them")
    if result.manifest.design not in ("lhs", "sobol", "file"):
        raise InputError(
            f"{result.folder}: a design of kind '{result.manifest.design}'; valid for discover: 'lhs' or 'sobol', "
            "which fill the space of uncertainties"
        )
    names = [f.name for f in result.manifest.factors if levers or f.kind == "uncertainty"]
    if not names:
        raise InputError(f"{result.folder}: no uncertainties; valid: an experiment that varies some")
    values = outcome_values(result, outcome, scenario).mean(axis=1, skipna=False)
    points = result.design().set_index("point")[names]
    whole = values.notna()
    y = values[whole].to_numpy(np.float64)
    interest = np.ones(len(y), np.bool_)
    if above is not None:
        interest &= y > above
    if below is not None:
        interest &= y < below
    return find_boxes(points[whole.to_numpy()], interest, boxes=boxes, dropped=int((~whole).sum()))


def find_boxes(points: pd.DataFrame, interest: FloatArray | Any, *, boxes: int = 1, dropped: int = 0) -> Discovery:
    """Find boxes that hold many points of interest and few others.

    Of the boxes that PRIM peels, the one with the largest harmonic mean of coverage and density is taken; limits
    that chance would give as easily are taken away again.

    Args:
        points: One row per point, one column per factor.
        interest: For each point whether it is of interest.
        boxes: Number of boxes.
        dropped: Points that were left out before, to be told.

    Raises:
        InputError: EMA Workbench is not installed, there are too few points, or none or all are of interest.

    Source:
        Friedman, J. and Fisher, N. (1999), Statistics and Computing 9; Bryant, B. and Lempert, R. (2010),
        Technological Forecasting and Social Change 77(1), for coverage, density and quasi-p values.
    """
    prim = _prim()
    y = np.asarray(interest, np.bool_)
    if len(y) < FEW:
        raise InputError(f"discover: {len(y)} points; valid: at least {FEW}, so a larger design")
    if y.all() or not y.any():
        every = "every point is" if y.all() else "no point is"
        raise InputError(f"discover: {every} of interest; valid: a limit that divides the points")
    x = points.reset_index(drop=True).astype(np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries, on the frames they copy
        search = prim.Prim(x, y.astype(np.int64), mass_min=MASS_MIN)
        found: list[Box] = []
        for _ in range(boxes):
            peeled = search.find_box()
            if peeled is None:
                break
            box = _described(peeled, x)
            if box is None:
                break
            found.append(box)
    return Discovery(tuple(found), len(y), int(y.sum()), dropped)


def _prim() -> Any:
    """Load PRIM.

    Raises:
        InputError: EMA Workbench is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it tells what else could be installed
            from ema_workbench.analysis import prim  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        raise InputError(
            f"discover needs EMA Workbench ({error}); valid: pip install 'kortrijk-sim[discovery]'"
        ) from error
    return prim


def _described(peeled: Any, x: pd.DataFrame) -> Box | None:
    """Choose one of the boxes that were peeled, drop limits without meaning, and describe it."""
    steps = peeled.peeling_trajectory
    both = 2.0 / (1.0 / steps["coverage"] + 1.0 / steps["density"])
    chosen = int(both.to_numpy(np.float64).argmax())
    peeled.select(chosen)
    limits = _limits(peeled, x, chosen)
    while len(limits) and limits["quasi_p"].max() > QUASI_P:
        worst = str(limits["factor"].iloc[int(limits["quasi_p"].argmax())])
        peeled.drop_restriction(worst)
        limits = _limits(peeled, x, len(peeled.box_lims) - 1)
    if limits.empty:
        return None
    limits = limits.sort_values("quasi_p", kind="stable", ignore_index=True).drop(columns="quasi_p")
    return Box(limits, float(peeled.coverage), float(peeled.density), float(peeled.mass))


def _limits(peeled: Any, x: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return the limits of one of the boxes peeled; ``quasi_p`` is the better of the two of a factor."""
    box, everything = peeled.box_lims[number], peeled.box_lims[0]
    limited = [n for n in x.columns if not np.array_equal(box[n].to_numpy(), everything[n].to_numpy())]
    rows = []
    for name in limited:
        low_p, high_p = (np.nan if p < 0 else float(p) for p in peeled.p_values[number][name])
        rows.append(
            {
                "factor": name, "low": float(box[name].iloc[0]), "high": float(box[name].iloc[1]),
                "range_low": float(x[name].min()), "range_high": float(x[name].max()),
                "quasi_p_low": low_p, "quasi_p_high": high_p, "quasi_p": np.nanmin([low_p, high_p]),
            }
        )  # fmt: skip
    columns = ["factor", "low", "high", "range_low", "range_high", "quasi_p_low", "quasi_p_high", "quasi_p"]
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True)
class Regret:
    """What each policy falls short of the best one, over the points of a design.

    Attributes:
        table: One row per policy, the most robust first: policy, mean, p90, most (regret over the points) and
            best_share, the share of points at which it is the best.
        by_point: Regret of each policy (columns) at each point (index).
        dropped: Points left out because a run of theirs is missing.
    """

    table: pd.DataFrame
    by_point: pd.DataFrame
    dropped: int

    @property
    def most_robust(self) -> str:
        """The policy whose largest regret is smallest (Savage's minimax regret)."""
        return str(self.table.loc[0, "policy"])


def regret(result: Result, outcome: Outcome, best: Literal["low", "high"]) -> Regret:
    """Return how much one would regret each policy (scenario), future by future (point).

    Args:
        result: An experiment with two or more scenarios and a design over uncertainties.
        outcome: The figure; its mean over the seeds counts.
        best: Whether low or high values are good.

    Raises:
        InputError: There is one policy only, no point is complete, or ``best`` is something else.
    """
    if best not in ("low", "high"):
        raise InputError(f"best: '{str(best)[:60]}'; valid: low or high")
    policies = result.manifest.scenarios
    if len(policies) < 2:
        raise InputError(f"{result.folder}: one scenario; valid for regret: two or more, which are the policies")
    values = {name: outcome_values(result, outcome, name).mean(axis=1, skipna=False) for name in policies}
    return regret_of(pd.DataFrame(values), best)


def regret_of(values: pd.DataFrame, best: Literal["low", "high"]) -> Regret:
    """Return the regret of each policy.

    Args:
        values: The figure: one row per point, one column per policy; rows with nan are left out and counted.
        best: Whether low or high values are good.

    Raises:
        InputError: No row is complete.
    """
    whole = values.dropna()
    if whole.empty:
        raise InputError("regret: no point has a value for every policy; valid: a result with finished runs")
    ideal = whole.min(axis=1) if best == "low" else whole.max(axis=1)
    by_point = whole.sub(ideal, axis=0).abs()
    table = pd.DataFrame(
        {
            "policy": by_point.columns,
            "mean": by_point.mean().to_numpy(),
            "p90": by_point.quantile(0.9).to_numpy(),
            "most": by_point.max().to_numpy(),
            "best_share": (by_point == 0).mean().to_numpy(),
        }
    ).sort_values(["most", "p90", "mean"], kind="stable", ignore_index=True)
    return Regret(table, by_point, len(values) - len(whole))
