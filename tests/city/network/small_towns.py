"""Made-up networks for tests: a town of four sectors, and towns of any size on a grid."""

from __future__ import annotations

import numpy as np

from kortrijk_sim.city.network.network import COMFORTS, Hub, Line, Link, Network, Node, Zone
from kortrijk_sim.city.network.params import NetworkParams
from kortrijk_sim.city.places import project

PARAMS = NetworkParams(
    walk_speed_km_hour=5,
    bike_speed_km_hour=15,
    car_speed_km_hour=28,
    bike_speed_poor_km_hour=13,
    bike_speed_mixed_km_hour=14,
    bike_speed_lane_km_hour=15,
    bike_speed_separate_km_hour=16,
    bike_speed_cycleway_km_hour=17,
    bike_speed_highway_km_hour=18,
    bike_perceived_poor_ratio=1.3,
    bike_perceived_mixed_ratio=1.15,
    bike_perceived_lane_ratio=1.05,
    bike_perceived_separate_ratio=0.95,
    bike_perceived_cycleway_ratio=0.9,
    bike_perceived_highway_ratio=0.8,
    capacity_urban_vehicles_hour=700,
    capacity_inner_ring_vehicles_hour=900,
    capacity_secondary_vehicles_hour=1000,
    capacity_ring_vehicles_hour=1700,
    capacity_motorway_vehicles_hour=2000,
    bpr_alpha=0.15,
    bpr_beta=4,
    peak_hour_share=0.1,
    transit_wait_cap_minutes=15,
    transit_timetable_ratio=0,
    transit_wait_weight=2,
    transit_walk_weight=2,
    transit_boarding_minutes=2,
    transit_transfer_minutes=9,
    transit_hub_relief_share=0.3,
    transit_access_longest_km=2.5,
    transit_access_own_ratio=0.7,
    transit_dominated_ratio=1.5,
    park_ride_car_weight=1.5,
    park_ride_walk_minutes=4,
    bike_train_park_minutes=3,
    bike_train_longest_km=15,
    own_zone_longest_km=0.8,
    car_free_access_km_hour=10,
)


def node(code: str, east_km: float, north_km: float, kind: str = "anchor") -> Node:
    lon = 3.264549 + east_km / 70.24
    lat = 50.824506 + north_km / 111.195
    return Node(code, code.title(), kind, lon, lat, *project(lon, lat))


def link(a: str, b: str, km: float, road: str = "local", kmh: float = 30, **other) -> Link:
    values = {"walk": True, "bike": True, "comfort": "mixed", "lanes": 1, "crossing": ""} | other
    return Link(a, b, km, road, kmh, **values)


def line(code: str, kind: str, headway: float, *stops: tuple[str, float]) -> Line:
    minutes = tuple(m for _, m in stops)
    return Line(code, f"Line {code}", kind, headway, headway, kind, tuple(s for s, _ in stops), minutes, minutes)


def hub(code: str, node_code: str, hub_type: str = "local", quality: float = 0.5, cars: int = 0, bikes: int = 0) -> Hub:
    return Hub(code, code.title(), node_code, hub_type, cars, bikes, 0, 0, quality)


def town() -> Network:
    """West and north of a river with one bridge, a station in the middle, a village east, Gent far away.

    The only ways over the river are the bridge (everybody) and the motorway (cars).
    """
    nodes = (
        node("west", -2, 0),
        node("north", 0, 2),
        node("bridge", -1, 0, "crossing"),
        node("station", 0, 0, "station"),
        node("centre", 0.5, 0.3),
        node("east", 4, 0),
        node("gent", 40, 20, "gate"),
    )
    links = (
        link("west", "bridge", 1.1, "urban", 30, crossing=""),
        link("bridge", "station", 1.1, "urban", 30, crossing="Old Bridge"),
        link("station", "north", 2.2, "secondary", 50, comfort="lane"),
        link("station", "centre", 0.7, "urban", 25),
        link("centre", "north", 2.0, "local", 30),
        link("centre", "east", 3.8, "secondary", 60, comfort="poor"),
        link("station", "east", 4.4, "none", 0, comfort="highway", lanes=0),
        link("west", "east", 9.0, "motorway", 110, walk=False, bike=False, comfort=None, lanes=2),
        link("east", "gent", 45.0, "motorway", 110, walk=False, bike=False, comfort=None, lanes=2),
        link("east", "gent", 48.0, "secondary", 70, comfort="separate"),
    )
    lines = (
        line("1", "bus", 15, ("west", 0), ("station", 6), ("centre", 3), ("east", 9)),
        line("2", "bus", 30, ("north", 0), ("centre", 5)),
        line("3", "bus", 20, ("north", 0), ("station", 7)),
        line("IC", "train", 30, ("station", 0), ("gent", 25)),
    )
    hubs = (
        hub("main", "station", "interregional", 0.8, cars=4, bikes=20),
        hub("village", "east", "local", 0.2, cars=1),
    )
    zones = tuple(
        Zone(code, code.title(), code, inside, own, False)
        for code, inside, own in (
            ("west", True, 0.5),
            ("north", True, 0.4),
            ("centre", True, 0.3),
            ("east", True, 0.6),
            ("gent", False, 3.0),
        )
    )
    return Network(nodes, links, lines, hubs, zones)


def grid_town(side: int = 16, zones: int = 140, lines: int = 24, seed: int = 1) -> Network:
    """A town on a grid of ``side`` by ``side`` nodes 300 m apart, with lines and hubs at chance places."""
    dice = np.random.default_rng(seed)
    step = 0.3
    codes = [[f"{x}-{y}" for y in range(side)] for x in range(side)]
    stations = {codes[x][side // 2] for x in range(0, side, max(side // 6, 1))}
    nodes = tuple(
        node(codes[x][y], x * step, y * step, "station" if codes[x][y] in stations else "anchor")
        for x in range(side)
        for y in range(side)
    )
    links = []
    for x in range(side):
        for y in range(side):
            for other_x, other_y in ((x + 1, y), (x, y + 1)):
                if other_x < side and other_y < side:
                    main = other_x == x and x % 5 == 2
                    links.append(
                        link(
                            codes[x][y],
                            codes[other_x][other_y],
                            step * dice.uniform(1, 1.5),
                            "secondary" if main else "local",
                            float(dice.uniform(40, 60) if main else dice.uniform(15, 35)),
                            comfort=COMFORTS[dice.integers(len(COMFORTS))],
                        )
                    )
    services = []
    for number in range(lines):
        k = int(dice.integers(side))
        stops = [codes[k][y] if number % 2 else codes[y][k] for y in range(0, side, 2)]
        services.append(
            line(
                f"B{number}",
                "bus",
                float(dice.choice([10, 15, 20, 30, 60])),
                *((stop, 0.0 if s == 0 else float(dice.uniform(1, 3))) for s, stop in enumerate(stops)),
            )
        )
    on_rail = [codes[x][side // 2] for x in range(0, side, max(side // 6, 1))]
    services.append(line("R1", "train", 30, *((s, 0.0 if k == 0 else 2.5) for k, s in enumerate(on_rail))))
    services.append(line("R2", "train", 60, *((s, 0.0 if k == 0 else 2.0) for k, s in enumerate(on_rail[::2]))))
    crossings = [(int(x), int(y)) for x, y in dice.integers(side, size=(20, 2)) * 2 % side]
    hubs = tuple(
        hub(f"H{k}", codes[x][y], "regional" if k % 4 == 0 else "local", float(dice.uniform()), k % 3, k % 2)
        for k, (x, y) in enumerate(crossings)
    )
    chosen = dice.choice(side * side, size=min(zones, side * side), replace=False)
    places = tuple(
        Zone(
            nodes[k].code,
            nodes[k].name,
            nodes[k].code,
            True,
            float(dice.uniform(0.3, 0.8)),
            bool(dice.uniform() < 0.05),
        )
        for k in sorted(int(k) for k in chosen)
    )
    return Network(nodes, tuple(links), tuple(services), hubs, places)
