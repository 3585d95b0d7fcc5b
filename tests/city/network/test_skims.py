"""How long it takes to get somewhere: by every mode the same as on the layered graph, step by step."""

import math
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from agreement import disagreements
from small_towns import PARAMS, grid_town, hub, line, link, town

from kortrijk_sim.city.network import (
    Hub,
    Network,
    Skims,
    assign,
    congested_minutes,
    free_car_minutes,
    layered_graph,
    make_skims,
    with_shared_cars,
)

WEST, NORTH, CENTRE, EAST, GENT = range(5)
SHORT_WALKS = PARAMS._replace(transit_access_longest_km=1.5)


@pytest.fixture(scope="module")
def small() -> Network:
    return town()


@pytest.fixture(scope="module")
def skims(small) -> Skims:
    return make_skims(small, PARAMS)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_mode_takes_the_path_that_networkx_finds_on_the_layered_graph(seed):
    network = grid_town(side=9, zones=30, lines=8, seed=seed)
    assert any(zone.car_free for zone in network.zones)
    assert disagreements(network, PARAMS, range(0, 30, 3)) == []


def test_in_a_town_with_a_river_every_mode_takes_the_path_that_networkx_finds(small):
    assert disagreements(small, PARAMS, range(5)) == []


def test_the_parts_of_a_trip_by_bus_are_those_of_its_only_path(skims):
    # west -> station (line 1, 6 min), change at the hub, line 3 to north (7 min)
    assert skims.bus_ride[WEST, NORTH] == 13
    assert skims.bus_wait[WEST, NORTH] == pytest.approx(15 / 2 + 20 / 2)
    assert skims.bus_boardings[WEST, NORTH] == 2
    assert skims.bus_km[WEST, NORTH] == 13
    assert skims.bus_transfer[WEST, NORTH] == pytest.approx(9 * (1 - 0.3 * 0.8))
    homes = 0.7 * (0.5 + 0.4)
    assert skims.bus_walk[WEST, NORTH] == pytest.approx(homes / 5 * 60)


def test_lines_are_changed_only_at_hubs_and_stations(small):
    graph = layered_graph(small, PARAMS)
    changes = {stop for layer, stop in graph if layer.startswith("change")}
    assert changes <= {"station", "east"}
    without_station = replace(
        small,
        nodes=tuple(replace(n, kind="junction") if n.kind == "station" else n for n in small.nodes),
        hubs=(hub("village", "east"),),
        lines=tuple(x for x in small.lines if x.code != "2"),
    )
    skims = make_skims(without_station, SHORT_WALKS)
    assert np.isinf(skims.bus_ride[WEST, NORTH])  # lines 1 and 3 meet at the station, which is no hub any more
    assert skims.bus_ride[WEST, CENTRE] == 9


def test_a_walk_between_two_stops_is_no_way_to_change_lines(small):
    apart = replace(small, lines=(small.lines[0], line("4", "bus", 10, ("north", 0), ("bridge", 12))), hubs=())
    skims = make_skims(apart, SHORT_WALKS)
    assert np.isfinite(skims.bus_ride[WEST, EAST])
    # line 4 ends 1.1 km from the stop of line 1: near enough to walk there from home, no place to change
    assert np.isinf(skims.bus_ride[NORTH, EAST])


def test_a_better_hub_makes_a_change_feel_shorter_and_changes_no_minute(small, skims):
    better = replace(small, hubs=(replace(small.hubs[0], transfer_quality=1.0), small.hubs[1]))
    after = make_skims(better, PARAMS)
    assert after.bus_transfer[WEST, NORTH] < skims.bus_transfer[WEST, NORTH]
    assert after.bus_ride[WEST, NORTH] == skims.bus_ride[WEST, NORTH]
    assert after.bus_wait[WEST, NORTH] == skims.bus_wait[WEST, NORTH]


def test_nobody_waits_longer_than_the_cap(small):
    rare = replace(small, lines=(replace(small.lines[0], headway_minutes=120),))
    assert make_skims(rare, PARAMS).bus_wait[WEST, CENTRE] == 15


def test_a_train_trip_takes_a_train_and_a_bus_trip_none(skims):
    boards = np.isfinite(skims.train_ride)
    assert (skims.train_km[boards] > 0).all()
    assert np.isinf(skims.bus_ride[WEST, GENT])
    assert skims.train_boardings[WEST, GENT] == 2  # bus to the station, then the train
    assert skims.train_bus_km[WEST, GENT] == 6
    assert skims.bike_train_boardings[WEST, GENT] == 1  # the bike in place of the bus
    assert skims.bike_train_rail_km[WEST, GENT] == 25


def test_a_bike_is_left_at_a_station_and_a_car_at_a_station_or_large_hub(small, skims):
    assert skims.bike_train_km[EAST, GENT] == pytest.approx(math.hypot(4.4, 0.7 * 0.6))
    assert np.isinf(skims.bike_train_ride[WEST, EAST])  # no train goes there
    assert small.park_and_ride == ("station",)
    assert np.isfinite(skims.park_ride_ride[NORTH, EAST])
    regional = replace(small, hubs=(*small.hubs, hub("edge", "centre", "regional")))
    assert regional.park_and_ride == ("station", "centre")


def test_cyclists_make_a_detour_for_comfort_and_their_minutes_are_those_of_the_detour(skims):
    # the highway along the railway is longer than the road and feels shorter
    assert skims.bike_km[CENTRE, EAST] == pytest.approx(0.7 + 4.4)
    assert skims.bike[CENTRE, EAST] == pytest.approx((0.7 / 14 + 4.4 / 18) * 60)
    assert skims.bike_perceived[CENTRE, EAST] == pytest.approx((0.7 / 14 * 1.15 + 4.4 / 18 * 0.8) * 60)


def test_nobody_walks_or_cycles_on_the_motorway(small, skims):
    assert skims.car_km[WEST, EAST] == 9
    assert skims.walk_km[WEST, EAST] == pytest.approx(1.1 + 1.1 + 4.4)
    no_bridge = replace(small, links=tuple(x for x in small.links if not x.crossing))
    cut = make_skims(no_bridge, PARAMS)
    assert np.isinf(cut.walk[WEST, EAST])
    assert np.isinf(cut.bike[WEST, EAST])
    assert cut.car[WEST, EAST] == skims.car[WEST, EAST]
    assert cut.car_km[WEST, CENTRE] == pytest.approx(9 + 3.8)


def test_trips_within_a_zone_have_its_own_length(skims):
    assert skims.walk_km[WEST, WEST] == np.float32(0.5)
    assert skims.car_km[WEST, WEST] == np.float32(0.5)
    assert skims.bike[WEST, WEST] == pytest.approx(2.0)
    assert np.isinf(np.diag(skims.bus_ride)).all()
    assert np.isinf(np.diag(skims.park_ride_car)).all()


def test_a_detour_over_a_third_place_is_never_shorter():
    skims = make_skims(grid_town(side=8, zones=40, lines=6), PARAMS)
    for minutes in (skims.walk, skims.bike_perceived):
        direct = minutes.astype(np.float64)
        np.fill_diagonal(direct, 0)
        via = (direct[:, :, None] + direct[None, :, :]).min(axis=1)
        assert (direct <= via + 1e-3).all()


def test_skims_are_single_precision_and_the_same_every_time(small, skims):
    again = make_skims(small, PARAMS)
    for field in Skims._fields:
        assert getattr(skims, field).dtype == np.float32
        np.testing.assert_array_equal(getattr(skims, field), getattr(again, field))
        shape = (5,) if field.startswith("hub_") else (5, 5)
        assert getattr(skims, field).shape == shape


def test_a_town_without_lines_and_hubs_has_walks_and_rides_but_no_transit(small):
    bare = make_skims(replace(small, lines=(), hubs=()), PARAMS)
    for mode in ("bus", "train", "bike_train", "park_ride"):
        assert np.isinf(getattr(bare, f"{mode}_ride")).all()
    assert np.isfinite(bare.car).all()
    assert np.isinf(bare.hub_car_walk).all()


def test_the_nearest_shared_car_is_at_the_own_hub_of_the_village(skims):
    assert skims.hub_car_walk[EAST] == pytest.approx(0.7 * 0.6 / 5 * 60)
    assert skims.hub_bike_walk[EAST] > skims.hub_car_walk[EAST]  # the village hub has no bikes


def test_cars_reach_a_car_free_sector_and_do_not_pass_through_it(small):
    zones = tuple(replace(zone, car_free=zone.code == "centre") for zone in small.zones)
    # a second way round the centre, longer
    round_about = replace(small, links=(*small.links, link("north", "east", 9.0, "secondary", 50)))
    open_town, closed_town = make_skims(round_about, PARAMS), make_skims(replace(round_about, zones=zones), PARAMS)
    assert np.isfinite(closed_town.car[:, CENTRE]).all()
    assert (closed_town.car[:, CENTRE] >= open_town.car[:, CENTRE]).all()
    streets = replace(round_about, zones=zones).streets
    through = assign(replace(round_about, zones=zones), PARAMS, _trips(WEST, NORTH))
    assert through[streets.closed].sum() == 0
    np.testing.assert_array_equal(closed_town.walk, open_town.walk)


def _trips(origin: int, target: int, vehicles: float = 1000.0) -> np.ndarray:
    od = np.zeros((5, 5))
    od[origin, target] = vehicles
    return od


def test_every_car_is_on_each_link_of_its_path_once(small):
    load = assign(small, PARAMS, _trips(NORTH, GENT))
    path = nx.dijkstra_path(layered_graph(small, PARAMS), ("car", "north"), ("car", "gent"), weight="cost")
    assert load.sum() == 1000 * (len(path) - 1)
    assert set(np.unique(load)) == {0.0, 1000.0}
    back = assign(small, PARAMS, _trips(GENT, NORTH))
    np.testing.assert_array_equal(back, load[:, ::-1])


def test_vehicle_kilometres_of_the_assignment_are_those_of_the_skims():
    network = grid_town(side=9, zones=30, lines=2)
    od = np.random.default_rng(5).uniform(0, 50, size=(30, 30))
    load = assign(network, PARAMS, od)
    km = make_skims(network, PARAMS).car_km.astype(np.float64)
    np.fill_diagonal(km, 0)
    assert (load.sum(axis=1) * network.streets.km).sum() == pytest.approx((od * km).sum(), rel=1e-5)


def test_a_loaded_main_road_is_slower_and_a_local_street_is_not(small):
    free = free_car_minutes(small, PARAMS)
    load = np.full_like(free, 20_000.0)
    slow = congested_minutes(small, PARAMS, load)
    secondary, local = 2, 4
    assert slow[secondary, 0] == pytest.approx(
        free[secondary, 0] * (1 + 0.15 * 2.0**4)
    )  # 2,000 an hour on a lane of 1,000
    assert slow[local, 0] == free[local, 0]
    assert (slow >= free).all()
    np.testing.assert_array_equal(congested_minutes(small, PARAMS, np.zeros_like(load)), free)


def test_minutes_of_another_network_are_refused(small):
    minutes = free_car_minutes(small, PARAMS)
    with pytest.raises(ValueError, match="this network has 9 links"):
        make_skims(replace(small, links=small.links[:-1]), PARAMS, minutes)


def test_drivers_avoid_a_road_that_has_become_slow(small):
    minutes = free_car_minutes(small, PARAMS)
    minutes[7] = [600.0, 600.0]  # the motorway between west and east, from west only matters
    skims = make_skims(small, PARAMS, minutes)
    assert skims.car_km[WEST, EAST] == pytest.approx(1.1 + 1.1 + 0.7 + 3.8)
    one_way = free_car_minutes(small, PARAMS)
    one_way[7, 0] = 600.0
    skims = make_skims(small, PARAMS, one_way)
    assert skims.car_km[EAST, WEST] == 9
    assert skims.car_km[WEST, EAST] < 9


def test_shared_cars_in_the_streets_are_reached_as_those_of_a_hub_at_the_same_place(small) -> None:
    network = replace(small, hubs=())
    skims = make_skims(network, PARAMS)
    zone = network.zones[1]
    hub = Hub("stand", "Stand", zone.node, "neighbourhood_proximity", 2, 0, 0, 0, 0.0)
    as_hub = make_skims(replace(network, hubs=(hub,)), PARAMS)
    in_the_street = with_shared_cars(skims, network, PARAMS, [1])
    np.testing.assert_allclose(in_the_street.hub_car_walk, as_hub.hub_car_walk, rtol=1e-5)
    assert np.isinf(skims.hub_car_walk).all()
    assert with_shared_cars(skims, network, PARAMS, []) is skims
