"""Measures for students, firms and jobs: when, where and how much."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography, load_geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.scenario_files import scenario_from_toml, scenario_to_toml
from kortrijk_sim.models.economy_effects import (
    BusinessParams,
    births_ratio,
    due,
    firms_due,
    followed_share,
    reached,
    rooms_due,
    scale_up_places,
    sectors_of,
    social_places,
    spread,
)
from kortrijk_sim.models.policy import (
    MONTHS,
    AcquireFirms,
    Internships,
    RoomForScaleUps,
    Scenario,
    SmeManager,
    SocialEmployment,
    StarterPremium,
    StayingSupport,
    StudentRooms,
    check_scenario,
)

PARAMETERS = Parameters(Tables())
P = PARAMETERS.select(BusinessParams)
ALL = (
    StudentRooms(from_=2027, until=2028, rooms=1500, wijk=("W12",)),
    StayingSupport(from_=2026, share_reached=0.4),
    Internships(from_=2026, share_reached=0.2),
    StarterPremium(from_=2026, until=2030, eur=1500),
    RoomForScaleUps(from_=2026, until=2029, firms=37, sector="34022B071"),
    AcquireFirms(from_=2027, until=2032, firms=25, jobs_each=40, section="E"),
    SmeManager(from_=2026, managers=2),
    SocialEmployment(from_=2026, until=2035, places=333, wijk=("W08", "W10")),
)


@pytest.fixture(scope="module")
def geography() -> Geography:
    return load_geography(Tables())


def checked(scenario: Scenario, geography: Geography) -> Scenario:
    return check_scenario(scenario, geography, PARAMETERS)


@given(st.integers(1, 5000), st.integers(2025, 2040), st.integers(0, 15))
def test_what_a_measure_brings_adds_up_over_its_months(total, first, more):
    measure = StudentRooms(from_=first, until=min(first + more, 2040), rooms=total)
    parts = [due(total, measure, month) for month in range(MONTHS)]
    assert sum(parts) == total
    assert min(parts) >= 0
    assert max(parts) - min(parts[measure.first_month : measure.last_month + 1]) <= 1


def test_rooms_open_in_the_wijken_of_the_measure_and_none_is_lost(geography):
    scenario = checked(Scenario(measures=(ALL[0],)), geography)
    rooms = np.zeros(113)
    opened = sum(rooms_due(scenario, month, rooms, geography, 1.0) for month in range(MONTHS))
    assert opened.sum() == 1500
    assert set(np.flatnonzero(opened)) <= set(sectors_of(scenario.measures[0], geography).tolist())


def test_rooms_come_where_students_live_already(geography):
    measure = StudentRooms(from_=2025, until=2025, rooms=400)
    rooms = np.zeros(113)
    rooms[[3, 30]] = [300, 100]
    out = spread(measure, 400, 0, rooms, geography)
    assert out[3] == pytest.approx(300, abs=2)
    assert out[30] == pytest.approx(100, abs=2)


def test_space_for_scale_ups_stays_when_the_measure_has_ended(geography):
    scenario = checked(Scenario(measures=(ALL[4],)), geography)
    places = [int(scale_up_places(scenario, month, geography, 1.0).sum()) for month in range(MONTHS)]
    assert places == sorted(places)
    assert places[-1] == 37


def test_firms_are_brought_in_whole_and_all_of_them(geography):
    scenario = checked(Scenario(measures=(ALL[5],)), geography)
    batches = [batch for month in range(MONTHS) for batch in firms_due(scenario, month, geography, 1.0, P)]
    assert sum(batch.firms for batch in batches) == 25
    assert {(batch.section, batch.jobs) for batch in batches} == {(4, 40)}


def test_places_in_social_employment_add_up(geography):
    scenario = checked(Scenario(measures=(ALL[7],)), geography)
    places = [part for month in range(MONTHS) for part in social_places(scenario, month, geography, 1.0)]
    assert sum(count for count, _ in places) == 333
    wijken = {geography.wijken[geography.sector_wijk[s]].name for _, where in places for s in np.flatnonzero(where)}
    assert wijken == {"Kortrijk Centrum", "Kortrijk Oost"}


def test_no_measure_changes_nothing(geography):
    nothing = Scenario()
    assert births_ratio(nothing, 5, P) == 1.0
    assert followed_share(nothing, 5, 1000.0, P) == 0.0
    assert firms_due(nothing, 5, geography, 1.0, P) == []
    assert social_places(nothing, 5, geography, 1.0) == []
    assert not scale_up_places(nothing, 5, geography, 1.0).any()
    assert not rooms_due(nothing, 5, np.ones(113), geography, 1.0).any()
    assert reached(nothing, 5, StayingSupport) == reached(nothing, 5, Internships) == 0.0


def test_measures_hold_only_in_their_months():
    scenario = Scenario(measures=ALL)
    assert births_ratio(scenario, 11, P) == 1.0 < births_ratio(scenario, 12, P)
    assert births_ratio(scenario, 72, P) == 1.0
    assert reached(scenario, 11, StayingSupport) == 0.0
    assert reached(scenario, 12, StayingSupport) == 0.4
    assert 0 < followed_share(scenario, 12, 1000.0, P) <= 1
    assert followed_share(Scenario(measures=(SmeManager(from_=2025, managers=50),)), 0, 10.0, P) == 1.0


def test_a_scenario_file_keeps_every_measure(geography):
    scenario = checked(Scenario(name="economy", measures=ALL), geography)
    again = scenario_from_toml(scenario_to_toml(scenario))
    assert again.measures == scenario.measures
    assert again.digest() == scenario.digest()


@pytest.mark.parametrize(
    "measure",
    [
        StudentRooms(from_=2025, rooms=10, sector="34022X999"),
        RoomForScaleUps(from_=2025, firms=10, sector="34022X999"),
        AcquireFirms(from_=2025, firms=10, jobs_each=3, sector="34022X999"),
        SocialEmployment(from_=2025, places=10, wijk=("Atlantis",)),
    ],
    ids=lambda m: m.measure,
)
def test_an_unknown_place_is_refused_by_name(measure, geography):
    with pytest.raises(InputError, match=r"34022X999|Atlantis"):
        checked(Scenario(measures=(measure,)), geography)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (StudentRooms, {"rooms": 0}),
        (StayingSupport, {"share_reached": 1.5}),
        (Internships, {"share_reached": 0.0}),
        (StarterPremium, {"eur": -5.0}),
        (RoomForScaleUps, {"firms": 0}),
        (AcquireFirms, {"firms": 5, "jobs_each": 5, "section": "Z"}),
        (SmeManager, {"managers": 0}),
        (SocialEmployment, {"places": 0}),
    ],
)
def test_an_impossible_amount_is_refused(kind, wrong):
    with pytest.raises(ValidationError):
        kind(from_=2025, **wrong)


def test_every_measure_tells_two_scenarios_apart():
    digests = {Scenario(measures=(measure,)).digest() for measure in ALL} | {Scenario().digest()}
    assert len(digests) == len(ALL) + 1
