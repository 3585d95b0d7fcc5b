"""How strongly travel answers to costs, frequency and fares: arc elasticities from short paired runs (V22)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.mobility_comparison import travel_of_run
from kortrijk_sim.experiments.paired_result import interval
from kortrijk_sim.experiments.pairs import Progress, run_pairs
from kortrijk_sim.experiments.scenario_files import load_scenario
from kortrijk_sim.models.mobility_measures import TransitFare, TransitService
from kortrijk_sim.models.policy import Scenario

ANSWER_YEARS = 5  # after which the answer is read: most people have looked again at their ways by then
BRANCH = 12  # the change comes on 1 January 2026
CAR_COST, FREQUENCY, FARE = "car_cost", "frequency", "fare"
PUBLISHED = {CAR_COST: "-0.1 to -0.4", FREQUENCY: "+0.2 to +0.6", FARE: "-0.2 to -0.6"}
RATIOS: dict[str, tuple[str, float]] = {
    "car cost + 10 %": (CAR_COST, 1.1),
    "car cost + 50 %": (CAR_COST, 1.5),
    "buses and trains + 25 %": (FREQUENCY, 1.25),
    "buses and trains - 20 %": (FREQUENCY, 0.8),
    "fares - 50 %": (FARE, 0.5),
    "fares + 10 %": (FARE, 1.1),
}
_COSTS = ("car_cost_eur_km", "electric_car_cost_eur_km")


class Elasticity(NamedTuple):
    """How a quantity answers to a price or a frequency, both in shares of their mid-points.

    Attributes:
        change: What was changed, and by how much.
        of: The quantity that answers.
        mean: Mean over the seeds.
        low, high: Its 95 % interval; nan with one seed.
        published: Range of the literature as text.
    """

    change: str
    of: str
    mean: float
    low: float
    high: float
    published: str


def changed_terms(what: str, ratio: float, parameters: Parameters, year: int = 2026) -> Scenario:
    """Return a scenario that changes a cost, a frequency or the fares from a year on.

    Costs are parameters and change at once where a run branches; the others are measures from ``year`` on.
    """
    name = f"{what} x {ratio:g}"
    if what == CAR_COST:
        return Scenario(name=name, parameters={cost: parameters.value(cost) * ratio for cost in _COSTS})
    if what == FREQUENCY:
        lines = ("all buses", "all trains")
        return Scenario(
            name=name,
            measures=tuple(TransitService(from_=year, line=line, headway_ratio=1.0 / ratio) for line in lines),
        )
    return Scenario(
        name=name,
        measures=(
            TransitFare(from_=year, vehicle="bus", ratio=ratio), TransitFare(from_=year, vehicle="train", ratio=ratio),
        ),
    )  # fmt: skip


def arc_elasticity(before: float, after: float, ratio: float) -> float:
    """Return the elasticity over an arc: changes in shares of the mid-points; defined for a price of nothing too.

    Source: the usual mid-point formula of transport economics.
    """
    answered = (after - before) / (0.5 * (after + before))
    return answered / ((ratio - 1.0) / (0.5 * (ratio + 1.0)))


def elasticities(
    seeds: int = 3,
    *,
    workers: int = 2,
    tables: Tables | None = None,
    city_seed: int = 2025,
    scale: float = 1.0,
    progress: Progress | None = None,
) -> list[Elasticity]:
    """Return arc elasticities of vehicle-km to car cost, and of transit trips to frequency and fares.

    Each is read five years after the change, in pairs of runs with the same seed; arguments as for
    :func:`mobility_results`.
    """
    base, parameters = load_scenario("unchanged", tables), Parameters(tables if tables is not None else Tables())
    futures = {name: changed_terms(what, ratio, parameters) for name, (what, ratio) in RATIOS.items()}
    pairs = run_pairs(
        base, futures, range(1, seeds + 1), travel_of_run, years=1 + ANSWER_YEARS, branch_month=BRANCH,
        workers=workers, tables=tables, city_seed=city_seed, scale=scale, progress=progress,
    )  # fmt: skip
    found = []
    for name, (what, ratio) in RATIOS.items():
        answers = ("vehicle_km",) if what == CAR_COST else ("transit_trips", "vehicle_km")
        for figure in answers:
            sample = pairs.samples(figure)
            each = np.array([arc_elasticity(a, b, ratio) for a, b in zip(sample[base.name], sample[name], strict=True)])
            published = PUBLISHED[what] if figure == answers[0] else ""
            found.append(Elasticity(name, figure, float(each.mean()), *interval(each), published))
    return found
