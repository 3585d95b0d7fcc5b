"""Many runs of one future, and two futures with one seed: how far chance and policy reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kortrijk_sim.arrays import Array, KeyArray
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.paired_result import interval
from kortrijk_sim.experiments.scenario_files import load_scenario
from kortrijk_sim.experiments.table import COMPARISONS
from kortrijk_sim.models.events import Kind, Profile
from kortrijk_sim.models.measures import END_YEAR, MONTHS, START_YEAR
from kortrijk_sim.models.model import KortrijkModel

type Progress = Callable[[int, int, dt.date], None]

_SHOWN = {
    "population": "Inhabitants",
    "persons_65plus": "Inhabitants aged 65+",
    "persons_80plus": "Inhabitants aged 80+",
    "labour_force": "Labour force",
}
_FIRST_MEASURE = 100  # homes of measures carry numbers from here on, see the event BUILT


class Estimate(NamedTuple):
    """A figure of 2040 over several seeds, beside one of the city's note.

    ``low`` to ``high`` is the 95 % interval of the mean (Student's t), ``sd`` the spread between runs.
    """

    name: str
    mean: float
    low: float
    high: float
    sd: float
    figure: float
    sentence: str


def ten_seeds(
    seeds: int = 10,
    *,
    tables: Tables | None = None,
    city_seed: int = 2025,
    scale: float = 1.0,
    progress: Progress | None = None,
) -> list[Estimate]:
    """Run the unchanged city with seeds 1, 2, ... and lay its 2040 beside the note.

    Args:
        seeds: Number of runs, 2 or more.
        tables: Tables instead of the package's own.
        city_seed: Seed of the population synthesis, the same in all runs.
        scale: Share of the city that is simulated; figures are scaled up.
        progress: Called with months done, months in all and the date of the run under way.

    Returns:
        One estimate per figure that the note knows: inhabitants, 65+, 80+ and labour force.
    """
    found: dict[tuple[str, str], list[float]] = {}
    model = None
    for seed in range(1, seeds + 1):
        model = KortrijkModel(rng=seed, tables=tables, city_seed=city_seed, scale=scale)
        for month in range(MONTHS):
            model.step()
            if progress is not None:
                progress((seed - 1) * MONTHS + month + 1, seeds * MONTHS, model.date)
        for c in COMPARISONS:
            if c.indicator in _SHOWN:
                month = 12 * (END_YEAR - START_YEAR) if c.when == "1 January" else MONTHS
                value = model.indicators.value(c.indicator, month=month) / scale
                found.setdefault((c.indicator, c.source), []).append(value)
    estimates = []
    for c in COMPARISONS:
        if model is None or c.indicator not in _SHOWN:
            continue
        sample = np.array(found[c.indicator, c.source])
        mean, sd = float(sample.mean()), float(sample.std(ddof=1))
        low, high = interval(sample)
        figure = c.figure(model.facts)
        when = f"on 1 January {END_YEAR}" if c.when == "1 January" else f"at the end of {END_YEAR}"
        sentence = (
            f"{_SHOWN[c.indicator]} {when}: {mean:,.0f} ({low:,.0f} to {high:,.0f}, {seeds} seeds), "
            f"{mean - figure:+,.0f} against the {figure:,.0f} of the {c.source}; {c.reading}."
        )
        estimates.append(Estimate(c.indicator, mean, low, high, sd, figure, sentence))
    return estimates


@dataclass(frozen=True)
class Reach:
    """How far a policy reaches, counted on the households of the base year.

    Attributes:
        households: Households on 1 January 2025.
        identical: Of those, how many live identical lives in both futures: the same events in the same months
            at the same homes.
        freed_without: Family homes that senior households leave under unchanged policy.
        freed_with: The same under the policy.
        freed_in_policy_chains: Of those, in vacancy chains that a home of the policy started.
        policy_homes: Homes that the policy built.
    """

    households: int
    identical: int
    freed_without: int
    freed_with: int
    freed_in_policy_chains: int
    policy_homes: int

    @property
    def share(self) -> float:
        """Share of the households with identical lives."""
        return self.identical / self.households

    @property
    def sentence(self) -> str:
        """The counts in words."""
        return (
            f"{self.identical:,} of {self.households:,} households of 2025 ({self.share:.0%}) live identical lives "
            f"with and without the policy; seniors leave {self.freed_with:,} family homes instead of "
            f"{self.freed_without:,}, {self.freed_in_policy_chains:,} of them in vacancy chains that start with one "
            f"of the {self.policy_homes:,} homes of the policy."
        )


def rotation_reach(
    seed: int = 1,
    *,
    scenario: str = "rotation",
    months: int = MONTHS,
    tables: Tables | None = None,
    city_seed: int = 2025,
    scale: float = 1.0,
) -> Reach:
    """Run unchanged policy and a scenario with one seed and count the households that it does not touch.

    Args:
        seed: Seed of the dice of both runs.
        scenario: A ready-made scenario or a TOML file.
        months: Months to run, 192 to the end of 2040.
        tables: Tables instead of the package's own.
        city_seed: Seed of the population synthesis.
        scale: Share of the city that is simulated; counts are not scaled up.
    """
    policy = load_scenario(scenario, tables)
    without = KortrijkModel(rng=seed, tables=tables, city_seed=city_seed, scale=scale)
    with_it = KortrijkModel(policy, rng=seed, tables=tables, city_seed=city_seed, scale=scale)
    for model in (without, with_it):
        for _ in range(months):
            model.step()
    households = len(without.base.households["key"])
    same = lives(without, households) == lives(with_it, households)
    chains = policy_chains(with_it)
    freed = freed_homes(with_it)
    return Reach(
        households=households,
        identical=int(same.sum()),
        freed_without=len(freed_homes(without)),
        freed_with=len(freed),
        freed_in_policy_chains=int(np.isin(freed, chains).sum()),
        policy_homes=len(chains),
    )


def lives(model: KortrijkModel, households: int) -> KeyArray:
    """Return a fingerprint of each base-year household's life: of kind, month and home of all its events.

    Rows of base-year households are the same in every run, so two runs can be compared element by element.

    Args:
        model: A run.
        households: Number of base-year households.

    Returns:
        uint64 array (households,).
    """
    t = model.state.tables
    log = t.log[: int(t.counts[3])]
    mine = log[(log["household"] >= 0) & (log["household"] < households)]
    home = np.where(mine["destination"] >= 0, t.dwellings.key[np.maximum(mine["destination"], 0)], np.uint64(0))
    what = mine["kind"].astype(np.uint64) * np.uint64(4096) + mine["month"].astype(np.uint64)
    prints = _scramble(home + _scramble(what))
    out = np.zeros(households, np.uint64)
    order = np.argsort(mine["household"], kind="stable")
    rows = mine["household"][order]
    if len(rows):
        starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
        # A sum does not depend on the order in which events of one month were written down.
        out[rows[starts]] = np.add.reduceat(prints[order], starts)
    return out


def freed_homes(model: KortrijkModel) -> Array:
    """Return the vacancy chain of each family home that a senior household left."""
    t = model.state.tables
    log = t.log[: int(t.counts[3])]
    chains: Array = log["chain"][(log["kind"] == Kind.VACATED) & (log["profile"] == Profile.FREED_FAMILY_HOME)]
    return chains


def policy_chains(model: KortrijkModel) -> Array:
    """Return the vacancy chains that start with a home of a measure, one per home."""
    t = model.state.tables
    log = t.log[: int(t.counts[3])]
    chains: Array = log["chain"][(log["kind"] == Kind.BUILT) & (log["value"] >= _FIRST_MEASURE)]
    return chains


def _scramble(words: KeyArray) -> KeyArray:
    """Return well-mixed 64-bit words (the finalizer of SplitMix64, as in ``kortrijk_sim.draws``)."""
    z = words + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
