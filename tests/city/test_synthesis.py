"""The base year as sentences: who lives in the city of 1 January 2025, and where."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kortrijk_sim.agents import columns
from kortrijk_sim.city.geography import is_inside, load_geography
from kortrijk_sim.city.synthesis import BaseYear, synthesise
from kortrijk_sim.city.synthesis.contingency import apportion, fit_whole, sizes_with_members
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.city.vocabulary import (
    Activity,
    DwellingUse,
    Health,
    HouseholdStatus,
    Role,
    Sex,
    StudentLiving,
    Tenure,
)
from kortrijk_sim.errors import InputError


@pytest.fixture(scope="module")
def city() -> BaseYear:
    return synthesise(Tables())


@pytest.fixture(scope="module")
def town() -> BaseYear:
    return synthesise(Tables(), scale=0.05)


def ages(city: BaseYear) -> np.ndarray:
    return -city.persons["birth_month"] // 12


def digest(city: BaseYear) -> str:
    state = hashlib.sha256()
    for table in (city.persons, city.households, city.dwellings, city.students, city.firms, city.sites):
        for name, column in table.items():
            state.update(name.encode() + column.tobytes())
    return state.hexdigest()


def members_by_walking(city: BaseYear) -> tuple[np.ndarray, np.ndarray]:
    """Follow every household's list from its first member; return visits per person and steps per household."""
    visits = np.zeros(city.persons["key"].size, int)
    steps = np.zeros(city.households["key"].size, int)
    at = city.households["first_member"].astype(int).copy()
    for _ in range(30):
        walking = np.flatnonzero(at >= 0)
        if not walking.size:
            return visits, steps
        assert (city.persons["household"][at[walking]] == walking).all()
        np.add.at(visits, at[walking], 1)
        steps[walking] += 1
        at[walking] = city.persons["next_member"][at[walking]]
    raise AssertionError("a list of members does not end")


def test_the_city_has_every_inhabitant_of_the_register(city: BaseYear) -> None:
    age, sex = ages(city), city.persons["sex"]
    assert age.size == 81_045
    assert (sex == Sex.FEMALE).sum() == 40_734
    assert (sex == Sex.MALE).sum() == 40_311
    assert (age < 18).sum() == 15_385
    assert (age >= 65).sum() == 17_512
    assert (city.persons["birth_month"] <= 0).all()


def test_households_have_the_published_sizes(city: BaseYear) -> None:
    housed = city.households["status"] == HouseholdStatus.HOUSED
    size = city.households["members"][housed]
    assert [(size == n).sum() for n in (1, 2, 3)] == [13_175, 11_444, 4_154]
    assert (size >= 4).sum() == 6_347


def test_dwellings_have_the_types_of_the_cadastre(city: BaseYear) -> None:
    assert np.bincount(city.dwellings["kind"]).tolist() == [16_027, 6_195, 6_465, 10_037, 1_565]


def test_every_margin_is_met_within_its_tolerance(city: BaseYear) -> None:
    missed = city.fit[~city.fit["ok"]]
    assert missed.empty, missed.to_string()
    assert len(city.fit) > 50
    assert list(city.fit.columns) == ["margin", "group", "target", "got", "tolerance", "unit", "ok"]


def test_every_column_is_one_that_the_agents_know(city: BaseYear) -> None:
    for table, wanted in (
        (city.persons, columns.PERSON_COLUMNS),
        (city.households, columns.HOUSEHOLD_COLUMNS),
        (city.dwellings, columns.DWELLING_COLUMNS),
        (city.students, columns.STUDENT_COLUMNS),
        (city.firms, columns.FIRM_COLUMNS),
        (city.sites, columns.SITE_COLUMNS),
    ):
        for name, column in table.items():
            assert column.dtype == wanted[name].dtype, name
        assert len({len(column) for column in table.values()}) == 1


def test_keys_name_one_thing_each(city: BaseYear) -> None:
    every = np.concatenate(
        [t["key"] for t in (city.persons, city.households, city.dwellings, city.students, city.firms, city.sites)]
    )
    assert np.unique(every).size == every.size


def test_the_list_of_members_visits_everybody_once(city: BaseYear) -> None:
    visits, steps = members_by_walking(city)
    at_home = city.persons["household"] >= 0
    assert (visits == at_home).all()
    assert (steps == city.households["members"]).all()


def test_the_first_member_is_a_head_and_a_partner_comes_second(city: BaseYear) -> None:
    first = city.households["first_member"]
    assert (city.persons["role"][first] == Role.ADULT).all()
    partner = city.persons["partner"][first]
    assert (city.persons["next_member"][first[partner >= 0]] == partner[partner >= 0]).all()


def test_couples_are_mutual_and_live_together(city: BaseYear) -> None:
    partner = city.persons["partner"]
    who = np.flatnonzero(partner >= 0)
    assert (partner[partner[who]] == who).all()
    assert (partner[who] != who).all()
    assert (city.persons["household"][who] == city.persons["household"][partner[who]]).all()
    assert (city.persons["union_since"][who] == city.persons["union_since"][partner[who]]).all()
    assert (city.persons["union_since"][partner < 0] == -9999).all()


def test_there_are_couples_of_one_sex(city: BaseYear) -> None:
    partner = city.persons["partner"]
    who = np.flatnonzero(partner >= 0)
    same = city.persons["sex"][who] == city.persons["sex"][partner[who]]
    assert 0.005 < same.mean() < 0.03


def test_every_child_has_a_parent_in_the_household(city: BaseYear) -> None:
    p = city.persons
    child = np.flatnonzero(p["role"] == Role.CHILD)
    lives_with = np.zeros(child.size, bool)
    for parent in (p["mother"][child], p["father"][child]):
        lives_with |= (parent >= 0) & (p["household"][parent] == p["household"][child])
    assert lives_with.all()


def test_everybody_under_eighteen_is_a_child_at_home(city: BaseYear) -> None:
    young = ages(city) < 18
    assert (city.persons["role"][young] == Role.CHILD).all()
    assert (city.persons["household"][young] >= 0).all()


def test_parents_are_older_than_their_children(city: BaseYear) -> None:
    p, age = city.persons, ages(city)
    for parent, sex, most in ((p["mother"], Sex.FEMALE, 50), (p["father"], Sex.MALE, 65)):
        known = np.flatnonzero(parent >= 0)
        gap = age[parent[known]] - age[known]
        assert (p["sex"][parent[known]] == sex).all()
        assert gap.min() >= 15
        assert gap.max() <= most
    gap = age[p["mother"][p["mother"] >= 0]] - age[p["mother"] >= 0]
    assert 27 < gap.mean() < 33


def test_brothers_and_sisters_are_twins_or_ten_months_apart(city: BaseYear) -> None:
    p = city.persons
    child = np.flatnonzero(p["role"] == Role.CHILD)
    child = child[np.lexsort((p["birth_month"][child], p["household"][child]))]
    same = p["household"][child[1:]] == p["household"][child[:-1]]
    apart = np.diff(p["birth_month"][child])[same]
    assert ((apart == 0) | (apart >= 10)).all()
    assert (apart == 0).mean() < 0.04
    assert 24 < np.median(apart) < 48


def test_most_but_not_all_couples_in_their_forties_have_children_at_home(city: BaseYear) -> None:
    p = city.persons
    parents = np.union1d(p["mother"][p["role"] == Role.CHILD], p["father"][p["role"] == Role.CHILD])
    for low, high, least, most in ((20, 25, 0.0, 0.3), (40, 45, 0.7, 0.93), (65, 75, 0.02, 0.2)):
        group = np.flatnonzero((p["partner"] >= 0) & (ages(city) >= low) & (ages(city) < high))
        assert least < np.isin(group, parents).mean() < most


def test_a_couple_with_children_at_home_was_together_before_the_eldest(city: BaseYear) -> None:
    p = city.persons
    child = np.flatnonzero((p["role"] == Role.CHILD) & (p["mother"] >= 0) & (p["father"] >= 0))
    couple = p["partner"][p["mother"][child]] == p["father"][child]
    before = p["union_since"][p["mother"][child]] < p["birth_month"][child]
    assert before[couple].mean() > 0.97


def test_nobody_lives_in_two_homes_and_no_home_has_two_households(city: BaseYear) -> None:
    h, d = city.households, city.dwellings
    housed = np.flatnonzero(h["status"] == HouseholdStatus.HOUSED)
    assert np.unique(h["dwelling"][housed]).size == housed.size
    assert (d["household"][h["dwelling"][housed]] == housed).all()
    assert (d["household"] >= 0).sum() == housed.size
    assert np.isin(d["use"][h["dwelling"][housed]], (DwellingUse.MAIN_RESIDENCE, DwellingUse.ASSISTED)).all()


def test_assisted_homes_are_let_to_older_people_near_their_site(city: BaseYear) -> None:
    p, h, d = city.persons, city.households, city.dwellings
    assisted = d["use"] == DwellingUse.ASSISTED
    assert assisted.sum() == 510
    assert city.sites["assisted_homes"].sum() == 510
    assert (d["life_cycle_proof"][assisted] == 1).all()
    assert (d["tenure"][assisted] == Tenure.PRIVATE_RENT).all()
    tenants = d["household"][assisted & (d["household"] >= 0)]
    assert 0.9 < tenants.size / 510 < 1
    assert (h["members"][tenants] <= 2).all()
    assert (ages(city)[np.isin(p["household"], tenants)] >= 65).all(), "a tenant is under 65"
    assert (h["rent_eur_month"][tenants] == d["rent_eur_month"][h["dwelling"][tenants]]).all()
    groups = city.sites["assisted_homes"] > 0
    x, y = city.sites["x_km"][groups], city.sites["y_km"][groups]
    away = np.hypot(d["x_km"][assisted][:, None] - x, d["y_km"][assisted][:, None] - y).min(axis=1)
    assert np.median(away) < 0.4
    assert away.max() < 2.0
    count = np.bincount(np.hypot(d["x_km"][assisted][:, None] - x, d["y_km"][assisted][:, None] - y).argmin(axis=1))
    assert np.corrcoef(count, city.sites["assisted_homes"][groups])[0, 1] > 0.5


def test_the_homeless_have_no_dwelling(city: BaseYear) -> None:
    h = city.households
    homeless = h["status"] == HouseholdStatus.HOMELESS
    assert (h["dwelling"][homeless] == -1).all()
    assert h["members"][homeless].sum() == 570
    young = homeless[np.maximum(city.persons["household"], 0)] & (ages(city) < 18)
    assert young.sum() == 194


def test_nursing_residents_live_in_no_household_and_are_old(city: BaseYear) -> None:
    p = city.persons
    inside = p["nursing_place"] >= 0
    assert 0.06 <= inside.sum() / (ages(city) >= 65).sum() <= 0.065
    assert (p["household"][inside] == -1).all()
    assert (p["household"][~inside] >= 0).all()
    assert (ages(city)[inside] >= 65).all()
    assert np.isin(p["health"][inside], (Health.HEAVY, Health.DEMENTIA)).all()
    assert (p["nursing_since"][inside] < 0).all()


def test_limitations_rise_with_age_at_home(city: BaseYear) -> None:
    home = city.persons["household"] >= 0
    limited = city.persons["health"] > Health.GOOD
    for low, high, share in ((65, 75, 0.21), (75, 120, 0.49)):
        group = home & (ages(city) >= low) & (ages(city) < high)
        assert limited[group].mean() == pytest.approx(share, abs=0.03)


def test_every_dwelling_lies_in_the_wijk_of_its_sector(town: BaseYear) -> None:
    geography, d = load_geography(Tables()), town.dwellings
    x_per_degree, y_per_degree = geography.project(4.264549, 51.824506)
    for row in range(d["key"].size):
        lon, lat = 3.264549 + d["x_km"][row] / x_per_degree, 50.824506 + d["y_km"][row] / y_per_degree
        wijk = geography.sectors[d["sector"][row]].wijk
        assert is_inside(float(lon), float(lat), geography.outlines[wijk])


def test_every_sector_has_its_households(city: BaseYear) -> None:
    lived_in = city.dwellings["household"] >= 0
    count = np.bincount(city.dwellings["sector"][lived_in], minlength=len(city.geography.sectors))
    assert count.tolist() == [sector.households for sector in city.geography.sectors]


def test_tenure_meets_the_published_shares(city: BaseYear) -> None:
    d = city.dwellings
    lived_in = d["household"] >= 0
    assert (d["tenure"][lived_in] == Tenure.OWNER).mean() == pytest.approx(0.677, abs=0.001)
    social = (d["tenure"] == Tenure.SOCIAL_RENT).sum()
    assert 100 * social / 35_120 == pytest.approx(9.2, abs=0.01)
    empty = (d["tenure"] == Tenure.SOCIAL_RENT) & ~lived_in
    assert 0 < empty.sum() < 0.03 * social


def test_owners_pay_no_rent_and_tenants_no_mortgage(city: BaseYear) -> None:
    h = city.households
    housed = h["dwelling"] >= 0
    tenure = np.where(housed, city.dwellings["tenure"][h["dwelling"]], -1)
    assert (h["rent_eur_month"][tenure == Tenure.OWNER] == 0).all()
    assert (h["rent_eur_month"][tenure > Tenure.OWNER] > 0).all()
    assert (h["mortgage_eur_month"][tenure != Tenure.OWNER] == 0).all()
    paying = h["mortgage_eur_month"] > 0
    assert (h["mortgage_until"][paying] >= 0).all()
    assert 0.3 < paying.sum() / (tenure == Tenure.OWNER).sum() < 0.6


def test_social_tenants_are_poorer_than_private_ones_and_those_than_owners(city: BaseYear) -> None:
    h, p = city.households, city.persons
    member = p["household"] >= 0
    income = np.bincount(p["household"][member], p["income_eur_month"][member], h["key"].size)
    tenure = np.where(h["dwelling"] >= 0, city.dwellings["tenure"][h["dwelling"]], -1)
    per_head = income / np.sqrt(h["members"])
    owner, private, social = (np.median(per_head[tenure == t]) for t in Tenure)
    assert social < private < owner


def test_the_old_live_in_too_large_homes_more_often_than_the_young(city: BaseYear) -> None:
    h, p = city.households, city.persons
    housed = np.flatnonzero(h["dwelling"] >= 0)
    rooms = city.dwellings["rooms"][h["dwelling"][housed]]
    couple = p["partner"][h["first_member"][housed]] >= 0
    large = rooms > 2 + h["members"][housed] - couple
    age = ages(city)[h["first_member"][housed]]
    assert large[age < 35].mean() < large[(age >= 35) & (age < 50)].mean() < large[age >= 65].mean()


def test_partners_earn_alike_and_men_are_a_little_older(city: BaseYear) -> None:
    p, age = city.persons, ages(city)
    woman = np.flatnonzero((p["partner"] >= 0) & (p["sex"] == Sex.FEMALE) & (age < 60))
    woman = woman[p["sex"][p["partner"][woman]] == Sex.MALE]
    man = p["partner"][woman]
    assert 1 < (age[man] - age[woman]).mean() < 5
    both = (p["activity"][woman] == Activity.EMPLOYED) & (p["activity"][man] == Activity.EMPLOYED)
    logs = np.log(p["income_eur_month"][[woman[both], man[both]]])
    assert 0.15 < np.corrcoef(logs)[0, 1] < 0.6


def test_the_waiting_list_holds_no_owner_and_no_social_tenant(city: BaseYear) -> None:
    h = city.households
    waiting = np.flatnonzero(h["social_since"] > -9999)
    assert waiting.size == 3_141
    housed = waiting[h["dwelling"][waiting] >= 0]
    assert (city.dwellings["tenure"][h["dwelling"][housed]] == Tenure.PRIVATE_RENT).all()
    assert 3 < -h["social_since"][waiting].mean() / 12 < 4


def test_vacant_homes_are_empty_since_some_months(city: BaseYear) -> None:
    d = city.dwellings
    vacant = (d["use"] == DwellingUse.MAIN_RESIDENCE) & (d["household"] < 0)
    assert vacant.sum() / (d["use"] == DwellingUse.MAIN_RESIDENCE).sum() == pytest.approx(0.04, abs=0.001)
    assert (d["vacant_since"][vacant] <= 0).all()
    assert (d["vacant_since"][vacant] >= -8).all()
    assert (d["vacant_since"][d["household"] >= 0] == -9999).all()
    assert (d["use"] == DwellingUse.NEGLECTED).sum() == 678


def test_nobody_moved_in_before_the_home_stood(city: BaseYear) -> None:
    h = city.households
    housed = h["dwelling"] >= 0
    assert (h["since_month"][housed] >= city.dwellings["built_month"][h["dwelling"][housed]]).all()
    assert (h["since_month"][housed] < 0).all()


def test_students_at_home_are_residents_who_study(city: BaseYear) -> None:
    s = city.students
    home = s["living"] == StudentLiving.AT_HOME_IN_CITY
    assert (s["person"][~home] == -1).all()
    person = s["person"][home]
    assert np.unique(person).size == person.size
    assert (city.persons["activity"][person] == Activity.STUDENT).all()
    dwelling = city.households["dwelling"][city.persons["household"][person]]
    assert (city.dwellings["sector"][dwelling] == s["sector"][home]).all()
    assert (s["sector"][s["living"] == StudentLiving.COMMUTES] == -1).all()
    assert s["key"].size == 16_000


def test_every_local_unit_has_a_job_and_a_sector(city: BaseYear) -> None:
    f = city.firms
    assert f["key"].size == 12_432
    assert f["jobs"].min() >= 1
    assert f["jobs"].sum() == 55_000
    empty = [n for n, sector in enumerate(city.geography.sectors) if sector.businesses == 0]
    assert not np.isin(f["sector"], empty).any()


def test_the_same_seed_gives_the_same_city_in_another_process(town: BaseYear) -> None:
    assert digest(synthesise(Tables(), scale=0.05)) == digest(town)
    script = "from test_synthesis import *; print(digest(synthesise(Tables(), scale=0.05)))"  # read in this folder
    out = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == digest(town)


def test_another_seed_gives_another_city_with_the_same_margins(town: BaseYear) -> None:
    other = synthesise(Tables(), city_seed=7, scale=0.05)
    assert digest(other) != digest(town)
    assert np.bincount(other.households["members"]).tolist() == np.bincount(town.households["members"]).tolist()


@pytest.mark.parametrize("scale", [0.02, 0.1])
def test_a_small_city_has_the_same_proportions(scale: float) -> None:
    small = synthesise(Tables(), scale=scale)
    assert ages(small).size == round(81_045 * scale)
    assert (small.households["status"] == HouseholdStatus.HOUSED).sum() == round(35_120 * scale)
    assert small.dwellings["key"].size == round(40_289 * scale)
    assert (small.dwellings["use"] == DwellingUse.ASSISTED).sum() == round(510 * scale)
    visits, _ = members_by_walking(small)
    assert (visits == (small.persons["household"] >= 0)).all()
    exact = small.fit[small.fit["tolerance"] == 0]
    assert exact["ok"].all(), exact[~exact["ok"]].to_string()


@pytest.mark.parametrize("scale", [0.0, -1.0, 1.5, float("nan")])
def test_an_impossible_scale_is_refused(scale: float) -> None:
    with pytest.raises(InputError, match="scale"):
        synthesise(Tables(), scale=scale)


def test_a_replaced_table_changes_the_city(town: BaseYear, tmp_path: Path) -> None:
    lines = Tables().text("rooms_by_kind").splitlines()
    rows = list(csv.DictReader(lines))
    for row in rows:
        if row["kind"] == "apartment":
            row["share"] = "1" if row["rooms"] == "2" else "0"
    with (tmp_path / "rooms_by_kind.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    other = synthesise(Tables(tmp_path), scale=0.05)
    flats = other.dwellings["kind"] == 3
    assert (other.dwellings["rooms"][flats] == 2).all()
    assert other.tables_digest != town.tables_digest


def test_an_unknown_type_of_dwelling_in_a_table_is_named(tmp_path: Path) -> None:
    text = Tables().text("rooms_by_kind").replace("apartment", "appartment")
    (tmp_path / "rooms_by_kind.csv").write_text(text)
    with pytest.raises(InputError, match=r"rooms_by_kind\.csv, line"):
        synthesise(Tables(tmp_path), scale=0.05)


def test_largest_remainders_keep_the_total() -> None:
    assert apportion(np.array([1.0, 1.0, 1.0]), 10).tolist() == [4, 3, 3]
    assert apportion(np.array([0.0, 2.0, 1.0]), 3).tolist() == [0, 2, 1]


def test_a_fitted_table_meets_both_margins_and_keeps_its_zeros() -> None:
    seed = np.array([[1.0, 2.0, 0.0], [3.0, 1.0, 1.0]])
    whole = fit_whole(seed, [np.array([7, 13]), np.array([9, 8, 3])], [[0], [1]])
    assert whole.sum(axis=1).tolist() == [7, 13]
    assert whole.sum(axis=0).tolist() == [9, 8, 3]
    assert whole[0, 2] == 0


def test_sizes_hold_exactly_so_many_members() -> None:
    count = sizes_with_members(np.array([6.0, 2.0, 1.0]), 4, 100, 470)
    assert count.sum() == 100
    assert count @ np.array([4, 5, 6]) == 470
    with pytest.raises(InputError, match="do not fit"):
        sizes_with_members(np.array([6.0, 2.0, 1.0]), 4, 100, 900)
