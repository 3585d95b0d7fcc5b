"""What holds in every month of every future; each function says what, and asserts it.

They read the tables with NumPy only: a mistake in a kernel cannot hide itself here.
"""

from __future__ import annotations

import numpy as np

from kortrijk_sim.arrays import Array
from kortrijk_sim.city.vocabulary import DwellingStatus, DwellingUse, HouseholdStatus, PersonStatus, Role
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.state import Tables

ADULT_MONTHS = 216


def residents(t: Tables) -> int:
    return int((t.persons.status[: t.counts[0]] == PersonStatus.RESIDENT).sum())


def standing(t: Tables) -> int:
    return int((t.dwellings.status[: t.counts[2]] == DwellingStatus.STANDING).sum())


def events_between(before: Tables, after: Tables) -> Array:
    return after.log[int(before.counts[3]) : int(after.counts[3])]


def count(log: Array, kind: Kind) -> int:
    return int((log["kind"] == kind).sum())


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
    assert (d.use[taken] == DwellingUse.MAIN_RESIDENCE).all()
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


def nursing_homes_are_not_overfull(t: Tables, month: int, places: int) -> None:
    persons, n = t.persons, int(t.counts[0])
    inside = (persons.nursing_place[:n] >= 0) & (persons.status[:n] == PersonStatus.RESIDENT)
    assert inside.sum() <= places


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


def the_past_is_not_rewritten(before: Tables, after: Tables) -> None:
    n = int(before.counts[3])
    assert (before.log[:n] == after.log[:n]).all()


EVERY_STEP = (
    nobody_appears_or_disappears_unrecorded,
    homes_are_built_and_pulled_down_on_record,
    nobody_comes_back_from_the_dead,
    names_never_change,
    the_past_is_not_rewritten,
)
