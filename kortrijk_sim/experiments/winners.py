"""Winners and losers: who is better or worse off than the same person, or household, in the other future.

Everybody meets the same chance in both futures, so that a difference is what the policy does: for that one person,
or through the home, place or job that somebody else took. Only people of the base year are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from kortrijk_sim.arrays import Array, BoolArray, FloatArray
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.experiments.paired_result import half_width

if TYPE_CHECKING:
    from kortrijk_sim.experiments.results import Result

AGES = ("0-17", "18-34", "35-49", "50-64", "65-79", "80+")
_AGE_FROM = (18, 35, 50, 65, 80)
BY = ("all", "age", "tenure", "family", "wijk")
OUTCOMES = ("better", "worse", "same", "not_comparable")
NONE = "none"  # of people without a home or wijk in 2025
_WHETHER = 0.5  # between no and yes


class Criterion(NamedTuple):
    """One way in which somebody can be better or worse off.

    Attributes:
        name: Its name in results.
        label: In words.
        unit: Who is counted: ``households`` through their first member of 2025, ``seniors`` of 65 and older at the
            end, ``commuters`` with a way to work, ``inhabitants`` who travel.
        value: What is compared, from lives; nan where the question does not arise.
        good: Whether more of it is better (1) or less (-1).
        threshold: Parameter with the change from which it counts; empty for what is so or not.
    """

    name: str
    label: str
    unit: str
    value: Callable[[pd.DataFrame], FloatArray]
    good: Literal[1, -1]
    threshold: str = ""


def _column(name: str) -> Callable[[pd.DataFrame], FloatArray]:
    return lambda lives: lives[name].to_numpy(np.float64)


def _home_fits(lives: pd.DataFrame) -> FloatArray:
    fit = lives["home_fit"]
    return np.where(fit.isna(), np.nan, fit == "fits")


def _home_too_small(lives: pd.DataFrame) -> FloatArray:
    fit = lives["home_fit"]
    return np.where(fit.isna(), np.nan, fit == "too small")


def _housed(lives: pd.DataFrame) -> FloatArray:
    return np.where(lives["lives_here"] == 1, 1.0 - lives["homeless"], np.nan)


CRITERIA: tuple[Criterion, ...] = (
    Criterion("housing_cost", "Housing cost over income", "households", _column("housing_cost_share"), -1,
              "better_off_housing_cost_share"),
    Criterion("home_fits", "Home fits the household", "households", _home_fits, 1),
    Criterion("home_too_small", "Home is too small", "households", _home_too_small, -1),
    Criterion("housed", "Has a home", "households", _housed, 1),
    Criterion("social_wait", "Wait for a social home", "households", _column("social_wait_months"), -1,
              "better_off_social_wait_months"),
    Criterion("life_cycle_home", "Life-cycle-proof home", "seniors", _column("life_cycle_home"), 1),
    Criterion("unmet_help", "Help that nobody gives", "seniors", _column("unmet_hours_week"), -1,
              "better_off_unmet_hours_week"),
    Criterion("nursing_wait", "Wait for a nursing place", "seniors", _column("nursing_wait_months"), -1,
              "better_off_nursing_wait_months"),
    Criterion("isolation", "Social isolation", "seniors", _column("isolation"), -1,
              "better_off_isolation_probability"),
    Criterion("way_to_work", "Way to work", "commuters", _column("work_minutes"), -1, "better_off_work_minutes"),
    Criterion("daily_travel", "Time travelled a day", "inhabitants", _column("minutes_day"), -1,
              "better_off_travel_minutes_day"),
)  # fmt: skip


def winners(
    without: pd.DataFrame,
    with_it: pd.DataFrame,
    *,
    thresholds: Mapping[str, float] | None = None,
    scale: float = 1.0,
) -> pd.DataFrame:
    """Count who is better and worse off in one future than in the other.

    Those count for whom the question arises in at least one of the futures: nobody waits for a nursing place who
    never asked for one. Where it arises in one only (dead, gone, no longer on the list), a person is not comparable.

    Args:
        without: Lives in the future compared with, see ``LIVES_COLUMNS``.
        with_it: Lives in the other one, with the same dice.
        thresholds: Changes from which somebody counts as better or worse off, by parameter of the table
            ``parameters_comparison``; those of the table where not given.
        scale: Share of the city that was simulated; counts are scaled up.

    Returns:
        One row per criterion and group: ``criterion``, ``label``, ``unit``, ``by`` (all, age, tenure, family or
        wijk, as of 2025), ``group``, ``better``, ``worse``, ``same``, ``not_comparable``, and ``all`` of them.

    Raises:
        InputError: The two are not of the same people, or there is no such threshold.
    """
    if not np.array_equal(without["person"].to_numpy(), with_it["person"].to_numpy()):
        raise InputError("lives: not of the same people; valid: runs of one city seed and scale")
    limits = _limits(thresholds or {})
    groups = _groups(without)
    parts = []
    for criterion in CRITERIA:
        before, after = criterion.value(without), criterion.value(with_it)
        who = _unit(criterion.unit, without) & ~(np.isnan(before) & np.isnan(after))
        outcome = _outcomes(before, after, limits.get(criterion.threshold, _WHETHER), criterion.good)
        for by, (codes, names) in groups.items():
            counts = np.bincount(codes[who] * len(OUTCOMES) + outcome[who], minlength=len(names) * len(OUTCOMES))
            part = pd.DataFrame(counts.reshape(len(names), len(OUTCOMES)) / scale, columns=list(OUTCOMES))
            part["all"] = part.sum(axis=1)
            for place, (name, value) in enumerate(
                (("criterion", criterion.name), ("label", criterion.label), ("unit", criterion.unit), ("by", by))
            ):
                part.insert(place, name, value)
            part.insert(4, "group", names)
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def winners_over_seeds(
    result: Result,
    scenario: str,
    base: str | None = None,
    *,
    point: int = 0,
    thresholds: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return winners and losers of a future, as means over the seeds that both futures have.

    Args:
        result: A result that kept lives.
        scenario: The future.
        base: The future compared with; that of the result by default.
        point: Point of the design.
        thresholds: As for :func:`winners`.

    Returns:
        Columns of :func:`winners`, counted for the whole city, and ``net`` (better less worse) with its 95 %
        interval ``low`` to ``high`` by Student's t, and the number of seeds ``n``.

    Raises:
        InputError: There is no such future, lives were not kept, or no seed is in both futures.
    """
    manifest = result.manifest
    base = manifest.base if base is None else base
    for name in (scenario, base):
        if name not in manifest.scenarios:
            raise InputError(f"{result.folder}: no scenario '{name}'; {nearest(name, manifest.scenarios)}")
    if "lives" not in manifest.keep:
        raise InputError(f'{result.folder}: lives were not kept; valid: an experiment with keep = ["lives"]')
    runs = result.runs()
    done = runs[(runs["status"] == "done") & (runs["point"] == point)]
    mine, others = (set(done["seed"][done["scenario"] == name]) for name in (scenario, base))
    seeds = sorted(mine & others)
    if not seeds:
        raise InputError(f"{result.folder}: no seed of '{scenario}' and '{base}' in common; valid: finished runs")
    frames = [
        winners(
            result.lives(base, seed, point),
            result.lives(scenario, seed, point),
            thresholds=thresholds,
            scale=manifest.scale,
        )
        for seed in seeds
    ]
    return mean_winners(frames)


def mean_winners(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the mean of several counts of winners, one per seed, and how sure the balance is.

    Args:
        frames: Frames of :func:`winners` with the same rows.
    """
    names = [*OUTCOMES, "all"]
    cube = np.stack([frame[names].to_numpy(np.float64) for frame in frames])
    out = frames[0].copy()
    out[names] = cube.mean(axis=0)
    net = cube[:, :, 0] - cube[:, :, 1]
    sd = net.std(axis=0, ddof=1) if len(frames) > 1 else np.full(net.shape[1], np.nan)
    half = half_width(sd, len(frames))
    mean = net.mean(axis=0)
    return out.assign(net=mean, low=mean - half, high=mean + half, n=len(frames))


@cache
def _ready_limits() -> dict[str, float]:
    parameters = Parameters(Tables())
    return {criterion.threshold: parameters.value(criterion.threshold) for criterion in CRITERIA if criterion.threshold}


def _limits(given: Mapping[str, float]) -> dict[str, float]:
    known = _ready_limits()
    for name, value in given.items():
        if name not in known:
            raise InputError(f"thresholds: no threshold '{name}'; {nearest(name, known)}")
        if not value >= 0.0:
            raise InputError(f"thresholds: '{name}' is {value}; valid: 0 or more")
    return known | dict(given)


def _unit(unit: str, lives: pd.DataFrame) -> BoolArray:
    """Return who counts, apart from whether the question arises; the same in both futures."""
    if unit == "households":
        return np.asarray(lives["head_2025"] == 1)
    if unit == "seniors":
        return np.asarray(lives["age"] >= 65)
    return np.ones(len(lives), bool)


def _outcomes(before: FloatArray, after: FloatArray, limit: float, good: int) -> Array:
    """Return the place of each outcome in ``OUTCOMES``."""
    change = (after - before) * good
    outcome = np.full(len(change), OUTCOMES.index("same"))
    outcome[(change >= limit) & (change > 0.0)] = OUTCOMES.index("better")
    outcome[(change <= -limit) & (change < 0.0)] = OUTCOMES.index("worse")
    outcome[np.isnan(change)] = OUTCOMES.index("not_comparable")
    return outcome


def _groups(lives: pd.DataFrame) -> dict[str, tuple[Array, list[str]]]:
    """Return the group of each person and the names of the groups, for each way to group."""
    ages = np.searchsorted(np.array(_AGE_FROM), lives["age_2025"].to_numpy(), side="right")
    found: dict[str, tuple[Array, list[str]]] = {
        "all": (np.zeros(len(lives), np.int64), ["all"]),
        "age": (ages, [*AGES]),
    }
    for by in ("tenure", "family", "wijk"):
        words = lives[f"{by}_2025"].cat
        names = [str(name) for name in words.categories]
        codes = words.codes.to_numpy(np.int64)
        found[by] = np.where(codes < 0, len(names), codes), [*names, NONE]
    return found
