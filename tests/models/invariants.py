"""What holds in every month of every future; each function says what, and asserts it.

They read the tables with NumPy only: a mistake in a kernel cannot hide itself here.
"""

from __future__ import annotations

import numpy as np

from kortrijk_sim.arrays import Array
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables as CityTables
from kortrijk_sim.city.vocabulary import (
    CarerKind,
    DwellingStatus,
    DwellingUse,
    Health,
    HouseholdStatus,
    PersonStatus,
    Role,
    Sex,
    SiteStatus,
)
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.state import Tables

ADULT_MONTHS = 216
SENIOR_MONTHS = 780
NEVER = -9999
DAY_CARE_HOURS = Parameters(CityTables()).value("day_care_hours_week")
GUESTS_PER_PLACE = Parameters(CityTables()).value("day_care_guests_per_place")
REGION_SHARE = Parameters(CityTables()).value("nursing_region_share")


def residents(t: Tables) -> int:
    return int((t.persons.status[: t.counts[0]] == PersonStatus.RESIDENT).sum())


def standing(t: Tables) -> int:
    return int((t.dwellings.status[: t.counts[2]] == DwellingStatus.STANDING).sum())


def events_between(before: Tables, after: Tables) -> Array:
    return after.log[int(before.counts[3]) : int(after.counts[3])]


def count(log: Array, kind: Kind) -> int:
    return int((log["kind"] == kind).sum())


def who(log: Array, kind: Kind) -> Array:
    """Return the persons to whom something happened, each once."""
    return np.unique(log["person"][log["kind"] == kind])


def alive(t: Tables) -> Array:
    return t.persons.status[: t.counts[0]] == PersonStatus.RESIDENT


def at_home(t: Tables) -> Array:
    return alive(t) & (t.persons.household[: t.counts[0]] >= 0)


def in_nursing_homes(t: Tables) -> Array:
    return alive(t) & (t.persons.nursing_place[: t.counts[0]] >= 0)


def waiting(t: Tables) -> Array:
    """Return who stands on the waiting list of the nursing homes."""
    return np.flatnonzero(t.persons.nursing_applied[: t.counts[0]] > NEVER)


def lived_in(t: Tables) -> Array:
    """Return the households that exist: housed or without a home."""
    status = t.households.status[: t.counts[1]]
    return np.flatnonzero((status == HouseholdStatus.HOUSED) | (status == HouseholdStatus.HOMELESS))


def walk_the_lists(t: Tables) -> tuple[Array, Array]:
    """Follow every household's list of members; return who was met and in which household."""
    persons, found, where = t.persons, [], []
    households = lived_in(t)
    member = t.households.first_member[households].astype(np.int64)
    for _ in range(40):
        here = member >= 0
        households, member = households[here], member[here]
        if len(member) == 0:
            return np.concatenate(found), np.concatenate(where)
        found.append(member)
        where.append(households)
        member = persons.next_member[member].astype(np.int64)
    raise AssertionError("a list of members does not end")


def everybody_lives_in_one_household_or_in_a_nursing_home(t: Tables, month: int) -> None:
    met, household = walk_the_lists(t)
    assert len(met) == len(np.unique(met)), "somebody stands in two lists"
    persons, n = t.persons, int(t.counts[0])
    assert (persons.household[met] == household).all()
    assert (persons.status[met] == PersonStatus.RESIDENT).all(), "somebody dead or gone is still a member"
    alive = persons.status[:n] == PersonStatus.RESIDENT
    at_home = alive & (persons.household[:n] >= 0)
    assert set(np.flatnonzero(at_home)) == set(met.tolist())
    assert (persons.nursing_place[:n][alive & ~at_home] >= 0).all(), "somebody lives nowhere"
    assert (persons.nursing_place[:n][at_home] < 0).all(), "somebody lives at home and in a nursing home"


def households_count_their_members(t: Tables, month: int) -> None:
    _, household = walk_the_lists(t)
    size = np.bincount(household, minlength=int(t.counts[1]))
    exists = lived_in(t)
    assert (t.households.members[exists] == size[exists]).all()
    assert (size[exists] >= 1).all(), "an empty household goes on"


def closed_households_keep_nothing(t: Tables, month: int) -> None:
    h, n = t.households, int(t.counts[1])
    closed = np.isin(h.status[:n], (HouseholdStatus.DISSOLVED, HouseholdStatus.LEFT))
    assert (h.dwelling[:n][closed] == -1).all()
    assert (h.first_member[:n][closed] == -1).all()
    assert (h.members[:n][closed] == 0).all()
    assert (h.seeking[:n][closed] == 0).all()
    assert (h.social_since[:n][closed] == -9999).all()


def homes_and_households_belong_to_each_other(t: Tables, month: int) -> None:
    h, d, n = t.households, t.dwellings, int(t.counts[2])
    housed = np.flatnonzero(h.status[: t.counts[1]] == HouseholdStatus.HOUSED)
    assert (h.dwelling[housed] >= 0).all()
    assert len(np.unique(h.dwelling[housed])) == len(housed), "two households in one home"
    assert (d.household[h.dwelling[housed]] == housed).all()
    taken = np.flatnonzero(d.household[:n] >= 0)
    assert len(taken) == len(housed)
    assert (d.status[taken] == DwellingStatus.STANDING).all(), "somebody lives in a home that was pulled down"
    assert np.isin(d.use[taken], (DwellingUse.MAIN_RESIDENCE, DwellingUse.ASSISTED)).all()
    homeless = h.status[: t.counts[1]] == HouseholdStatus.HOMELESS
    assert (h.dwelling[: t.counts[1]][homeless] == -1).all()


def heads_are_of_age(t: Tables, month: int) -> None:
    first = t.households.first_member[lived_in(t)]
    assert (t.persons.role[first] == Role.ADULT).all()
    assert (month - t.persons.birth_month[first] >= ADULT_MONTHS).all(), "a minor heads a household"


def partners_have_each_other(t: Tables, month: int) -> None:
    persons, n = t.persons, int(t.counts[0])
    one = np.flatnonzero((persons.partner[:n] >= 0) & (persons.status[:n] == PersonStatus.RESIDENT))
    other = persons.partner[one]
    assert (persons.partner[other] == one).all()
    assert (other != one).all()
    assert (persons.status[other] == PersonStatus.RESIDENT).all(), "somebody is still with a partner who is gone"


def sites_are_in_order(t: Tables, month: int) -> None:
    sites = t.sites[: t.counts[4]]
    assert (sites.key != 0).all()
    assert len(np.unique(sites.key)) == len(sites), "two sites carry one name"
    assert np.isin(sites.status, (SiteStatus.OPEN, SiteStatus.CLOSED)).all()
    for column in ("nursing_places", "assisted_homes", "day_care_places", "usable_places", "residents", "day_guests"):
        assert (sites[column] >= 0).all(), column
    assert (sites.usable_places <= np.floor(sites.nursing_places * (1.0 - REGION_SHARE) + 0.5)).all()
    assert (sites.usable_places[sites.status == SiteStatus.CLOSED] == 0).all(), "a closed site offers places"
    for column in ("price_eur_day", "quality", "jobs_fte", "staff_fte", "staff_access", "x_km", "y_km"):
        assert np.isfinite(sites[column]).all(), column
    assert (sites.staff_fte >= 0).all()
    assert (sites.opened_month <= month).all()
    assert (t.sites.status[t.counts[4] :] == SiteStatus.UNUSED).all()


def sites_count_their_residents(t: Tables, month: int) -> None:
    place = t.persons.nursing_place[: t.counts[0]][in_nursing_homes(t)]
    assert (np.bincount(place, minlength=t.counts[4]) == t.sites.residents[: t.counts[4]]).all()


def who_waits_for_a_nursing_home_is_a_senior_at_home(t: Tables, month: int) -> None:
    rows = waiting(t)
    assert at_home(t)[rows].all(), "somebody dead, gone or already inside is on the waiting list"
    assert (month - t.persons.birth_month[rows] >= SENIOR_MONTHS).all()
    assert (t.persons.nursing_applied[rows] <= month).all()


def parents_have_their_children_in_their_lists(t: Tables, month: int) -> None:
    persons, care, n = t.persons, t.care, int(t.counts[0])
    parent = np.flatnonzero(care.first_child[:n] >= 0)
    child = care.first_child[parent].astype(np.int64)
    met = []
    for _ in range(60):
        if len(child) == 0:
            break
        met.append(np.stack([parent, child], axis=1))
        of_mother = persons.mother[child] == parent
        assert (of_mother | (persons.father[child] == parent)).all(), "somebody else's child"
        child = np.where(of_mother, care.next_of_mother[child], care.next_of_father[child]).astype(np.int64)
        parent, child = parent[child >= 0], child[child >= 0]
    else:
        raise AssertionError("a list of children does not end")
    found = np.concatenate(met)
    wanted = [
        np.stack([column[:n][known], np.flatnonzero(known)], axis=1)
        for column in (persons.mother, persons.father)
        for known in [column[:n] >= 0]
    ]
    assert len(found) == len(np.unique(found, axis=0)), "a child stands twice in a list"
    assert np.array_equal(np.unique(found, axis=0), np.unique(np.concatenate(wanted), axis=0))


def carers_are_who_they_are_said_to_be(t: Tables, month: int) -> None:
    persons, care, n = t.persons, t.care, int(t.counts[0])
    kind, carer, helped = care.carer_kind[:n], care.carer[:n], at_home(t)
    assert (carer[~np.isin(kind, (CarerKind.PARTNER, CarerKind.DAUGHTER, CarerKind.SON))] == -1).all()
    # Who died is replaced in the same month; who moves out, away or into a nursing home after care was arranged,
    # in the next.
    log = t.log[: t.counts[3]]
    ways_out = (Kind.LEFT_CITY, Kind.LEFT_NEST, Kind.NURSING_ENTERED)
    left = log["person"][(log["month"] == month) & np.isin(log["kind"], ways_out)]
    for wanted in (CarerKind.PARTNER, CarerKind.DAUGHTER, CarerKind.SON):
        receiver = np.flatnonzero(helped & (kind == wanted))
        giver = carer[receiver]
        assert (giver >= 0).all()
        assert (giver != receiver).all(), "somebody is their own carer"
        stays = ~np.isin(giver, left) & ~np.isin(receiver, left)
        receiver, giver = receiver[stays], giver[stays]
        assert at_home(t)[giver].all(), "a carer is dead, gone or in a nursing home"
        assert (month - persons.birth_month[giver] >= ADULT_MONTHS).all(), "a child is the main carer"
        assert (persons.health[giver] < Health.DEMENTIA).all()
        if wanted == CarerKind.PARTNER:
            assert (persons.household[giver] == persons.household[receiver]).all()
        else:
            assert (persons.sex[giver] == (Sex.FEMALE if wanted == CarerKind.DAUGHTER else Sex.MALE)).all()
            assert ((persons.mother[giver] == receiver) | (persons.father[giver] == receiver)).all()
    burdened = helped & (care.burdened_since[:n] > NEVER)
    assert (kind[burdened] != CarerKind.NONE).all(), "nobody is overburdened"
    assert (care.burdened_since[:n] <= month).all()


def hours_of_care_add_up(t: Tables, month: int) -> None:
    n = int(t.counts[0])
    care = t.care[:n]
    need, informal = care.need_hours_week.astype(float), care.informal_hours_week.astype(float)
    home_care, unmet = care.home_care_hours_week.astype(float), care.unmet_hours_week.astype(float)
    for hours in (need, informal, home_care, unmet):
        assert np.isfinite(hours).all()
        assert (hours >= 0).all()
    assert (informal <= need + 1e-4).all(), "a carer gives more than is needed"
    day_care = np.where(care.day_care >= 0, DAY_CARE_HOURS, 0.0)
    gap = np.maximum(need - informal - day_care, 0.0)
    np.testing.assert_allclose(unmet, np.maximum(gap - home_care, 0.0), atol=1e-3)
    assert (home_care <= gap + 1e-3).all(), "home care gives what others give"
    assert (informal[care.carer_kind == CarerKind.NONE] == 0).all()
    # Dead, gone, in a nursing home or in good health: nobody cares for them at home.
    others = ~at_home(t) | (t.persons.health[:n] == Health.GOOD)
    assert (need[others] == 0).all()
    assert (care.carer_kind[others] == CarerKind.NONE).all()
    assert (care.carer[others] == -1).all()
    assert (care.burdened_since[others] == NEVER).all()
    assert (care.day_care[others] == -1).all()


def day_care_has_room_for_its_guests(t: Tables, month: int) -> None:
    n, sites = int(t.counts[0]), t.sites[: t.counts[4]]
    site = t.care.day_care[:n][at_home(t) & (t.care.day_care[:n] >= 0)]
    assert (sites.status[site] == SiteStatus.OPEN).all(), "a closed site has guests"
    guests = np.bincount(site, minlength=len(sites))
    # Who moves away or into a nursing home later in the month still counts as a guest.
    log = t.log[: t.counts[3]]
    left = (log["month"] == month) & np.isin(log["kind"], (Kind.LEFT_CITY, Kind.NURSING_ENTERED))
    assert (guests <= sites.day_guests).all()
    assert sites.day_guests.sum() <= guests.sum() + left.sum()
    assert (sites.day_guests <= sites.day_care_places * GUESTS_PER_PLACE).all()


def money_and_shares_make_sense(t: Tables, month: int) -> None:
    h, m = t.households, t.markets
    exists = lived_in(t)
    for column in ("savings_eur", "rent_eur_month", "mortgage_eur_month"):
        assert np.isfinite(h[column][exists]).all()
        assert (h[column][exists] >= 0).all(), column
    for array in m:
        assert np.isfinite(array).all()
    assert (m.price_index > 0.2).all()
    assert (m.rent_index > 0.2).all()
    assert (m.land_left >= 0).all()
    assert (t.persons.income_eur_month[: t.counts[0]] >= 0).all()


EVERY_MONTH = (
    everybody_lives_in_one_household_or_in_a_nursing_home,
    households_count_their_members,
    closed_households_keep_nothing,
    homes_and_households_belong_to_each_other,
    heads_are_of_age,
    partners_have_each_other,
    money_and_shares_make_sense,
    sites_are_in_order,
    sites_count_their_residents,
    who_waits_for_a_nursing_home_is_a_senior_at_home,
    parents_have_their_children_in_their_lists,
    carers_are_who_they_are_said_to_be,
    hours_of_care_add_up,
    day_care_has_room_for_its_guests,
)


def nobody_appears_or_disappears_unrecorded(before: Tables, after: Tables) -> None:
    log = events_between(before, after)
    came = count(log, Kind.BIRTH) + count(log, Kind.ARRIVED)
    went = count(log, Kind.DEATH) + count(log, Kind.LEFT_CITY)
    assert residents(after) == residents(before) + came - went


def homes_are_built_and_pulled_down_on_record(before: Tables, after: Tables) -> None:
    log = events_between(before, after)
    assert standing(after) == standing(before) + count(log, Kind.BUILT) - count(log, Kind.DEMOLISHED)


def nobody_comes_back_from_the_dead(before: Tables, after: Tables) -> None:
    n = int(before.counts[0])
    was, now = before.persons.status[:n], after.persons.status[:n]
    gone = (was == PersonStatus.DEAD) | (was == PersonStatus.LEFT)
    assert (now[gone] == was[gone]).all()


def names_never_change(before: Tables, after: Tables) -> None:
    for group, rows in enumerate(before.counts[:3]):
        assert (before[group].key[:rows] == after[group].key[:rows]).all()
        keys = after[group].key[: after.counts[group]]
        assert len(np.unique(keys)) == len(keys), "two of them carry one name"


def sites_stay_where_they_are(before: Tables, after: Tables) -> None:
    rows = int(before.counts[4])
    assert after.counts[4] >= rows
    for column in ("key", "sector", "x_km", "y_km", "opened_month"):
        assert (before.sites[column][:rows] == after.sites[column][:rows]).all(), column
    for column in ("nursing_places", "assisted_homes", "day_care_places"):
        assert (after.sites[column][:rows] >= before.sites[column][:rows]).all(), column
    closed = before.sites.status[:rows] == SiteStatus.CLOSED
    assert (after.sites.status[:rows][closed] == SiteStatus.CLOSED).all()


def nobody_enters_a_full_nursing_home(before: Tables, after: Tables) -> None:
    rows = int(after.counts[4])
    held = before.sites.residents[:rows]
    assert (after.sites.residents[:rows] <= np.maximum(after.sites.usable_places[:rows], held)).all()


def nursing_homes_are_entered_and_changed_on_record(before: Tables, after: Tables) -> None:
    log, n = events_between(before, after), int(before.counts[0])
    was, now = before.persons.nursing_place[:n], after.persons.nursing_place[:n]
    stayed = alive(after)[:n]
    assert (now[stayed & (was >= 0)] >= 0).all(), "somebody leaves a nursing home alive"
    came = np.flatnonzero(in_nursing_homes(after))
    came = came[(came >= n) | (was[np.minimum(came, n - 1)] < 0)]
    assert came.tolist() == who(log, Kind.NURSING_ENTERED).tolist()
    moved = np.flatnonzero(stayed & (was >= 0) & (was != now))
    assert moved.tolist() == who(log, Kind.NURSING_TRANSFERRED).tolist()
    assert (after.sites.status[was[moved]] == SiteStatus.CLOSED).all(), "only a site that closes sends somebody away"
    assert (after.sites.status[now[moved]] == SiteStatus.OPEN).all()


def the_waiting_list_is_joined_and_left_on_record(before: Tables, after: Tables) -> None:
    log = events_between(before, after)
    there = set(waiting(before).tolist()) | set(who(log, Kind.NURSING_APPLIED).tolist())
    entered = set(who(log, Kind.NURSING_ENTERED).tolist())
    assert entered <= there, "somebody enters without having asked"
    gone = set(np.flatnonzero(~alive(after)).tolist())
    gave_up = set(who(log, Kind.NURSING_GAVE_UP).tolist())
    assert set(waiting(after).tolist()) == there - entered - gave_up - gone


def the_past_is_not_rewritten(before: Tables, after: Tables) -> None:
    n = int(before.counts[3])
    assert (before.log[:n] == after.log[:n]).all()


EVERY_STEP = (
    nobody_appears_or_disappears_unrecorded,
    homes_are_built_and_pulled_down_on_record,
    nobody_comes_back_from_the_dead,
    names_never_change,
    sites_stay_where_they_are,
    nobody_enters_a_full_nursing_home,
    nursing_homes_are_entered_and_changed_on_record,
    the_waiting_list_is_joined_and_left_on_record,
    the_past_is_not_rewritten,
)
