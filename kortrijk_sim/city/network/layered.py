"""The same network as a layered NetworkX graph: to look at, to work on, to check the compiled search with.

A node is a pair (layer, code). The layers are ``walk``, ``bike`` and ``car`` (with ``car leaving`` and
``car arriving`` for the streets of car-free sectors), the homes of the zones by the way they set out (``home``,
``home by bike``, ``home by car``), ``access`` and ``parked`` at the stops, one layer per line and direction
(buses have one before and one after the first train), ``change before train`` and ``change`` at hubs and
stations, and the zones one arrives in (``arrived by bus``, ``arrived by train``). Every edge has ``minutes`` as
they pass, ``cost`` in minutes as they feel, ``km`` and ``mode``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

import networkx as nx

from kortrijk_sim.city.network.network import Line, Network
from kortrijk_sim.city.network.params import NetworkParams
from kortrijk_sim.city.network.streets import bike_minutes, free_car_minutes
from kortrijk_sim.city.network.transit import transfer_minutes, wait_minutes

type LayerNode = tuple[str, str]


def layered_graph(network: Network, params: NetworkParams) -> nx.MultiDiGraph:
    """Return the network with all its layers.

    Args:
        network: The network.
        params: Its parameters.
    """
    graph = nx.MultiDiGraph()
    _add_streets(graph, network, params)
    _add_lines(graph, network, params)
    _add_doors(graph, network, params)
    return graph


def _add_streets(graph: nx.MultiDiGraph, network: Network, params: NetworkParams) -> None:
    bike, felt = bike_minutes(network, params)
    car = free_car_minutes(network, params)
    for node in network.nodes:
        for layer in ("walk", "bike", "car"):
            graph.add_node((layer, node.code), x_km=node.x_km, y_km=node.y_km)
    for number, link in enumerate(network.links):
        for a, b, way in ((link.a, link.b, 0), (link.b, link.a, 1)):
            if link.walk:
                minutes = link.km / params.walk_speed_km_hour * 60
                _edge(graph, ("walk", a), ("walk", b), minutes, minutes, link.km, "walk")
            if link.bike:
                _edge(graph, ("bike", a), ("bike", b), bike[number], felt[number], link.km, "bike")
            if link.kmh > 0:
                minutes = car[number, way]
                closed = network.streets.closed[number]
                for layer in ("car leaving", "car arriving") if closed else ("car",):
                    _edge(graph, (layer, a), (layer, b), minutes, minutes, link.km, "car")
    for node in network.nodes:  # one leaves the streets one started in, and enters those one arrives in, once
        if ("car leaving", node.code) in graph:
            _edge(graph, ("car leaving", node.code), ("car", node.code), 0.0, 0.0, 0.0, "car")
            _edge(graph, ("car", node.code), ("car arriving", node.code), 0.0, 0.0, 0.0, "car")


def _add_lines(graph: nx.MultiDiGraph, network: Network, params: NetworkParams) -> None:
    for line in network.lines:
        for direction, order in (("outward", 1), ("return", -1)):
            stops = line.stops[::order]
            minutes = line.minutes[1:][::order]
            km = line.km[1:][::order]
            phases: list[tuple[str, tuple[str, ...], tuple[str, ...], str]]
            if line.kind == "train":
                phases = [("", ("access", "parked", "change before train", "change"), ("change",), "arrived by train")]
            else:
                phases = [
                    ("", ("access", "change before train"), ("change before train",), "arrived by bus"),
                    (" after train", ("change",), ("change",), "arrived by train"),
                ]
            for phase, boarded, changed, arrived in phases:
                layer = f"{line.code} {direction}{phase}"
                _add_run(graph, network, params, line, layer, stops, minutes, km, boarded, changed, arrived)


def _add_run(
    graph: nx.MultiDiGraph,
    network: Network,
    params: NetworkParams,
    line: Line,
    layer: str,
    stops: tuple[str, ...],
    minutes: tuple[float, ...],
    km: tuple[float, ...],
    boarded: Iterable[str],
    changed: Iterable[str],
    arrived: str,
) -> None:
    wait = wait_minutes(line, params)
    for k, stop in enumerate(stops):
        arriving, leaving = (layer, f"{k} arriving"), (layer, f"{k} leaving")
        if 0 < k < len(minutes):
            _edge(graph, arriving, leaving, 0.0, 0.0, 0.0, line.kind)
        if k < len(minutes):
            _edge(graph, leaving, (layer, f"{k + 1} arriving"), minutes[k], minutes[k], km[k], line.kind)
            for state in boarded:
                if "change" not in state or stop in network.exchanges:
                    cost = params.transit_wait_weight * wait + params.transit_boarding_minutes
                    _edge(graph, (state, stop), leaving, wait, cost, 0.0, "wait")
        if k > 0:
            _edge(graph, arriving, (f"{arrived} at stop", stop), 0.0, 0.0, 0.0, "alight")
            if stop in network.exchanges:
                for state in changed:
                    cost = transfer_minutes(network.exchanges[stop], params)
                    _edge(graph, arriving, (state, stop), 0.0, cost, 0.0, "transfer")


def _add_doors(graph: nx.MultiDiGraph, network: Network, params: NetworkParams) -> None:
    """Join homes with stops; the way there is the shortest of its layer, and on foot no longer than the limit."""
    stops = {stop for line in network.lines for stop in line.stops}
    stations = {stop for line in network.lines if line.kind == "train" for stop in line.stops}
    layers = {
        layer: graph.subgraph([node for node in graph if node[0] in layer.split("|")]).copy()  # a view is slow
        for layer in ("walk", "bike", "car leaving|car|car arriving")
    }
    on_foot, by_bike, by_car = layers.values()
    parking_cost = params.transit_walk_weight * params.bike_train_park_minutes
    for zone in network.zones:
        radius = params.transit_access_own_ratio * min(zone.own_km, params.own_zone_longest_km)
        lengths = nx.single_source_dijkstra_path_length(on_foot, ("walk", zone.node), weight="km")
        for (_, stop), km in lengths.items():
            in_town = not zone.inside and km <= zone.own_km
            if stop in stops and (in_town or km <= params.transit_access_longest_km):
                way = math.hypot(km, radius)
                way = min(way, params.own_zone_longest_km) if in_town else way
                minutes = way / params.walk_speed_km_hour * 60
                cost = params.transit_walk_weight * minutes
                _edge(graph, ("home", zone.code), ("access", stop), minutes, cost, way, "walk")
                for by in ("bus", "train"):
                    tail = (f"arrived by {by} at stop", stop)
                    if tail in graph:
                        _edge(graph, tail, (f"arrived by {by}", zone.code), minutes, cost, way, "walk")
        costs, paths = nx.single_source_dijkstra(by_bike, ("bike", zone.node), weight="cost")
        for (_, stop), felt in costs.items():
            if stop not in stations:
                continue
            km, minutes = _along(by_bike, paths["bike", stop])
            way = math.hypot(km, radius)
            more = (way - km) / params.bike_speed_km_hour * 60
            if way <= params.bike_train_longest_km:
                cost = felt + more + parking_cost
                _edge(graph, ("home by bike", zone.code), ("parked", stop), minutes + more, cost, way, "bike")
        start = ("car leaving", zone.node) if ("car leaving", zone.node) in by_car else ("car", zone.node)
        costs, paths = nx.single_source_dijkstra(by_car, start, weight="cost")
        for stop in network.park_and_ride:
            end = ("car arriving", stop) if ("car arriving", stop) in by_car else ("car", stop)
            if end not in costs:
                continue
            km, minutes = _along(by_car, paths[end])
            way = math.hypot(km, radius)
            minutes += (way - km) / params.car_speed_km_hour * 60
            cost = params.park_ride_car_weight * minutes + params.transit_walk_weight * params.park_ride_walk_minutes
            _edge(graph, ("home by car", zone.code), ("access", stop), minutes, cost, way, "car")


def _along(graph: nx.MultiDiGraph, path: list[LayerNode]) -> tuple[float, float]:
    """Return km and minutes along a path, over the cheapest of parallel edges."""
    edges = [min(graph[a][b].values(), key=lambda edge: edge["cost"]) for a, b in pairwise(path)]
    return sum(edge["km"] for edge in edges), sum(edge["minutes"] for edge in edges)


def _edge(
    graph: nx.MultiDiGraph, tail: LayerNode, head: LayerNode, minutes: float, cost: float, km: float, mode: str
) -> None:
    graph.add_edge(tail, head, minutes=float(minutes), cost=float(cost), km=float(km), mode=mode)
