"""Seniors: what their biographies tell of care, who visits them, and what an agent says of its row."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from care_runs import happened, last, log_of, schedule_with, village
from invariants import NEVER, alive, at_home, in_nursing_homes, waiting

from kortrijk_sim.agents.care_rules import nursing_entry_per_year
from kortrijk_sim.agents.senior import Senior
from kortrijk_sim.city.vocabulary import CarerKind, PersonStatus, Sex
from kortrijk_sim.models.biography import _MONTHS
from kortrijk_sim.models.events import Cause, Kind
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import CloseCareSite, Scenario

# --- biographies ---------------------------------------------------------------------------------------

STORY = (
    (Kind.HEALTH, r"help|dementia"),
    (Kind.CARER_FOUND, "starts to care for"),
    (Kind.CARER_OVERBURDENED, "and is overburdened"),
    (Kind.NURSING_APPLIED, r"asks for a place in a nursing home\."),
    (Kind.NURSING_REFUSED, "is offered a place in"),
    (Kind.NURSING_ENTERED, r"of waiting\."),
    (Kind.VISITS_CHANGED, r"every week\."),
)


@pytest.fixture(scope="module")
def years():
    """Return a fifth of the city on 1 January 2030."""
    model = KortrijkModel(rng=1, scale=0.2)
    model.run_for(60)
    return model


def persons_with(model, kinds):
    """Return who met all these things, one after the other."""
    log = log_of(model)
    found = []
    for person in np.intersect1d(*(log["person"][log["kind"] == kind] for kind in (kinds[0], kinds[-1]))):
        told = iter(log["kind"][log["person"] == person].tolist())
        if all(kind in told for kind in kinds):
            found.append(int(person))
    return found


def dates(lines):
    words = [line.split(": ")[0].split() for line in lines]
    return [12 * int(year) + _MONTHS.index(month) for month, year in words]


def test_a_life_tells_of_need_carer_queue_offer_refusal_placement_and_visits_in_this_order(years):
    short = [kind for kind, _ in STORY if kind != Kind.CARER_OVERBURDENED]
    seniors = persons_with(years, short)
    assert seniors
    for person in seniors[:10]:
        lines = years.biography(person=person)
        assert dates(lines) == sorted(dates(lines))
        told = iter(lines)
        for kind, words in STORY:
            if kind in short:
                assert any(re.search(words, line) for line in told), (words, lines)


def test_an_overburdened_carer_is_told_of_between_the_first_day_of_care_and_the_nursing_home(years):
    seniors = persons_with(years, [Kind.CARER_FOUND, Kind.CARER_OVERBURDENED, Kind.NURSING_ENTERED])
    assert seniors
    for person in seniors[:10]:
        lines = years.biography(person=person)
        burden = [n for n, line in enumerate(lines) if "and is overburdened" in line]
        entry = next(n for n, line in enumerate(lines) if "of waiting." in line)
        assert max(burden) < entry, "nobody at home cares for a resident"


def test_each_placement_names_the_site_and_the_months_of_waiting(years):
    for event in happened(years, Kind.NURSING_ENTERED)[:100]:
        lines = years.biography(person=int(event["person"]))
        name, months = years.site_names[int(event["position"])], int(event["value"])
        waited = f"{months} month{'' if months == 1 else 's'}"
        assert sum(line.endswith(f" enters {name} after {waited} of waiting.") for line in lines) == 1, lines


def test_the_months_of_waiting_run_from_the_request(years):
    log = log_of(years)
    counted = 0
    for kind in (Kind.NURSING_ENTERED, Kind.NURSING_REFUSED, Kind.NURSING_GAVE_UP):
        for event in log[log["kind"] == kind]:
            asked = log[(log["kind"] == Kind.NURSING_APPLIED) & (log["person"] == event["person"])]
            asked = asked[asked["month"] <= event["month"]]
            if len(asked):
                assert event["value"] == event["month"] - asked["month"].max()
                counted += 1
            else:
                assert event["value"] > event["month"], "who never asked waited already on the first day"
    assert counted > 50


def test_who_leaves_nobody_behind_frees_the_home_and_starts_a_chain(years):
    left = happened(years, Kind.VACATED)
    left = left[left["cause"] == Cause.NURSING]
    entered = {(int(e["month"]), int(e["household"])): int(e["origin"]) for e in happened(years, Kind.NURSING_ENTERED)}
    assert len(left) > 50
    for vacated in left:
        assert entered[int(vacated["month"]), int(vacated["household"])] == vacated["origin"]
        assert vacated["position"] == 0
        assert vacated["chain"] != 0
    assert (years.state.tables.households.members[left["household"]] == 0).all()


def test_a_transfer_names_both_sites():
    closing = CloseCareSite(from_="2025-02", site="De Houtmarkt")
    opening = village(nursing_places=400, **{"from": "2025-02"})
    model = KortrijkModel(Scenario(measures=(opening, closing)), rng=1, scale=0.1)
    model.run_for(8)
    moved = happened(model, Kind.NURSING_TRANSFERRED)
    assert len(moved) > 3
    for event in moved:
        lines = model.biography(person=int(event["person"]))
        site = model.site_names[int(event["position"])]
        assert any(line.endswith(f" moves from De Houtmarkt, which closes, to {site}.") for line in lines), lines


def test_in_the_event_frame_care_names_its_site_and_chains_keep_their_links(years):
    frame, log = years.events.frame(), log_of(years)
    keys = years.state.tables.sites.key[: years.state.tables.counts[4]]
    entered = (log["kind"] == Kind.NURSING_ENTERED) | (log["kind"] == Kind.DAY_CARE_STARTED)
    assert (frame["site"][entered] == keys[log["position"][entered]]).all()
    moved = log["kind"] == Kind.MOVED
    assert (frame["site"][moved] == 0).all()
    assert (frame["position"][moved] == log["position"][moved]).all()
    assert (frame["position"][entered] == 0).all()


def test_who_dies_in_a_nursing_home_dies_at_that_site(years):
    frame, log, t = years.events.frame(), log_of(years), years.state.tables
    died = log["kind"] == Kind.DEATH
    inside = died & (log["position"] >= 0)
    assert inside.sum() > 50
    assert (log["household"][inside] == -1).all()
    assert (log["household"][died & ~inside] >= 0).all()
    assert (frame["site"][inside] == t.sites.key[log["position"][inside]]).all()
    entered = happened(years, Kind.NURSING_ENTERED)
    last_site = dict(zip(entered["person"].tolist(), entered["position"].tolist(), strict=True))
    for event in log[inside]:
        assert last_site.get(int(event["person"]), int(event["position"])) == event["position"]
    deaths = years.indicators.frame().groupby("place", observed=True)["deaths"].sum()
    assert deaths["Kortrijk"] == died.sum()
    homes = set(years.sites().loc[years.sites()["nursing_places"] > 0, "wijk"])
    assert all(deaths[wijk] > 0 for wijk in homes)


# --- visits --------------------------------------------------------------------------------------------


def test_visitors_are_family_who_live_elsewhere_in_the_city(years):
    trips, t = years.visit_trips(), years.state.tables
    visitor, resident = trips["visitor"].to_numpy(), trips["resident"].to_numpy()
    assert len(trips) > 50
    assert not trips.duplicated(["visitor", "resident"]).any()
    assert (visitor != resident).all()
    assert at_home(t)[visitor].all()
    assert in_nursing_homes(t)[resident].all()
    partner = t.persons.partner[visitor] == resident
    child = (t.persons.mother[visitor] == resident) | (t.persons.father[visitor] == resident)
    assert (partner ^ child).all()
    assert partner.any(), "who stays behind at home comes to visit"
    assert child.sum() > partner.sum()
    assert (years.month - t.persons.birth_month[visitor] >= 216).all()


def test_each_trip_runs_from_the_visitors_home_to_the_site_of_the_resident(years):
    trips, t = years.visit_trips(), years.state.tables
    home = t.households.dwelling[t.persons.household[trips["visitor"]]]
    assert (home >= 0).all()
    assert (trips["x_km"] == t.dwellings.x_km[home]).all()
    assert (trips["y_km"] == t.dwellings.y_km[home]).all()
    assert (trips["site"] == t.persons.nursing_place[trips["resident"]]).all()
    assert (trips["to_x_km"] == t.sites.x_km[trips["site"]]).all()
    assert (trips["to_y_km"] == t.sites.y_km[trips["site"]]).all()


@pytest.mark.parametrize("outside", [0.0, 1.0])
def test_there_are_as_many_trips_as_visitors_who_live_in_the_city(outside):
    found = []

    def compare(now):
        t, n = now.tables, int(now.tables.counts[0])
        settled = in_nursing_homes(t) & (t.persons.nursing_since[:n] < now.month)
        trips = np.bincount(holder[0].visit_trips()["resident"], minlength=n)
        found.append((t.care.visitors[:n][settled], trips[settled]))

    scenario = Scenario(parameters={"carer_outside_share": outside})
    holder = [KortrijkModel(scenario, rng=1, scale=0.2, schedule=schedule_with(compare, after="nursing_homes"))]
    holder[0].run_for(3)
    visitors, trips = (np.concatenate(part) for part in zip(*found, strict=True))
    assert trips.sum() > 50
    more = visitors - trips
    assert set(more.tolist()) == ({0} if outside == 0.0 else {0, 1}), "one child from outside at most"


def test_looking_at_visits_changes_nothing(small_city):
    model = small_city()
    model.run_for(3)
    before = model.state_hash()
    assert model.visit_trips().equals(model.visit_trips())
    assert model.state_hash() == before


def test_family_nearer_by_visits_more_often(years):
    t, n = years.state.tables, int(years.state.tables.counts[0])
    inside = in_nursing_homes(t)
    way = t.care.family_minutes[:n]
    assert set(np.sign(way[inside]).tolist()) <= {-1.0, 1.0}
    without = inside & (way < 0) & (t.persons.partner[:n] < 0)
    with_family = inside & (way >= 0)
    assert t.care.visitors[:n][with_family].mean() > 2 * t.care.visitors[:n][without].mean()
    assert way[with_family].mean() == pytest.approx(last(years, "family_minutes"), rel=1e-5)


# --- seniors as agents ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seniors(years):
    return {agent.row: agent for agent in years.agents_by_type[Senior]}


def test_a_senior_says_what_stands_in_its_row(years, seniors):
    t = years.state.tables
    care, persons, wijk_of_site = t.care, t.persons, years.sites()["wijk"].tolist()
    assert set(seniors) == set(np.flatnonzero(alive(t) & (60 - persons.birth_month[: t.counts[0]] >= 780)).tolist())
    for row, senior in seniors.items():
        assert senior.need_hours_week == care.need_hours_week[row]
        assert senior.unmet_hours_week == care.unmet_hours_week[row]
        assert senior.carer_kind == care.carer_kind[row]
        assert (senior.carer.row if senior.carer else -1) == care.carer[row]
        assert senior.carer_overburdened == (care.burdened_since[row] > NEVER)
        assert senior.waits_for_nursing_home == (persons.nursing_applied[row] > NEVER)
        site = int(persons.nursing_place[row])
        assert senior.in_nursing_home == (site >= 0)
        assert senior.nursing_home == (years.site_names[site] if site >= 0 else "")
        assert senior.weekly_visitors == (care.visitors[row] if site >= 0 else 0)
        if site >= 0:
            assert senior.wijk == wijk_of_site[site]
        alone = site < 0 and t.households.members[persons.household[row]] == 1
        assert senior.lives_alone == alone


def test_seniors_together_are_what_the_indicators_count(years, seniors):
    people = seniors.values()
    assert sum(s.in_nursing_home for s in people) == last(years, "nursing_residents")
    assert sum(s.waits_for_nursing_home for s in people) == last(years, "nursing_waiting")
    assert sum(s.waits_for_nursing_home for s in people) == len(waiting(years.state.tables))
    homeless = years.state.tables.households.dwelling < 0
    housed = [s for s in people if s.lives_alone and not homeless[s._column("household")]]
    assert len(housed) == last(years, "alone_65plus")
    carers = sum(s.carer_kind != CarerKind.NONE for s in people)
    assert carers <= last(years, "carers") <= carers + 0.2 * len(seniors), "some with a carer are under 65"


def test_a_senior_explains_the_chance_by_which_the_city_decides(years, seniors):
    t, p = years.state.tables, years.environment.care.nursing
    checked = 0
    for row, senior in list(seniors.items())[:2000:10]:
        chance = senior.nursing_entry_per_year
        if senior.in_nursing_home:
            assert math.isnan(chance)
            continue
        care = t.care[row]
        home = t.households.dwelling[t.persons.household[row]]
        proof = bool(home >= 0 and t.dwellings.life_cycle_proof[home])
        help_given = float(care["informal_hours_week"]) + float(care["home_care_hours_week"])
        unmet = float(care["unmet_hours_week"])
        share = unmet / (unmet + help_given) if unmet else 0.0
        able = senior.carer_kind != CarerKind.NONE and not senior.carer_overburdened
        by_rule = [
            nursing_entry_per_year.py_func(
                (years.month - t.persons.birth_month[row]) / 12, senior.sex == Sex.MALE, senior.lives_alone,
                int(senior.health), proof, near, bool(care["day_care"] >= 0), share,
                years.environment.alignment.nursing_entry, p,
            )
            for near in ((False, True) if able else (False,))
        ]  # fmt: skip
        assert any(chance == pytest.approx(expected) for expected in by_rule)
        checked += 1
    assert checked > 100


def test_who_is_dead_or_gone_stands_on_no_list(years):
    t, n = years.state.tables, int(years.state.tables.counts[0])
    gone = np.isin(t.persons.status[:n], (PersonStatus.DEAD, PersonStatus.LEFT))
    assert (t.persons.nursing_applied[:n][gone] == NEVER).all()
    assert not np.isin(waiting(t), np.flatnonzero(gone)).any()
