"""The network as people feel it: ways, places, reach, and what is renewed when something changes."""

from __future__ import annotations

import numpy as np
import pytest

from kortrijk_sim.city.network import free_car_minutes
from kortrijk_sim.city.vocabulary import Mode
from kortrijk_sim.models.access import Access
from kortrijk_sim.models.connections import (
    N_AIMS,
    WITH_CAR,
    WITHOUT_CAR,
    Aim,
    Terms,
    base_places,
    fill_aliases,
    make_ways,
    mark_changes,
    shifted_places,
)
from kortrijk_sim.models.mobility_measures import CloseCrossing, TransitFare
from kortrijk_sim.models.policy import Scenario
from kortrijk_sim.models.transport import along, driven, rows_today, slowed
from kortrijk_sim.models.travel_setup import renew_network

NEVER = -9999


@pytest.fixture(scope="module")
def today(first_day):
    return first_day.state.transport


@pytest.fixture(scope="module")
def env(first_day):
    return first_day.travel_environment


@pytest.fixture(scope="module")
def ways_with(today, env):
    """Return a function that gives the ways of today with some other terms or other times."""

    def make(skims=None, **terms):
        p = env.transport
        return make_ways(
            today.skims._replace(**(skims or {})), today.terms._replace(**terms), p.ways, p.parking_home_share
        )

    return make


def better(now, before, mode):
    """Return how much better a mode has become where it exists, (ways,)."""
    there = before.utility[:, :, mode] > -1e8
    assert there.any()
    return (now.utility[:, :, mode].astype(float) - before.utility[:, :, mode])[there]


# --- draws ---------------------------------------------------------------------------------------------


def shares_of(chance, other):
    """Return the share of each zone that an alias table gives, by adding up its parts."""
    zones = chance.shape[-1]
    out = chance.astype(float).copy()
    for index in np.ndindex(chance.shape[:-1]):
        np.add.at(out[index], other[index], 1.0 - chance[index].astype(float))
    return out / zones


def test_constant_time_draws_have_the_shares_they_were_made_from():
    share = np.random.default_rng(3).random((2, 2, 5, 37)) ** 6
    share[0, 0, 0, 5:30] = 0.0
    share[0, 1, 1, :] = 0.0
    share[0, 1, 1, 36] = 1.0
    share[1, 1, 2, :] = 1.0
    share /= share.sum(axis=-1, keepdims=True)
    chance, other = np.empty(share.shape, np.float32), np.empty(share.shape, np.int16)
    fill_aliases(share, chance, other)
    np.testing.assert_allclose(shares_of(chance, other), share, atol=2e-6)
    assert ((chance >= 0) & (chance <= 1)).all()
    assert ((other >= 0) & (other < 37)).all()


def test_places_are_drawn_by_their_attraction_and_ease(today):
    weights = today.base.weights
    share = np.exp(weights - weights.max(axis=-1, keepdims=True))
    share /= share.sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(shares_of(today.base.places.chance, today.base.places.other), share, atol=3e-6)


def test_nobody_draws_a_place_that_offers_nothing(today):
    offers = np.isfinite(today.base.weights[:, 0, 0, :])
    found = shares_of(today.base.places.chance, today.base.places.other)
    assert (found[~np.broadcast_to(offers[:, None, None, :], found.shape)] < 1e-9).all()
    assert not offers[Aim.HIGHER_EDUCATION, :113].any(), "who studies here has a campus in the books"
    assert offers[Aim.VISITS, :113].mean() > 0.8


# --- ways ----------------------------------------------------------------------------------------------


def test_every_way_by_a_mode_that_exists_is_a_number_and_has_a_length(today):
    w = today.ways._replace(**{name: getattr(today.ways, name)[:113] for name in ("utility", "km", "car_km", "active")})
    for mode in Mode:
        there = w.utility[:, :, mode] > -1e8
        assert not np.isnan(w.utility[:, :, mode]).any(), mode
        assert np.isfinite(w.utility[:, :, mode][there]).all(), mode
        assert (w.km[:, :, mode][there] > 0).all(), mode
        assert np.isfinite(w.km[:, :, mode][there]).all(), mode
        assert (w.active[:, :, mode][there] >= 0).all()
        assert np.isfinite(w.active[:, :, mode][there]).all()
        assert (w.car_km[:, :, mode][there] <= w.km[:, :, mode][there] + 1e-3).all(), mode
    wheel = {mode for mode in Mode if w.car_km[:, :, mode].any()}
    assert wheel == {Mode.CAR, Mode.ELECTRIC_CAR, Mode.SHARED_CAR, Mode.PARK_AND_RIDE}
    moved = {mode for mode in Mode if w.active[:, :, mode].any()}
    assert moved == set(Mode) - {Mode.CAR, Mode.ELECTRIC_CAR, Mode.PASSENGER, Mode.SHARED_CAR}


def test_everybody_can_walk_cycle_and_drive_everywhere_in_the_city(today):
    for mode in (Mode.WALK, Mode.BIKE, Mode.E_BIKE, Mode.CAR, Mode.ELECTRIC_CAR, Mode.PASSENGER):
        assert (today.ways.utility[:113, :113, mode] > -1e8).all()


def test_fares_charges_and_parking_are_in_the_ways_of_those_who_pay_them(ways_with, today):
    base, zones = ways_with(), len(today.network.zones)
    free_bus, free_train = ways_with(bus_fare_ratio=0.0), ways_with(train_fare_ratio=0.0)
    charged = ways_with(kilometre_charge_eur=0.2)
    dear = ways_with(parking_eur=today.terms.parking_eur + 2.0)
    slow = ways_with(parking_minutes=today.terms.parking_minutes + 5.0)
    freight = ways_with(car_minutes_share=np.full(zones, -0.1))
    assert (better(free_bus, base, Mode.BUS) > 0).all()
    for mode in (Mode.TRAIN, Mode.BIKE_AND_TRAIN, Mode.PARK_AND_RIDE):
        assert (better(free_train, base, mode) > 0).all(), mode
    for now in (charged, dear, slow):
        for mode in (Mode.CAR, Mode.ELECTRIC_CAR, Mode.PASSENGER):
            assert (better(now, base, mode) < 0).all(), mode
    assert (better(charged, base, Mode.SHARED_CAR) < 0).all()
    assert (better(freight, base, Mode.CAR) > 0).all()
    touched = {
        "bus": (free_bus, {Mode.BUS}),
        "train": (free_train, {Mode.TRAIN, Mode.BIKE_AND_TRAIN, Mode.PARK_AND_RIDE}),
        "charge": (charged, {Mode.CAR, Mode.ELECTRIC_CAR, Mode.PASSENGER, Mode.SHARED_CAR, Mode.PARK_AND_RIDE}),
        "parking": (dear, {Mode.CAR, Mode.ELECTRIC_CAR, Mode.PASSENGER}),
        "freight": (freight, {Mode.CAR, Mode.ELECTRIC_CAR, Mode.PASSENGER, Mode.SHARED_CAR}),
    }
    for name, (now, modes) in touched.items():
        assert {m for m in Mode if (now.utility[:, :, m] != base.utility[:, :, m]).any()} == modes, name


def test_fuel_and_fare_are_parts_of_the_way_that_can_be_taken_out(ways_with):
    base = ways_with()
    free = ways_with(bus_fare_ratio=0.0)
    there = base.utility[:, :, Mode.BUS] > -1e8
    np.testing.assert_allclose(
        (base.utility[:, :, Mode.BUS] - base.fare[0])[there], free.utility[:, :, Mode.BUS][there], atol=1e-4
    )
    assert (base.fare <= 0).all()
    assert (base.fuel[0] < base.fuel[1]).all(), "a kilometre on power is cheaper"


def test_the_ease_of_a_way_is_that_of_its_best_mode_or_more_and_a_car_never_hinders(today):
    w = today.ways
    walk_bike = np.maximum(w.utility[:, :, Mode.WALK], w.utility[:, :, Mode.BIKE])
    assert (w.logsum >= walk_bike - 1e-4).all()
    assert (w.logsum[WITH_CAR] >= w.utility[:, :, Mode.CAR] - 1e-4).all()
    assert (w.logsum[WITH_CAR] >= w.logsum[WITHOUT_CAR] - 1e-4).all()
    far = today.skims.car_km > 20
    gain = w.logsum[WITH_CAR] - w.logsum[WITHOUT_CAR]
    assert gain[far].mean() > gain[~far].mean(), "far away a car adds more"


def test_a_change_is_noticed_when_it_is_large_enough_for_better_or_worse(ways_with):
    before = ways_with()
    for step, noticed in ((0.04, False), (-0.04, False), (0.06, True), (-0.06, True)):
        now = before._replace(utility=before.utility.copy(), changed=before.changed.copy())
        now.utility[3, 7, Mode.BUS] = before.utility[3, 7, Mode.CAR]
        was = before._replace(utility=now.utility.copy())
        now.utility[3, 7, Mode.BUS] += step
        mark_changes(was, now, 30, 0.05)
        wanted = np.full(before.changed.shape, NEVER)
        if noticed:
            wanted[3, 7] = 30
        np.testing.assert_array_equal(now.changed, wanted)


def test_what_was_noticed_before_is_not_forgotten(ways_with):
    before = ways_with()
    before.changed[1, 2] = 5
    now = before._replace(changed=np.full(before.changed.shape, NEVER, np.int16))
    mark_changes(before, now, 30, 0.05)
    assert now.changed[1, 2] == 5
    assert (np.delete(now.changed.ravel(), 1 * now.changed.shape[1] + 2) == NEVER).all()


# --- places --------------------------------------------------------------------------------------------


def test_a_place_that_offers_more_draws_more_and_small_changes_add_up_until_noticed():
    base = np.log(np.random.default_rng(1).random((N_AIMS, 2, 4, 6)) + 0.1)
    places = base_places(base)
    now = base.copy()
    month = 0
    for month in range(1, 4):
        now = base.copy()
        now[Aim.SHOPPING, WITH_CAR, 2, 5] += 0.03 * month
        places = shifted_places(places, now, base, month, 0.05)
        if month == 1:
            assert (places.changed == NEVER).all()
            assert (places.shift == 0).all()
    assert places.changed[WITH_CAR, 2] == 2, "twice three hundredths are noticed"
    assert (np.delete(places.changed.ravel(), 2) == NEVER).all()
    assert places.shift[Aim.SHOPPING, WITH_CAR, 2, 5] == pytest.approx(0.06)
    assert np.count_nonzero(places.shift) == 1


def test_what_offered_nothing_on_the_first_day_stays_unknown_and_what_closes_draws_nobody():
    base = np.zeros((N_AIMS, 2, 3, 4))
    base[:, :, :, 1] = -np.inf
    now = base.copy()
    now[:, :, :, 1] = 3.0
    now[:, :, :, 2] = -np.inf
    shift = shifted_places(base_places(base), now, base, 1, 0.05).shift
    assert (shift[..., 1] == 0).all()
    assert (shift[..., 2] <= -1e8).all()
    assert np.isfinite(shift).all()


# --- renewals ------------------------------------------------------------------------------------------


def renewed_on(first_day, scenario, month, **state):
    twin = first_day.fork()
    for name, value in state.items():
        setattr(twin.state, name, value)
    renew_network(twin.state, twin.travel_environment, scenario, twin.geography, month, twin.scale)
    return twin.state


def test_in_a_month_without_a_change_the_network_is_left_alone(first_day):
    for month in (0, 1, 11, 13):
        assert renewed_on(first_day, Scenario(), month).transport is first_day.state.transport
    later = Scenario(measures=(TransitFare(from_="2026-04", ratio=0.0),))
    assert renewed_on(first_day, later, 14).transport is first_day.state.transport
    assert renewed_on(first_day, later, 15).transport is not first_day.state.transport


def test_in_january_traffic_and_firms_are_looked_at_again(first_day):
    now = renewed_on(first_day, Scenario(), 12)
    assert now.transport is not first_day.state.transport
    assert now.transport.base is first_day.state.transport.base


def test_an_unchanged_city_is_as_easy_to_travel_as_it_was(first_day):
    now = renewed_on(first_day, Scenario(), 0, network_key=("other",)).transport
    np.testing.assert_array_equal(now.ways.utility, first_day.state.transport.ways.utility)
    assert (now.ways.changed == NEVER).all()
    assert np.abs(now.access[:, Access.EASE]).max() < 0.05


def test_the_same_traffic_keeps_its_speed_more_traffic_slows_and_less_speeds_up(first_day, today, env):
    p, base = env.transport, today.base.vehicles
    ones = np.ones_like(base)
    drivable = np.isfinite(free_car_minutes(today.network, p.network))

    def ratio(times, before=ones):
        return slowed(today, base * times, before, base, p)

    np.testing.assert_allclose(ratio(1.0), 1.0)
    busy = base > 5000
    assert busy.any()
    assert (ratio(1.3)[busy & drivable].mean()) > 1.0
    assert (ratio(1.3) >= 1.0).all()
    assert (ratio(0.7) <= 1.0).all()
    assert (ratio(0.7)[busy] < 1.0).any()
    full = ratio(1.3) - 1.0
    np.testing.assert_allclose(ratio(1.3, 1.0 + full), 1.0 + full * (2.0 - p.congestion_damping), rtol=1e-6)
    assert np.isfinite(ratio(50.0)).all()


def test_slow_roads_lengthen_driving_and_nothing_else(today, env):
    slowdown = np.full((len(today.network.links), 2), 1.25)
    slow = driven(today.network, env.transport.network, today.skims, slowdown)
    off = ~np.eye(len(slow.car), dtype=bool)
    assert (slow.car[off] > today.skims.car[off]).all()
    assert (slow.car[off] <= 1.25 * today.skims.car[off] + 0.02).all()
    np.testing.assert_array_equal(slow.car.diagonal(), today.skims.car.diagonal())
    for name in ("walk", "bike", "bus_ride", "train_ride", "bike_km"):
        assert getattr(slow, name) is getattr(today.skims, name)


def test_roads_as_fast_as_ever_give_the_times_of_the_empty_network(today, env):
    same = driven(today.network, env.transport.network, today.skims, np.ones((len(today.network.links), 2)))
    np.testing.assert_allclose(same.car, today.skims.car, rtol=1e-5)
    np.testing.assert_allclose(same.car_km, today.skims.car_km, rtol=1e-5)


def test_traffic_of_the_base_year_is_still_known_after_a_bridge_has_closed(first_day, env):
    name = next(link.crossing for link in env.network.links if link.crossing and link.road in ("urban", "inner_ring"))
    closing = Scenario(measures=(CloseCrossing(from_=2025, name=name),))
    state = renewed_on(first_day, closing, 0)
    twin = first_day.fork(closing)
    twin.state = state
    renew_network(state, env, closing, first_day.geography, 12, first_day.scale)
    rows = rows_today(state.transport.network, env.network)
    slowdown = state.mobility.slowdown
    assert slowdown.shape == (len(env.network.links), 2)
    closed = [link.crossing == name for link in env.network.links]
    assert (slowdown[closed] == 1.0).all()
    far = along(rows, slowdown, 1.0)
    assert 0.5 < far.min() <= far.max() < 3.0, "one closed bridge turns no road into a trap"
    assert np.median(np.abs(far - 1.0)) < 0.05


# --- reach ---------------------------------------------------------------------------------------------


def test_what_lies_within_reach_is_within_its_bounds(first_day, today):
    a = today.access
    jobs = first_day.state.economy.firms.jobs.sum()
    for column in (Access.SERVICES_WALK, Access.SERVICES_WALK_SENIOR, Access.SERVICES_BIKE):
        assert ((a[:, column] >= 0) & (a[:, column] <= 1)).all()
        np.testing.assert_allclose(a[:, column] * 5, np.round(a[:, column] * 5), atol=1e-9)
    assert (a[:, Access.SERVICES_WALK_SENIOR] <= a[:, Access.SERVICES_WALK]).all()
    assert (a[:, Access.SERVICES_WALK] <= a[:, Access.SERVICES_BIKE]).all()
    assert (a[:, Access.JOBS_TRANSIT] < a[:, Access.JOBS_CAR]).mean() > 0.9
    assert a[:, Access.JOBS_CAR].max() > 0.9 * jobs
    assert (a[:, Access.EASE] == 0).all(), "the first day is what later days are compared with"


def test_terms_of_the_first_day_are_those_of_no_policy(today):
    assert isinstance(today.terms, Terms)
    assert (today.terms.bus_fare_ratio, today.terms.train_fare_ratio, today.terms.kilometre_charge_eur) == (1, 1, 0)
    assert (today.terms.car_minutes_share == 0).all()
