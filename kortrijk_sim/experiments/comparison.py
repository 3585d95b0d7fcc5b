"""Futures compared figure by figure: what changes, how sure that is, and how many seeds it takes.

Works on data frames of indicators by year, wherever they come from: one row per run, year and place. Runs of two
futures are paired by seed and point of the design, because they met the same chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.experiments.comparison_advice import sentences
from kortrijk_sim.experiments.paired_result import CONFIDENCE, Paired, half_width, paired

KEYS = ("scenario", "point", "seed", "year", "place")
CITY = "Kortrijk"
SEEDS_MAX = 1000  # more are not worth the wait


@dataclass(frozen=True)
class Comparison:
    """What futures change against one of them.

    Attributes:
        base: Name of the future compared with.
        table: One row per scenario, indicator, place and year. ``without`` and ``with_it`` are means over the
            pairs, ``mean`` is that of the differences, ``low`` to ``high`` its 95 % interval (Student's t), ``n``
            the number of pairs in which the figure exists, ``distinguishable`` whether the interval leaves out
            zero. ``variance_ratio`` is the variance of an unpaired difference over that of the paired one: how
            many times more seeds unpaired runs would need. ``seeds_needed`` is the smallest number of seeds with
            which the interval would leave out zero if mean and spread stay as they are; none beyond 1,000 or
            without a difference. ``p_value`` is that of the paired t test; ``p_adjusted`` allows for all figures
            of the scenario in the table together (Benjamini-Hochberg), and ``remains`` says whether it is still
            below 5 %.
        pairs: Number of pairs of runs by scenario.
        left_out: By scenario, runs of it or of the base that have no counterpart.
        designed: Whether pairs differ in more than their seed: points of a design.
    """

    base: str
    table: pd.DataFrame
    pairs: Mapping[str, int]
    left_out: Mapping[str, int]
    designed: bool = False

    @property
    def scenarios(self) -> list[str]:
        """Names of the futures that are compared with the base."""
        return list(self.pairs)

    def of(self, scenario: str) -> pd.DataFrame:
        """Return the rows of one future.

        Raises:
            InputError: It is not in the comparison.
        """
        if scenario not in self.pairs:
            raise InputError(f"scenario '{scenario}' is not compared; {nearest(scenario, self.scenarios)}")
        return self.table[self.table["scenario"] == scenario]

    def advice(self, scenario: str) -> list[str]:
        """Return in sentences what these seeds tell of a future, and how many more would tell what.

        Raises:
            InputError: The future is not in the comparison.
        """
        unit = "pair" if self.designed else "seed"
        return sentences(self.of(scenario), self.pairs[scenario], self.left_out[scenario], unit)

    def variance_saved(self, scenario: str) -> float:
        """Return how many times more seeds unpaired runs would need: the median over what differs.

        Raises:
            InputError: The future is not in the comparison.
        """
        rows = self.of(scenario)
        ratios = rows["variance_ratio"][(rows["mean"] != 0.0) & np.isfinite(rows["variance_ratio"])]
        return float(ratios.median()) if len(ratios) else float("nan")


def compare(
    indicators: pd.DataFrame,
    *,
    base: str | None = None,
    years: Sequence[int] | None = (2030, 2035, 2040),
    places: Sequence[str] | None = (CITY,),
    columns: Sequence[str] | None = None,
    units: Mapping[str, str] | None = None,
) -> Comparison:
    """Compare any number of futures with one of them, paired by seed and point.

    Args:
        indicators: One row per run, year and place: ``scenario``, ``point``, ``seed``, ``year``, ``place`` and
            one column per indicator. The order of the rows does not matter.
        base: The future compared with; by default that of the first row.
        years: Years to compare, or None for all.
        places: The city ('Kortrijk') or wijken, or None for all.
        columns: Indicators, or None for all.
        units: Unit of each indicator, for the column ``unit``.

    Raises:
        InputError: A column, year, place or future is not in the frame, a run stands twice, or a future has no
            run in common with the base.
    """
    _check_keys(indicators)
    columns = _chosen("columns", columns, _indicators(indicators))
    years = _chosen("years", years, sorted({int(year) for year in indicators["year"]}))
    places = _chosen("places", places, list(dict.fromkeys(indicators["place"])))
    futures = list(dict.fromkeys(indicators["scenario"]))
    base = futures[0] if base is None else base
    if base not in futures:
        raise InputError(f"base: no future '{base}'; {nearest(base, futures)}")
    rows = indicators[indicators["year"].isin(years) & indicators["place"].isin(places)]
    runs = {name: _runs(rows[rows["scenario"] == name], places, years, columns) for name in futures}
    pairs, left_out, parts = {}, {}, []
    for scenario in futures:
        if scenario == base:
            continue
        keys = [key for key in sorted(runs[base]) if key in runs[scenario]]
        if not keys:
            raise InputError(f"scenario '{scenario}': no seed in common with '{base}'; valid: the same seeds in both")
        pairs[scenario] = len(keys)
        left_out[scenario] = len(runs[base]) + len(runs[scenario]) - 2 * len(keys)
        one, other = (np.stack([runs[name][key] for key in keys]) for name in (base, scenario))
        parts.append(_table(scenario, paired(one, other), places, years, columns, units or {}))
    table = pd.concat(parts, ignore_index=True) if parts else _empty()
    return Comparison(base, table, pairs, left_out, designed=indicators["point"].nunique() > 1)


def seeds_needed(mean: FloatArray, sd: FloatArray) -> FloatArray:
    """Return the smallest number of seeds whose 95 % interval leaves out zero, were mean and spread to stay.

    Args:
        mean: Mean differences.
        sd: Their standard deviations.

    Returns:
        Numbers from 2 to 1,000; nan where it takes more, nothing differs or the spread is not known.
    """
    n = np.arange(2, SEEDS_MAX + 1, dtype=np.float64)
    least = half_width(1.0, n)  # of a mean over its spread; falls with n
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.abs(mean) / sd
    place = len(n) - np.searchsorted(least[::-1], size, side="left")
    known = (place < len(n)) & (mean != 0.0) & ~np.isnan(size)
    return np.where(known, n[np.minimum(place, len(n) - 1)], np.nan)


def _check_keys(frame: pd.DataFrame) -> None:
    missing = [name for name in KEYS if name not in frame]
    if missing:
        raise InputError(f"indicators: column '{missing[0]}' is missing; valid: {', '.join(KEYS)} and indicators")
    if not len(frame):
        raise InputError("indicators: no rows; valid: one per run, year and place")
    twice = frame.duplicated(list(KEYS))
    if twice.any():
        one = frame.loc[twice, list(KEYS)].iloc[0]
        raise InputError(
            f"indicators: '{one['scenario']}', point {one['point']}, seed {one['seed']}, {one['year']}, "
            f"{one['place']} stands twice; valid: each run, year and place once"
        )


def _indicators(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.select_dtypes("number").columns if name not in KEYS]


def _chosen[Item: (str, int)](what: str, wanted: Sequence[Item] | None, known: Sequence[Item]) -> list[Item]:
    if wanted is None:
        return list(known)
    for item in wanted:
        if item not in known:
            hint = nearest(str(item), [str(one) for one in known])
            raise InputError(f"{what}: '{item}' is not among the results; {hint}")
    return list(dict.fromkeys(wanted))


def _runs(
    rows: pd.DataFrame, places: Sequence[str], years: Sequence[int], columns: Sequence[str]
) -> dict[tuple[int, int], FloatArray]:
    """Return the figures of each run by point and seed: all indicators of a place and year side by side."""
    values = rows[list(columns)].to_numpy(np.float64)
    place_of = rows["place"].map({place: k for k, place in enumerate(places)}).to_numpy(np.int64)
    year_of = rows["year"].map({year: k for k, year in enumerate(years)}).to_numpy(np.int64)
    names = pd.MultiIndex.from_frame(rows[["point", "seed"]])
    codes, keys = names.factorize()
    cube = np.full((len(keys), len(places) * len(years), len(columns)), np.nan)
    cube[codes, place_of * len(years) + year_of] = values
    return {(int(point), int(seed)): run.ravel() for (point, seed), run in zip(keys, cube, strict=True)}


def _table(
    scenario: str,
    found: Paired,
    places: Sequence[str],
    years: Sequence[int],
    columns: Sequence[str],
    units: Mapping[str, str],
) -> pd.DataFrame:
    """Return one row per indicator, place and year, in this order."""
    shape = (len(places), len(years), len(columns))

    def ordered(values: Array) -> Array:
        return values.reshape(shape).transpose(2, 0, 1).ravel()

    p_value = _p_values(found)
    adjusted = _adjusted(p_value, found.mean)
    per_indicator = len(places) * len(years)
    names = np.repeat(np.array(columns, dtype=object), per_indicator)
    return pd.DataFrame(
        {
            "scenario": scenario,
            "indicator": names,
            "place": np.tile(np.repeat(np.array(places, dtype=object), len(years)), len(columns)),
            "year": np.tile(np.array(years, dtype=np.int64), len(columns) * len(places)),
            "unit": [units.get(name, "") for name in names],
            "without": ordered(found.without),
            "with_it": ordered(found.with_it),
            "mean": ordered(found.mean),
            "low": ordered(found.low),
            "high": ordered(found.high),
            "n": ordered(found.n).astype(np.int64),
            "distinguishable": ordered(found.distinguishable),
            "variance_ratio": ordered(found.variance_ratio),
            "seeds_needed": pd.array(ordered(seeds_needed(found.mean, found.sd)), dtype="Float64").astype("Int64"),
            "p_value": ordered(p_value),
            "p_adjusted": ordered(adjusted),
            "remains": ordered(adjusted <= 1.0 - CONFIDENCE),
        }
    )


def _empty() -> pd.DataFrame:
    nothing = paired(np.zeros((2, 0)), np.zeros((2, 0)))
    return _table("", nothing, [], [], [], {})


def _p_values(found: Paired) -> FloatArray:
    """Return the p-values of the paired t tests; 1 where nothing differs, nan with fewer than two pairs."""
    n = np.where(found.n >= 2, found.n, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(found.mean) / (found.sd / np.sqrt(n))
        p = np.asarray(2.0 * stats.t.sf(t, n - 1), np.float64)
    return np.where((found.mean == 0.0) & (found.n >= 2), 1.0, p)


def _adjusted(p: FloatArray, mean: FloatArray) -> FloatArray:
    """Return p-values adjusted for their number; what is the same in both futures was never at stake."""
    out = np.where(np.isnan(p), np.nan, 1.0)
    family = ~np.isnan(p) & (mean != 0.0)
    if family.any():
        out[family] = stats.false_discovery_control(p[family])
    return out
