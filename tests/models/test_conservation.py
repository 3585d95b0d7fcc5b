"""Nobody and nothing gets lost: checked month by month."""

from __future__ import annotations

import itertools

import invariants
import numpy as np
import pytest

from kortrijk_sim.city.vocabulary import CarerKind, PersonStatus
from kortrijk_sim.experiments.scenario_files import load_scenario
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.state import State

MONTHS = 42


@pytest.fixture(scope="module", params=["unchanged", "rotation", "care"])
def months(request: pytest.FixtureRequest, small_city) -> tuple[KortrijkModel, list[State]]:
    """Return a small city and its state at the start and after each month, with and without policy."""
    model = small_city(load_scenario(request.param), rng=3)
    states = [model.state.copy()]
    for _ in range(MONTHS):
        model.step()
        states.append(model.state.copy())
    return model, states


@pytest.mark.parametrize("holds", invariants.EVERY_MONTH, ids=lambda f: f.__name__)
def test_every_month(months, holds):
    _, states = months
    for passed, state in enumerate(states):
        holds(state.tables, max(passed - 1, 0))


@pytest.mark.parametrize("holds", invariants.EVERY_STEP, ids=lambda f: f.__name__)
def test_from_month_to_month(months, holds):
    _, states = months
    for before, after in itertools.pairwise(states):
        holds(before.tables, after.tables)


def test_events_carry_the_month_in_which_they_happen(months):
    _, states = months
    for month, (before, after) in enumerate(itertools.pairwise(states)):
        log = invariants.events_between(before.tables, after.tables)
        assert len(log) > 0
        assert (log["month"] == month).all()


def test_the_indicators_count_what_the_tables_and_events_hold(months):
    model, states = months
    city = model.indicators.frame().query("place == 'Kortrijk'").set_index("month")
    for passed, state in enumerate(states):
        assert city["population"][passed] == invariants.residents(state.tables)
        assert city["dwellings"][passed] == invariants.standing(state.tables)
    natural = city["births"].sum() - city["deaths"].sum() + city["net_migration"].sum()
    assert city["population"].iloc[-1] == city["population"].iloc[0] + natural


def test_wijken_sum_to_the_city_where_everybody_has_a_wijk(months):
    model, _ = months
    frame = model.indicators.frame()
    city = frame[frame["place"] == "Kortrijk"].set_index("month")
    wijken = frame[frame["place"] != "Kortrijk"].groupby("month").sum(numeric_only=True)
    for name in ("households", "dwellings", "social_homes", "homes_built", "purchases", "family_homes_freed"):
        np.testing.assert_allclose(wijken[name], city[name], err_msg=name)


def test_the_whole_city_loses_nobody_in_a_year():
    model = KortrijkModel(rng=1)
    assert invariants.residents(model.state.tables) == 81_045
    before = model.state.copy()
    for month in range(12):
        model.step()
        after = model.state
        for holds in invariants.EVERY_MONTH:
            holds(after.tables, month)
        for holds_between in invariants.EVERY_STEP:
            holds_between(before.tables, after.tables)
        before = after.copy()


def corrupt_a_dead_member(t):
    t.persons.status[t.households.first_member[0]] = PersonStatus.DEAD


def corrupt_a_size(t):
    t.households.members[0] += 1


def corrupt_a_shared_home(t):
    housed = np.flatnonzero(t.households.dwelling[: t.counts[1]] >= 0)
    t.households.dwelling[housed[0]] = t.households.dwelling[housed[1]]


def corrupt_a_partner(t):
    couple = np.flatnonzero(t.persons.partner[: t.counts[0]] >= 0)
    t.persons.partner[couple[0]] = -1


def corrupt_a_lost_person(t):
    t.persons.household[t.households.first_member[0]] = -1


def corrupt_a_price(t):
    t.markets.price_index[0, 0] = np.nan


def cared_for(t, kind):
    return np.flatnonzero((t.care.carer_kind[: t.counts[0]] == kind) & invariants.at_home(t))[0]


def corrupt_a_carer(t):
    receiver = cared_for(t, CarerKind.DAUGHTER)
    t.care.carer[receiver] = receiver


def corrupt_a_daughter(t):
    t.care.carer_kind[cared_for(t, CarerKind.DAUGHTER)] = CarerKind.SON


def corrupt_a_carer_from_outside(t):
    t.care.carer[cared_for(t, CarerKind.OTHER)] = 0


def corrupt_an_hour(t):
    t.care.unmet_hours_week[cared_for(t, CarerKind.PARTNER)] += 1.0


def corrupt_a_generous_carer(t):
    receiver = cared_for(t, CarerKind.PARTNER)
    t.care.informal_hours_week[receiver] = t.care.need_hours_week[receiver] + 1.0


def corrupt_a_waiting_list(t):
    t.persons.nursing_applied[np.flatnonzero(invariants.in_nursing_homes(t))[0]] = 0


def corrupt_a_count_of_residents(t):
    t.sites.residents[0] += 1


def corrupt_a_site(t):
    t.sites.key[1] = t.sites.key[0]


def corrupt_a_list_of_children(t):
    t.care.first_child[np.flatnonzero(t.care.first_child[: t.counts[0]] >= 0)[0]] = -1


def corrupt_a_list_without_end(t):
    mother = t.persons.mother[np.flatnonzero(t.persons.mother[: t.counts[0]] >= 0)[0]]
    child = t.care.first_child[mother]
    t.care.next_of_mother[child] = child


def corrupt_a_guest(t):
    guest = np.flatnonzero((t.care.day_care[: t.counts[0]] >= 0) & invariants.at_home(t))[0]
    t.care.day_care[guest] = np.flatnonzero(t.sites.day_care_places == 0)[0]


@pytest.mark.parametrize(
    "corrupt",
    [
        corrupt_a_dead_member, corrupt_a_size, corrupt_a_shared_home, corrupt_a_partner, corrupt_a_lost_person,
        corrupt_a_price, corrupt_a_carer, corrupt_a_daughter, corrupt_a_carer_from_outside, corrupt_an_hour,
        corrupt_a_generous_carer, corrupt_a_waiting_list, corrupt_a_count_of_residents, corrupt_a_site,
        corrupt_a_list_of_children, corrupt_a_list_without_end, corrupt_a_guest,
    ],
)  # fmt: skip
def test_these_checks_notice_a_city_that_is_not_in_order(small_city, corrupt):
    t = small_city().state.tables
    corrupt(t)
    noticed = 0
    for holds in invariants.EVERY_MONTH:
        try:
            holds(t, 0)
        except AssertionError:
            noticed += 1
    assert noticed >= 1
