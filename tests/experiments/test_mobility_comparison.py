"""The mobility package: what it holds, what each of its parts does, who shifts and why."""

from __future__ import annotations

import numpy as np
import pytest

from kortrijk_sim.agents.mode_rules import N_SLOTS
from kortrijk_sim.city.facts import Facts, Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.mobility_comparison import (
    CHARGED,
    GROUPS,
    PACKAGE,
    SHIFT,
    MobilityResults,
    age_names,
    package_parts,
    travel_of_run,
)
from kortrijk_sim.experiments.mobility_elasticities import RATIOS, arc_elasticity, changed_terms
from kortrijk_sim.experiments.mobility_shifts import BETTER, ELSEWHERE, WORSE, shifts
from kortrijk_sim.experiments.pairs import common_months, run_pairs
from kortrijk_sim.experiments.scenario_files import load_scenario
from kortrijk_sim.models.mobility_indicators import MODE_GROUPS
from kortrijk_sim.models.mobility_measures import ChargePoints, KilometreCharge, OpenHub, SharedCars, TransitService
from kortrijk_sim.models.model import KortrijkModel

MONTHS = 72


@pytest.fixture(scope="module")
def package():
    return load_scenario(PACKAGE)


@pytest.fixture(scope="module")
def futures(package):
    """Unchanged policy, all of the package brought forward, and a high charge, five years after they part."""
    early = tuple(
        m.model_copy(update={"from_": "2026-01"}) for m in package.measures if m.measure not in ("student_rooms",)
    )
    charge = KilometreCharge(from_=2026, eur_km=0.5)
    trunk = KortrijkModel(load_scenario("unchanged"), rng=3, scale=0.05)
    trunk.run_for(12)
    found = {
        "mobility": trunk.fork(package.model_copy(update={"measures": early})),
        "charge": trunk.fork(package.model_copy(update={"name": "charge", "measures": (charge,)})),
        "unchanged": trunk,
    }
    for model in found.values():
        model.run_for(MONTHS - 12)
    return found


# --- the scenario ---------------------------------------------------------------------------------------


def test_the_package_brings_the_shared_cars_and_charge_points_of_the_note(package):
    facts = Facts(Tables())
    cars = sum(hub.shared_cars for hub in package.of(OpenHub)) + sum(m.cars for m in package.of(SharedCars))
    points = sum(hub.charge_points for hub in package.of(OpenHub)) + sum(m.points for m in package.of(ChargePoints))
    assert cars == facts.value("shared_cars_extra")
    assert points == facts.value("charge_points_extra")
    assert all(m.last_month < 12 * 6 for m in package.of(ChargePoints))  # by the end of 2030
    assert all(hub.first_month < 12 * 6 for hub in package.of(OpenHub) if hub.charge_points)


def test_every_measure_of_the_package_is_in_one_group(package):
    kinds = [kind for group in GROUPS.values() for kind in group]
    assert len(kinds) == len(set(kinds))
    assert {measure.measure for measure in package.measures} == set(kinds)


def test_the_groups_together_are_the_package(package):
    parts = package_parts()
    alone = [measure for group in GROUPS for measure in parts[group].measures]
    assert sorted(map(repr, alone)) == sorted(map(repr, package.measures))
    assert len(parts[SHIFT].measures) < len(package.measures) < len(parts[CHARGED].measures)
    assert common_months(load_scenario("unchanged"), parts) == 12


def test_the_package_asks_for_no_charge_and_no_other_fare(package):
    assert not {"kilometre_charge", "transit_fare"} & {measure.measure for measure in package.measures}
    assert package.extends == ("unchanged",)


# --- figures --------------------------------------------------------------------------------------------


def test_figures_of_a_run_are_those_of_the_whole_city(futures):
    found = travel_of_run(futures["unchanged"])
    assert all(np.isfinite(value) for value in found.values())
    assert 70_000 < found["population"] < 95_000
    modes = sum(found[f"mode_share_{name}"] for name in ("car", "bike", "walk", "transit"))
    assert modes == pytest.approx(100.0, abs=0.5)
    assert found["mode_share_car"] + found["mode_share_sustainable"] == pytest.approx(100.0, abs=0.5)
    assert {name.split("|")[1] for name in found if name.startswith("car_share_age|")} == set(age_names())
    assert found["commuter_km"] > 0.2 * found["vehicle_km"]


def test_fewer_drive_with_the_package_and_far_fewer_with_a_charge(futures):
    share = {name: travel_of_run(model)["mode_share_car_driver"] for name, model in futures.items()}
    km = {name: travel_of_run(model)["vehicle_km_per_person"] for name, model in futures.items()}
    assert share["unchanged"] - share["mobility"] > 1.0
    assert km["charge"] < 0.85 * km["unchanged"]
    assert km["charge"] < km["mobility"]


def test_pairs_give_each_wijk_and_age_a_difference(package):
    hubs = package_parts()["hubs and shared cars"]
    base = load_scenario("unchanged")
    pairs = run_pairs(base, {"hubs": hubs}, (1, 2), travel_of_run, years=3, branch_month=12, workers=1, scale=0.02)
    results = MobilityResults(pairs)
    assert set(results.by_group("hubs", "car_share")) == set(results.by_group("hubs", "vehicle_km_per_person"))
    assert list(results.by_group("hubs", "car_share_age")) == age_names()
    city = results.city("hubs")
    assert "car_share|Marke" not in city
    assert city["vehicle_km"].n == 2


# --- who shifts -----------------------------------------------------------------------------------------


def test_nobody_shifts_between_two_runs_alike(futures):
    assert shifts(futures["unchanged"], futures["unchanged"]).empty


def test_shifts_add_up_to_the_change_of_trips_at_the_wheel(futures):
    """Trips of those who live in both futures and make as many trips as before."""
    unchanged, charged = futures["unchanged"], futures["charge"]
    found = shifts(unchanged, charged)
    assert (found["former"] != found["now"]).all()
    assert (found["trips_per_day"] > 0).all()
    left = found.loc[found["former"] == "car_driver", "trips_per_day"].sum()
    came = found.loc[found["now"] == "car_driver", "trips_per_day"].sum()
    driving = [
        float(model.state.mobility.ledger.age[:, list(MODE_GROUPS["car_driver"])].sum()) / model.scale
        for model in (unchanged, charged)
    ]
    assert left > 5 * came
    assert left - came == pytest.approx(driving[0] - driving[1], rel=0.15)


def test_a_charge_makes_the_old_way_worse_and_moves_few(futures):
    why = shifts(futures["unchanged"], futures["charge"])
    away = why[why["former"] == "car_driver"].groupby("why")["trips_per_day"].sum()
    assert away[WORSE] > 10 * away.get(BETTER, 0.0)
    assert away[WORSE] > away.get(ELSEWHERE, 0.0)


def test_better_ways_are_a_reason_with_the_package(futures):
    why = shifts(futures["unchanged"], futures["mobility"]).groupby("why")["trips_per_day"].sum()
    assert why[BETTER] > 0
    assert why[WORSE] > 0


# --- elasticities ---------------------------------------------------------------------------------------


def test_an_arc_elasticity_is_that_of_the_curve_and_the_same_both_ways():
    price = 1.5
    assert arc_elasticity(1.0, price**-0.3, price) == pytest.approx(-0.3, abs=0.01)
    assert arc_elasticity(price**-0.3, 1.0, 1 / price) == pytest.approx(-0.3, abs=0.01)
    assert arc_elasticity(100.0, 150.0, 0.0) == pytest.approx(-0.2)


def test_costs_frequencies_and_fares_change_by_what_the_name_says():
    parameters = Parameters(Tables())
    for what, ratio in RATIOS.values():
        scenario = changed_terms(what, ratio, parameters)
        if scenario.parameters:
            assert all(v == pytest.approx(ratio * parameters.value(k)) for k, v in scenario.parameters.items())
        else:
            assert len(scenario.measures) == 2
        for service in scenario.of(TransitService):
            assert service.headway_ratio == pytest.approx(1 / ratio)


def test_trips_have_a_slot_for_each_purpose(futures):
    mobility = futures["unchanged"].state.mobility
    assert len(mobility.trips) == N_SLOTS * len(mobility.travel)
