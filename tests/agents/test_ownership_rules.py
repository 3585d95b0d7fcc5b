"""Who may drive, who owns which bike, how many cars, and which of them are electric."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortrijk_sim.agents.ownership_rules import (
    MOST_CARS,
    MeansParams,
    bike_owned,
    cars_utility,
    electric_probability,
    licence_share,
    transit_pass_share,
)
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.city.vocabulary import Activity, Bike, Sex

MEANS = Parameters(Tables()).select(MeansParams)
DRAWS = np.linspace(0.0005, 0.9995, 1000)


def owned(age: int, u: float, years: float = 0.0) -> int:
    return int(bike_owned.py_func(age, u, years, MEANS))  # type: ignore[attr-defined]


def electric(years: float = 3.0, charger: bool = False, chargers: float = 1.0, company: bool = False) -> float:
    return float(electric_probability.py_func(years, charger, chargers, company, MEANS))  # type: ignore[attr-defined]


def cars(number: int, constant: float = 1.0, income: float = 0.0, ease: float = 0.0, senior: bool = False) -> float:
    return float(cars_utility.py_func(number, constant, income, ease, senior, MEANS))  # type: ignore[attr-defined]


@pytest.mark.parametrize("sex", Sex)
def test_licences_come_between_18_and_25_and_go_after_80(sex: Sex) -> None:
    share = [licence_share.py_func(age, sex, MEANS) for age in range(100)]  # type: ignore[attr-defined]
    assert share[:18] == [0.0] * 18
    assert share[18:26] == sorted(share[18:26])
    assert share[18] > 0.0
    level = MEANS.licence_share_men if sex == Sex.MALE else MEANS.licence_share_women
    assert set(share[25:80]) == {level}
    assert set(share[80:]) == {MEANS.licence_share_80plus}


def test_whoever_has_a_bike_keeps_it_or_gets_a_better_one() -> None:
    for u in DRAWS:
        by_year = [owned(45, u, years) for years in (0.0, 1.0, 5.0, 15.0)]
        assert by_year == sorted(by_year)


def test_the_shares_of_bikes_are_those_of_the_table() -> None:
    shares = np.bincount([owned(45, u) for u in DRAWS], minlength=3) / len(DRAWS)
    assert shares[Bike.E_BIKE] == pytest.approx(MEANS.e_bike_owner_share_2025, abs=0.002)
    assert shares[Bike.NONE] == pytest.approx(1.0 - MEANS.bike_owner_share, abs=0.002)
    old = [owned(80, u) for u in DRAWS]
    assert np.mean(np.array(old) != Bike.NONE) == pytest.approx(MEANS.bike_owner_share_75plus, abs=0.002)


def test_e_bikes_are_for_adults_and_small_children_own_no_bike() -> None:
    assert {owned(age, u, 15.0) for age in (6, 12, 17) for u in DRAWS} == {Bike.NONE, Bike.BIKE}
    assert {owned(5, u) for u in DRAWS} == {Bike.NONE}


def test_of_those_with_another_bike_the_yearly_share_takes_to_an_e_bike() -> None:
    def plain(years: float) -> float:
        return float(np.mean([owned(45, u, years) == Bike.BIKE for u in np.linspace(0, 1, 4001)]))

    assert plain(1.0) / plain(0.0) == pytest.approx(1.0 - MEANS.e_bike_adoption_per_year, abs=0.001)


def test_passes_are_for_pupils_students_and_seniors_more_than_for_workers() -> None:
    def share(age: int, activity: Activity) -> float:
        return float(transit_pass_share.py_func(age, activity, MEANS))  # type: ignore[attr-defined]

    assert share(11, Activity.PUPIL) == 0.0
    assert share(15, Activity.STUDENT) == MEANS.transit_pass_share_pupil
    assert share(20, Activity.STUDENT) == MEANS.transit_pass_share_student
    assert share(40, Activity.EMPLOYED) == MEANS.transit_pass_share_worker < share(70, Activity.RETIRED)
    assert share(66, Activity.EMPLOYED) == MEANS.transit_pass_share_worker
    for age, activity in itertools.product(range(0, 100, 5), Activity):
        assert 0.0 <= share(age, activity) <= 1.0


def test_no_car_is_what_others_are_compared_with() -> None:
    assert cars(0, constant=7.0, income=2.0, ease=3.0, senior=True) == 0.0


def test_income_and_places_hard_to_reach_without_a_car_bring_cars_and_each_car_more() -> None:
    for more in ({"income": 0.5}, {"ease": 0.5}):
        gains = [cars(n, **more) - cars(n) for n in range(MOST_CARS + 1)]  # type: ignore[arg-type]
        assert gains[1] > 0.0
        assert gains == pytest.approx([n * gains[1] for n in range(MOST_CARS + 1)])


def test_seniors_want_a_second_car_less_and_the_first_as_much() -> None:
    assert cars(1, senior=True) == cars(1)
    assert cars(2, senior=True) < cars(2)
    assert cars(3, senior=True) < cars(3)


@given(st.floats(0, 9.9), st.booleans(), st.floats(0.0, 50.0), st.booleans())
def test_the_chance_of_an_electric_car_is_a_chance(years: float, charger: bool, chargers: float, company: bool) -> None:
    assert 0.0 < electric(years, charger, chargers, company) < 1.0


def test_time_a_charger_more_charge_points_and_an_employer_all_bring_electric_cars() -> None:
    assert electric() < electric(years=4.0)
    assert electric() < electric(charger=True)
    assert electric(chargers=0.5) < electric() < electric(chargers=2.0)
    assert electric() < electric(company=True)


def test_twice_the_charge_points_add_their_coefficient_to_the_log_odds() -> None:
    def log_odds(chance: float) -> float:
        return float(np.log(chance / (1.0 - chance)))

    gain = log_odds(electric(chargers=2.0)) - log_odds(electric())
    assert gain == pytest.approx(MEANS.electric_choice_public_chargers)
    assert electric(chargers=0.0) == electric(chargers=0.1), "no charge point at all is bad, not impossible"


def test_after_the_last_combustion_car_every_new_car_is_electric() -> None:
    last = MEANS.electric_only_from_year - 2025.0
    assert electric(last) == 1.0
    assert electric(last - 0.01) < 1.0
