"""What a policy changes, seed by seed: mean differences, how sure they are, and what pairing was worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from kortrijk_sim.arrays import Array, BoolArray, FloatArray
from kortrijk_sim.errors import InputError

CONFIDENCE = 0.95
_ROUNDING = 1e-9  # of a figure: a smaller difference is one of the order in which numbers were added up


class Difference(NamedTuple):
    """What one future changes in one figure.

    Attributes:
        scenario: The future.
        figure: The figure.
        without: Mean in the future compared with.
        with_it: Mean in this future.
        mean: Mean difference over the seeds.
        low, high: Its 95 % interval by Student's t; nan with fewer than two seeds.
        n: Number of seeds; those in which a figure does not exist (nan) are left out.
        distinguishable: Whether the interval leaves out zero.
        variance_ratio: How many times larger the variance of the difference would be without pairs, which
            is also how many times more seeds it would take.
    """

    scenario: str
    figure: str
    without: float
    with_it: float
    mean: float
    low: float
    high: float
    n: int
    distinguishable: bool
    variance_ratio: float


class Paired(NamedTuple):
    """The same for many figures at once, one value of each array per figure; ``sd`` is that of the difference."""

    without: FloatArray
    with_it: FloatArray
    mean: FloatArray
    sd: FloatArray
    low: FloatArray
    high: FloatArray
    n: FloatArray
    distinguishable: BoolArray
    variance_ratio: FloatArray


@dataclass(frozen=True)
class PairedResult:
    """Figures of several futures over the same seeds.

    Attributes:
        base: Name of the future that the others are compared with.
        values: One row per seed, scenario and figure, with its value; the base comes first.
    """

    base: str
    values: pd.DataFrame

    @property
    def scenarios(self) -> list[str]:
        """Names of all futures, the base first."""
        return list(dict.fromkeys(self.values["scenario"]))

    def samples(self, figure: str) -> pd.DataFrame:
        """Return the values of a figure: one row per seed, one column per future."""
        mine = self.values[self.values["figure"] == figure]
        return mine.pivot(index="seed", columns="scenario", values="value")[self.scenarios]

    def compare(self, against: str | None = None) -> list[Difference]:
        """Return what each other future changes, figure by figure.

        Args:
            against: Future to compare with; the base by default.

        Raises:
            InputError: There is no such future.
        """
        against = against if against is not None else self.base
        if against not in self.scenarios:
            raise InputError(f"against: no future '{against}'; valid: {', '.join(self.scenarios)}")
        figures = list(dict.fromkeys(self.values["figure"]))
        wide = self.values.pivot(index="seed", columns=["scenario", "figure"], values="value")
        samples = {
            scenario: wide.reindex(columns=[(scenario, figure) for figure in figures]).to_numpy(np.float64)
            for scenario in self.scenarios
        }
        found = {
            scenario: paired(samples[against], sample) for scenario, sample in samples.items() if scenario != against
        }
        return [
            _difference(scenario, figure, found[scenario], k) for k, figure in enumerate(figures) for scenario in found
        ]

    def differences(self, against: str | None = None) -> pd.DataFrame:
        """Return :meth:`compare` as a table: one row per figure and future, columns as in `Difference`."""
        return pd.DataFrame(self.compare(against), columns=list(Difference._fields))


def paired(without: FloatArray, with_it: FloatArray) -> Paired:
    """Return mean differences between two futures that were run with the same dice, and how sure they are.

    A run in which a figure does not exist (nan) in one of the futures is left out for that figure.

    Args:
        without: Values of the future compared with, shape (runs, figures).
        with_it: Values of the other one, of the same runs in the same order.
    """
    both = np.isfinite(without) & np.isfinite(with_it)
    one, other = np.where(both, without, 0.0), np.where(both, with_it, 0.0)
    change = other - one
    change[np.abs(change) <= _ROUNDING * np.maximum(np.abs(one), np.abs(other))] = 0.0
    n = both.sum(axis=0).astype(np.float64)
    mean, variance = _mean_and_variance(change, both, n)
    mean_one, variance_one = _mean_and_variance(one, both, n)
    mean_other, variance_other = _mean_and_variance(other, both, n)
    half = half_width(np.sqrt(variance), n)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = (variance_one + variance_other) / variance  # nothing varies: nan; only the pairs do not: infinite
        distinguishable = np.abs(mean) > half
    return Paired(
        mean_one, mean_other, mean, np.sqrt(variance), mean - half, mean + half, n, distinguishable, ratio
    )  # fmt: skip


def half_width(sd: Array | float, n: Array | float) -> FloatArray:
    """Return half the width of the 95 % interval of a mean by Student's t; nan with fewer than two values.

    Args:
        sd: Standard deviation of the values.
        n: How many there are.
    """
    enough = np.where(np.asarray(n) >= 2, n, np.nan)
    return np.asarray(stats.t.ppf(0.5 + CONFIDENCE / 2, enough - 1) * sd / np.sqrt(enough), np.float64)


def interval(sample: FloatArray) -> tuple[float, float]:
    """Return the 95 % interval of the mean of a sample by Student's t; nan with fewer than two values."""
    if len(sample) < 2:
        return float("nan"), float("nan")
    mean = float(sample.mean())
    half = float(half_width(float(sample.std(ddof=1)), len(sample)))
    return mean - half, mean + half


def _mean_and_variance(values: FloatArray, both: BoolArray, n: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and sample variance by column of the values that exist; the others are 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = values.sum(axis=0) / n
        # What is the same in every run has no variance, whatever rounding makes of its mean.
        same = np.where(both, values, -np.inf).max(axis=0, initial=-np.inf) == np.where(both, values, np.inf).min(
            axis=0, initial=np.inf
        )
        squares = np.where(both, values - mean, 0.0) ** 2
        variance = np.where(same, 0.0, squares.sum(axis=0)) / np.where(n >= 2, n - 1, np.nan)
    return mean, variance


def _difference(scenario: str, figure: str, found: Paired, k: int) -> Difference:
    return Difference(
        scenario=scenario,
        figure=figure,
        without=float(found.without[k]),
        with_it=float(found.with_it[k]),
        mean=float(found.mean[k]),
        low=float(found.low[k]),
        high=float(found.high[k]),
        n=int(found.n[k]),
        distinguishable=bool(found.distinguishable[k]),
        variance_ratio=float(found.variance_ratio[k]),
    )
