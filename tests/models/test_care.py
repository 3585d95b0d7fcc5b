"""Care taken to its extremes: no places, twice the places, nobody who cares, no staff, a village out of reach."""

from __future__ import annotations

import numpy as np
import pytest
from care_runs import (
    MONTHS,
    SCALE,
    close_all,
    happened,
    last,
    log_of,
    same_people,
    schedule_with,
    series,
    site,
    village,
    watched,
)
from invariants import NEVER, alive, at_home, in_nursing_homes, waiting

from kortrijk_sim.agents.person import per_month
from kortrijk_sim.city.vocabulary import CarerKind, Health, PersonStatus, SiteStatus
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import Scenario


@pytest.fixture(scope="module")
def closed(future, unchanged):
    """Return a city in which every care site closes on the first day."""
    return future(*close_all(unchanged))


@pytest.fixture(scope="module")
def without_places(future):
    return future(parameters={"nursing_places_ratio": 0.0})


NOBODY_CARES = {"carer_hours_ratio": 0.0}
NO_STAFF = {"staff_hired_per_month": 0.0, "staff_leaves_per_year": 0.9}


@pytest.mark.parametrize(
    "parameters",
    [
        {"nursing_places_ratio": 0.0},
        {"nursing_places_ratio": 2.0},
        {"nursing_reach_max_minutes": 0.0},
        {"carer_child_utility": -50.0, "carer_other_utility": -50.0},
        {"day_care_utility": 50.0},
        {"assisted_utility": 50.0},
        NOBODY_CARES,
        NO_STAFF,
    ],
    ids=lambda parameters: ", ".join(f"{name} {value:g}" for name, value in parameters.items()),
)
def test_in_an_extreme_city_nobody_and_nothing_gets_lost(small_city, parameters):
    watched(small_city(Scenario(parameters=parameters), scale=SCALE), MONTHS)


def test_where_every_site_closes_nobody_and_nothing_gets_lost(small_city, unchanged):
    watched(small_city(Scenario(measures=close_all(unchanged)), scale=SCALE), MONTHS)


# --- no places -----------------------------------------------------------------------------------------


def test_where_every_site_closes_nobody_enters_and_those_inside_stay_until_they_die(closed):
    t = closed.state.tables
    assert (t.sites.status[: t.counts[4]] == SiteStatus.CLOSED).all()
    for kind in (Kind.NURSING_ENTERED, Kind.NURSING_REFUSED, Kind.NURSING_TRANSFERRED):
        assert len(happened(closed, kind)) == 0
    at_start = np.flatnonzero(closed.base.persons["nursing_place"] >= 0)
    inside = set(np.flatnonzero(in_nursing_homes(t)).tolist())
    assert inside == set(at_start[alive(t)[at_start]].tolist())
    assert 0 < len(inside) < len(at_start)
    assert last(closed, "nursing_places") == last(closed, "nursing_places_open") == 0


def test_where_every_site_closes_day_care_ends_at_once(closed, unchanged):
    assert series(unchanged, "day_care_guests")[1] > 0
    assert (series(closed, "day_care_guests")[1:] == 0).all()
    assert (series(closed, "day_care_hours_week")[1:] == 0).all()
    assert len(happened(closed, Kind.DAY_CARE_STARTED)) == 0


@pytest.mark.parametrize("how", ["closed", "without_places"])
def test_without_places_the_queue_and_the_unmet_hours_grow_without_end(how, request, unchanged):
    model = request.getfixturevalue(how)
    assert len(happened(model, Kind.NURSING_ENTERED)) == 0
    assert (series(model, "nursing_places_open")[1:] == 0).all()
    queue = series(model, "nursing_waiting")
    assert queue[-6:].mean() > queue[9:15].mean() > queue[:6].mean()
    assert queue.mean() > 1.3 * series(unchanged, "nursing_waiting").mean()
    assert last(model, "unmet_hours_week") > last(unchanged, "unmet_hours_week")
    frail = [last(m, "need_heavy") + last(m, "need_dementia") for m in (model, unchanged)]
    assert frail[0] > frail[1], "the frail stay at home"
    assert last(model, "nursing_residents") < last(unchanged, "nursing_residents")
    assert np.isnan(series(model, "nursing_waited_months_median")).all()


def test_without_places_no_home_is_freed_by_care(closed, unchanged):
    assert series(unchanged, "family_homes_freed_by_care").sum() > 0
    assert series(closed, "family_homes_freed_by_care").sum() == 0


# --- places enough -------------------------------------------------------------------------------------


def test_with_twice_the_places_those_who_ask_get_one_at_once(future, unchanged):
    double = future(parameters={"nursing_places_ratio": 2.0})
    assert last(double, "nursing_places") == pytest.approx(2 * last(unchanged, "nursing_places"), abs=1)
    queue = [series(model, "nursing_waiting")[1:].mean() for model in (double, unchanged)]
    assert queue[0] < 0.2 * queue[1]
    assert last(double, "nursing_residents") > last(unchanged, "nursing_residents")
    assert last(double, "nursing_occupancy") < 0.9 * last(unchanged, "nursing_occupancy")
    assert series(double, "nursing_waited_months_median")[-1] <= 1
    assert series(double, "nursing_entries").sum() > series(unchanged, "nursing_entries").sum()


def test_a_full_nursing_home_is_nearly_as_full_as_it_can_be(unchanged):
    usable = series(unchanged, "nursing_places_open")
    assert (series(unchanged, "nursing_residents")[1:] > 0.9 * usable[1:]).all()
    assert (series(unchanged, "nursing_occupancy") <= 1.02).all()


# --- nobody to care ------------------------------------------------------------------------------------


def test_without_informal_care_more_hours_stay_unmet_and_more_seniors_ask_for_a_place(future, unchanged):
    alone = future(parameters=NOBODY_CARES)
    assert (series(alone, "informal_hours_week") == 0).all()
    assert (series(unchanged, "informal_hours_week") > 0).all()
    assert last(alone, "unmet_hours_week") > 2 * last(unchanged, "unmet_hours_week")
    assert last(alone, "home_care_hours_week") == pytest.approx(last(unchanged, "home_care_hours_week"), rel=0.15)
    assert len(happened(alone, Kind.NURSING_APPLIED)) > len(happened(unchanged, Kind.NURSING_APPLIED))


def test_where_nobody_wants_to_care_nobody_has_a_carer(future, unchanged):
    nobody = {f"carer_{who}_utility": -50.0 for who in ("partner", "child", "other")}
    model = future(parameters=nobody)
    assert (series(model, "carers") == 0).all()
    assert (series(model, "carers_overburdened") == 0).all()
    assert (series(model, "informal_hours_week") == 0).all()
    for kind in (Kind.CARER_FOUND, Kind.CARER_LOST, Kind.CARER_OVERBURDENED):
        assert len(happened(model, kind)) == 0
    asked = [len(happened(m, Kind.NURSING_APPLIED)) for m in (model, unchanged)]
    assert asked[0] > 1.1 * asked[1], "no carer near postpones anything"


def test_where_nobody_but_a_partner_would_care_only_partners_do(future):
    model = future(parameters={"carer_child_utility": -50.0, "carer_other_utility": -50.0}, months=6)
    kinds = set(model.state.tables.care.carer_kind[: model.state.tables.counts[0]].tolist())
    assert kinds == {CarerKind.NONE, CarerKind.PARTNER}
    assert set(happened(model, Kind.CARER_FOUND)["value"].tolist()) == {CarerKind.PARTNER}


# --- nobody to work ------------------------------------------------------------------------------------


def test_without_staff_places_close_one_after_the_other_and_nobody_is_let_in(future, unchanged):
    model = future(parameters=NO_STAFF)
    places = series(model, "nursing_places_open")
    assert (np.diff(places[1:]) <= 0).all()
    assert places[-1] < 0.05 * places[0]
    assert last(model, "nursing_places") == last(unchanged, "nursing_places"), "the rooms are still there"
    assert last(model, "care_jobs_vacant") > 0.9 * last(model, "care_jobs")
    assert series(model, "nursing_entries")[6:].sum() == 0
    assert last(model, "nursing_waiting") > last(unchanged, "nursing_waiting")


def test_vacant_jobs_close_places_unless_the_coupling_is_off(future, unchanged):
    model = future(parameters=NO_STAFF, switches={"staff_limits_places": False})
    assert last(model, "care_jobs_vacant") > 0.9 * last(model, "care_jobs")
    assert last(model, "nursing_places_open") == series(unchanged, "nursing_places_open").max()
    assert series(model, "nursing_entries")[12:].sum() > 0


# --- out of reach --------------------------------------------------------------------------------------


def test_where_every_place_is_out_of_reach_nobody_is_offered_one(future, unchanged):
    model = future(parameters={"nursing_reach_max_minutes": 0.0})
    assert len(happened(unchanged, Kind.NURSING_REFUSED)) > 0
    assert (happened(model, Kind.NURSING_ENTERED)["origin"] == -1).all(), "only who has no home has no way to go"
    assert last(model, "nursing_waiting") > last(unchanged, "nursing_waiting")
    assert last(model, "nursing_occupancy") < last(unchanged, "nursing_occupancy")
    assert last(model, "nursing_places_open") >= 0.95 * last(unchanged, "nursing_places_open")


def out_of_reach(now):
    """Move a village a thousand kilometres away in the month in which it opens."""
    t = now.tables
    for row in np.flatnonzero(t.sites.opened_month[: t.counts[4]] == now.month):
        here = (t.dwellings.x_km == t.sites.x_km[row]) & (t.dwellings.y_km == t.sites.y_km[row])
        t.dwellings.x_km[here] = t.sites.x_km[row] = 1000.0


def far_village(**places):
    schedule = schedule_with(out_of_reach, after="care_sites")
    model = KortrijkModel(Scenario(measures=(village(**places),)), rng=1, scale=SCALE, schedule=schedule)
    model.run_for(MONTHS)
    return model


def test_homes_and_day_care_that_nobody_can_reach_change_nobodys_life(unchanged):
    model = far_village(assisted_homes=200, day_care_places=100)
    t, row = model.state.tables, site(model, "The Oak")
    assert t.sites.x_km[row] == 1000
    assert t.sites.day_guests[row] == 0
    far = t.dwellings.x_km[: t.counts[2]] == 1000
    assert far.sum() == 20
    assert (t.dwellings.household[: t.counts[2]][far] == -1).all()
    assert same_people(model, unchanged)
    for column in t.care.dtype.names:
        assert np.array_equal(t.care[column], unchanged.state.tables.care[column]), column


def test_a_village_that_nobody_can_reach_from_home_takes_only_who_has_no_home(unchanged):
    model = far_village(nursing_places=200)
    t, row = model.state.tables, site(model, "The Oak")
    entered = happened(model, Kind.NURSING_ENTERED)
    here = entered["position"] == row
    assert (entered["origin"][here] == -1).all()
    assert t.sites.usable_places[row] > 0
    assert t.sites.residents[row] <= here.sum() <= 3
    assert abs((~here).sum() - len(happened(unchanged, Kind.NURSING_ENTERED))) <= 3


# --- who goes first ------------------------------------------------------------------------------------


def test_places_go_by_urgency_and_then_by_date_and_nobody_refuses_twice(small_city):
    seen = {}

    def look(now):
        t, n = now.tables, int(now.tables.counts[0])
        alone = t.households.members[t.persons.household[:n]] == 1
        crisis = (t.care.burdened_since[:n] > NEVER) | (alone & (t.care.carer_kind[:n] == CarerKind.NONE))
        seen["level"] = np.where(t.persons.health[:n] < Health.HEAVY, 0, np.where(crisis, 2, 1))

    willing = Scenario(parameters={"nursing_accept_utility": 1000.0, "nursing_urgency_months": 12.0})
    model = KortrijkModel(willing, rng=1, scale=0.2, schedule=schedule_with(look, after="care_at_home"))
    compared = 0
    for month in range(18):
        before = len(log_of(model))
        model.step()
        new = log_of(model)[before:]
        entered = new[new["kind"] == Kind.NURSING_ENTERED]
        first = month - entered["value"] - 12 * seen["level"][entered["person"]]
        rows = waiting(model.state.tables)
        rows = rows[rows < len(seen["level"])]
        left = model.state.tables.persons.nursing_applied[rows] - 12 * seen["level"][rows]
        if len(entered) and len(rows):
            assert first.max() <= left.min(), "somebody jumps the queue"
            compared += len(entered)
    assert compared > 50
    assert len(happened(model, Kind.NURSING_REFUSED)) == 0


def test_nobody_refuses_twice(four_years):
    refused = happened(four_years, Kind.NURSING_REFUSED)["person"]
    assert len(refused) > 5
    assert len(np.unique(refused)) == len(refused)


def test_who_wants_no_place_refuses_the_first_and_takes_the_second(future):
    model = future(parameters={"nursing_accept_utility": -50.0})
    refused, entered = happened(model, Kind.NURSING_REFUSED), happened(model, Kind.NURSING_ENTERED)
    assert len(np.unique(refused["person"])) == len(refused) > 20
    first = dict(zip(refused["person"].tolist(), refused["month"].tolist(), strict=True))
    assert all(first[int(event["person"])] < event["month"] for event in entered)


@pytest.mark.parametrize(
    "parameters",
    [{}, {"nursing_day_care_ratio": 3.0, "nursing_carer_near_ratio": 0.1}, {"nursing_carer_near_ratio": 2.0}],
    ids=["as it is", "day care hurries", "carers hurry"],
)
def test_nobody_who_may_ask_for_a_place_is_left_off_the_months_list(small_city, parameters):
    model = small_city(Scenario(parameters=parameters), scale=SCALE)
    t, n = model.state.tables, int(model.state.tables.counts[0])
    bound = model.environment.chances.nursing
    seniors = np.flatnonzero(at_home(t) & (t.persons.birth_month[:n] <= -780))
    nearest = 1.0
    for row in seniors:
        chance = per_month.py_func(model.entry_per_year(int(row)))
        highest = bound[-int(t.persons.birth_month[row]) // 12]
        assert chance <= highest
        nearest = min(nearest, 1.0 - chance / highest)
    assert nearest < 0.5, "the bound is no loose one"


# --- the base year -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole_city():
    return KortrijkModel(rng=1)


def test_the_shares_in_residential_care_are_those_of_the_table_raised_to_the_region(whole_city):
    t, table = whole_city.state.tables, whole_city.city_tables
    rows = [line.split(",")[:4] for line in table.text("nursing_prevalence").splitlines()[1:]]
    n = int(t.counts[0])
    age, inside = -t.persons.birth_month[:n] // 12, in_nursing_homes(t)
    expected = 0.0
    for low, high, sex, share in rows:
        group = (age >= int(low)) & (age <= int(high)) & (t.persons.sex[:n] == (sex == "male")) & alive(t)
        expected += float(share) * group.sum()
    raised = inside.sum() / expected
    assert inside.sum() == round(whole_city.parameters.value("nursing_residents_share_65plus") * 17_512)
    assert 1.0 < raised < 1.3
    for low, _, sex, share in rows:
        label = {"65": "65_74", "75": "75_84", "85": "85plus"}[low]
        who = "men" if sex == "male" else "women"
        assert last(whole_city, f"residential_share_{who}_{label}") == pytest.approx(raised * float(share), rel=0.05)


def test_the_first_day_finds_care_running(whole_city):
    t = whole_city.state.tables
    assert 0.94 <= last(whole_city, "nursing_occupancy") <= 1.0
    assert last(whole_city, "nursing_places") == 1322
    assert (t.sites.residents <= np.floor(0.85 * t.sites.nursing_places + 0.5)).all()
    need = sum(last(whole_city, f"need_{level}") for level in ("light", "heavy", "dementia"))
    assert 0.4 * need < last(whole_city, "carers") < 0.95 * need
    assert 0 < last(whole_city, "carers_overburdened") < 0.3 * last(whole_city, "carers")
    assert last(whole_city, "day_care_guests") > 0.5 * last(whole_city, "day_care_places")
    assert last(whole_city, "home_care_hours_week") > last(whole_city, "unmet_hours_week") > 0
    assert last(whole_city, "nursing_waiting") > 0
    assert 0.3 < last(whole_city, "visited_weekly_share") < 0.85
    assert 0 < last(whole_city, "isolated_share") < 0.6


def test_after_a_year_nursing_homes_are_as_full_as_before_and_the_queue_has_moved(whole_city):
    year = whole_city.fork()
    year.run_for(12)
    assert 0.94 <= series(year, "nursing_occupancy")[1:].mean() <= 0.99
    entries, waiting_then = series(year, "nursing_entries").sum(), series(year, "nursing_waiting")[0]
    assert entries > waiting_then, "more enter in a year than wait on the first day"
    assert series(year, "nursing_waited_months_p90")[-1] >= series(year, "nursing_waited_months_median")[-1]
    inside = happened(year, Kind.DEATH)["household"] == -1
    assert inside.sum() == pytest.approx(entries, rel=0.15), "as many enter as die"


@pytest.mark.parametrize("ratio", [0.5, 1.0])
def test_nursing_residents_start_where_there_are_nursing_places(small_city, ratio):
    model = small_city(Scenario(parameters={"nursing_places_ratio": ratio}), scale=0.2)
    sites = model.sites()
    assert sites["residents"].sum() == last(model, "nursing_residents")
    assert (sites["residents"][sites["nursing_places"] == 0] == 0).all()
    assert (sites["residents"][sites["nursing_places"] > 0] > 0).all()


def test_the_first_day_does_not_depend_on_the_seed(small_city):
    one, other = small_city(rng=1), small_city(rng=2)
    assert one.state_hash() == other.state_hash()
    assert one.indicators.frame().equals(other.indicators.frame())


def test_residents_have_no_care_at_home_and_seniors_at_home_no_visitors_counted(four_years):
    t = four_years.state.tables
    n = int(t.counts[0])
    inside = in_nursing_homes(t)
    assert (t.care.visitors[:n][inside] >= 0).all()
    assert t.care.visitors[:n][inside].sum() == pytest.approx(
        last(four_years, "weekly_visitors") * last(four_years, "nursing_residents")
    )
    dead = t.persons.status[:n] == PersonStatus.DEAD
    assert not (t.persons.nursing_applied[:n][dead] > NEVER).any()
