"""The tables of the network: a schematic of Kortrijk that keeps to its bridges, lines and totals."""

import math
from itertools import pairwise

import pandas as pd
import pytest

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.places import project
from kortrijk_sim.city.tables import Tables

HARD = ("Leie", "Leie old arm", "canal", "railway 66", "railway 69", "railway 75", "railway 89")
LEIE_BRIDGES = {"Budabrug", "Groeningebrug", "Noordbrug", "Collegebrug", "Westelijke Ringbrug", "Dambrug", "Reepbrug"}
COMFORTS = {"poor", "mixed", "lane", "separate", "cycleway", "highway"}


def table(name: str) -> pd.DataFrame:
    path = Tables()._own / f"{name}.csv"
    with path.open(encoding="utf-8") as file:
        return pd.read_csv(file, keep_default_na=False, na_values=[""])


@pytest.fixture(scope="module")
def nodes() -> pd.DataFrame:
    frame = table("network_nodes").set_index("node")
    frame["x"], frame["y"] = project(frame.lon, frame.lat)
    return frame


@pytest.fixture(scope="module")
def links() -> pd.DataFrame:
    return table("network_links")


def side(p, q, r) -> float:
    return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])


def cross(p, q, r, s) -> bool:
    return side(p, q, r) * side(p, q, s) < 0 and side(r, s, p) * side(r, s, q) < 0


def barrier_pieces() -> list[tuple[str, tuple[float, float], tuple[float, float]]]:
    frame = table("network_barriers")
    frame["x"], frame["y"] = project(frame.lon, frame.lat)
    pieces = []
    for name, part in frame.groupby("barrier"):
        points = list(zip(part.sort_values("point").x, part.sort_values("point").y, strict=True))
        pieces += [(name, a, b) for a, b in pairwise(points)]
    return pieces


def test_every_sector_and_every_place_outside_has_one_node(nodes):
    zones = nodes.zone.dropna()
    assert zones.is_unique
    assert set(zones) == set(table("sectors").code) | set(table("outside_zones").name)
    assert len(zones) == 113 + 23


def test_no_link_crosses_the_river_the_canal_or_a_railway_without_a_bridge(nodes, links):
    pieces = barrier_pieces()
    assert {name for name, *_ in pieces} >= set(HARD)
    open_links = links[links.crossing.isna()]
    at = {node: (row.x, row.y) for node, row in nodes.iterrows()}
    illegal = [
        (link.a, link.b, name)
        for link in open_links.itertuples()
        for name, r, s in pieces
        if name in HARD and cross(at[link.a], at[link.b], r, s)
    ]
    assert illegal == []


def test_the_bridges_of_the_leie_works_join_both_banks(nodes, links):
    river = [(r, s) for name, r, s in barrier_pieces() if name == "Leie"]
    for bridge in LEIE_BRIDGES:
        parts = links[links.crossing == bridge]
        ends = pd.concat([parts.a, parts.b])
        on_land = nodes.loc[ends[nodes.kind[ends].to_numpy() != "crossing"]]
        middle = nodes.loc[ends[nodes.kind[ends].to_numpy() == "crossing"]].iloc[0]
        r, s = min(
            river, key=lambda piece: sum(math.dist(end, (middle.x, middle.y)) for end in piece) - math.dist(*piece)
        )
        banks = {side(r, s, point) > 0 for point in zip(on_land.x, on_land.y, strict=True)}
        assert banks == {True, False}, bridge


def test_cyclists_bridges_carry_no_cars(links):
    for bridge in ("Collegebrug", "Reepbrug", "Footbridge at lock 11"):
        assert set(links[links.crossing == bridge].road) == {"none"}, bridge


def test_links_join_known_nodes_once(nodes, links):
    assert set(links.a) | set(links.b) == set(nodes.index)
    pairs = [frozenset(pair) for pair in zip(links.a, links.b, strict=True)]
    assert len(pairs) == len(set(pairs))
    assert all(len(pair) == 2 for pair in pairs)


def test_speed_comfort_and_use_of_a_link_agree(links):
    assert ((links.road == "none") == links.kmh.isna()).all()
    assert ((links.bike == 1) == links.comfort.notna()).all()
    assert set(links.comfort.dropna()) == COMFORTS
    fast = links[links.road.isin(["ring", "motorway"])]
    assert len(fast) > 20
    assert (fast.walk == 0).all()
    assert (fast.bike == 0).all()


@pytest.mark.parametrize("mode", ["walk", "bike", "car"])
def test_every_sector_can_be_reached(nodes, links, mode):
    use = links[links.road != "none"] if mode == "car" else links[links[mode] == 1]
    beside: dict[str, set[str]] = {}
    for a, b in zip(use.a, use.b, strict=True):
        beside.setdefault(a, set()).add(b)
        beside.setdefault(b, set()).add(a)
    reached, new = {"kortrijk_centrum"}, ["kortrijk_centrum"]
    while new:
        fresh = beside.get(new.pop(), set()) - reached
        reached |= fresh
        new += fresh
    zones = nodes.zone.dropna()
    wanted = zones if mode == "car" else zones[zones.str.startswith("34022")]
    assert set(wanted.index) <= reached


def test_a_given_length_is_not_shorter_than_the_straight_line(nodes, links):
    given = links[links.km.notna()]
    a, b = nodes.loc[given.a], nodes.loc[given.b]
    straight = ((a.x.to_numpy() - b.x.to_numpy()) ** 2 + (a.y.to_numpy() - b.y.to_numpy()) ** 2) ** 0.5
    assert (given.km.to_numpy() > 0.9 * straight).all()


def test_lines_stop_at_known_nodes_in_order(nodes):
    lines, stops = table("transit_lines"), table("transit_stops")
    assert lines.line.is_unique
    assert set(stops.line) == set(lines.line)
    assert set(stops.node) <= set(nodes.index)
    for line, part in stops.groupby("line"):
        assert list(part.sequence) == list(range(1, len(part) + 1)), line
        assert len(part) >= 2, line
        assert part.minutes.iloc[0] == 0, line
        assert (part.minutes.iloc[1:] > 0).all(), line


def test_trains_stop_at_stations_and_buses_leave_from_the_station(nodes):
    lines, stops = table("transit_lines").set_index("line"), table("transit_stops")
    kind = stops.line.map(lines.kind)
    assert set(nodes.loc[stops.node[kind == "train"]].kind) == {"station"}
    first = stops[(kind == "bus") & (stops.sequence == 1)]
    assert set(first.node) == {"station_kortrijk"}


def test_headways_are_those_of_the_network_of_2024():
    headway = table("transit_lines").set_index("line").headway_minutes
    quarter = headway[["4", "5", "51", "E"]]
    half_hour = headway[["40", "70", "91", "82"]]
    assert set(quarter) == {15}
    assert set(half_hour) == {30}
    assert headway["2"] == 10
    assert headway["82M"] == 60


def test_the_city_has_34_shared_cars_and_660_charge_points():
    hubs = table("hubs")
    assert hubs.shared_cars.sum() == 34
    assert table("sector_services").charge_points.sum() == 660
    assert set(hubs.hub_type) == {
        "interregional",
        "regional",
        "local",
        "neighbourhood_network",
        "neighbourhood_proximity",
    }


def test_hubs_lie_at_nodes(nodes):
    hubs = table("hubs")
    assert hubs.code.is_unique
    assert set(hubs.node) <= set(nodes.index)
    assert hubs.transfer_quality.between(0, 1).all()


def test_services_are_given_for_every_sector_in_order():
    services = table("sector_services")
    assert list(services.code) == list(table("sectors").code)
    paid = services[services.parking_eur_hour >= 2]
    centre = table("sectors").set_index("code").wijk
    assert set(centre[paid.code]) == {"34022W08"}
    assert services.car_free_share.between(0, 1).all()
    assert services.car_free_share.idxmax() == 0


def test_known_places_lie_where_they_are(nodes):
    station, xpo, gent = nodes.loc["station_kortrijk"], nodes.loc["hallen"], nodes.loc["gent"]
    assert abs(station.x) < 0.01
    assert abs(station.y) < 0.01
    assert -3 < xpo.y < -1.5
    assert 38 < (gent.x**2 + gent.y**2) ** 0.5 < 46
    assert nodes.loc["overleie"].y > nodes.loc["x_budabrug"].y > nodes.loc["buda"].y > nodes.loc["x_leiebrug"].y


def test_distances_to_check_name_known_nodes_and_enough_of_them(nodes):
    known = table("known_distances")
    assert len(known) >= 15
    assert set(known["from"]) | set(known["to"]) <= set(nodes.index)
    assert set(known["mode"]) == {"walk", "bike", "car", "bus", "train"}
    assert (known.km.notna() | known.minutes.notna()).all()
    assert known.tolerance_share.between(0.05, 0.3).all()


def test_more_cycling_comfort_is_faster_and_feels_shorter():
    parameters = Parameters(Tables())
    order = ("poor", "mixed", "lane", "separate", "cycleway", "highway")
    speeds = [parameters[f"bike_speed_{comfort}_km_hour"].value for comfort in order]
    feels = [parameters[f"bike_perceived_{comfort}_ratio"].value for comfort in order]
    assert speeds == sorted(speeds)
    assert feels == sorted(feels, reverse=True)


def test_every_line_says_where_it_comes_from():
    names = ("outside_zones", "network_nodes", "network_links", "network_barriers", "transit_lines", "transit_stops")
    for name in (*names, "hubs", "sector_services", "known_distances"):
        assert table(name).source.str.len().ge(8).all(), name
