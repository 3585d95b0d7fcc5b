"""Care in an unchanged run, as the score card compares it with the real city, and extreme tests of care."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from kortrijk_sim.city.vocabulary import Health, PersonStatus
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import Scenario

SETTLED = 25  # first month of 2027
EXTREME_YEARS = 4
GROUPS = ("65_74", "75_84", "85plus")
_NOBODY_CARES = {"carer_hours_ratio": 0.0}

type Run = Callable[[KortrijkModel, int], None]
EXTREME_MONTHS = 12 * EXTREME_YEARS * 4


def care_figures(model: KortrijkModel, city: pd.DataFrame) -> dict[str, float]:
    """V12 and V14, visits and entries: figures by the name of their measure in the table ``patterns``.

    Args:
        model: An unchanged run to the end of 2040.
        city: Its indicators of the whole city by month.
    """
    settled = city.loc[SETTLED:]
    shares = {}
    for sex in ("men", "women"):
        for group in GROUPS:
            column = city[f"residential_share_{sex}_{group}"]
            shares[f"residential_start_{sex}_{group}"] = 100.0 * float(column.iloc[0])
            shares[f"residential_mean_{sex}_{group}"] = 100.0 * float(column.loc[SETTLED:].mean())
    t = model.state.tables
    log = t.log[: int(t.counts[3])]
    entered = log[(log["kind"] == Kind.NURSING_ENTERED) & (log["month"] >= SETTLED - 1)]
    age = (entered["month"] - t.persons.birth_month[entered["person"]]) / 12.0
    inside = (t.persons.nursing_place[: t.counts[0]] >= 0) & (t.persons.status[: t.counts[0]] == PersonStatus.RESIDENT)
    return {
        **shares,
        "residential_share_65plus": 100.0 * float(city["nursing_residents"].iloc[0] / city["persons_65plus"].iloc[0]),
        "nursing_occupancy": 100.0 * float(settled["nursing_occupancy"].mean()),
        "nursing_occupancy_min": 100.0 * float(settled["nursing_occupancy"].min()),
        "nursing_queue_years": float(settled["nursing_waiting"].max() / (settled["nursing_entries"].mean() * 12.0)),
        "nursing_entry_age": float(age.mean()),
        "nursing_heavy": 100.0 * float((t.persons.health[: t.counts[0]][inside] >= Health.HEAVY).mean()),
        "visited_weekly": 100.0 * float(settled["visited_weekly_share"].mean()),
    }


def care_extremes(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    """Run the extreme tests of care and measure each against the unchanged city of that month.

    Args:
        unchanged: The unchanged city, run for four years or more; only read.
        run: Called with a model and the number of months to run it.
    """
    month = 12 * EXTREME_YEARS
    without = _run(unchanged, {"nursing_places_ratio": 0.0}, run)
    double = _run(unchanged, {"nursing_places_ratio": 2.0}, run)
    alone = _run(unchanged, _NOBODY_CARES, run)
    far = _run(unchanged, {"nursing_reach_max_minutes": 0.0}, run)

    def ratio(model: KortrijkModel, name: str) -> float:
        return model.indicators.value(name) / max(unchanged.indicators.value(name, month=month), 1e-9)

    return {
        "no_places_entries": _entries(without),
        "no_places_waiting": ratio(without, "nursing_waiting"),
        "double_places_waiting": double.indicators.value("nursing_waiting") / double.scale,
        "double_places_residents": ratio(double, "nursing_residents"),
        "no_informal_hours": alone.indicators.value("informal_hours_week"),
        "no_informal_unmet": ratio(alone, "unmet_hours_week"),
        "no_informal_waiting": ratio(alone, "nursing_waiting"),
        "out_of_reach_entries": _entries(far),
    }


def _run(like: KortrijkModel, parameters: dict[str, float], run: Run) -> KortrijkModel:
    scenario = Scenario(name="extreme", parameters=parameters)
    model = KortrijkModel(scenario, rng=like.seed, tables=like.city_tables, city_seed=like.city_seed, scale=like.scale)
    run(model, 12 * EXTREME_YEARS)
    return model


def _entries(model: KortrijkModel) -> float:
    """Return how often somebody with a home entered a nursing home."""
    log = model.state.tables.log[: int(model.state.tables.counts[3])]
    return float(np.count_nonzero((log["kind"] == Kind.NURSING_ENTERED) & (log["origin"] >= 0)))
