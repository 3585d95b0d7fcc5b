"""What care villages change: the care programme, and the same places in one village and in five, by wijk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kortrijk_sim.agents.travel_rules import car_minutes
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.paired_result import Difference, PairedResult
from kortrijk_sim.experiments.pairs import Progress, common_months, run_pairs
from kortrijk_sim.experiments.scenario_files import load_scenario
from kortrijk_sim.models.events import Kind

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel

POLICIES = ("care", "care_one_village", "care_five_villages")
OPENING = 60  # month in which the one and the five villages open
LAST_YEARS = 60  # months over which stocks are averaged

# Figures of the city, with unit: stocks are means of 2036 to 2040, flows sums from 2030.
STOCKS = {
    "nursing_waiting": "people waiting for a nursing place",
    "nursing_queue_months": "months they have waited, mean",
    "nursing_occupancy": "share of the places for inhabitants in use",
    "nursing_residents": "residents of nursing homes",
    "unmet_hours_week": "hours a week that nobody gives",
    "carers_overburdened": "overburdened informal carers",
    "isolated_65plus": "aged 65+ living alone and isolated",
    "family_minutes": "minutes by car from a resident to the nearest child in the city",
    "weekly_visitors": "family members who visit a resident every week",
    "care_jobs_vacant": "vacant care jobs, FTE",
    "assisted_homes_vacant": "vacant assisted homes",
    "population": "inhabitants",
}
FLOWS = {
    "nursing_entries": "entries in nursing homes",
    "family_homes_freed_by_care": "family homes freed by entries",
    "family_homes_freed": "family homes freed by 65+ in all",
}
ENTERED = {
    "waited_months": "months waited by those who entered, mean",
    "home_minutes": "minutes by car from the former home to the nursing home",
}


@dataclass(frozen=True)
class CareResults:
    """Care policies beside unchanged policy, seed by seed.

    Attributes:
        pairs: All figures; those of a wijk are named ``figure|wijk``.
        wijken: Names of the wijken.
    """

    pairs: PairedResult
    wijken: tuple[str, ...]

    def city(self, scenario: str, against: str | None = None) -> list[Difference]:
        """Return what a policy changes in the whole city, figure by figure."""
        return [d for d in self.pairs.compare(against) if d.scenario == scenario and "|" not in d.figure]

    def by_wijk(self, scenario: str, against: str | None = None) -> pd.DataFrame:
        """Return what a policy changes for the people of each wijk: one row per wijk and figure.

        Columns: ``wijk``, ``figure`` and those of ``Difference``.
        """
        rows = [
            {"wijk": d.figure.split("|")[1], **d._asdict(), "figure": d.figure.split("|")[0]}
            for d in self.pairs.compare(against)
            if d.scenario == scenario and "|" in d.figure
        ]
        return pd.DataFrame(rows)


def care_results(
    seeds: int = 10,
    *,
    workers: int = 2,
    tables: Tables | None = None,
    city_seed: int = 2025,
    scale: float = 1.0,
    progress: Progress | None = None,
) -> CareResults:
    """Run unchanged policy and three care policies with seeds 1, 2, ... to the end of 2040.

    Args:
        seeds: Number of seeds, 2 or more.
        workers: Worker processes.
        tables: Tables instead of the package's own.
        city_seed: Seed of the population synthesis.
        scale: Share of the city that is simulated; counts are scaled up.
        progress: Called with months done, months in all and a date.
    """
    base = load_scenario("unchanged", tables)
    policies = {name: load_scenario(name, tables) for name in POLICIES}
    pairs = run_pairs(
        base,
        policies,
        range(1, seeds + 1),
        care_of_run,
        branch_month=common_months(base, policies),
        workers=workers,
        tables=tables,
        city_seed=city_seed,
        scale=scale,
        progress=progress,
    )
    names = dict.fromkeys(f.split("|")[1] for f in pairs.values["figure"] if "|" in f)
    return CareResults(pairs, tuple(names))


def care_of_run(model: KortrijkModel) -> dict[str, float]:
    """Return the figures of care of one run to the end of 2040, by name; those of a wijk end in ``|wijk``."""
    months = range(model.month - LAST_YEARS + 1, model.month + 1)

    def mean(name: str, place: int = 0) -> float:
        return float(np.nanmean([model.indicators.value(name, place, month) for month in months]))

    shares = ("nursing_occupancy", "nursing_queue_months", "family_minutes", "weekly_visitors")
    out = {name: mean(name) / (1.0 if name in shares else model.scale) for name in STOCKS}
    for name in FLOWS:
        values = [model.indicators.value(name, month=month) for month in range(OPENING + 1, model.month + 1)]
        out[name] = float(np.sum(values)) / model.scale
    entered = entries(model)
    for name in ENTERED:
        out[name] = float(entered[name].mean())
    groups = entered.groupby("wijk")
    for number, wijk in enumerate(model.geography.wijken):
        own = groups.get_group(number) if number in groups.groups else entered.iloc[:0]
        out[f"entries|{wijk.name}"] = len(own) / model.scale
        for name in ENTERED:
            out[f"{name}|{wijk.name}"] = float(own[name].mean()) if len(own) else float("nan")
        out[f"waiting|{wijk.name}"] = mean("nursing_waiting", number + 1) / model.scale
        out[f"isolated|{wijk.name}"] = 100.0 * mean("isolated_share", number + 1)
    return out


def entries(model: KortrijkModel, first_month: int = OPENING) -> pd.DataFrame:
    """Return the entries in nursing homes of people who had a home, from a month on.

    Columns: ``wijk`` of the former home (number), ``site`` (row), ``waited_months`` and ``home_minutes``, the way by
    car from the former home to the nursing home.
    """
    t = model.state.tables
    log = t.log[: int(t.counts[3])]
    own = log[(log["kind"] == Kind.NURSING_ENTERED) & (log["month"] >= first_month) & (log["origin"] >= 0)]
    home, site = own["origin"], own["position"]
    km = np.hypot(t.dwellings.x_km[home] - t.sites.x_km[site], t.dwellings.y_km[home] - t.sites.y_km[site])
    return pd.DataFrame(
        {
            "wijk": model.geography.sector_wijk[t.dwellings.sector[home]],
            "site": site,
            "waited_months": own["value"].astype(np.float64),
            "home_minutes": car_minutes(km.astype(np.float64), model.environment.care.travel),
        }
    )
