"""Extreme tests of travel, students and firms, and how strongly travel answers to costs and frequency (V22, V25)."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.network import Network
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.city.vocabulary import FirmStatus
from kortrijk_sim.experiments.mobility_elasticities import BRANCH, CAR_COST, FREQUENCY, arc_elasticity, changed_terms
from kortrijk_sim.models.mobility_measures import CloseCrossing, TransitFare
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import Scenario
from kortrijk_sim.models.transport import plain, skims_of

type Run = Callable[[KortrijkModel, int], None]

NO_DRIVERS = {"licence_share_men": 0.0, "licence_share_women": 0.0}
BRIDGE = "Westelijke Ringbrug"
ISOLATED = "Kooigem"  # a wijk of two sectors at the edge of the city
EDGE = "Kooigem"  # where all firms go: as far from most homes as the city reaches
FREE, SHORT, LONG = 4, 2, 5  # years after which signs are read
MONTHS = 12 * (FREE + 5 * SHORT + 3 * LONG + 1)
ANSWERS = ((CAR_COST, 1.1), (CAR_COST, 1.5), (FREQUENCY, 1.25))


def mobility_stress(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    """Run the extreme tests of travel and measure each against the unchanged city.

    Args:
        unchanged: The unchanged city, run for six years or more; only read.
        run: Called with a model and the number of months to run it.

    Returns:
        Figures by the name of their measure in the table ``patterns``.
    """
    return (
        _free_transit(unchanged, run)
        | _no_drivers(unchanged, run)
        | _closed_bridge(unchanged, run)
        | _isolated(unchanged, run)
        | _no_students(unchanged, run)
        | _all_firms_at_the_edge(unchanged, run)
        | _answers(unchanged, run)
    )


def cut_off(network: Network, sectors: frozenset[int]) -> Network:
    """Return a network in which no way leads into or out of some sectors.

    Args:
        network: The network.
        sectors: Zone numbers.
    """
    inside = {network.zones[sector].node for sector in sectors}
    links = tuple(
        replace(link, road="none", kmh=0.0, walk=False, bike=False, comfort=None, lanes=0.0)
        if (link.a in inside) != (link.b in inside)
        else link
        for link in network.links
    )
    lines = tuple(line for line in network.lines if not inside & set(line.stops))
    return replace(network, links=links, lines=lines)


def tables_without_students(tables: Tables, folder: Path) -> Tables:
    """Write facts by which nobody studies in the city into a folder, beside the tables that replace others already."""
    for replaced in tables.folder.glob("*.csv") if tables.folder is not None else ():
        shutil.copy(replaced, folder)
    rows = list(csv.DictReader(io.StringIO(tables.text("facts_note"))))
    with (folder / "facts_note.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "value": "0"} if row["name"] == "students_2024" else row for row in rows)
    return Tables(folder)


def _fresh(like: KortrijkModel, scenario: Scenario, tables: Tables | None = None) -> KortrijkModel:
    return KortrijkModel(
        scenario, rng=like.seed, tables=tables or like.city_tables, city_seed=like.city_seed, scale=like.scale
    )


def _ratio(model: KortrijkModel, unchanged: KortrijkModel, name: str) -> float:
    """Return an indicator at the end of a run over that of the unchanged city in the same month."""
    return model.indicators.value(name) / max(unchanged.indicators.value(name, month=model.month), 1e-9)


def _sectors(model: KortrijkModel, wijk: str) -> frozenset[int]:
    number = model.geography.wijk_number(wijk)
    return frozenset(n for n, sector in enumerate(model.geography.sectors) if sector.wijk == number)


def _free_transit(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    free = tuple(TransitFare(from_=2025, vehicle=vehicle, ratio=0.0) for vehicle in ("bus", "train"))
    model = _fresh(unchanged, Scenario(name="free transit", measures=free))
    run(model, 12 * FREE)
    return {
        "free_transit_share": _ratio(model, unchanged, "mode_share_transit"),
        "free_transit_km": 100.0 * (_ratio(model, unchanged, "vehicle_km") - 1.0),
    }


def _no_drivers(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    model = _fresh(unchanged, Scenario(name="nobody drives", parameters=NO_DRIVERS))
    run(model, 12 * SHORT)
    return {
        "no_drivers_km": model.indicators.value("vehicle_km"),
        "no_drivers_cars": model.indicators.value("household_cars"),
        "no_drivers_trips": _ratio(model, unchanged, "trips_per_person"),
        "no_drivers_sustainable": _ratio(model, unchanged, "mode_share_sustainable"),
    }


def _closed_bridge(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    closed = CloseCrossing(from_=2025, name=BRIDGE)
    model = _fresh(unchanged, Scenario(name="closed bridge", measures=(closed,)))
    run(model, 12 * SHORT)
    params = plain(model.travel_environment.transport.network)
    before, after = (skims_of(network, params).car for network in (model.base.network, model.state.transport.network))
    ease = (run_.indicators.value("ease_of_travel", month=model.month) for run_ in (model, unchanged))
    return {
        "closed_bridge_shorter": float((after < before - 1e-3).sum()),
        "closed_bridge_longer": float((after > before + 1e-3).sum()),
        "closed_bridge_ease": next(ease) - next(ease),
    }


def _isolated(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    """Cut every way into a wijk; after two years nobody travels between it and the rest."""
    model = _fresh(unchanged, Scenario(name="isolated wijk"))
    inside = _sectors(model, ISOLATED)
    network = cut_off(model.travel_environment.network, inside)
    model.travel_environment = replace(model.travel_environment, network=network)
    model.state.network_key = ()  # what differs from the key of the month makes the network anew
    run(model, 12 * SHORT)
    between = model.state.mobility.ledger.between.sum(axis=0)
    rest = [zone for zone in range(len(between)) if zone not in inside]
    across = float(np.abs(between[np.ix_(sorted(inside), rest)]).sum() + np.abs(between[:, sorted(inside)][rest]).sum())
    place = 1 + model.geography.wijk_number(ISOLATED)
    return {
        "isolated_trips": across / model.scale,
        "isolated_homes": model.indicators.value("population", place)
        / max(unchanged.indicators.value("population", place, model.month), 1.0),
    }


def _no_students(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        tables = tables_without_students(unchanged.city_tables, Path(folder))
        model = _fresh(unchanged, Scenario(name="no students"), tables)
        run(model, 12 * SHORT)
    names = ("students_in_rooms", "students_in_flats", "students_unhoused")
    return {
        "no_students_housed": sum(model.indicators.value(name) for name in names),
        "no_students_staying": model.indicators.value("graduates_staying"),
    }


def _all_firms_at_the_edge(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    """Put every firm into one village, and with it the work of those employed there."""
    model = _fresh(unchanged, Scenario(name="all firms in one wijk"))
    there, e = min(_sectors(model, EDGE)), model.state.economy
    e.firms.sector[e.firms.status == FirmStatus.OPEN] = there
    work = e.work
    work.zone[work.firm >= 0] = there
    run(model, 12 * SHORT)
    return {
        "one_wijk_km": _ratio(model, unchanged, "vehicle_km"),
        "one_wijk_bike": _ratio(model, unchanged, "mode_share_bike"),
        "one_wijk_jobs": _ratio(model, unchanged, "jobs"),
    }


def _answers(unchanged: KortrijkModel, run: Run) -> dict[str, float]:
    """V22: elasticities five years after a change of costs or frequency on 1 January 2026."""
    trunk = _fresh(unchanged, unchanged.policy)
    run(trunk, BRANCH)
    parameters, months = Parameters(unchanged.city_tables), 12 * LONG
    found = {}
    for what, ratio in ANSWERS:
        model = trunk.fork(changed_terms(what, ratio, parameters))
        run(model, months)
        before, after = (
            _transit_trips(city, model.month)
            if what == FREQUENCY
            else city.indicators.value("vehicle_km", 0, model.month)
            for city in (unchanged, model)
        )
        found[f"elasticity_{what}_{round(100 * abs(ratio - 1)):d}"] = arc_elasticity(before, after, ratio)
    return found


def _transit_trips(model: KortrijkModel, month: int) -> float:
    names = ("mode_share_transit", "trips_per_person", "population")
    return float(np.prod([model.indicators.value(name, 0, month) for name in names]))
