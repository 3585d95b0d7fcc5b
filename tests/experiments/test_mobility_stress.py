"""Extreme tests of travel, students and firms, and the figures that the score card reads."""

from __future__ import annotations

import numpy as np
import pytest

from kortrijk_sim.city.network import NetworkParams, make_skims
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments import mobility_stress as stress
from kortrijk_sim.experiments.mobility_patterns import electric_lead, mobility_figures, shares_by_length, survival_share
from kortrijk_sim.experiments.scorecard import Pattern
from kortrijk_sim.models.model import KortrijkModel


@pytest.fixture(scope="module")
def unchanged():
    model = KortrijkModel(rng=2, scale=0.05)
    model.run_for(12 * (1 + stress.LONG))
    return model


@pytest.fixture(scope="module")
def figures(unchanged):
    steps = []

    def run(model, months):
        steps.append(months)
        model.run_for(months)

    found = stress.mobility_stress(unchanged, run)
    assert sum(steps) == stress.MONTHS
    return found


def test_every_extreme_figure_is_judged(figures):
    measures = {pattern.measure for pattern in Tables().rows("patterns", Pattern)}
    assert set(figures) <= measures


def test_nobody_who_may_not_drive_drives_but_people_go_out(figures):
    assert figures["no_drivers_km"] == figures["no_drivers_cars"] == 0
    assert figures["no_drivers_trips"] == pytest.approx(1.0, abs=0.05)
    assert figures["no_drivers_sustainable"] > 1.5


def test_free_buses_and_trains_are_used_more(figures):
    assert figures["free_transit_share"] > 1.1
    assert figures["free_transit_km"] < 0.3


def test_a_closed_bridge_brings_nobody_nearer(figures):
    assert figures["closed_bridge_shorter"] == 0
    assert figures["closed_bridge_longer"] > 0


def test_nobody_travels_in_or_out_of_an_isolated_wijk(figures):
    assert figures["isolated_trips"] == 0
    assert figures["isolated_homes"] < 1.05


def test_without_students_nothing_is_let_to_them(figures):
    assert figures["no_students_housed"] == figures["no_students_staying"] == 0


def test_when_all_firms_are_at_the_edge_people_drive_more(figures):
    assert figures["one_wijk_km"] > 1.1
    assert figures["one_wijk_bike"] < 1.0


def test_travel_answers_with_the_right_sign(figures):
    assert -0.6 < figures["elasticity_car_cost_50"] < -0.05
    assert 0.0 < figures["elasticity_frequency_25"] < 1.0


def test_a_network_that_is_cut_reaches_the_rest_from_nowhere_inside(unchanged):
    network, inside = unchanged.base.network, frozenset({0, 1})
    skims = make_skims(stress.cut_off(network, inside), NetworkParams(*unchanged.travel_environment.transport.network))
    within, rest = sorted(inside), [zone for zone in range(len(network.zones)) if zone not in inside]
    for skim in (skims.walk, skims.bike, skims.car, skims.bus_ride, skims.train_ride):
        assert np.isinf(skim[np.ix_(within, rest)]).all()
        assert np.isinf(skim[np.ix_(rest, within)]).all()
    assert np.isfinite(skims.car[np.ix_(rest, rest)]).all()


def test_the_base_year_is_that_of_the_survey_of_2019(unchanged):
    frame = unchanged.indicators.frame()
    city = frame[frame["place"] == "Kortrijk"].set_index("month")
    found = mobility_figures(unchanged, city)
    assert found["share_car"] == pytest.approx(65.0, abs=3.0)
    assert found["share_sustainable"] == pytest.approx(34.0, abs=3.0)
    assert found["trips_below_5_km"] < found["trips_below_15_km"] < 100
    assert found["cars_per_1000"] == pytest.approx(565.0, abs=25.0)
    assert set(found) <= {pattern.measure for pattern in Tables().rows("patterns", Pattern)}


def test_shares_by_length_add_up_and_walking_falls_with_length(unchanged):
    shares = shares_by_length(unchanged)
    assert shares["trips"].sum() == pytest.approx(1.0)
    walk = shares["walk"].to_numpy()
    assert walk[0] > walk[1] > walk[2] > walk[4]


def test_survival_counts_those_who_could_have_lived_five_years():
    firms = np.zeros(5, dtype=[("founded", np.int16), ("closed", np.int16)])
    firms["founded"] = [-9999, 0, 0, 10, 100]
    firms["closed"] = [-9999, -9999, 59, 70, 101]
    assert survival_share(firms, 120) == pytest.approx(2 / 3)
    assert np.isnan(survival_share(firms, 59))


def test_the_lead_of_company_cars_leaves_out_households_with_both_kinds():
    fleet = np.zeros(3, dtype=[("cars", np.int8), ("electric", np.int8), ("company", np.int8)])
    fleet["cars"], fleet["electric"], fleet["company"] = [1, 2, 2], [1, 1, 1], [1, 1, 0]
    assert electric_lead(fleet) == pytest.approx(1.0 - 0.5)
