"""Extreme tests: what must happen when something that never happens does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from kortrijk_sim.city.vocabulary import DwellingStatus, DwellingUse, Tenure
from kortrijk_sim.experiments.mobility_stress import MONTHS as MOBILITY_MONTHS
from kortrijk_sim.experiments.mobility_stress import mobility_stress
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.measures import BuildHomes
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import Scenario

NO_BUILDING = {"developer_ratio": 0.0, "pipeline_dwellings_per_year": 0.0}
CLOSED_BORDERS = {
    "in_migration_closing_per_month": 0.0,
    "in_migrants_min_per_month": 0.0,
    "nest_leavers_to_elsewhere_share": 0.0,
    "union_partner_from_elsewhere_share": 0.0,
    "unhoused_leaves_city_per_month": 0.0,
}
GLUT_HOMES = 1500
LONG, SHORT, CARE = 8, 5, 4  # years after which signs are read
SHOCK_YEAR, RECOVERY = 2, 6  # years before a shock to vacancy, and after it

type Run = Callable[[KortrijkModel, int], None]
MONTHS = 12 * (2 * LONG + SHORT + 4 * CARE + 2 * (RECOVERY + 1) + SHOCK_YEAR) + MOBILITY_MONTHS


def stress_figures(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    """Run the extreme tests and measure each against the unchanged city.

    Args:
        unchanged: The unchanged city, run for eight years or more; only read.
        run: Called with a model and the number of months to run it.

    Returns:
        Figures by the name of their measure in the table ``patterns``.
    """
    homes = _no_building(unchanged, run) | _closed(unchanged, run) | _doubled(unchanged, run) | _shocks(unchanged, run)
    return homes | _care(unchanged, run) | mobility_stress(unchanged, run)


def count_events(model: KortrijkModel, kind: Kind, months: int) -> float:
    """Return how often something happened in the first months of a run, scaled to the whole city."""
    t = model.state.tables
    log, n = t.log, int(t.counts[3])
    return float(((log.kind[:n] == kind) & (log.month[:n] < months)).sum()) / model.scale


def _fresh(like: KortrijkModel, scenario: Scenario) -> KortrijkModel:
    return KortrijkModel(scenario, rng=like.seed, tables=like.city_tables, city_seed=like.city_seed, scale=like.scale)


def _against(model: KortrijkModel, unchanged: KortrijkModel, name: str) -> float:
    """Return an indicator at the end of a run in per cent over the unchanged city of that month."""
    theirs = unchanged.indicators.value(name, month=model.month)
    return 100.0 * (model.indicators.value(name) / theirs - 1.0)


def _lowest(model: KortrijkModel) -> float:
    return 100.0 * min(model.indicators.value("vacancy_share", month=m) for m in range(model.month + 1))


def _no_building(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    model = _fresh(unchanged, Scenario(name="no building", parameters=NO_BUILDING))
    run(model, 12 * LONG)
    return {
        "no_building_built": count_events(model, Kind.BUILT, model.month),
        "no_building_population": _against(model, unchanged, "population"),
        "no_building_price": _against(model, unchanged, "price_index"),
        "no_building_vacancy": _lowest(model),
    }


def _closed(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    model = _fresh(unchanged, Scenario(name="closed borders", parameters=CLOSED_BORDERS))
    stays = model.environment.alignment._replace(out_migration=0.0)
    model.environment = replace(model.environment, alignment=stays)
    run(model, 12 * SHORT)
    start, end = model.indicators.value("population", month=0), model.indicators.value("population")
    natural = count_events(model, Kind.BIRTH, model.month) - count_events(model, Kind.DEATH, model.month)
    vacancy = model.indicators.value("vacancy_share") - unchanged.indicators.value("vacancy_share", month=model.month)
    return {
        "closed_arrivals": count_events(model, Kind.ARRIVED, model.month),
        "closed_growth": 100.0 * (end - start - natural * model.scale) / start,
        "closed_vacancy": 100.0 * vacancy,
    }


def _doubled(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    built = count_events(unchanged, Kind.BUILT, 12 * LONG)
    measure = BuildHomes(from_=2025, until=2025 + LONG - 1, homes=max(1, round(built)), programme="market")
    model = _fresh(unchanged, Scenario(name="twice the building", measures=(measure,)))
    run(model, 12 * LONG)
    return {
        "doubled_built": count_events(model, Kind.BUILT, model.month) / max(built, 1.0),
        "doubled_population": _against(model, unchanged, "population"),
        "doubled_price": _against(model, unchanged, "price_index"),
    }


def _shocks(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    """Flood the market with homes, or take half of those that stand vacant, after two ordinary years."""
    model = _fresh(unchanged, unchanged.policy)
    run(model, 12 * SHOCK_YEAR)
    year = 2025 + SHOCK_YEAR
    measure = BuildHomes(from_=year, until=year, homes=GLUT_HOMES, programme="market")
    flooded = model.fork(Scenario(name="glut", measures=(measure,)))
    run(flooded, 12 * (RECOVERY + 1))
    dwellings, n = model.state.tables.dwellings, int(model.state.tables.counts[2])
    vacant = np.flatnonzero(
        (dwellings.household[:n] < 0)
        & (dwellings.status[:n] == DwellingStatus.STANDING)
        & (dwellings.use[:n] == DwellingUse.MAIN_RESIDENCE)
        & (dwellings.tenure[:n] != Tenure.SOCIAL_RENT)
    )
    dwellings.use[vacant[::2]] = DwellingUse.SECOND_HOME
    run(model, 12 * (RECOVERY + 1))
    return {
        "glut_vacancy": 100.0 * flooded.indicators.value("vacancy_share"),
        "dearth_vacancy": 100.0 * model.indicators.value("vacancy_share"),
    }


def _care(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    """Take away or double the places, take away informal care or every way to a nursing home."""
    month = 12 * CARE

    def extreme(parameters: dict[str, float]) -> KortrijkModel:
        model = _fresh(unchanged, Scenario(name="extreme", parameters=parameters))
        run(model, month)
        return model

    without = extreme({"nursing_places_ratio": 0.0})
    double = extreme({"nursing_places_ratio": 2.0})
    alone = extreme({"carer_hours_ratio": 0.0})
    far = extreme({"nursing_reach_max_minutes": 0.0})

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


def _entries(model: KortrijkModel) -> float:
    """Return how often somebody with a home entered a nursing home."""
    log = model.state.tables.log[: int(model.state.tables.counts[3])]
    return float(np.count_nonzero((log["kind"] == Kind.NURSING_ENTERED) & (log["origin"] >= 0)))
