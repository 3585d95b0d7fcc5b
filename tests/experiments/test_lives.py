from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from kortrijk_sim.agents.household_rules import is_too_large, rooms_needed
from kortrijk_sim.agents.person_view import Person
from kortrijk_sim.city.vocabulary import Mode, PersonStatus
from kortrijk_sim.experiments.lives import LIVES_COLUMNS, MODES, lives
from kortrijk_sim.experiments.trip_minutes import minutes_of_ways
from kortrijk_sim.models.model import KortrijkModel


@pytest.fixture(scope="module")
def start(small_city: Callable[..., KortrijkModel]) -> KortrijkModel:
    return small_city()


@pytest.fixture(scope="module")
def first(start: KortrijkModel) -> pd.DataFrame:
    return lives(start)


@pytest.fixture(scope="module")
def later(four_years: KortrijkModel) -> pd.DataFrame:
    return lives(four_years)


def test_on_the_first_day_the_people_are_those_that_the_indicators_count(
    start: KortrijkModel, first: pd.DataFrame
) -> None:
    heads = first[(first["head_2025"] == 1) & (first["homeless"] == 0)]
    counted = {
        "population": first["lives_here"].sum(),
        "persons_65plus": (first["age"] >= 65).sum(),
        "nursing_residents": first["in_nursing_home"].sum(),
        "nursing_waiting": first["waiting_nursing"].sum(),
        "homeless_persons": first["homeless"].sum(),
        "households": len(heads),
        "households_alone": (heads["family_2025"] == "alone").sum(),
        "households_couple_children": (heads["family_2025"] == "couple with children").sum(),
        "households_lone_parent": (heads["family_2025"] == "lone parent").sum(),
        "owner_share": (heads["tenure"] == "owner").mean(),
        "under_occupied_share": (heads["home_fit"] == "too large").mean(),
        "cost_stress_share": (heads["housing_cost_share"] > start.parameters.value("housing_cost_stress_share")).mean(),
        "social_queue": first.loc[first["head_2025"] == 1, "waits_social"].sum(),
        "unmet_hours_week": first["unmet_hours_week"].sum(),
        "isolated_65plus": first["isolation"].sum(),
        "labour_force": first["group"].isin(["works in the city", "commutes out", "looks for work"]).sum(),
        "trips_per_person": first["trips_day"].sum() / first["trips_day"].notna().sum(),
        "active_minutes": first["active_minutes_day"].sum() / first["trips_day"].notna().sum(),
    }
    for name, value in counted.items():
        assert value == pytest.approx(start.indicator(name), rel=1e-4), name


def test_kilometres_add_up_to_those_of_all_trips(start: KortrijkModel, first: pd.DataFrame) -> None:
    assert first["km_day"].sum() == pytest.approx(start.state.mobility.ledger.place[:, :, 1].sum(), rel=1e-4)


def test_who_is_in_2025_has_a_row_and_keeps_it(first: pd.DataFrame, later: pd.DataFrame) -> None:
    fixed = ["person", "age_2025", "wijk_2025", "tenure_2025", "family_2025", "head_2025"]
    pd.testing.assert_frame_equal(first[fixed], later[fixed])
    assert (later["age"] - later["age_2025"]).isin([4]).all()
    assert first["lives_here"].all()
    assert 0 < (later["lives_here"] == 0).sum() < len(later) / 2


def test_the_dead_and_gone_have_no_home_no_way_and_no_group(four_years: KortrijkModel, later: pd.DataFrame) -> None:
    status = four_years.state.tables.persons.status[: len(later)]
    assert list(later["alive"] == 0) == list(status == PersonStatus.DEAD)
    gone = later[later["lives_here"] == 0]
    for name in ("group", "health", "tenure", "home_fit", "housing_cost_share", "unmet_hours_week", "minutes_day"):
        assert gone[name].isna().all(), name
    for name in ("homeless", "in_nursing_home", "waiting_nursing", "waits_social", "overburdened", "household_size"):
        assert (gone[name] == 0).all(), name


def test_a_person_is_what_the_view_of_the_person_says(four_years: KortrijkModel, later: pd.DataFrame) -> None:
    here = later[later["lives_here"] == 1]
    for row in here.sample(40, random_state=1).itertuples():
        person = Person(four_years, row.person)
        assert person.alive_here
        assert person.age_years == row.age
        assert person.in_nursing_home == (row.in_nursing_home == 1)
        assert (person.workplace != "") == (row.group in ("works in the city", "commutes out"))


def test_a_home_fits_as_the_rules_say(four_years: KortrijkModel, later: pd.DataFrame) -> None:
    t = four_years.state.tables
    for row in later[later["home_fit"].notna()].sample(60, random_state=2).itertuples():
        h = int(t.persons.household[row.person])
        members = [i for i in range(int(t.counts[0])) if t.persons.household[i] == h and t.persons.status[i] == 1]
        children = sum(four_years.month - int(t.persons.birth_month[i]) < 216 for i in members)
        head = int(t.households.first_member[h])
        partner = int(t.persons.partner[head])
        couple = partner >= 0 and int(t.persons.household[partner]) == h
        needed = rooms_needed(len(members) - children, couple, children)
        rooms = int(t.dwellings.rooms[t.households.dwelling[h]])
        wanted = "too small" if rooms < needed else "too large" if is_too_large(rooms, needed) else "fits"
        assert row.home_fit == wanted
        assert row.household_size == len(members)


def test_workers_have_a_way_to_work_that_takes_time(later: pd.DataFrame) -> None:
    works = later["group"].isin(["works in the city", "commutes out"]) & later["minutes_day"].notna()
    assert later.loc[works, "work_minutes"].notna().mean() > 0.97
    assert later.loc[~works, "work_minutes"].isna().all()
    assert list(later["work_mode"].isna()) == list(later["work_minutes"].isna())
    minutes = later.groupby("group", observed=True)["work_minutes"].mean()
    assert 3 < minutes["works in the city"] < minutes["commutes out"] < 90


def test_ways_take_longer_by_slower_modes(start: KortrijkModel) -> None:
    minutes = minutes_of_ways(start)
    bike, walk = minutes[..., Mode.BIKE], minutes[..., Mode.WALK]
    reached = np.isfinite(bike)
    assert reached.mean() > 0.9
    assert (minutes[..., Mode.E_BIKE][reached] < bike[reached]).all()
    assert (bike[reached & np.isfinite(walk)] < walk[reached & np.isfinite(walk)]).all()
    car, shared = minutes[..., Mode.CAR], minutes[..., Mode.SHARED_CAR]
    assert (shared[np.isfinite(shared)] >= car[np.isfinite(shared)]).all()
    on_the_road = start.state.transport.skims.car
    assert (car >= on_the_road - 1e-4)[np.isfinite(on_the_road)].all()  # parking comes on top
    assert len(MODES) == minutes.shape[2]


def test_every_column_is_described_and_small(later: pd.DataFrame) -> None:
    assert list(later) == list(LIVES_COLUMNS)
    assert all(column["unit"] and column["meaning"] for column in LIVES_COLUMNS.values())
    assert later.memory_usage(index=False).sum() / len(later) < 110


def test_looking_at_lives_changes_nothing(small_city: Callable[..., KortrijkModel]) -> None:
    model = small_city(scale=0.02)
    model.step()
    before = model.state_hash()
    pd.testing.assert_frame_equal(lives(model), lives(model))
    assert model.state_hash() == before
