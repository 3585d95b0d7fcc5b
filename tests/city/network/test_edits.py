"""What can be changed about the network, and that it changes nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from small_towns import PARAMS, hub, town

from kortrijk_sim.city.network import Network, Skims, edits, make_skims
from kortrijk_sim.errors import InputError

WEST, NORTH, CENTRE, EAST, GENT = range(5)
ALL = ("walk", "bike", "car", "bus", "train", "bike_train", "park_ride", "hub")


@pytest.fixture
def small() -> Network:
    return town()


def unchanged(before: Skims, after: Skims, *modes: str) -> bool:
    streets = {"walk": ("walk", "walk_km"), "bike": ("bike", "bike_perceived", "bike_km"), "car": ("car", "car_km")}
    fields = [
        field
        for field in Skims._fields
        for mode in modes
        if field in streets.get(mode, ()) or (field.startswith(f"{mode}_") and mode not in streets)
    ]
    assert fields
    return all(np.array_equal(getattr(before, field), getattr(after, field)) for field in fields)


def test_more_buses_shorten_the_wait_and_leave_the_ride(small):
    before = make_skims(small, PARAMS)
    after = make_skims(edits.with_headway(small, "1", 8), PARAMS)
    assert after.bus_wait[WEST, CENTRE] == 4
    assert after.bus_ride[WEST, CENTRE] == before.bus_ride[WEST, CENTRE]
    assert unchanged(before, after, "walk", "bike", "car", "hub")


def test_an_edit_leaves_the_old_network_as_it_was_and_shares_the_rest(small):
    before = make_skims(small, PARAMS)  # fills the caches of the old network
    kept = replace(small)
    changed = edits.with_headway(small, "1", 8)
    assert small == kept
    assert changed.links is small.links
    assert changed.nodes is small.nodes
    assert unchanged(before, make_skims(small, PARAMS), "bus", "train")


@pytest.mark.parametrize(
    "edit",
    [
        lambda n: edits.with_cycle_link(n, "station", "centre", "highway"),
        lambda n: edits.with_comfort(n, [CENTRE], "cycleway"),
        lambda n: edits.with_car_speed(n, [CENTRE], 10),
        lambda n: edits.with_car_free(n, [CENTRE]),
        lambda n: edits.without_crossing(n, "Old Bridge", cut_off=True),
        lambda n: edits.with_hub(n, hub("edge", "north", "regional", 1.0)),
        lambda n: edits.without_line(n, "1"),
    ],
)
def test_no_compiled_array_of_one_network_is_used_for_another(small, edit):
    make_skims(small, PARAMS)  # fills the caches before the edit
    after = edit(small)
    fresh = edit(town())
    assert unchanged(make_skims(after, PARAMS), make_skims(fresh, PARAMS), *ALL)


def test_a_new_line_brings_a_bus_where_none_ran_and_no_stop_nobody_calls_at(small):
    without = edits.without_line(edits.without_line(small, "2"), "3")
    assert np.isinf(make_skims(without, PARAMS).bus_ride[NORTH, CENTRE])
    line = {"headway_minutes": 20, "km_hour": 18, "detour_ratio": 1.25}
    after = edits.with_line(without, "9", "bus", ["north", "centre"], **line)
    ride = make_skims(after, PARAMS).bus_ride[NORTH, CENTRE]
    assert ride == pytest.approx(np.hypot(0.5, 1.7) * 1.25 / 18 * 60, rel=0.01)
    faster = edits.with_line(after, "9", "bus", ["north", "centre"], **{**line, "km_hour": 36})
    assert len(faster.lines) == len(after.lines)
    assert make_skims(faster, PARAMS).bus_ride[NORTH, CENTRE] == pytest.approx(ride / 2)


def test_a_cycle_link_shortens_the_way_of_cyclists_and_walkers_and_no_car_uses_it(small):
    before = make_skims(small, PARAMS)
    after = make_skims(edits.with_cycle_link(small, "north", "east", "highway"), PARAMS)
    assert after.bike[NORTH, EAST] < before.bike[NORTH, EAST]
    assert after.walk[NORTH, EAST] < before.walk[NORTH, EAST]
    assert unchanged(before, after, "car")


def test_a_better_cycle_path_along_a_road_keeps_its_length(small):
    before = make_skims(small, PARAMS)
    changed = edits.with_cycle_link(small, "centre", "east", "highway")
    assert len(changed.links) == len(small.links)
    after = make_skims(changed, PARAMS)
    assert after.bike_perceived[CENTRE, EAST] == pytest.approx(3.8 / 18 * 60 * 0.8)
    assert unchanged(before, after, "car", "walk")


def test_comfort_in_a_sector_is_never_made_worse(small):
    after = edits.with_comfort(small, [EAST], "lane")
    by_ends = {(link.a, link.b, link.road): link for link in after.links}
    assert by_ends["station", "east", "none"].comfort == "highway"
    centre = edits.with_comfort(small, [CENTRE], "lane")
    comfort = {(link.a, link.b): link.comfort for link in centre.links}
    assert comfort["station", "centre"] == "lane"
    assert comfort["west", "bridge"] == "mixed"


def test_calm_streets_slow_cars_in_their_sector_only(small):
    before = make_skims(small, PARAMS)
    calm = edits.with_car_speed(small, [CENTRE], 10)
    after = make_skims(calm, PARAMS)
    assert after.car[NORTH, CENTRE] > before.car[NORTH, CENTRE]
    assert after.car[EAST, GENT] == before.car[EAST, GENT]
    assert unchanged(before, after, "walk", "bike", "bus")
    assert [link.kmh for link in calm.links if link.road == "secondary"] == [50, 60, 70]


def test_a_car_free_sector_can_be_opened_again(small):
    closed = edits.with_car_free(small, [CENTRE])
    assert closed != small
    assert make_skims(closed, PARAMS).car[NORTH, CENTRE] > make_skims(small, PARAMS).car[NORTH, CENTRE]
    assert edits.with_car_free(closed, [CENTRE], car_free=False) == small


def test_a_new_hub_lets_people_change_there(small):
    bare = replace(small, hubs=(), nodes=tuple(replace(n, kind="junction") for n in small.nodes))
    short = PARAMS._replace(transit_access_longest_km=1.5)
    lonely = edits.without_line(bare, "2")
    assert np.isinf(make_skims(lonely, short).bus_ride[WEST, NORTH])
    after = edits.with_hub(lonely, hub("new", "station", "local", 1.0, cars=2))
    skims = make_skims(after, short)
    assert skims.bus_boardings[WEST, NORTH] == 2
    assert skims.bus_transfer[WEST, NORTH] == pytest.approx(9 * 0.7)
    assert np.isfinite(skims.hub_car_walk[CENTRE])


def test_a_closed_bridge_lengthens_ways_over_it_and_the_bus_makes_the_detour(small):
    before = make_skims(small, PARAMS)
    closed = edits.without_crossing(small, "Old Bridge", cut_off=True)
    after = make_skims(closed, PARAMS)
    assert np.isinf(after.walk[WEST, CENTRE])
    assert after.car_km[WEST, CENTRE] > before.car_km[WEST, CENTRE]
    assert after.bus_ride[WEST, CENTRE] > before.bus_ride[WEST, CENTRE]
    assert after.bus_km[WEST, CENTRE] > before.bus_km[WEST, CENTRE]
    assert after.bus_ride[NORTH, CENTRE] == before.bus_ride[NORTH, CENTRE]
    assert closed.lines[3] == small.lines[3]  # the train does not use the bridge


def test_a_bus_that_finds_no_way_over_the_river_ends_there(small):
    no_motorway = replace(small, links=tuple(link for link in small.links if link.road != "motorway"))
    closed = edits.without_crossing(no_motorway, "Old Bridge", cut_off=True)
    assert "1" not in {line.code for line in closed.lines}  # it started at the wrong side
    with pytest.raises(InputError, match=r"zone 'West' .* cannot be reached on foot"):
        edits.without_crossing(no_motorway, "Old Bridge")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda n: edits.with_headway(n, "7", 5), "no line '7'"),
        (lambda n: edits.with_headway(n, "1", 0), "headway of 0; valid: above 0"),
        (lambda n: edits.with_hub(n, hub("new", "sation")), "no node 'sation'; did you mean 'station'?"),
        (lambda n: edits.without_crossing(n, "Old Brigde"), "did you mean 'Old Bridge'?"),
        (lambda n: edits.with_car_free(n, [4]), "no sector number 4; valid: 0 to 3"),
        (lambda n: edits.with_comfort(n, [0], "great"), "no comfort 'great'; valid: poor, "),
        (lambda n: edits.with_car_speed(n, [0], -1), "valid: above 0"),
        (lambda n: edits.with_cycle_link(n, "west", "weast", "lane"), "no node 'weast'"),
        (
            lambda n: edits.with_line(n, "9", "bus", ["west"], headway_minutes=9, km_hour=18, detour_ratio=1),
            "1 stops; valid: two or more",
        ),
        (
            lambda n: edits.with_line(n, "9", "bus", ["west", "west"], headway_minutes=9, km_hour=18, detour_ratio=1),
            "stands twice in a row",
        ),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused_with_what_is_valid(small, edit, words):
    with pytest.raises(InputError) as caught:
        edit(small)
    assert words in str(caught.value)
