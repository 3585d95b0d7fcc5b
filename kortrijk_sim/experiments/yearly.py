"""A run by year: what experiments store and compare.

A row stands for 31 December of its year; the row of 2024 is the start, 1 January 2025. What is counted by the
month is summed over the year, everything else is the value on that day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kortrijk_sim.models.indicator_names import DEFINITIONS, DERIVED
from kortrijk_sim.models.measures import START_YEAR

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel

PER_MONTH = "/month"
_FLOWS = {d.name for d in (*DEFINITIONS, *DERIVED) if d.unit.endswith(PER_MONTH)}
# Ratios and means do not grow with the city, and what measures provide is not scaled down with it.
_WHOLE = {"hubs", "shared_cars", "charge_points"}
_COUNTS = {d.name for d in DEFINITIONS if not d.under and d.name not in _WHOLE} | {"net_migration"}
YEARLY_COLUMNS: dict[str, dict[str, str]] = {
    "year": {"unit": "year", "meaning": "state on 31 December; 2024 is the start; flows over the year"},
    "place": {"unit": "name", "meaning": "the city or one of its wijken"},
    **{
        d.name: {"unit": d.unit.removesuffix(PER_MONTH) + ("/year" if d.name in _FLOWS else ""), "meaning": d.meaning}
        for d in (*DEFINITIONS, *DERIVED)
    },
}


def yearly(monthly: pd.DataFrame, scale: float = 1.0) -> pd.DataFrame:
    """Return the indicators of a run by year.

    Args:
        monthly: Indicators as a model gives them: one row per month (0 is the start) and place.
        scale: Share of the city that was simulated; counts are scaled up to the whole city.

    Returns:
        One row per completed year and place, the start first; columns as in ``YEARLY_COLUMNS``.
    """
    names = [name for name in YEARLY_COLUMNS if name in monthly and name not in ("year", "place")]
    places = list(dict.fromkeys(monthly["place"]))
    months = monthly["month"].nunique()
    years = (months - 1) // 12
    ordered = monthly.sort_values("month", kind="stable")
    cube = ordered[names].to_numpy(np.float64).reshape(months, len(places), len(names))[: 12 * years + 1]
    flows = np.array([name in _FLOWS for name in names])
    summed = cube[1:].reshape(years, 12, len(places), len(names)).sum(axis=1)
    table = np.concatenate((np.where(flows, np.nan, cube[:1]), np.where(flows, summed, cube[12::12])))
    table[:, :, [name in _COUNTS for name in names]] /= scale
    frame = pd.DataFrame(table.reshape(-1, len(names)), columns=names)
    frame.insert(0, "year", np.repeat(np.arange(START_YEAR - 1, START_YEAR + years, dtype=np.int16), len(places)))
    frame.insert(1, "place", pd.Series(places * (years + 1), dtype="str"))
    return frame


def yearly_of(model: KortrijkModel) -> pd.DataFrame:
    """Return the indicators of a model by year; see :func:`yearly`."""
    return yearly(model.indicators.frame(), model.scale)
