"""What a mode is worth, and to whom: signs, bounds, and who cannot use it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortrijk_sim.agents.mode_rules import (
    AGE_FROM,
    NEVER_CHOSEN,
    TasteParams,
    Traveller,
    TripParams,
    WayParams,
    age_group,
    bike_way,
    car_way,
    care_trips_per_day,
    cost_utility,
    mode_utility,
    train_fare_eur,
    transit_way,
    trip_group,
    trips_ratio,
    walk_way,
)
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.city.vocabulary import Activity, Bike, Health, Mode, Slot

FACTS = Parameters(Tables())
WAYS, TASTE, TRIPS = FACTS.select(WayParams), FACTS.select(TasteParams), FACTS.select(TripParams)
DRIVING = (Mode.CAR, Mode.ELECTRIC_CAR, Mode.PARK_AND_RIDE)
CYCLING = (Mode.BIKE, Mode.E_BIKE, Mode.BIKE_AND_TRAIN, Mode.SHARED_BIKE)
MINUTES = st.floats(0.0, 180.0)
ADULT = Traveller(
    age=40, activity=Activity.EMPLOYED, health=Health.GOOD, licence=True, bike=Bike.BIKE, transit_pass=False, cars=1,
    electric=False, company=0, drivers=1, sharing=False,
)  # fmt: skip


def worth(mode: Mode, *, slot: Slot = Slot.SHOPPING, studies: bool = False, way: float = -3.0, walk: float = -1.0,
          fare: float = -0.5, fuel: float = -0.25, **person: object) -> float:  # fmt: skip
    who = ADULT._replace(**person)  # type: ignore[arg-type]
    return float(mode_utility.py_func(mode, slot, studies, way, walk, fare, fuel, who, TASTE))  # type: ignore[attr-defined]


def can(mode: Mode, **person: object) -> bool:
    return worth(mode, **person) > NEVER_CHOSEN  # type: ignore[arg-type]


# --- who can use a mode --------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", DRIVING)
def test_nobody_drives_without_a_licence_or_without_a_car(mode: Mode) -> None:
    electric = mode == Mode.ELECTRIC_CAR
    assert can(mode, electric=electric)
    assert not can(mode, electric=electric, licence=False)
    assert not can(mode, electric=electric, cars=0)


def test_the_car_one_drives_is_electric_or_it_is_not() -> None:
    assert can(Mode.CAR)
    assert not can(Mode.ELECTRIC_CAR)
    assert can(Mode.ELECTRIC_CAR, electric=True)
    assert not can(Mode.CAR, electric=True)


def test_one_cycles_on_the_bike_one_has() -> None:
    able = {bike: {mode for mode in CYCLING if can(mode, bike=bike)} for bike in Bike}
    assert able == {
        Bike.NONE: {Mode.SHARED_BIKE},
        Bike.BIKE: {Mode.BIKE, Mode.BIKE_AND_TRAIN},
        Bike.E_BIKE: {Mode.E_BIKE, Mode.BIKE_AND_TRAIN},
    }


@pytest.mark.parametrize(("mode", "first_age"), [(Mode.BUS, 10), (Mode.TRAIN, 10), (Mode.BIKE_AND_TRAIN, 12)])
def test_young_children_take_no_bus_or_train_alone(mode: Mode, first_age: int) -> None:
    assert not can(mode, age=first_age - 1)
    assert can(mode, age=first_age)


def test_a_shared_bike_is_for_those_of_sixteen_and_older() -> None:
    assert not can(Mode.SHARED_BIKE, age=15, bike=Bike.NONE)
    assert can(Mode.SHARED_BIKE, age=16, bike=Bike.NONE)


def test_a_shared_car_is_for_members_with_a_licence() -> None:
    assert can(Mode.SHARED_CAR, sharing=True, cars=0)
    assert not can(Mode.SHARED_CAR, sharing=False)
    assert not can(Mode.SHARED_CAR, sharing=True, licence=False)


def test_everybody_can_walk_and_be_driven() -> None:
    for age, bike, cars in itertools.product((0, 5, 30, 99), Bike, (0, 2)):
        assert can(Mode.WALK, age=age, bike=bike, cars=cars, licence=False, health=Health.HEAVY)
        assert can(Mode.PASSENGER, age=age, bike=bike, cars=cars, licence=False, health=Health.HEAVY)


# --- what it is worth to whom --------------------------------------------------------------------------


def test_an_adult_without_further_marks_gets_what_the_way_is_worth() -> None:
    for mode in (Mode.WALK, Mode.BUS, Mode.TRAIN, Mode.CAR, Mode.PARK_AND_RIDE, Mode.PASSENGER):
        assert worth(mode) == pytest.approx(-3.0 / TASTE.taste_scale), mode


def test_walking_is_slower_work_for_those_of_75_and_older_and_only_walking() -> None:
    pace = TASTE.walk_speed_km_hour / TASTE.walk_speed_senior_km_hour
    assert worth(Mode.WALK, age=75) == pytest.approx(-3.0 - (pace - 1.0))
    assert worth(Mode.WALK, age=74) == worth(Mode.WALK)
    assert worth(Mode.CAR, age=75) == worth(Mode.CAR)


def test_a_bike_is_worth_less_with_each_year_but_an_e_bike_is_not() -> None:
    assert worth(Mode.BIKE, age=60) - worth(Mode.BIKE, age=40) == pytest.approx(20 * TASTE.bike_age_utility)
    assert worth(Mode.BIKE, age=60) < worth(Mode.BIKE, age=18) == worth(Mode.BIKE, age=16, slot=Slot.LEISURE)
    e_bike = [worth(Mode.E_BIKE, bike=Bike.E_BIKE, age=age) for age in (20, 40, 70)]
    assert e_bike[0] == e_bike[1] == e_bike[2]


@pytest.mark.parametrize("mode", [*CYCLING, *DRIVING])
def test_who_needs_help_in_daily_life_cycles_and_drives_less(mode: Mode) -> None:
    bike = {Mode.E_BIKE: Bike.E_BIKE, Mode.SHARED_BIKE: Bike.NONE}.get(mode, Bike.BIKE)
    able = {"bike": bike, "electric": mode == Mode.ELECTRIC_CAR}
    assert worth(mode, health=Health.LIGHT, **able) < worth(mode, **able)  # type: ignore[arg-type]


def test_a_pass_takes_the_fare_away_from_buses_and_trains_alone() -> None:
    for mode in (Mode.BUS, Mode.TRAIN, Mode.BIKE_AND_TRAIN):
        assert worth(mode, transit_pass=True) == pytest.approx(worth(mode) + 0.5)
    for mode in (Mode.WALK, Mode.BIKE, Mode.CAR, Mode.PASSENGER):
        assert worth(mode, transit_pass=True) == worth(mode)


def test_a_company_car_drives_for_nothing_for_those_who_work() -> None:
    assert worth(Mode.CAR, company=1) == pytest.approx(worth(Mode.CAR) + 0.25)
    electric = worth(Mode.ELECTRIC_CAR, electric=True)
    assert worth(Mode.ELECTRIC_CAR, electric=True, company=1) == pytest.approx(electric + 0.25)
    retired = Activity.RETIRED
    assert worth(Mode.CAR, company=1, activity=retired) == worth(Mode.CAR, activity=retired)


def test_fewer_cars_than_drivers_makes_the_car_worth_less() -> None:
    assert worth(Mode.CAR, drivers=2) == pytest.approx(worth(Mode.CAR) + TASTE.car_shared_at_home_utility)
    assert worth(Mode.CAR, drivers=2, cars=2) == worth(Mode.CAR)


def test_nobody_is_driven_to_work_as_easily_as_to_school_or_shops() -> None:
    work = Slot.WORK_OR_SCHOOL
    assert worth(Mode.PASSENGER, slot=work) < worth(Mode.PASSENGER)
    assert worth(Mode.PASSENGER, slot=work, studies=True) == worth(Mode.PASSENGER)
    assert worth(Mode.PASSENGER, cars=0) < worth(Mode.PASSENGER)
    assert worth(Mode.PASSENGER, age=11) > worth(Mode.PASSENGER, age=12)


def test_pupils_cycle_and_take_the_bus_to_school_and_not_to_the_shops() -> None:
    school = {"slot": Slot.WORK_OR_SCHOOL, "studies": True, "age": 15, "licence": False}
    shops = school | {"slot": Slot.SHOPPING}
    assert worth(Mode.BIKE, **school) == pytest.approx(worth(Mode.BIKE, **shops) + TASTE.pupil_bike_utility)  # type: ignore[arg-type]
    assert worth(Mode.BUS, **school) == pytest.approx(worth(Mode.BUS, **shops) + TASTE.pupil_transit_utility)  # type: ignore[arg-type]


def test_a_wider_spread_of_tastes_makes_every_difference_smaller() -> None:
    wide = TasteParams(*(TASTE[name] for name in TasteParams._fields))._replace(taste_scale=2.0)
    args = (Mode.CAR, Slot.SHOPPING, False, -3.0, 0.0, 0.0, 0.0, ADULT)
    assert mode_utility.py_func(*args, wide) == pytest.approx(0.5 * mode_utility.py_func(*args, TASTE))  # type: ignore[attr-defined]


# --- ways ----------------------------------------------------------------------------------------------


@given(MINUTES, MINUTES)
def test_longer_is_never_better(one: float, other: float) -> None:
    short, long = sorted((one, other))
    for way in (
        lambda m: walk_way.py_func(m, WAYS),  # type: ignore[attr-defined]
        lambda m: bike_way.py_func(m, 1.0, WAYS),  # type: ignore[attr-defined]
        lambda m: car_way.py_func(m, 2.0, WAYS),  # type: ignore[attr-defined]
        lambda m: car_way.py_func(2.0, m, WAYS),  # type: ignore[attr-defined]
        lambda m: transit_way.py_func(m, 5.0, 5.0, 0.0, WAYS),  # type: ignore[attr-defined]
        lambda m: transit_way.py_func(5.0, m, 5.0, 0.0, WAYS),  # type: ignore[attr-defined]
        lambda m: transit_way.py_func(5.0, 5.0, m, 0.0, WAYS),  # type: ignore[attr-defined]
        lambda m: transit_way.py_func(5.0, 5.0, 5.0, m, WAYS),  # type: ignore[attr-defined]
    ):
        assert way(long) <= way(short) <= 0.0


def test_a_minute_waiting_hurts_more_than_a_minute_aboard_and_walking_to_a_stop_hurts_most() -> None:
    ride, wait, walk = (transit_way.py_func(*(10.0 * (k == n) for k in range(3)), 0.0, WAYS) for n in range(3))  # type: ignore[attr-defined]
    assert walk < wait < ride < 0.0


def test_an_e_bike_is_faster_but_takes_as_long_to_park() -> None:
    slow, fast = (bike_way.py_func(12.0, ratio, WAYS) for ratio in (1.0, 1.25))  # type: ignore[attr-defined]
    assert fast - slow == pytest.approx(WAYS.bike_minute_utility * (12.0 / 1.25 - 12.0))
    assert bike_way.py_func(0.0, 1.25, WAYS) == bike_way.py_func(0.0, 1.0, WAYS) < 0.0  # type: ignore[attr-defined]


@given(st.floats(0.01, 50.0), st.floats(0.0, 120.0), st.floats(0.0, 120.0))
def test_a_euro_weighs_less_on_a_longer_trip_and_is_never_welcome(eur: float, one: float, other: float) -> None:
    near, far = sorted((one, other))
    costs = [cost_utility.py_func(eur, km, WAYS) for km in (near, far)]  # type: ignore[attr-defined]
    assert costs[0] <= costs[1] < 0.0


def test_a_euro_at_the_reference_distance_weighs_its_coefficient_and_below_a_kilometre_no_more_than_at_one() -> None:
    at = cost_utility.py_func(2.0, WAYS.cost_reference_km, WAYS)  # type: ignore[attr-defined]
    assert at == pytest.approx(2.0 * WAYS.cost_utility_per_eur)
    assert cost_utility.py_func(2.0, 0.0, WAYS) == cost_utility.py_func(2.0, 1.0, WAYS)  # type: ignore[attr-defined]
    assert cost_utility.py_func(0.0, 5.0, WAYS) == 0.0  # type: ignore[attr-defined]


def test_a_train_ticket_costs_its_base_and_its_kilometres() -> None:
    assert train_fare_eur.py_func(0.0, WAYS) == WAYS.train_fare_base_eur  # type: ignore[attr-defined]
    rise = train_fare_eur.py_func(50.0, WAYS) - train_fare_eur.py_func(10.0, WAYS)  # type: ignore[attr-defined]
    assert rise == pytest.approx(40 * WAYS.train_fare_eur_km)


# --- how many trips ------------------------------------------------------------------------------------


def test_who_needs_help_travels_less_and_the_more_help_the_less() -> None:
    ratios = [trips_ratio.py_func(health, TRIPS) for health in Health]  # type: ignore[attr-defined]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[0] == 1.0
    assert ratios[-1] > 0.0


def test_trips_to_somebody_cared_for_grow_with_the_hours_up_to_the_most() -> None:
    trips = [care_trips_per_day.py_func(hours, TRIPS) for hours in (0.0, 5.0, 10.0, 1000.0)]  # type: ignore[attr-defined]
    assert trips[0] == 0.0
    assert trips[2] == pytest.approx(2 * trips[1]) == pytest.approx(2 * 10 * TRIPS.care_visits_per_hour / 7)
    assert trips[3] == pytest.approx(2 * TRIPS.care_visits_week_max / 7)


def test_everybody_belongs_to_the_group_of_their_age_and_day() -> None:
    groups = {
        (0, Activity.PUPIL): 0, (5, Activity.PUPIL): 0, (6, Activity.PUPIL): 1, (11, Activity.PUPIL): 1,
        (12, Activity.PUPIL): 2, (17, Activity.STUDENT): 2, (18, Activity.STUDENT): 3, (30, Activity.EMPLOYED): 4,
        (70, Activity.EMPLOYED): 4, (30, Activity.UNEMPLOYED): 5, (40, Activity.AT_HOME): 6, (66, Activity.RETIRED): 7,
        (74, Activity.RETIRED): 7, (75, Activity.RETIRED): 8,
    }  # fmt: skip
    assert {key: trip_group.py_func(*key) for key in groups} == groups  # type: ignore[attr-defined]


def test_age_groups_begin_at_their_first_year() -> None:
    for age in range(105):
        group = age_group.py_func(age)  # type: ignore[attr-defined]
        assert group == sum(age >= first for first in AGE_FROM) - 1


def test_a_compiled_choice_is_worth_what_it_is_worth_on_paper() -> None:
    for mode, age in itertools.product(Mode, (8, 14, 40, 80)):
        for who in (ADULT._replace(age=age), ADULT._replace(age=age, bike=Bike.NONE, sharing=True, transit_pass=True)):
            args = (mode, Slot.WORK_OR_SCHOOL, age < 18, -3.0, -1.0, -0.5, -0.25, who, TASTE)
            assert mode_utility(*args) == pytest.approx(mode_utility.py_func(*args))  # type: ignore[attr-defined]
