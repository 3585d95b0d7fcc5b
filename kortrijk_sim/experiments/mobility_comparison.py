"""What the mobility package changes: all of it, each group of measures alone, and how strongly travel answers.

A figure of travel is a mean over the last year of a run. Vehicle-kilometres are those that inhabitants drive;
the kilometres of people who commute into the city stand beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from kortrijk_sim.agents.mode_rules import AGE_FROM
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.city.vocabulary import Mode
from kortrijk_sim.experiments.paired_result import Difference, PairedResult
from kortrijk_sim.experiments.pairs import Progress, common_months, run_pairs
from kortrijk_sim.experiments.scenario_files import load_scenario
from kortrijk_sim.models.mobility_indicators import MODE_GROUPS
from kortrijk_sim.models.mobility_measures import KilometreCharge
from kortrijk_sim.models.policy import Scenario
from kortrijk_sim.models.travel_setup import commuter_cars

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel

PACKAGE = "mobility"
SHIFT = "modal shift"  # the package without its measures for students, firms and jobs
CHARGED = "with a kilometre charge"  # the package and a charge that the note does not ask for
CHARGE_EUR_KM = 0.1  # of that charge; an example, not a proposal

# Groups of measures, by the names of their kinds; every measure of the package is in one of them.
GROUPS: dict[str, tuple[str, ...]] = {
    "hubs and shared cars": ("open_hub", "shared_cars"),
    "charge points": ("charge_points",),
    "cycling": ("cycle_link", "cycle_comfort"),
    "buses and trains": ("transit_service", "transit_line"),
    "slow centre": ("car_free_zone", "slow_streets", "parking", "freight_out_of_core"),
    "services near hubs": ("services_near_hubs",),
    "employers": ("mobility_budget",),
    "students": ("student_rooms", "staying_support", "internships"),
    "firms and jobs": (
        "starter_premium", "room_for_scale_ups", "sme_manager", "acquire_firms", "social_employment",
    ),
}  # fmt: skip
NOT_TRAVEL = ("students", "firms and jobs")

# Figures of the city with unit; counts are scaled to the whole city.
COUNTS = {
    "vehicle_km": "km a day that inhabitants drive",
    "co2_travel": "kg CO2 a day of those km",
    "population": "inhabitants",
    "household_cars": "cars at the disposal of households",
    "car_sharing_households": "households that share cars",
    "shared_car_trips": "trips a day with a shared car",
    "jobs": "jobs in the city",
    "firms": "local business units",
    "in_commuters": "people from outside who work here",
    "out_commuters": "inhabitants who work outside",
    "students_in_rooms": "students in a student room",
    "students_in_flats": "students who share a small flat",
    "students_unhoused": "students who find no room and travel",
}
LEVELS = {
    "vehicle_km_per_person": "km a day driven per inhabitant",
    "electric_km_share": "of the km driven: electric",
    "electric_car_share": "of the cars of households: electric",
    "mode_share_car_driver": "trips at the wheel",
    "mode_share_car": "trips by car, at the wheel or beside it",
    "mode_share_bike": "trips by bike",
    "mode_share_walk": "trips on foot",
    "mode_share_transit": "trips by bus or train",
    "mode_share_sustainable": "trips on foot, by bike, bus or train",
    "trip_km": "km of a mean trip",
    "cars_per_1000": "cars per 1,000 inhabitants",
    "charge_points": "public charge points",
    "active_share": "inhabitants who move 30 minutes a day",
    "employment_rate": "employed of those aged 20 to 64",
}
YEAR = 12


@dataclass(frozen=True)
class MobilityResults:
    """The package, its groups and unchanged policy, seed by seed.

    Attributes:
        pairs: All figures; those of a wijk or an age group are named ``figure|group``.
    """

    pairs: PairedResult

    def city(self, scenario: str) -> dict[str, Difference]:
        """Return what a policy changes in the whole city, by figure."""
        return {d.figure: d for d in self.pairs.compare() if d.scenario == scenario and "|" not in d.figure}

    def by_group(self, scenario: str, figure: str) -> dict[str, Difference]:
        """Return what a policy changes in a figure of each wijk (``car_share``) or age group (``car_share_age``)."""
        return {
            d.figure.split("|")[1]: d
            for d in self.pairs.compare()
            if d.scenario == scenario and d.figure.startswith(f"{figure}|")
        }


def package_parts(tables: Tables | None = None, package: Scenario | None = None) -> dict[str, Scenario]:
    """Return the package and its parts: all of it, without students and firms, each group alone, and with a charge.

    Args:
        tables: Tables instead of the package's own.
        package: Another package than the scenario ``mobility``.
    """
    package = package or load_scenario(PACKAGE, tables)
    parts = {PACKAGE: package}
    shift = [kind for group, kinds in GROUPS.items() if group not in NOT_TRAVEL for kind in kinds]
    parts[SHIFT] = _only(package, SHIFT, tuple(shift))
    for group, kinds in GROUPS.items():
        parts[group] = _only(package, group, kinds)
    charge = KilometreCharge(from_=2030, eur_km=CHARGE_EUR_KM)
    parts[CHARGED] = package.model_copy(update={"name": CHARGED, "measures": (*package.measures, charge)})
    return parts


def _only(package: Scenario, name: str, kinds: tuple[str, ...]) -> Scenario:
    """Return the package with nothing but the measures of some kinds."""
    kept = tuple(measure for measure in package.measures if measure.measure in kinds)
    return package.model_copy(update={"name": name, "measures": kept})


def mobility_results(
    seeds: int = 10,
    *,
    workers: int = 2,
    tables: Tables | None = None,
    city_seed: int = 2025,
    scale: float = 1.0,
    progress: Progress | None = None,
) -> MobilityResults:
    """Run unchanged policy, the package and its parts with seeds 1, 2, ... to the end of 2040.

    Args:
        seeds: Number of seeds, 2 or more.
        workers: Worker processes.
        tables: Tables instead of the package's own.
        city_seed: Seed of the population synthesis.
        scale: Share of the city that is simulated; counts are scaled up.
        progress: Called with months done, months in all and a date.
    """
    base, parts = load_scenario("unchanged", tables), package_parts(tables)
    pairs = run_pairs(
        base, parts, range(1, seeds + 1), travel_of_run, branch_month=common_months(base, parts), workers=workers,
        tables=tables, city_seed=city_seed, scale=scale, progress=progress,
    )  # fmt: skip
    return MobilityResults(pairs)


def travel_of_run(model: KortrijkModel) -> dict[str, float]:
    """Return the figures of travel of one run, mean of its last year, by name; shares in per cent.

    Those of a wijk or age group end in ``|name``: ``car_share|Marke`` is that of trips at the wheel.
    """
    months = range(max(1, model.month - YEAR + 1), model.month + 1)

    def mean(name: str, place: int = 0) -> float:
        return float(np.mean([model.indicators.value(name, place, month) for month in months]))

    out = {name: mean(name) / model.scale for name in COUNTS}
    for name in LEVELS:
        share = "share" in name or name == "employment_rate"
        out[name] = mean(name) * (100.0 if share else 1.0)
    out["transit_trips"] = mean("mode_share_transit") * mean("trips_per_person") * out["population"]
    out["commuter_km"] = commuter_km(model)
    out["graduates_staying_share"] = 100.0 * mean("graduates_staying") / max(mean("graduates"), 1e-9)
    out["vehicle_km_over_2025"] = 100.0 * (out["vehicle_km"] / first_year_km(model) - 1.0)
    for number, wijk in enumerate(model.geography.wijken):
        out[f"car_share|{wijk.name}"] = 100.0 * mean("mode_share_car_driver", number + 1)
        out[f"vehicle_km_per_person|{wijk.name}"] = mean("vehicle_km_per_person", number + 1)
    by_age = model.state.mobility.ledger.age
    driving = by_age[:, list(MODE_GROUPS["car_driver"])].sum(axis=1) / np.maximum(by_age.sum(axis=1), 1e-9)
    for number, name in enumerate(age_names()):
        out[f"car_share_age|{name}"] = 100.0 * float(driving[number])
    return out


def first_year_km(model: KortrijkModel) -> float:
    """Return the km that inhabitants drove on a mean day of 2025, scaled to the whole city."""
    months = range(1, min(YEAR, model.month) + 1)
    return float(np.mean([model.indicators.value("vehicle_km", 0, month) for month in months])) / model.scale


def commuter_km(model: KortrijkModel) -> float:
    """Return the km a day that people from outside drive to and from work in the city, their whole way."""
    transport = model.state.transport
    cars = commuter_cars(model.state, model.travel_environment, transport)
    km = transport.ways.car_km[..., Mode.CAR].astype(float)
    return float((cars * km).sum()) / model.scale


def age_names() -> list[str]:
    """Return the names of the age groups of the mode shares."""
    closed = [f"{a} to {b - 1}" for a, b in pairwise(AGE_FROM)]
    return ["under 12", *closed[1:], f"{AGE_FROM[-1]} and over"]
