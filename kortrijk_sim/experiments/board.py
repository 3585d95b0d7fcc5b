"""The board: every target of the city's note beside what the runs of each future came to.

Verdicts:
    met: the runs reach the target's year, and in at least half of them the target is met at its end.
    on course: the runs end before that year, and at least half of them end on or beyond the straight line from
        the start, 1 January 2025, to the target at the end of its year; where the start is already beyond the
        target, on or beyond the target.
    behind: the runs end before that year, and fewer do.
    missed: the runs reach that year, and in fewer than half of them the target is met.
    not simulated: the model has no indicator for the target.

A year stands for its 31 December. Futures are judged for the whole city, over all their runs: seeds, and points of
a design where there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.experiments.paired_result import CONFIDENCE, interval
from kortrijk_sim.experiments.targets import Measured, Target, load_targets
from kortrijk_sim.models.measures import START_YEAR

type Verdict = Literal["met", "missed", "on course", "behind", "not simulated"]

CITY = "Kortrijk"
HALF = 0.5
_START = START_YEAR - 1  # the row of the start
_RUN = ["point", "seed"]


class Judgement(NamedTuple):
    """What runs came to, measured against one target; values are in the unit of its goal.

    Attributes:
        year: Year of ``value``: that of the target, or the last one simulated before it.
        value: Mean over the runs at the end of that year.
        low: Lower end of the 95 % interval of that mean; nan with one run.
        high: Upper end.
        runs: Number of runs.
        probability: Share of the runs that meet the target in its year; where they end before, that are on course.
        probability_low: Lower end of the 95 % interval of that share (Wilson).
        probability_high: Upper end.
        first_year: First year at whose end the target is met, median over the runs that meet it in any year up to
            their end; nan when none does. 2024 is the start.
        runs_met: Number of those runs.
        verdict: See the module.
    """

    year: int
    value: float
    low: float
    high: float
    runs: int
    probability: float
    probability_low: float
    probability_high: float
    first_year: float
    runs_met: int
    verdict: Verdict


_NAN = float("nan")
_NOT_SIMULATED = Judgement(0, _NAN, _NAN, _NAN, 0, _NAN, _NAN, _NAN, _NAN, 0, "not simulated")


class BoardRow(NamedTuple):
    """A line of the board: a target of the note and, for one future, what came of it; see :class:`Judgement`."""

    scenario: str
    target: str
    section: str
    subject: str
    indicator: str
    side: str
    goal: float
    unit: str
    target_year: int
    year: int
    value: float
    low: float
    high: float
    runs: int
    probability: float
    probability_low: float
    probability_high: float
    first_year: float
    runs_met: int
    verdict: Verdict
    note: str


def board(
    indicators: pd.DataFrame, tables: Tables | None = None, *, scenario: str | Sequence[str] | None = None
) -> list[BoardRow]:
    """Return the board of one or several futures.

    Args:
        indicators: Indicators by year: columns scenario, point, seed, year, place and those that targets need;
            the year 2024 is the start.
        tables: Tables with the targets; the package's own by default.
        scenario: One future, or several in the order wanted; all by default.

    Returns:
        A line per future and target, those of one future together, targets in the order of the note.

    Raises:
        InputError: A future is unknown, or the frame lacks what the board needs.
    """
    targets = load_targets(tables)
    city = _city(indicators, targets)
    known = list(dict.fromkeys(city["scenario"]))
    wanted = known if scenario is None else [scenario] if isinstance(scenario, str) else list(scenario)
    rows = []
    for name in wanted:
        if name not in known:
            raise InputError(f"scenario: no future '{name}' in this result; {nearest(name, known)}")
        rows += _rows(name, city[city["scenario"] == name], targets)
    return rows


def board_of_run(yearly: pd.DataFrame, tables: Tables | None = None, name: str = "run") -> list[BoardRow]:
    """Return the board of one run, such as a model under way: see ``experiments.yearly.yearly_of``.

    Args:
        yearly: Indicators by year of that run, with columns year and place; the start alone will do.
        tables: Tables with the targets; the package's own by default.
        name: What the lines call it.

    Returns:
        A line per target; of those that the model knows, ``verdict`` says at any moment whether it is on course.
    """
    return board(yearly.assign(scenario=name, point=0, seed=0), tables)


def board_frame(rows: Sequence[BoardRow]) -> pd.DataFrame:
    """Return the lines of a board as a table with the columns of :class:`BoardRow`."""
    return pd.DataFrame(rows, columns=list(BoardRow._fields))


def judge(measured: Measured, goal: float, target_year: int, years: Sequence[int], indicator: FloatArray) -> Judgement:
    """Measure runs against one target.

    Args:
        measured: How the target is read from its indicator.
        goal: What is to be reached.
        target_year: By the end of which year.
        years: Years whose ends are known, rising; the first is the start.
        indicator: Values of the indicator, shape (runs, years).
    """
    values = measured.values(indicator)
    over = years[-1] >= target_year
    at = list(years).index(target_year) if over else len(years) - 1
    wanted = goal if over else _line(measured, goal, target_year, years[at], values[:, 0])
    reached = int(measured.reached(values[:, at], wanted).sum())
    runs = len(values)
    share = stats.binomtest(reached, runs).proportion_ci(CONFIDENCE, method="wilson")
    most = reached / runs >= HALF
    verdict: Verdict = ("met" if most else "missed") if over else ("on course" if most else "behind")
    low, high = interval(values[:, at])
    first, ever = _first_years(measured.reached(values, goal), years)
    return Judgement(
        years[at], float(values[:, at].mean()), low, high, runs, reached / runs, float(share.low), float(share.high),
        first, ever, verdict,
    )  # fmt: skip


def _line(measured: Measured, goal: float, target_year: int, year: int, start: FloatArray) -> FloatArray:
    """Return what each run has to have reached by the end of a year to be on course, shape (runs,)."""
    line = start + (goal - start) * (year - _START) / (target_year - _START)
    return np.asarray(np.minimum(line, goal) if measured.side == "at least" else np.maximum(line, goal))


def _first_years(reached: np.ndarray, years: Sequence[int]) -> tuple[float, int]:
    """Return the median first year in which runs have reached a target, and how many ever do."""
    ever = reached.any(axis=1)
    if not ever.any():
        return _NAN, 0
    return float(np.median(np.asarray(years)[reached[ever].argmax(axis=1)])), int(ever.sum())


def _rows(name: str, runs: pd.DataFrame, targets: Sequence[Target]) -> list[BoardRow]:
    rows = []
    for target in targets:
        fact, measured = target.fact, target.measured
        judged = _NOT_SIMULATED
        if measured is not None:
            values = runs.pivot(index=_RUN, columns="year", values=measured.indicator)
            years = [int(year) for year in values.columns.to_numpy()]
            if years[0] != _START:
                raise InputError(f"indicators: '{name}' has no year {_START}, the start; valid: every year from there")
            judged = judge(measured, fact.value, fact.year, years, values.to_numpy(np.float64))
        rows.append(
            BoardRow(
                name, fact.name, fact.section, fact.subject, measured.indicator if measured else "",
                measured.side if measured else "", fact.value, fact.unit, fact.year, *judged, target.note,
            )
        )  # fmt: skip
    return rows


def _city(indicators: pd.DataFrame, targets: Sequence[Target]) -> pd.DataFrame:
    """Return the rows of the whole city, after a check of the columns."""
    needed = ["scenario", *_RUN, "year", "place", *(t.measured.indicator for t in targets if t.measured is not None)]
    for column in needed:
        if column not in indicators:
            raise InputError(f"indicators: no column '{column}'; valid: the indicators by year of an experiment")
    city = indicators.loc[indicators["place"] == CITY, list(dict.fromkeys(needed))]
    if city.empty or city.duplicated(["scenario", *_RUN, "year"]).any():
        raise InputError(f"indicators: no rows of '{CITY}', or a year of a run twice; valid: each year of a run once")
    return city
