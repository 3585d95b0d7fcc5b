"""Care in an unchanged run, as the score card compares it with the real city."""

from __future__ import annotations

import pandas as pd

from kortrijk_sim.city.vocabulary import Health, PersonStatus
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.model import KortrijkModel

SETTLED = 25  # first month of 2027
GROUPS = ("65_74", "75_84", "85plus")


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
