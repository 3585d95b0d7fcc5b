"""What a policy changes, seed by seed: mean differences, how sure they are, and what pairing was worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.errors import InputError

CONFIDENCE = 0.95


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
        found = []
        for figure in dict.fromkeys(self.values["figure"]):
            sample = self.samples(figure)
            for scenario in sample.columns.drop(against):
                pair = sample[[against, scenario]].dropna().to_numpy(np.float64)
                found.append(_difference(scenario, figure, pair[:, 0], pair[:, 1]))
        return found

    def differences(self, against: str | None = None) -> pd.DataFrame:
        """Return :meth:`compare` as a table: one row per figure and future, columns as in `Difference`."""
        return pd.DataFrame(self.compare(against), columns=list(Difference._fields))


def interval(sample: FloatArray) -> tuple[float, float]:
    """Return the 95 % interval of the mean of a sample by Student's t; nan with fewer than two values."""
    if len(sample) < 2:
        return float("nan"), float("nan")
    mean = float(sample.mean())
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2, len(sample) - 1)) * float(sample.std(ddof=1)) / len(sample) ** 0.5
    return mean - half, mean + half


def _difference(scenario: str, figure: str, without: FloatArray, with_it: FloatArray) -> Difference:
    change = with_it - without
    low, high = interval(change)
    few = len(change) < 2
    unpaired = float("nan") if few else float(without.var(ddof=1) + with_it.var(ddof=1))
    paired = float("nan") if few else float(change.var(ddof=1))
    return Difference(
        scenario=scenario,
        figure=figure,
        without=_mean(without),
        with_it=_mean(with_it),
        mean=_mean(change),
        low=low,
        high=high,
        n=len(change),
        distinguishable=low > 0.0 or high < 0.0,
        variance_ratio=float("nan") if unpaired == 0.0 else float("inf") if paired == 0.0 else unpaired / paired,
    )


def _mean(sample: FloatArray) -> float:
    return float(sample.mean()) if len(sample) else float("nan")
