from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kortrijk_sim.agents.travel_rules import (
    TravelParams,
    bike_minutes,
    bus_minutes,
    car_minutes,
    senior_walk_minutes,
    walk_minutes,
)
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables

RULES = (walk_minutes, senior_walk_minutes, bike_minutes, bus_minutes, car_minutes)
TRAVEL = Parameters(Tables()).select(TravelParams)
KM = st.floats(0.0, 20.0)


def test_a_kilometre_takes_the_minutes_of_its_detour_and_speed() -> None:
    p = TravelParams(
        travel_detour_ratio=1.5,
        walk_speed_km_hour=5.0,
        walk_speed_senior_km_hour=3.0,
        bike_speed_km_hour=15.0,
        bus_speed_km_hour=18.0,
        bus_wait_and_walk_minutes=10.0,
        car_speed_km_hour=30.0,
        car_access_minutes=4.0,
    )
    minutes = [rule.py_func(1.0, p) for rule in RULES]  # type: ignore[attr-defined]
    assert minutes == pytest.approx([18.0, 30.0, 6.0, 15.0, 7.0])


def test_who_stays_where_they_are_spends_only_the_wait_for_the_bus_or_the_way_to_the_car() -> None:
    assert [rule(0.0, TRAVEL) for rule in RULES] == [
        0.0,
        0.0,
        0.0,
        TRAVEL.bus_wait_and_walk_minutes,
        TRAVEL.car_access_minutes,
    ]


def test_seniors_walk_slower_than_others_and_a_bike_beats_both() -> None:
    assert bike_minutes(1.0, TRAVEL) < walk_minutes(1.0, TRAVEL) < senior_walk_minutes(1.0, TRAVEL)


def test_the_car_is_beaten_by_the_bike_near_by_and_wins_far_away() -> None:
    assert bike_minutes(0.3, TRAVEL) < car_minutes(0.3, TRAVEL)
    assert car_minutes(5.0, TRAVEL) < bike_minutes(5.0, TRAVEL)


@given(KM, KM)
@settings(deadline=None)
def test_further_is_never_faster(one: float, other: float) -> None:
    near, far = sorted((one, other))
    for rule in RULES:
        assert rule(near, TRAVEL) <= rule(far, TRAVEL)


@given(KM)
@settings(deadline=None)  # the first call compiles
def test_a_rule_gives_the_same_alone_compiled_and_for_a_whole_table(km: float) -> None:
    for rule in RULES:
        plain = rule.py_func(km, TRAVEL)  # type: ignore[attr-defined]
        assert rule(km, TRAVEL) == pytest.approx(plain)
        assert rule(np.full((2, 3), km), TRAVEL) == pytest.approx(np.full((2, 3), plain))
