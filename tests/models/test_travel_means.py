"""Licences, bikes, cars, electric cars and car sharing of a whole population, and how they change."""

from __future__ import annotations

import numpy as np
import pytest
from travel_runs import ages, housed, rows_of, sector_of_home

from kortrijk_sim.city.tables import Tables
from kortrijk_sim.city.vocabulary import Activity, Bike, DwellingKind, Sex
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import Scenario
from kortrijk_sim.models.travel_environment import CarOwnershipRow
from kortrijk_sim.models.travel_means import household_type

TYPES = ("alone", "couple", "couple_children", "lone_parent", "other")


@pytest.fixture(scope="module")
def whole():
    """Return the whole city on 1 January 2025."""
    return KortrijkModel(rng=1)


@pytest.fixture(scope="module")
def types(whole):
    """Return the type of every housed household."""
    t = whole.state.tables
    return np.array([household_type(t, int(h)) for h in housed(whole)])


def share_who_drive(whole, types, kind):
    cars = rows_of(whole)[2]["cars"][housed(whole)]
    return np.bincount(cars[types == kind], minlength=4) / (types == kind).sum()


@pytest.mark.parametrize("kind", range(4), ids=TYPES[:4])
def test_cars_by_type_of_household_are_those_of_statbel(whole, types, kind):
    row = {row.household: row for row in Tables().rows("car_ownership", CarOwnershipRow)}[TYPES[kind]]
    wanted = [row.none, row.one, row.two, row.three_or_more]
    assert share_who_drive(whole, types, kind) == pytest.approx(wanted, abs=0.02)


def test_households_are_of_the_type_their_members_make(whole, types):
    members = whole.state.tables.households.members[housed(whole)]
    assert ((types == 0) == (members == 1)).all()
    assert (members[types == 1] == 2).all()
    assert (members[types == 2] >= 3).all()
    assert (members[types == 3] >= 2).all()
    assert np.bincount(types, minlength=5).min() > 100


def test_licences_bikes_and_chargers_have_the_shares_of_the_tables(whole):
    travel, _, fleet = rows_of(whole)
    t, p, age = whole.state.tables, whole.parameters, ages(whole)
    lives = sector_of_home(whole) >= 0
    middle = lives & (age >= 25) & (age < 75)
    for sex, name in ((Sex.MALE, "licence_share_men"), (Sex.FEMALE, "licence_share_women")):
        ours = travel["licence"][middle & (t.persons.sex[: len(travel)] == sex)].mean()
        assert ours == pytest.approx(p.value(name), abs=0.01)
    e_bikes = (travel["bike"][middle] == Bike.E_BIKE).mean()
    assert e_bikes == pytest.approx(p.value("e_bike_owner_share_2025"), abs=0.01)
    assert (travel["bike"][middle] != Bike.NONE).mean() == pytest.approx(p.value("bike_owner_share"), abs=0.01)
    rows = housed(whole)
    flat = t.dwellings.kind[t.households.dwelling[rows]] == DwellingKind.APARTMENT
    charger = fleet["charger"][rows]
    assert charger[flat].mean() == pytest.approx(p.value("home_charger_share_apartment"), abs=0.01)
    assert charger[~flat].mean() == pytest.approx(p.value("home_charger_share_house"), abs=0.01)


def test_few_cars_are_electric_and_those_of_employers_and_chargers_first(whole):
    fleet = rows_of(whole)[2][housed(whole)]
    assert whole.indicator("electric_car_share") == pytest.approx(0.03, abs=0.01)
    with_car = fleet["cars"] > 0

    def share(chosen):
        return fleet["electric"][chosen].sum() / fleet["cars"][chosen].sum()

    assert share(fleet["company"] > 0) > 1.3 * share(with_car & (fleet["company"] == 0))
    assert share(with_car & (fleet["charger"] == 1)) > share(with_car & (fleet["charger"] == 0))


def test_nobody_has_a_car_whom_nobody_can_drive(whole):
    travel, _, fleet = rows_of(whole)
    household = whole.state.tables.persons.household[: len(travel)]
    lives = household >= 0
    drivers = np.bincount(household[lives], weights=travel["licence"][lives], minlength=len(fleet))
    rows = housed(whole)
    assert (fleet["cars"][rows][drivers[rows] == 0] == 0).all()


def test_company_cars_belong_to_those_who_work(whole):
    travel, _, fleet = rows_of(whole)
    t = whole.state.tables
    household = t.persons.household[: len(travel)]
    works = (t.persons.activity[: len(travel)] == Activity.EMPLOYED) & (household >= 0) & (travel["licence"] == 1)
    workers = np.bincount(household[works], minlength=len(fleet))
    rows = housed(whole)
    assert (fleet["company"][rows] <= workers[rows]).all()
    share = fleet["company"][rows].sum() / workers[rows].sum()
    assert share == pytest.approx(whole.parameters.value("company_car_share"), abs=0.01)


def test_richer_households_of_one_type_have_more_cars(whole, types):
    t, fleet = whole.state.tables, rows_of(whole)[2]
    rows = housed(whole)
    persons = int(t.counts[0])
    household = t.persons.household[:persons]
    income = np.bincount(
        household[household >= 0], weights=t.persons.income_eur_month[:persons][household >= 0], minlength=len(fleet)
    )[rows]
    for kind in (0, 2):
        of_kind = types == kind
        rich = income > np.median(income[of_kind])
        cars = fleet["cars"][rows]
        assert cars[of_kind & rich].mean() > cars[of_kind & ~rich].mean() + 0.1


# --- in time -------------------------------------------------------------------------------------------


def test_the_fleet_turns_electric_and_people_take_to_e_bikes(first_day, four_years):
    assert four_years.indicator("electric_car_share") > first_day.indicator("electric_car_share") + 0.05
    assert four_years.indicator("electric_car_share") < 0.5
    bikes = [
        (rows_of(model)[0]["bike"][(sector_of_home(model) >= 0) & (ages(model) >= 18)] == Bike.E_BIKE).mean()
        for model in (first_day, four_years)
    ]
    assert bikes[1] > bikes[0] + 0.02


def test_the_number_of_cars_does_not_drift_when_nothing_changes(first_day, four_years):
    cars = [model.indicator("cars_per_1000") for model in (first_day, four_years)]
    assert cars[1] == pytest.approx(cars[0], rel=0.05)


def test_a_change_of_cars_stands_in_the_log(four_years):
    t = four_years.state.tables
    log = t.log[: int(t.counts[3])]
    changed = log[log["kind"] == Kind.CARS_CHANGED]
    assert len(changed) > 50
    assert (changed["position"] != changed["value"]).all()
    fleet = rows_of(four_years)[2]
    now = {int(event["household"]): int(event["value"]) for event in changed}
    same = [fleet["cars"][h] == cars for h, cars in now.items()]
    assert np.mean(same) == 1.0


def test_new_cars_after_the_phase_out_are_electric(first_day):
    at_once = first_day.fork(Scenario(parameters={"electric_only_from_year": 2025.0, "car_replacement_per_year": 1.0}))
    at_once.run_for(13)
    assert at_once.indicator("electric_car_share") > 0.8
    never = first_day.fork(Scenario(parameters={"electric_choice_constant": -40.0, "car_replacement_per_year": 1.0}))
    never.run_for(13)
    assert never.indicator("electric_car_share") < 0.2 * at_once.indicator("electric_car_share")


def test_nobody_reconsiders_cars_twice_in_a_month_and_everybody_has_once(four_years):
    fleet = rows_of(four_years)[2][housed(four_years)]
    assert (fleet["looked"] >= -1).all()
    assert (fleet["looked"] < four_years.month).all()
